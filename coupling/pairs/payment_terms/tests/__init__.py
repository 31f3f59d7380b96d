"""Tests of PAYMENT TERMS."""
