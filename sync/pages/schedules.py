"""Job Queue Entries: when the modified records of each mapping are synchronized by themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from pages import (
    Action,
    CardPage,
    Chip,
    Column,
    Done,
    FastTab,
    Help,
    ListPage,
    Row,
    Selection,
    Sentence,
    View,
    register,
    registry,
)
from records.messages import text
from sync import selectors, services
from sync.models import Job, Schedule
from sync.models.job import STATES
from sync.models.schedule import DAYS
from sync.pages.common import LINKS, SCHEDULE_CHIPS, WAITING, StatusOrWaiting
from sync.schedules import warnings
from sync.shown import connected, list_address, summary, watch


def _entries(selection: Selection) -> list[Schedule]:
    found = {str(entry.pk): entry for entry in Schedule.objects.filter(pk__in=selection.pks)}
    return [found[pk] for pk in selection.pks if pk in found]


def _each(service: Callable[..., Any], said: Any) -> Callable[[HttpRequest, Selection], Done]:
    def run(request: HttpRequest, selection: Selection) -> Done:
        for entry in _entries(selection):
            service(user=request.user, entry=entry)
        return Done(said)

    return run


def run_now(request: HttpRequest, selection: Selection) -> HttpResponseBase:
    """Run the chosen entries, whatever their state."""
    started = [services.schedule_run(user=request.user, entry=entry) for entry in _entries(selection)]  # type: ignore[arg-type]
    jobs = [job for each in started for job in each.jobs]
    return watch(request, jobs, _now("The job has been started.") if len(jobs) == 1 else summary(started[0]))


def hold_all(request: HttpRequest, _selection: Selection) -> Done:
    """Put every entry on hold."""
    services.schedule_hold_all(user=request.user)  # type: ignore[arg-type]
    return Done(_now("All job queue entries are on hold."))


def ready_all(request: HttpRequest, _selection: Selection) -> Done:
    """Make every entry ready."""
    services.schedule_ready_all(user=request.user)  # type: ignore[arg-type]
    return Done(_now("All job queue entries are ready."))


def _log(_request: HttpRequest, selection: Selection) -> str:
    return list_address("sync.job.list", mapping=selection.one.get("mapping") if selection.one else "")


def _last_job(row: Row) -> str:
    key = row.get("last_job")
    return registry.reverse("sync.job.card", pk=str(key)) if key else ""


def last_jobs(keys: Sequence[str]) -> dict[str, str]:
    """How the last job of each entry ended."""
    jobs = dict(Schedule.objects.filter(pk__in=list(keys)).exclude(last_job=None).values_list("pk", "last_job"))
    states = dict(Job.objects.filter(pk__in=list(jobs.values())).values_list("pk", "state"))
    return {str(pk): str(STATES[states[job]]) for pk, job in jobs.items() if job in states}


def errors(keys: Sequence[str]) -> dict[str, str]:
    """Why entries have stopped."""
    rows = Schedule.objects.filter(pk__in=list(keys)).exclude(error_code="")
    return {str(entry.pk): text(entry.error_code, entry.error_params) for entry in rows}


def waiting(keys: Sequence[str]) -> dict[str, bool]:
    """Entries whose job waits for another one of its category."""
    found = Schedule.objects.filter(pk__in=list(keys), state="in_process").exclude(last_job=None)
    jobs = {str(job): str(pk) for pk, job in found.values_list("pk", "last_job")}
    return {jobs[job]: True for job in selectors.blocked(list(jobs))}


def waiting_chip(_request: HttpRequest, row: Row) -> Chip | None:
    """*Waiting* beside the heading."""
    return WAITING if waiting([row.pk]) else None


def warning_chip(_request: HttpRequest, row: Row) -> Chip | None:
    """What is allowed and does no good."""
    entry = Schedule.objects.filter(pk=row.pk).first()
    found = warnings(entry) if entry else []
    return Chip(" ".join(text(*one) for one in found), "warn", "warning") if found else None


ACTIONS = (
    Action("run", _("Run Now"), run=run_now, scope="many", icon="play", visible=connected, order=10),
    Action(
        "ready", _("Set Status to Ready"), run=_each(services.schedule_ready, _("Ready.")), scope="many", right="setup",
        icon="checkmark_circle", order=20,
    ),
    Action(
        "hold", _("Set On Hold"), run=_each(services.schedule_hold, _("On hold.")), scope="many", right="setup",
        icon="pause", order=21,
    ),
    Action("log", _("Job Log"), url=_log, scope="one", right="view", icon="history", order=30),
)  # fmt: skip


@register
class ScheduleList(ListPage):
    """All entries."""

    name = "sync.schedule.list"
    model = "sync.Schedule"
    path = "sync/schedules/"
    title = _("Job Queue Entries")
    card = "sync.schedule.card"
    menu = ("synchronization", 40)
    icon = "clock"
    keywords = _("schedule, job queue, interval, recurring, on hold")
    help = Help(
        _(
            "A job queue entry synchronizes the modified records of a mapping at its interval, and a few seconds after "
            "a coupled record was changed. One on hold is never started by itself."
        ),
        LINKS,
    )
    columns = (
        "mapping",
        StatusOrWaiting(SCHEDULE_CHIPS, waiting),
        "next_run_at",
        "interval_minutes",
        "inactivity_minutes",
        "category",
        Column("last_result", _("Last Result"), compute=last_jobs, url=_last_job),
        Sentence("error", _("Error Message"), compute=errors),
    )
    views = (
        View("all", _("All"), ""),
        View("on_hold", _("On Hold"), "state=on_hold"),
        View("error", _("Error"), "state=error"),
    )
    actions = (
        *ACTIONS,
        Action("hold_all", _("Set All On Hold"), run=hold_all, right="setup", icon="pause", order=40,
               confirm=_("Do you want to put all job queue entries on hold?")),
        Action("ready_all", _("Set All to Ready"), run=ready_all, right="setup", icon="checkmark_circle", order=41),
    )  # fmt: skip
    insert = False
    delete = False

    def poll(self, request: HttpRequest, rows: Sequence[Row]) -> int | None:
        """Entries change by themselves."""
        return 2 if any(row.get("state") == "in_process" for row in rows) else 10


@register
class ScheduleCard(CardPage):
    """One entry."""

    name = "sync.schedule.card"
    model = "sync.Schedule"
    path = "sync/schedules/<uuid:pk>/"
    title = _("Job Queue Entry")
    list = "sync.schedule.list"
    edit_right = "setup"
    chips = (waiting_chip, warning_chip)
    fasttabs = (
        FastTab("general", _("General"), ("mapping", "state", "next_run_at", "category"), summary=("mapping", "state")),
        FastTab(
            "recurrence",
            _("Recurrence"),
            (
                "interval_minutes",
                "inactivity_minutes",
                "starting_time",
                "ending_time",
                "time_zone",
                *(f"run_on_{day}" for day in DAYS),
            ),
            summary=("interval_minutes", "starting_time", "ending_time"),
        ),
        FastTab(
            "attempts",
            _("Attempts"),
            ("maximum_attempts", "rerun_delay_seconds", "attempts"),
            summary=("maximum_attempts", "attempts"),
        ),
    )
    actions = ACTIONS
    insert = False
    delete = False
