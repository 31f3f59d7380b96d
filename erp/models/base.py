"""What every table of this side has: its own identity, stamps for people, and the version of the row."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.batch import Batch
from records.fields import Bool, DateTime, Guid, Text
from records.table import Table


class NewIdentity(models.Func):
    """A time-ordered UUID made by the database."""

    function = "uuidv7"
    arity = 0
    output_field = models.UUIDField()


def today() -> dt.date:
    """The work date: today, in UTC."""
    return timezone.now().date()


class ErpTable(Table):
    """A table of the Business Central side."""

    SYSTEM: ClassVar[tuple[str, ...]] = (
        "system_created_at",
        "system_created_by",
        "system_modified_at",
        "system_modified_by",
        "row_version",
    )
    #: columns beside the system stamps that say when a record was last changed: {column: whether it is a day only}
    MODIFIED: ClassVar[dict[str, bool]] = {}

    system_id = Guid(primary_key=True, db_default=NewIdentity(), caption=_("System ID"))
    system_created_at = DateTime(null=False, db_default=Now(), readonly=True, caption=_("Created At"))
    system_created_by = Text(50, db_default="", readonly=True, caption=_("Created By"))
    system_modified_at = DateTime(null=False, db_default=Now(), readonly=True, caption=_("Modified At"))
    system_modified_by = Text(50, db_default="", readonly=True, caption=_("Modified By"))

    class Meta:
        """Abstract."""

        abstract = True

    @classmethod
    def stamps(cls, batch: Batch) -> dict[str, Any]:
        """Who writes and when, by column; rule R9 for the tables that show a date of their own."""
        user = batch.actor[:50]
        values: dict[str, Any] = {"system_modified_at": batch.now, "system_modified_by": user}
        if batch.kind == "insert":
            values |= {"system_created_at": batch.now, "system_created_by": user}
        return values | {name: batch.today if is_day else batch.now for name, is_day in cls.MODIFIED.items()}


class Singleton(ErpTable):
    """A table with exactly one row, made when the installation is set up."""

    only = Bool(default=True, db_default=True, unique=True, internal=True)

    class Meta:
        """Abstract."""

        abstract = True
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="%(app_label)s_%(class)s_one_row")]
