"""Job queue entries: when the modified records of a mapping are synchronized by themselves."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from coupling.models.base import Json
from records.fields import Bool, Choice, Code, DateTime, Guid, Int, Text
from sync.models.base import SyncTable

SCHEDULE_STATES = {
    "ready": _("Ready"),
    "in_process": _("In Process"),
    "on_hold": _("On Hold"),
    "on_hold_inactive": _("On Hold due to Inactivity"),
    "error": _("Error"),
}


class Schedule(SyncTable):
    """One mapping's entry; made with the mapping, gone with it.

    `next_run_at`: null while on hold, in process or in error, and while it waits for a change only (inactivity
    time-out 0). `held_by_connection`: put on hold because the connection was disabled; enabling makes it ready again.
    """

    mapping = Code(20, unique=True, caption=_("Mapping"), readonly=True)
    interval_minutes = Int(default=30, minimum=1, maximum=525_600, caption=_("No. of Minutes between Runs"))
    inactivity_minutes = Int(default=720, minimum=0, maximum=525_600, caption=_("Inactivity Timeout Period (Minutes)"))
    state = Choice(SCHEDULE_STATES, default="ready", caption=_("Status"), readonly=True)
    held_by_connection = Bool(db_default=False, internal=True)
    next_run_at = DateTime(caption=_("Earliest Start Date/Time"), readonly=True)
    last_job = Guid(caption=_("Last Job"), readonly=True)
    error_code = Text(50, internal=True)
    error_params = Json(default=dict)

    SYSTEM: ClassVar[tuple[str, ...]] = ()

    class Meta:
        verbose_name = _("Job Queue Entry")
        verbose_name_plural = _("Job Queue Entries")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["next_run_at"],
                condition=models.Q(state__in=("ready", "on_hold_inactive")),
                name="sync_schedule_due",
            )
        ]

    class Record:
        label = _("Job Queue Entry")
        plural = _("Job Queue Entries")
        natural_key = "mapping"
        title = ("mapping",)
        search = ("mapping",)
        sort = ("mapping",)
        path = "schedules"

    def __str__(self) -> str:
        return f"{self.mapping} {self.state}"
