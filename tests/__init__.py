"""Tests; names are claims."""
