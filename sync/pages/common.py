"""Chips and columns that several pages of this app use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.functional import lazy
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from coupling.products import products
from pages import Chip, Number, Row, Status
from pages.columns import chip_html
from sync.models import Job
from sync.models.job import STATES
from sync.models.outcome import ACTIONS
from sync.models.schedule import SCHEDULE_STATES
from sync.models.work_list import WORK_STATES
from sync.pages.reading import Reading

JOB_CHIPS = {
    "ready": Chip(STATES["ready"], "neutral", "clock"),
    "in_process": Chip(STATES["in_process"], "info", "arrow_sync"),
    "finished": Chip(STATES["finished"], "ok", "checkmark_circle"),
    "failed": Chip(STATES["failed"], "bad", "error_circle"),
    "cancelled": Chip(STATES["cancelled"], "neutral", "dismiss"),
}
ACTION_CHIPS = {
    "insert": Chip(ACTIONS["insert"], "ok", "add"),
    "modify": Chip(ACTIONS["modify"], "ok", "edit"),
    "delete": Chip(ACTIONS["delete"], "warn", "delete"),
    "skip": Chip(ACTIONS["skip"], "warn", "warning"),
    "fail": Chip(ACTIONS["fail"], "bad", "error_circle"),
    "couple": Chip(ACTIONS["couple"], "ok", "link"),
    "uncouple": Chip(ACTIONS["uncouple"], "neutral", "link_dismiss"),
}
WORK_CHIPS = {
    "failed": Chip(WORK_STATES["failed"], "bad", "error_circle"),
    "conflict": Chip(WORK_STATES["conflict"], "bad", "error_circle"),
    "skipped": Chip(WORK_STATES["skipped"], "warn", "warning"),
    "broken": Chip(WORK_STATES["broken"], "bad", "link_dismiss"),
    "uncoupled_failed": Chip(WORK_STATES["uncoupled_failed"], "bad", "error_circle"),
}
#: Of a job, and of the entry that started it, while another job of its category runs.
WAITING = Chip(_("Waiting"), "neutral", "clock")
SCHEDULE_CHIPS = {
    "ready": Chip(SCHEDULE_STATES["ready"], "ok", "checkmark_circle"),
    "in_process": Chip(SCHEDULE_STATES["in_process"], "info", "arrow_sync"),
    "on_hold": Chip(SCHEDULE_STATES["on_hold"], "neutral", "pause"),
    "on_hold_inactive": Chip(SCHEDULE_STATES["on_hold_inactive"], "neutral", "pause"),
    "error": Chip(SCHEDULE_STATES["error"], "bad", "error_circle"),
}
#: Counters of a job with the action of their outcome rows; `unchanged` has none.
COUNTERS = {
    "inserted": (_("Inserted"), "insert"),
    "modified": (_("Modified"), "modify"),
    "deleted": (_("Deleted"), "delete"),
    "unchanged": (_("Unchanged"), ""),
    "skipped": (_("Skipped"), "skip"),
    "failed": (_("Failed"), "fail"),
    "coupled": (_("Coupled"), "couple"),
    "uncoupled": (_("Uncoupled"), "uncouple"),
}


def _using() -> str:
    names = products()
    return _now("Using %(crm)s from %(erp)s") % {"crm": names.crm, "erp": names.erp}


#: Where help of these pages leads on.
LINKS = (
    (lazy(_using, str)(), "https://learn.microsoft.com/dynamics365/business-central/marketing-integrate-dynamicscrm"),
    (
        _("Couple and Synchronize Records Manually"),
        "https://learn.microsoft.com/dynamics365/business-central/admin-how-to-couple-and-synchronize-records-manually",
    ),
)


class StatusOrWaiting(Status):
    """The status as a chip; *Waiting* for the rows that `waiting` finds among those on the screen."""

    def __init__(self, chips: Mapping[Any, Chip], waiting: Callable[[Sequence[str]], dict[str, bool]]) -> None:
        super().__init__("state", chips=chips)
        self.note = waiting

    def text(self, row: Row) -> str | SafeString:
        """The chip."""
        return chip_html(WAITING) if row.values.get(f"{self.name}.note") else super().text(row)


class CounterColumn(Number):
    """One counter of a job, over its passes; opens exactly the records that it counts."""

    def __init__(self, counter: str) -> None:
        caption, action = COUNTERS[counter]

        def compute(keys: Sequence[str]) -> dict[str, Any]:
            return {key: counts.get(counter, 0) or None for key, counts in totals(keys).items()}

        def address(row: Any) -> str:
            from sync.shown import list_address

            return list_address("sync.outcome.list", job=row.pk, action=action) if action else ""

        super().__init__(counter, caption, compute=compute, url=address)


def totals(keys: Sequence[str]) -> Mapping[str, dict[str, int]]:
    """The counters of jobs, summed over their passes; those of running jobs as they are now."""
    return _reading.all(keys)


def _totals(keys: Sequence[str]) -> dict[str, dict[str, int]]:
    from sync import selectors

    jobs = list(Job.objects.filter(pk__in=list(keys)))
    found: dict[str, dict[str, int]] = {}
    for job, shown in zip(jobs, selectors.show_jobs(jobs), strict=True):
        total = dict.fromkeys(COUNTERS, 0)
        for each in shown["passes"]:
            for name in total:
                total[name] += each[name]
        found[str(job.pk)] = {**total, "processed": shown["processed"]}
    return found


_reading = Reading(_totals)
