"""What a page shows, gathered and ready to print."""
