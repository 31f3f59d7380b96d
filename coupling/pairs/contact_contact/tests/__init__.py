"""Tests of CONTACT."""
