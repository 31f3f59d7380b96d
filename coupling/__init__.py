"""Connection, mappings and couplings: which table and record belongs to which. Reaches tables by label only."""
