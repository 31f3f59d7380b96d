"""Job queue entries: when the modified records of a mapping are synchronized by themselves."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coupling.models.base import Json
from records.batch import Batch
from records.errors import FieldError
from records.fields import Bool, Choice, Code, DateTime, Guid, Int, Text
from sync.models.base import SyncTable
from sync.recurrence import Recurrence, next_after

SCHEDULE_STATES = {
    "ready": _("Ready"),
    "in_process": _("In Process"),
    "on_hold": _("On Hold"),
    "on_hold_inactive": _("On Hold due to Inactivity"),
    "error": _("Error"),
}


#: Minutes; runs that follow each other more quickly slow everybody down.
SHORTEST = 5
DAYS = ("mondays", "tuesdays", "wednesdays", "thursdays", "fridays", "saturdays", "sundays")
#: What decides when an entry is due next.
WHEN = frozenset({"interval_minutes", "starting_time", "ending_time", "time_zone", *(f"run_on_{day}" for day in DAYS)})


def as_time(text: str) -> dt.time:
    """A time of day; midnight where there is none."""
    return dt.time.fromisoformat(text) if text else dt.time()


def check_time(text: str) -> None:
    """Refuse what is no time of day from 00:00 to 23:59."""
    if text and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise FieldError("", "invalid_time", {"value": text})


def check_zone(text: str) -> None:
    """Refuse what is no time zone."""
    if text and text not in available_timezones():
        raise FieldError("", "invalid_time_zone", {"value": text})


class Schedule(SyncTable):
    """One mapping's entry; made with the mapping, gone with it.

    `next_run_at`: null while on hold, in process or in error, and while it waits for a change only (inactivity
    time-out 0). `held_by_connection`: put on hold because the connection was disabled; enabling makes it ready again.
    `starting_time`, `ending_time`: the hours (HH:MM) of `time_zone` in which it starts by itself, blank for the whole
    day. `attempts`: how often running it has failed in a row for a reason that may pass.
    """

    mapping = Code(20, unique=True, caption=_("Mapping"), readonly=True)
    interval_minutes = Int(default=30, minimum=1, maximum=525_600, caption=_("No. of Minutes between Runs"))
    inactivity_minutes = Int(default=720, minimum=0, maximum=525_600, caption=_("Inactivity Timeout Period (Minutes)"))
    starting_time = Text(5, checks=(check_time,), caption=_("Starting Time"))
    ending_time = Text(5, checks=(check_time,), caption=_("Ending Time"))
    time_zone = Text(60, checks=(check_zone,), caption=_("Time Zone"))
    run_on_mondays = Bool(default=True, db_default=True, caption=_("Run on Mondays"))
    run_on_tuesdays = Bool(default=True, db_default=True, caption=_("Run on Tuesdays"))
    run_on_wednesdays = Bool(default=True, db_default=True, caption=_("Run on Wednesdays"))
    run_on_thursdays = Bool(default=True, db_default=True, caption=_("Run on Thursdays"))
    run_on_fridays = Bool(default=True, db_default=True, caption=_("Run on Fridays"))
    run_on_saturdays = Bool(default=True, db_default=True, caption=_("Run on Saturdays"))
    run_on_sundays = Bool(default=True, db_default=True, caption=_("Run on Sundays"))
    maximum_attempts = Int(default=3, db_default=3, minimum=1, maximum=100, caption=_("Maximum No. of Attempts to Run"))
    rerun_delay_seconds = Int(default=30, db_default=30, minimum=0, maximum=86_400, caption=_("Rerun Delay (sec.)"))
    category = Code(10, db_default="", caption=_("Job Queue Category Code"))
    attempts = Int(default=0, db_default=0, caption=_("No. of Attempts Made"), readonly=True)
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

    @classmethod
    def before_write(cls, batch: Batch) -> None:
        """At least one day; what changes when it runs moves the next start of an entry that is ready."""
        for row in batch.live:
            recurrence = recurrence_of(row.new)
            if not recurrence.days:
                row.reject("run_on_mondays", "no_day_to_run")
            elif batch.kind == "update" and row.new.get("state") == "ready" and WHEN & row.changed:
                row.force("next_run_at", next_after(timezone.now(), recurrence))

    @property
    def is_too_often(self) -> bool:
        """True where its interval is so short that it hurts others."""
        return self.interval_minutes < SHORTEST

    @property
    def recurrence(self) -> Recurrence:
        """When it is due, as plain data."""
        return recurrence_of({name: getattr(self, name) for name in WHEN})


def recurrence_of(values: Mapping[str, Any]) -> Recurrence:
    """The recurrence that the fields of an entry describe."""
    return Recurrence(
        values["interval_minutes"],
        ZoneInfo(values["time_zone"] or settings.TIME_ZONE),
        as_time(values["starting_time"]),
        as_time(values["ending_time"]),
        frozenset(number for number, day in enumerate(DAYS) if values[f"run_on_{day}"]),
    )
