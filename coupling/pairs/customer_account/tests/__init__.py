"""Tests of CUSTOMER."""
