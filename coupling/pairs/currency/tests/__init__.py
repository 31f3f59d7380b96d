"""Tests of CURRENCY."""
