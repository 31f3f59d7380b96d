"""Pages of the Business Central side: a list and a card for each table, declared; found by the registry."""
