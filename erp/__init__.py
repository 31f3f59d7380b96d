"""The Business Central side."""
