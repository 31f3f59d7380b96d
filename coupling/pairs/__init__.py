"""One folder per pair of tables: its default mapping, its business rules, its tests. `settings.TANDEM_PAIRS` lists them."""
