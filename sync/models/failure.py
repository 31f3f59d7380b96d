"""Records without a coupling that failed: what the work-list shows beside failing couplings."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from coupling.models.base import Json
from records.fields import Choice, Code, DateTime, Guid, Text
from sync.models.base import SyncTable

SIDES = {"erp": "ERP", "crm": "CRM"}


class Failure(SyncTable):
    """The last error of an uncoupled record under one mapping; removed when the record goes through."""

    mapping = Code(20, caption=_("Mapping"), readonly=True)
    side = Choice(SIDES, max_length=3, caption=_("Side"), readonly=True)
    record = Guid(null=False, caption=_("Record"), readonly=True)
    code = Text(50, db_default="", caption=_("Reason"), readonly=True)
    params = Json(default=dict, db_default={})
    failed_at = DateTime(null=False, db_default=Now(), caption=_("Failed On"), readonly=True)
    job_id = Guid(caption=_("Job"), readonly=True)

    SYSTEM: ClassVar[tuple[str, ...]] = ()

    class Meta:
        verbose_name = _("Failed Record")
        verbose_name_plural = _("Failed Records")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["mapping", "side", "record"], name="sync_failure_once_per_record")
        ]

    class Record:
        label = _("Failed Record")
        plural = _("Failed Records")
        natural_key = None
        title = ("mapping",)
        sort = ("-id",)
        path = "failures"

    def __str__(self) -> str:
        return f"{self.mapping} {self.side} {self.record} {self.code}"
