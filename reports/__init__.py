"""Indicators that open to the rows that make them, closed months, and the month's report."""
