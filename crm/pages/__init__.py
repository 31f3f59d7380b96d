"""Pages of the Sales side, one module per table."""
