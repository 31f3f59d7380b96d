"""A database backend whose server is there when it is asked for: the setting `EMBEDDED` names its data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg2
from django.db.backends.postgresql import base

from config import embedded


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL; with `DATABASES[..]["EMBEDDED"]` the embedded server is started, or joined, before connecting."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; where the embedded server does not run, start it first."""
        data = self.settings_dict.get("EMBEDDED")
        if not data:
            return super().get_new_connection(conn_params)
        if not embedded.is_held(Path(data)):
            embedded.ensure(Path(data))
        try:
            return super().get_new_connection(conn_params)
        except psycopg2.OperationalError:  # it was running and died
            embedded.ensure(Path(data))
            return super().get_new_connection(conn_params)
