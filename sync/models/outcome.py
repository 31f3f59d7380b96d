"""Outcome rows: what a job did to each record. Log, drill-down, preview and undo read them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from coupling.models.base import Json
from records.fields import Choice, Code, DateTime, Guid, Ref, Text
from sync.models.base import SyncTable
from sync.models.job import JOB_DIRECTIONS, Job

ACTIONS = {
    "insert": _("Inserted"),
    "modify": _("Modified"),
    "delete": _("Deleted"),
    "skip": _("Skipped"),
    "fail": _("Failed"),
    "couple": _("Coupled"),
    "uncouple": _("Uncoupled"),
}
#: The counter that an action is counted in.
COUNTER_OF = {
    "insert": "inserted",
    "modify": "modified",
    "delete": "deleted",
    "skip": "skipped",
    "fail": "failed",
    "couple": "coupled",
    "uncouple": "uncoupled",
}


class OutcomeRow(SyncTable):
    """One record in one direction of one job; records that were unchanged have none.

    `params`: parameters of the reason. `changes`: {"erp": {field: [before, after]}, "crm": ...} of the side written.
    Written by COPY, therefore without foreign keys in the database.
    """

    job = Ref(
        Job,
        models.DO_NOTHING,
        null=False,
        db_constraint=False,
        db_index=False,
        related_name="outcomes",
        caption=_("Job"),
        readonly=True,
    )
    chunk_id = models.BigIntegerField(default=0, db_default=0)
    mapping = Code(20, db_default="", caption=_("Mapping"), readonly=True)
    direction = Choice(JOB_DIRECTIONS, db_default="", caption=_("Direction"), readonly=True)
    erp_id = Guid(caption=_("ERP Record"), readonly=True)
    crm_id = Guid(caption=_("CRM Record"), readonly=True)
    erp_key = Text(250, db_default="", caption=_("Key"), readonly=True)
    crm_name = Text(250, db_default="", caption=_("CRM Name"), readonly=True)
    action = Choice(ACTIONS, caption=_("Action"), readonly=True)
    reason = Text(50, db_default="", caption=_("Reason"), readonly=True)
    params = Json(default=dict, db_default={})
    changes = Json(default=dict, db_default={})
    at = DateTime(null=False, db_default=Now(), caption=_("Date and Time"), readonly=True)

    SYSTEM: ClassVar[tuple[str, ...]] = ("chunk_id",)

    class Meta:
        verbose_name = _("Synchronization Result")
        verbose_name_plural = _("Synchronization Results")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["job", "id"], name="sync_outcome_of_job"),
            models.Index(fields=["job", "id"], condition=Q(action="fail"), name="sync_outcome_failed"),
            models.Index(fields=["erp_id"], name="sync_outcome_of_erp"),
            models.Index(fields=["crm_id"], name="sync_outcome_of_crm"),
        ]

    class Record:
        label = _("Synchronization Result")
        plural = _("Synchronization Results")
        natural_key = None
        title = ("erp_key", "crm_name")
        sort = ("id",)
        path = "job-records"

    def __str__(self) -> str:
        return f"{self.action} {self.erp_key} {self.reason}"
