"""Pages of connection, mappings and couplings, and the dialogs of coupling records."""
