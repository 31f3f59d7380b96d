"""A database backend whose server is there when it is asked for: `DATABASES["default"]["EMBEDDED"]` names the data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base

from config import embedded


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL; with the option `EMBEDDED` (a data folder) the server is started, or joined, before connecting."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect, after making sure that the embedded server runs."""
        data = self.settings_dict.get("EMBEDDED")
        if data:
            embedded.ensure(Path(data), may_start=self.settings_dict.get("MAY_START", True))
        return super().get_new_connection(conn_params)
