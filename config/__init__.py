"""The composition root: settings, addresses, processes and the embedded database."""
