"""Rows ready to print, for the pages of courses."""
