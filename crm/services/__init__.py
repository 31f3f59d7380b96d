"""Writes of this side that touch several records."""
