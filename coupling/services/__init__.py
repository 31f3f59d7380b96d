"""What changes connections, mappings and couplings: keyword-only, atomic, one verb each."""
