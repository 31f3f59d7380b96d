"""Retention policies: how long the log of jobs is kept."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from records.fields import Bool, Choice, DateTime, Int
from sync.models.base import SyncTable

LOGS = {
    "clean": _("Jobs without errors"),
    "failed": _("Jobs with errors"),
    "previews": _("Previews"),
}


class RetentionPolicy(SyncTable):
    """One part of the log and the days it is kept. The rows are made with the table and never deleted.

    `due_at`: when a worker applies it next.
    """

    log = Choice(LOGS, unique=True, caption=_("Log"), readonly=True)
    enabled = Bool(default=True, db_default=True, caption=_("Enabled"))
    days = Int(default=31, db_default=31, minimum=7, maximum=3650, caption=_("Retention Period (Days)"))
    due_at = DateTime(caption=_("Next Deletion"), readonly=True)
    applied_at = DateTime(caption=_("Last Applied"), readonly=True)
    deleted = Int(default=0, db_default=0, caption=_("Last Number Deleted"), readonly=True)
    kept = Int(default=0, db_default=0, caption=_("Last Number Kept"), readonly=True)

    SYSTEM: ClassVar[tuple[str, ...]] = ()

    class Meta:
        verbose_name = _("Retention Policy")
        verbose_name_plural = _("Retention Policies")

    class Record:
        label = _("Retention Policy")
        plural = _("Retention Policies")
        natural_key = "log"
        title = ("log",)
        sort = ("log",)
        path = "retention-policies"

    def __str__(self) -> str:
        return f"{self.log} {self.days}"
