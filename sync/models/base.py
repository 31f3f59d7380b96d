"""The base of this app's tables that pages can list: a time-ordered key that the database can make as well."""

from __future__ import annotations

from django.db import models

from coupling.models.base import CouplingTable
from records.ids import uuid7


class NewKey(models.Func):
    """A UUID version 7 made by the database."""

    function = "uuidv7"
    arity = 0
    output_field = models.UUIDField()


class SyncTable(CouplingTable):
    """Primary key `id`, made by the application or, for set-based SQL, by the database."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=NewKey(), editable=False)

    class Meta:
        abstract = True
