"""Tests with a real browser against the real server; the pictures of the documentation are made the same way."""
