"""No tables of its own; the module exists so that migrate announces this app and its functions get installed."""
