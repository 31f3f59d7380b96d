"""Reading jobs, outcome rows, pending rows and schedules, for pages and API alike."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext

from records.messages import text
from records.values.present import address, moment
from sync import full_sync, schedules
from sync.jobs.results import COUNTERS, Counters, total_of
from sync.models import Chunk, Job, OutcomeRow, Pending, Progress, Schedule
from sync.models.schedule import DAYS

_POLL_SECONDS = 0.05


# Jobs


def jobs(*, mapping: str = "", kind: str = "", state: str = "", record: str = "") -> QuerySet[Job]:
    """Jobs, newest first; `record`: those with an outcome for this record of either side."""
    found = Job.objects.order_by("-id")
    if mapping:
        found = found.filter(mapping=mapping)
    if kind:
        found = found.filter(kind=kind)
    if state:
        found = found.filter(state=state)
    if record:
        rows = OutcomeRow.objects.filter(Q(erp_id=record) | Q(crm_id=record)).values("job_id")
        found = found.filter(pk__in=rows)
    return found


def jobs_by_id(ids: Sequence[str]) -> list[Job]:
    """Jobs in the order of their ids given."""
    found = {str(job.pk): job for job in Job.objects.filter(pk__in=ids)}
    return [found[key] for key in ids if key in found]


def show_jobs(found: Iterable[Job]) -> list[dict[str, Any]]:
    """Jobs as the API answers them; two queries for the open ones among them."""
    shown = list(found)
    counted = _open_counters([job for job in shown if not job.is_ended])
    return [_show(job, *counted.get(str(job.pk), (job.counters, job.processed))) for job in shown]


def _show(job: Job, counters: Counters, processed: int) -> dict[str, Any]:
    return {
        "id": str(job.pk),
        "row_version": job.row_version,
        "page": address(Job, str(job.pk)),
        "kind": job.kind,
        "mapping": job.mapping,
        "direction": job.direction,
        "preview": job.preview,
        "by_parts": bool(job.preview and job.param("by_parts")),
        "create_new": job.create_new,
        "category": job.category,
        "state": job.state,
        "run_id": _id(job.run_id),
        "caused_by": _id(job.caused_by),
        "parent": _id(job.parent),
        "requested_by": job.requested_by,
        "requested_at": moment(job.requested_at),
        "started_at": _moment(job.started_at),
        "finished_at": _moment(job.finished_at),
        "message": message(job),
        "total": job.total,
        "processed": processed,
        "passes": passes(job, counters),
        "follow_up": (job.params or {}).get("follow_up", ""),
    }


def message(job: Job) -> dict[str, Any]:
    """The message of a job in the language of the request; blank code and detail where it has none."""
    detail = text(job.message_code, job.message_params) if job.message_code else ""
    return {"code": job.message_code, "params": job.message_params, "detail": detail}


def passes(job: Job, counters: Counters) -> list[dict[str, Any]]:
    """The counters by direction, to CRM first, also where a pass did nothing; one without direction for other jobs."""
    empty = dict.fromkeys(COUNTERS, 0)
    return [{"direction": d, **empty, **counters.get(d, {})} for d in job.directions or [""]]


def _open_counters(open_jobs: Sequence[Job]) -> dict[str, tuple[Counters, int]]:
    """The counters so far and the records looked at, summed over the chunks."""
    if not open_jobs:
        return {}
    chunks: dict[str, list[Chunk]] = {str(job.pk): [] for job in open_jobs}
    for chunk in Chunk.objects.filter(job__in=open_jobs).only("job_id", "counters", "processed"):
        chunks[str(chunk.job_id)].append(chunk)
    underway = dict(Progress.objects.filter(job__in=list(chunks)).values_list("job", "processed"))
    return {
        str(job.pk): (
            total_of(chunks[str(job.pk)], job.directions),
            sum(c.processed for c in chunks[str(job.pk)]) + underway.get(job.pk, 0),
        )
        for job in open_jobs
    }


def blocked(ids: Sequence[Any]) -> set[str]:
    """Those of these jobs that wait because another one of their category runs."""
    ready = Job.objects.filter(pk__in=list(ids), state="ready").exclude(category="")
    running = Job.objects.filter(category=OuterRef("category"), state="in_process")
    return {str(key) for key in ready.filter(Exists(running)).values_list("pk", flat=True)}


def wait(ids: Sequence[str], seconds: float) -> None:
    """Hold until the jobs have ended, at most so long. Not inside a transaction: it would see nothing new."""
    until = time.monotonic() + seconds
    while Job.objects.filter(pk__in=list(ids), finished_at=None).exists() and time.monotonic() < until:
        time.sleep(_POLL_SECONDS)


# Outcome rows


def outcome_rows(job: Job, *, failed_only: bool = False) -> QuerySet[OutcomeRow]:
    """The outcome rows of a job in the order they were written."""
    found = OutcomeRow.objects.filter(job=job).order_by("id")
    return found.filter(action="fail") if failed_only else found


def show_outcomes(rows: Iterable[OutcomeRow]) -> list[dict[str, Any]]:
    """Outcome rows as the API answers them."""
    return [
        {
            "id": str(row.pk),
            "mapping": row.mapping,
            "direction": row.direction,
            "erp_id": _id(row.erp_id),
            "crm_id": _id(row.crm_id),
            "erp_key": row.erp_key,
            "crm_name": row.crm_name,
            "action": row.action,
            "reason": row.reason,
            "params": row.params,
            "detail": reason_text(row.reason, row.params),
            "changes": row.changes,
            "at": moment(row.at),
        }
        for row in rows
    ]


def reason_text(code: str, params: dict[str, Any]) -> str:
    """The sentence of a reason in the active language; that of a row of a file says where it stands."""
    said = text(code, params) if code else ""
    if not params.get("line"):
        return said
    place = gettext("Row %(line)s, %(column)s: %(said)s") if params.get("column") else gettext("Row %(line)s: %(said)s")
    return place % {"line": params["line"], "column": params.get("column"), "said": said}


# Pending rows


def pending(*, mapping: str = "", side: str = "") -> QuerySet[Pending]:
    """What waits, by mapping, side and record."""
    found = Pending.objects.order_by("mapping", "side", "record")
    if mapping:
        found = found.filter(mapping=mapping)
    return found.filter(side=side) if side else found


def show_pending(rows: Iterable[Pending]) -> list[dict[str, Any]]:
    """Pending rows as the API answers them: what waits and why."""
    return [
        {
            "mapping": row.mapping,
            "side": row.side,
            "record": str(row.record),
            "reason": row.reason,
            "params": row.params,
            "detail": reason_text(row.reason, row.params),
            "not_before": _moment(row.not_before),
            "queued_at": moment(row.queued_at),
        }
        for row in rows
    ]


# Schedules


def show_schedules(entries: Iterable[Schedule]) -> list[dict[str, Any]]:
    """Job queue entries as the API answers them."""
    entries = list(entries)
    waiting = blocked([entry.last_job for entry in entries if entry.state == "in_process" and entry.last_job])
    return [
        {
            "id": str(entry.pk),
            "row_version": entry.row_version,
            "page": address(Schedule, str(entry.pk)),
            "mapping": entry.mapping,
            "interval_minutes": entry.interval_minutes,
            "inactivity_minutes": entry.inactivity_minutes,
            "starting_time": entry.starting_time,
            "ending_time": entry.ending_time,
            "time_zone": entry.time_zone,
            **{f"run_on_{day}": getattr(entry, f"run_on_{day}") for day in DAYS},
            "maximum_attempts": entry.maximum_attempts,
            "rerun_delay_seconds": entry.rerun_delay_seconds,
            "category": entry.category,
            "is_waiting": str(entry.last_job) in waiting,
            "warnings": [_warning(code, params) for code, params in schedules.warnings(entry)],
            "attempts": entry.attempts,
            "state": entry.state,
            "next_run_at": _moment(entry.next_run_at),
            "last_job": _id(entry.last_job),
            "message": {
                "code": entry.error_code,
                "params": entry.error_params,
                "detail": reason_text(entry.error_code, entry.error_params),
            },
        }
        for entry in entries
    ]


def _warning(code: str, params: dict[str, Any]) -> dict[str, Any]:
    return {"code": code, "params": params, "detail": text(code, params)}


# Full synchronization


def show_full_sync() -> list[dict[str, Any]]:
    """The lines of the review as the API answers them."""
    return [
        {
            "mapping": line.mapping,
            "depends_on": line.depends_on,
            "recommendation": line.recommendation,
            "status": line.status,
            "to_crm_status": line.to_crm_status,
            "from_crm_status": line.from_crm_status,
            "job": line.job,
        }
        for line in full_sync.lines()
    ]


def _id(value: Any) -> str | None:
    return str(value) if value else None


def _moment(value: Any) -> str | None:
    return moment(value) if value else None
