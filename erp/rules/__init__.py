"""Field rules and record rules of the tables: pure functions, and batch functions without a query per record."""
