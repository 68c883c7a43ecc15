"""Pages that compose several apps: each module gathers what one page shows, ready to print."""
