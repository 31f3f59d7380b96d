"""What changes several records at once, keyword-only."""
