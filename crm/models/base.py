"""What every table of this side has: stamps, the users behind them, the row version, and owners where they apply."""

from __future__ import annotations

import functools
import operator
from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crm.choices import ACTIVE, STATE, STATUS, STATUSES_OF
from crm.rules import owner, state
from records.batch import Batch
from records.fields import Date, DateTime, Guid, Int, Option, PolymorphicRef, Ref
from records.table import Table


class NewIdentity(models.Func):
    """A time-ordered UUID made by the database."""

    function = "uuidv7"
    arity = 0
    output_field = models.UUIDField()


def key(caption: Any) -> Guid:
    """The primary key of a table; its GUID may be given when a record is created."""
    return Guid(primary_key=True, db_default=NewIdentity(), caption=caption)


def in_order(field: str, key: str, *, name: str) -> models.Index:
    """The index behind the default list of a large table: its order, and whether a row is active."""
    return models.Index(fields=[f"sort_{field}", key], include=["statecode"], name=name)


class CrmTable(Table):
    """A table of the Sales side."""

    OPTIONS_BY_NAME: ClassVar[bool] = False
    SYSTEM: ClassVar[tuple[str, ...]] = ("createdon", "modifiedon", "createdby", "modifiedby", "row_version")

    createdon = DateTime(null=False, db_default=Now(), readonly=True, caption=_("Created On"))
    modifiedon = DateTime(null=False, db_default=Now(), readonly=True, caption=_("Modified On"))
    createdby = Ref(
        "crm.SystemUser", models.DO_NOTHING, db_constraint=False, db_index=False, readonly=True, caption=_("Created By")
    )
    modifiedby = Ref(
        "crm.SystemUser",
        models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        readonly=True,
        caption=_("Modified By"),
    )
    importsequencenumber = Int(null=True, insert_only=True, caption=_("Import Sequence Number"))
    overriddencreatedon = Date(insert_only=True, caption=_("Record Created On"))

    class Meta:
        """Abstract."""

        abstract = True

    @classmethod
    def stamps(cls, batch: Batch) -> dict[str, Any]:
        """C8: who writes and when, by column."""
        user = owner.writer(batch.actor)
        values: dict[str, Any] = {"modifiedon": batch.now, "modifiedby_id": user}
        if batch.kind == "insert":
            values |= {"createdon": batch.now, "createdby_id": user}
        return values


class Stateful(CrmTable):
    """A table whose rows are active or inactive, with a reason that fits (C3)."""

    statecode = Option(STATE, null=True, default=ACTIVE, caption=_("Status"))
    statuscode = Option(STATUS, null=True, default=STATUSES_OF[ACTIVE][0], caption=_("Status Reason"))

    class Meta:
        """Abstract; a state with a reason that belongs to it."""

        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=functools.reduce(
                    operator.or_,
                    (models.Q(statecode=code, statuscode__in=reasons) for code, reasons in STATUSES_OF.items()),
                ),
                name="%(app_label)s_%(class)s_state_and_status",
            )
        ]

    @classmethod
    def before_write(cls, batch: Batch) -> None:
        """C3 and C4."""
        state.check_editable(batch)
        state.pair_up(batch)


class Owned(Stateful):
    """A table whose rows belong to a user or a team (C5)."""

    ownerid = PolymorphicRef(
        "owneridtype",
        {"systemuser": "owninguser", "team": "owningteam"},
        caption=_("Owner"),
        type_caption=_("Owner Type"),
        default_type="systemuser",
        required=True,
    )
    owninguser = Ref("crm.SystemUser", models.RESTRICT, internal=True, caption=_("Owning User"))
    owningteam = Ref("crm.Team", models.RESTRICT, internal=True, caption=_("Owning Team"))
    owningbusinessunit = Ref(
        "crm.BusinessUnit", models.RESTRICT, db_index=False, readonly=True, caption=_("Owning Business Unit")
    )

    class Meta(Stateful.Meta):
        """Abstract; exactly one owner."""

        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Stateful.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(owninguser__isnull=True) ^ models.Q(owningteam__isnull=True),
                name="%(app_label)s_%(class)s_one_owner",
            ),
        ]

    @classmethod
    def before_write(cls, batch: Batch) -> None:
        """The creating user owns a new row; owners must be able to own."""
        super().before_write(batch)
        owner.settle(batch)
