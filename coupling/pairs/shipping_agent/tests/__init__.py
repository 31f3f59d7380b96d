"""Tests of SHIPPING AGENT."""
