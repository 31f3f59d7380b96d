"""The Sales side."""
