"""The work-list *Coupled Data Synchronization Errors*: a view over couplings, option mappings and failed records."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from coupling.models.base import Json
from records.fields import Choice, Code, DateTime, Guid, Int, Text
from sync.models.base import SyncTable

WORK_STATES = {
    "failed": _("Failed"),
    "conflict": _("Conflict"),
    "skipped": _("Skipped"),
    "broken": _("Broken"),
    "uncoupled_failed": _("Failed, Not Coupled"),
}


class WorkItem(SyncTable):
    """One failed, conflicting, skipped or broken pair, or one failed record without a partner. Nothing is stored here.

    `id`: that of the coupling, option mapping or failure behind it; `kind` says which (coupling, option, failure).
    `reason`, `params`: the remembered error, of the direction to CRM first.
    """

    mapping = Code(20, caption=_("Mapping"), readonly=True)
    kind = Text(10, internal=True)
    state = Choice(WORK_STATES, caption=_("Status"), readonly=True)
    erp_id = Guid(internal=True)
    crm_id = Guid(internal=True)
    option_value = Int(null=True, internal=True)
    crm_label = Text(250, internal=True)
    reason = Text(50, caption=_("Reason"), readonly=True)
    params = Json(default=dict)
    failed_at = DateTime(caption=_("Failed On"), readonly=True)
    job_id = Guid(internal=True)

    SYSTEM: ClassVar[tuple[str, ...]] = ()

    class Meta:
        managed = False
        db_table = "sync_work_list"
        verbose_name = _("Coupled Data Synchronization Error")
        verbose_name_plural = _("Coupled Data Synchronization Errors")

    class Record:
        label = _("Coupled Data Synchronization Error")
        plural = _("Coupled Data Synchronization Errors")
        natural_key = None
        title = ("mapping", "reason")
        sort = ("-failed_at",)
        path = "errors"

    def __str__(self) -> str:
        return f"{self.mapping} {self.state} {self.reason}"

    @property
    def is_coupled(self) -> bool:
        """True for the rows of couplings: a pair of records, or what is left of one."""
        return bool(self.kind == "coupling")
