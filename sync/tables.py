"""Names of the database tables that the engine's SQL reads and writes."""

from __future__ import annotations

from django.apps import apps


def table(name: str) -> str:
    """The database table of a model of this app."""
    return str(apps.get_model("sync", name)._meta.db_table)


def coupling_table() -> str:
    """The database table of couplings."""
    return str(apps.get_model("coupling", "Coupling")._meta.db_table)
