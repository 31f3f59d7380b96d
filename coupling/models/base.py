"""What the tables of this app share: an identifier of our own, and fields that hold lists and small objects."""

from __future__ import annotations

import re
from typing import Any

from django.db import models

from records.errors import FieldError
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


class Names(Json):
    """A list of names in capitals, each once; on pages one text, `FIRST|SECOND`."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"internal": False, "default": list, **options})

    def normalize(self, value: Any) -> Any:
        """A list, or the text that stands for one. Raises FieldError (`invalid_value`)."""
        if isinstance(value, str):
            value = re.split(r"[|,;]", value)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(name, str) and len(name.strip()) <= 20 for name in value):
            raise FieldError(self.name, "invalid_value", {"value": str(value)[:50]})
        return list(dict.fromkeys(name.strip().upper() for name in value if name.strip()))


class CouplingTable(Table):
    """A table of this app: primary key `id`, UUID version 7."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=models.Func(function="uuidv7"), editable=False)

    class Meta:
        abstract = True
