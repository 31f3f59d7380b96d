"""Template tags of couplings."""
