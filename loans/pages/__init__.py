"""What the pages of lending print, gathered by plain functions: rows ready for the components."""
