"""One job with its passes and outcome, read again every second while it runs; and the notice that follows jobs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from pages import registry
from pages.selection import keys
from pages.views.base import PageView
from pages.views.cards import CardBase, CardView
from records.messages import text
from sync import selectors, services
from sync.catalogue import next_step
from sync.models import Job, OutcomeRow
from sync.models.job import JOB_DIRECTIONS, KINDS
from sync.pages.catalogue import help_address
from sync.pages.common import COUNTERS, JOB_CHIPS, WAITING, totals
from sync.pages.excel import apply_url
from sync.pages.jobs import seconds_text
from sync.pages.outcomes import changes_of
from sync.shown import list_address

#: Outcome rows on the job's own page; all of them are one click away.
SHOWN_ROWS = 20
STOPS_POLLING = 286  # htmx ends an `every` trigger with this answer


class JobView(CardView):
    """The card of a job."""

    def get(self, request: HttpRequest, pk: UUID | None = None) -> TemplateResponse:
        """Fields, and the live part."""
        row = self.find(pk)
        context = self.context(self.draw(row)) | progress_of(Job.objects.get(pk=row.pk)) | rights_of(request)
        return self.render("sync/job.html", context)


class JobProgressView(CardBase):
    """The live part alone."""

    def get(self, request: HttpRequest, pk: UUID | None = None) -> HttpResponseBase:
        """Progress, passes, results; the last answer makes the page read itself anew."""
        job = Job.objects.get(pk=self.find(pk).pk)
        response = self.render("sync/_job_progress.html", progress_of(job) | rights_of(request))
        if job.is_ended:
            response["HX-Trigger"] = json.dumps({"listChanged": {}})
        return response


def rights_of(request: HttpRequest) -> dict[str, bool]:
    """What the user may do, as the live part asks for it."""
    user: Any = request.user
    return {"may_set_up": user.has_right("setup")}


def progress_of(job: Job) -> dict[str, Any]:
    """What is shown of a job: state, progress, passes with links to their records, message, first results."""
    (shown,) = selectors.show_jobs([job])
    rows = list(selectors.outcome_rows(job)[: SHOWN_ROWS + 1])
    found = changes_of(rows[:SHOWN_ROWS])
    return {
        "job": job,
        "kind": KINDS.get(job.kind, job.kind),
        "chip": WAITING if selectors.blocked([job.pk]) else JOB_CHIPS[job.state],
        "processed": shown["processed"],
        "total": job.total,
        "percent": percent(shown["processed"], job.total, is_ended=job.is_ended),
        "passes": [] if job.kind == "full_sync" else [_pass(job, each) for each in shown["passes"]],
        "counters": [str(caption) for caption, _action in COUNTERS.values()],
        "message": shown["message"]["detail"],
        "next_step": next_step(job.message_code),
        "help": help_address(job.message_code),
        "duration": _duration(job),
        "results": [_result(row, found[str(row.pk)]) for row in rows[:SHOWN_ROWS]],
        "has_more": len(rows) > SHOWN_ROWS,
        "all_results": list_address("sync.outcome.list", job=job.pk),
        "children": _children(job),
        "followers": list(Job.objects.filter(caused_by=job.pk).order_by("id")),
        "is_live": not job.is_ended,
        "reasons": _reasons(job),
        "apply_url": apply_url(job),
        "asks_about": ", ".join(services.asks_about(job)),
        "by_parts": bool(job.preview and job.param("by_parts")),
    }


def _children(job: Job) -> list[dict[str, Any]]:
    """The jobs of a full synchronization over several mappings, with what each of them did."""
    found = list(Job.objects.filter(parent=job.pk).order_by("id"))
    counted = totals([str(child.pk) for child in found])
    return [
        {
            "job": child,
            "kind": KINDS.get(child.kind, child.kind),
            "chip": JOB_CHIPS[child.state],
            "cells": _cells(child, counted[str(child.pk)]),
            "message": text(child.message_code, child.message_params) if child.message_code else "",
        }
        for child in found
    ]


def _cells(job: Job, counts: Mapping[str, int], **more: str) -> list[dict[str, Any]]:
    """Each counter with the address of the records it counts."""
    cells = []
    for name, (_caption, action) in COUNTERS.items():
        address = list_address("sync.outcome.list", job=job.pk, action=action, **more)
        cells.append({"count": counts[name], "url": address if action and counts[name] else "", "name": name})
    return cells


def percent(done: int, total: int | None, *, is_ended: bool) -> int | None:
    """How much is done; None where nobody knows how much there is."""
    if is_ended and not total:
        return 100
    return min(100, round(100 * done / total)) if total else None


def _duration(job: Job) -> str:
    import datetime as dt

    if job.started_at is None:
        return ""
    return seconds_text(((job.finished_at or dt.datetime.now(dt.UTC)) - job.started_at).total_seconds())


def _pass(job: Job, counts: dict[str, Any]) -> dict[str, Any]:
    direction = counts["direction"]
    cells = _cells(job, counts, direction=direction)
    return {"direction": JOB_DIRECTIONS.get(direction, direction) or _("All"), "cells": cells}


def _result(row: OutcomeRow, changes: dict[str, Any]) -> dict[str, Any]:
    from sync.pages.common import ACTION_CHIPS

    return {
        "url": registry.reverse("sync.outcome.card", pk=str(row.pk)),
        "title": " · ".join(name for name in (row.erp_key, row.crm_name) if name) or "–",
        "chip": ACTION_CHIPS[row.action],
        "direction": JOB_DIRECTIONS.get(row.direction, ""),
        "detail": selectors.reason_text(row.reason, row.params),
        "changes": [change for side in changes.values() for change in side],
    }


def _reasons(job: Job) -> list[dict[str, Any]]:
    """Why records failed or were skipped, by number."""
    found = (
        OutcomeRow.objects.filter(job=job, action__in=("fail", "skip"))
        .values("reason")
        .annotate(n=Count("id"))
        .order_by("-n")
    )
    return [
        {
            "code": row["reason"],
            "count": row["n"],
            "text": _general(job, row["reason"]),
            "next_step": next_step(row["reason"]),
            "help": help_address(row["reason"]),
            "url": list_address("sync.outcome.list", job=job.pk, reason=row["reason"]),
        }
        for row in found[:10]
    ]


def _general(job: Job, code: str) -> str:
    """The sentence of the first record with this reason."""
    row = OutcomeRow.objects.filter(job=job, reason=code).only("params").first()
    return text(code, row.params if row else {})


class WatchView(PageView):
    """The notice that follows jobs from wherever they were started."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Progress of the jobs; their result once all have ended."""
        ids = keys(request.GET.get("ids", "").split(","))
        jobs = selectors.jobs_by_id(ids)
        context = watched(jobs) | {"ids": ",".join(ids), "message": "", "details": []}
        response = self.render("sync/_watch_toast.html", context)
        if context["is_ended"]:
            response["HX-Trigger"] = json.dumps({"listChanged": {}})
        return response


def watched(jobs: Sequence[Job]) -> dict[str, Any]:
    """What the notice tells about some jobs together."""
    shown = selectors.show_jobs(jobs)
    counts = dict.fromkeys(COUNTERS, 0)
    for job in shown:
        for each in job["passes"]:
            for name in counts:
                counts[name] += each[name]
    done, total = sum(job["processed"] for job in shown), sum(job["total"] or 0 for job in shown)
    failed = [job for job in jobs if job.state == "failed"]
    is_bad = bool(failed or counts["failed"])
    return {
        "is_ended": all(job.is_ended for job in jobs),
        "done": done,
        "total": total,
        "percent": percent(done, total, is_ended=False),
        "counts": [(str(COUNTERS[name][0]), n) for name, n in counts.items() if n],
        "tone": "bad" if is_bad else "warn" if counts["skipped"] else "ok",
        "job_message": text(failed[0].message_code, failed[0].message_params) if failed else "",
        "first": registry.reverse("sync.job.card", pk=str(jobs[0].pk)) if jobs else "",
        "is_cancelled": any(job.state == "cancelled" for job in jobs),
        "is_import": any(job.kind == "import" for job in jobs),
    }
