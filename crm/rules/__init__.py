"""Rules of the Sales side: batch functions without a query per record."""
