"""A preview: the whole job is done in one transaction, its outcome rows are read, and everything is taken back.

So each chunk sees what the ones before it did, as in the real run: a pair that the first pass decided is not shown once
more by the second, a number that was given is not given again. Records that the job writes are locked meanwhile;
beyond `SYNC_PREVIEW_WHOLE` records each chunk is therefore a preview of its own, which sees nothing of the others.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from sync import conf
from sync.jobs import retry
from sync.jobs.results import Counters, Done, add
from sync.jobs.submit import add_chunks
from sync.models import Chunk, Job, OutcomeRow

TAKE = "preview"
#: Kinds whose chunks depend on each other. Records that were named are independent, matching looks before it writes.
KINDS = ("modified", "full", "full_unconditional", "uncoupling", "undo")


def as_one(job: Job, specs: Sequence[dict[str, Any]], total: int | None) -> Sequence[dict[str, Any]]:
    """The specs of a planned job, or the one that previews all of them together."""
    if not (job.preview and job.kind in KINDS and specs):
        return specs
    if job.kind in ("modified", "full", "full_unconditional") and (total or 0) > conf.value("SYNC_PREVIEW_WHOLE"):
        return specs
    return [{"take": TAKE, "specs": sorted(specs, key=lambda spec: spec.get("stage", 0))}]


class _Undone(Exception):
    """Takes everything back."""


def run_chunk(job: Job, chunk: Chunk) -> Done:
    """Do all of it, keep what it did as outcome rows and counters, and nothing else.

    Where something raises that will not pass by itself, the chunks are previewed one by one instead, so that the
    record that does it is found as in a run.
    """
    kept: list[tuple[Done, list[OutcomeRow]]] = []
    try:
        with transaction.atomic():
            done = _all(_real(job), chunk)
            kept.append((done, list(OutcomeRow.objects.filter(job=job).order_by("id"))))
            raise _Undone
    except _Undone:
        ((done, rows),) = kept
    except Exception as error:
        if job.kind in ("uncoupling", "undo") or retry.passing(error) is not None:
            raise
        add_chunks(job, chunk.spec["specs"], priority=chunk.priority, first_no=chunk.no + 1)
        return Done()
    OutcomeRow.objects.bulk_create(rows, batch_size=2000)
    return done


def _real(job: Job) -> Job:
    """The job as if it were no preview."""
    real = copy.copy(job)
    real.preview = False
    return real


def _all(job: Job, chunk: Chunk) -> Done:
    from sync.jobs.executors import executor_of

    counters: Counters = {}
    processed, waiting = 0, list(chunk.spec["specs"])
    while waiting:
        spec = dict(waiting.pop(0))
        part = Chunk(pk=chunk.pk, job=job, no=chunk.no, stage=spec.pop("stage", 0), spec=spec)
        result = executor_of(job, part)(job, part)
        add(counters, result.counters)
        processed += result.processed
        if result.more:
            waiting.insert(0, {**spec, "from": result.last})
    return Done(counters, processed)
