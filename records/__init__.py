"""What a table is: field types, system fields, batch rules, set-based compare-and-set writes. Knows nothing of HTTP."""
