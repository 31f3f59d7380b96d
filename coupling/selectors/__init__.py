"""Reads beyond one filter."""
