"""Benchmarks: what the product needs beside the least that the database needs for the same effect. They print ratios."""
