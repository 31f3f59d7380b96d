"""What the tables of this app share: an identifier of our own, and fields that hold lists and small objects."""

from __future__ import annotations

from typing import Any

from django.db import models

from records.fields import _Stored
from records.ids import uuid7
from records.table import Table


class Json(_Stored, models.JSONField):
    """A list or object that pages never show as such."""

    kind, base = "json", "JSONField"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"internal": True, "blank": True, **options})
        self.blank_value = None if self.null else self.get_default()

    def normalize(self, value: Any) -> Any:
        """Lists and objects are kept as given."""
        return self.blank_value if value is None else value


class CouplingTable(Table):
    """A table of this app: primary key `id`, UUID version 7."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=models.Func(function="uuidv7"), editable=False)

    class Meta:
        abstract = True
