"""Template tags of the page machinery."""
