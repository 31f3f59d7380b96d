"""Tests of SALESPEOPLE."""
