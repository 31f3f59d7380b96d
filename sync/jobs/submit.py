"""Writing a job: the row and its first chunk in the caller's transaction, the bell after its commit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from records.errors import TooMany
from records.ids import uuid7
from sync import bell, conf
from sync.models import Chunk, Job
from sync.models.job import PROTOCOL

PRIORITY = {"single": 0, "selected": 1, "uncoupling": 2, "undo": 2}
WHOLE_PRIORITY = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a job is to do, and for whom. `chunks`: their specs where they are known already; else the job is planned.

    `whole`: works on a whole mapping (see `Job`). `after`: jobs that must have ended first. `category`: one job of a
    category runs at a time.
    """

    kind: str
    user_name: str
    mapping: str = ""
    direction: str = ""
    by_user: bool = True
    preview: bool = False
    create_new: bool = False
    whole: bool = False
    total: int | None = None
    params: dict[str, Any] = field(default_factory=dict)
    chunks: Sequence[dict[str, Any]] = ()
    after: Iterable[str] = ()
    parent: str | None = None
    caused_by: str | None = None
    run_id: str | None = None
    schedule: str | None = None
    due_at: dt.datetime | None = None
    job_id: str | None = None
    category: str = ""


def submit(request: Request) -> Job:
    """Write the job; for a whole mapping the one that waits already where there is one alike.

    Raises TooMany where the user has so many jobs waiting that another one would only stand in the way.
    """
    with transaction.atomic():
        _check_quota(request)
        job = _store(request) if request.whole else _insert(_job(request))
        if job.state == "ready" and not job.chunks.exists():
            _first_chunks(job, request)
        bell.ring(str(job.pk))
    return job


def announce(request: Request) -> Job:
    """Write the job without chunks: nobody claims it, the work of its parent is its own."""
    return _insert(_job(request))


def _check_quota(request: Request) -> None:
    """Jobs that follow from others are not counted: what a user has begun comes to its end."""
    if not (request.by_user and request.user_name) or request.parent or request.caused_by:
        return
    most = int(conf.value("SYNC_JOBS_PER_USER"))
    waiting = Job.objects.filter(requested_by=request.user_name, state="ready", by_user=True, caused_by=None)
    if waiting.count() >= most:
        raise TooMany("too_many_jobs", {"max": most})


def _insert(job: Job) -> Job:
    job.save(force_insert=True)
    return job


def _store(request: Request) -> Job:
    """Insert the job unless one alike waits; the unique index decides, whoever else asks at the same time."""
    for _attempt in range(5):
        job = _job(request)
        Job.objects.bulk_create([job], ignore_conflicts=True)
        stored = Job.objects.filter(pk=job.pk).first() or _waiting(request)
        if stored is not None:
            return stored
    raise RuntimeError(f"no {request.kind} job of {request.mapping} could be stored")


def _job(request: Request) -> Job:
    job_id = request.job_id or uuid7()
    now = timezone.now()
    values: dict[str, Any] = {
        "id": job_id,
        "kind": request.kind,
        "mapping": request.mapping,
        "direction": request.direction,
        "preview": request.preview,
        "create_new": request.create_new,
        "whole": request.whole,
        "by_user": request.by_user,
        "state": "ready",
        "run_id": request.run_id or job_id,
        "caused_by": request.caused_by,
        "parent": request.parent,
        "after": sorted(set(request.after)),
        "schedule": request.schedule,
        "due_at": request.due_at,
        "requested_by": request.user_name,
        "requested_at": now,
        "run_at": now,
        "total": request.total,
        "params": request.params,
        "protocol": PROTOCOL,
        "category": request.category,
    }
    return Job(**values)


def _waiting(request: Request) -> Job | None:
    return Job.objects.filter(
        whole=True,
        state="ready",
        mapping=request.mapping,
        kind=request.kind,
        direction=request.direction,
        create_new=request.create_new,
        preview=request.preview,
    ).first()


def _first_chunks(job: Job, request: Request) -> None:
    """The chunks that are known, or the one that plans the others. A full synchronization has children instead.

    Its preview has both: see `preview.several`.
    """
    if request.kind == "full_sync" and not request.preview:
        return
    specs = request.chunks or [{"take": "plan"}]
    add_chunks(job, specs, priority=WHOLE_PRIORITY if request.whole else PRIORITY.get(request.kind, WHOLE_PRIORITY))


def add_chunks(job: Job, specs: Sequence[dict[str, Any]], *, priority: int, first_no: int = 0) -> None:
    """Store chunks for these specs; a spec may name its `stage` and its own `priority`."""
    chunks = []
    for no, given in enumerate(specs, first_no):
        spec = dict(given)
        stage = spec.pop("stage", 0)
        chunks.append(Chunk(job=job, no=no, stage=stage, priority=priority, spec=spec))
    Chunk.objects.bulk_create(chunks, batch_size=2000)
