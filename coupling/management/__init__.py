"""Commands of couplings."""
