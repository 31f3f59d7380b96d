"""The views of the machinery: each takes a page declaration."""
