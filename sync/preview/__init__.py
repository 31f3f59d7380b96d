"""A preview: the whole job is done in one transaction, its outcome rows are kept, and everything is taken back.

So each chunk sees what the ones before it did, as in the real run: a pair that the first pass decided is not shown once
more by the second, a number that was given is not given again.

Records that the job writes are locked meanwhile. Nobody waits for a preview: when it has lasted a few seconds
(`SYNC_PREVIEW_HOLD_SECONDS`) and somebody waits for what it holds, it lets go and begins anew. Where that happens again
and again, each chunk becomes a preview of its own, which sees nothing of the others; the job says so (`by_parts`).
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from sync.jobs.results import Done
from sync.jobs.submit import add_chunks
from sync.models import Chunk, Job
from sync.preview.kept import KeptRows
from sync.preview.patience import DisturbedError, Patience
from sync.preview.rehearsal import rehearse, taken_back

TAKE = "preview"
#: Kinds whose chunks depend on each other. Records that were named are independent, matching looks before it writes.
KINDS = ("modified", "full", "full_unconditional", "uncoupling", "undo")
#: Kinds whose chunks can be previewed one by one.
DIVISIBLE = ("modified", "full", "full_unconditional")
#: How often a preview begins anew for those who wait.
TRIES = 3


def as_one(job: Job, specs: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """The specs of a planned job, or the one that previews all of them together."""
    if not (job.preview and job.kind in KINDS and specs):
        return specs
    return [{"take": TAKE, "specs": sorted(specs, key=lambda spec: spec.get("stage", 0))}]


def run_chunk(job: Job, chunk: Chunk) -> Done:
    """Do all of it, keep what it did as outcome rows and counters, and nothing else."""
    for _try in range(TRIES):
        try:
            return _rehearsed(job, chunk)
        except DisturbedError:
            continue
    mark_by_parts([job])
    add_chunks(job, chunk.spec["specs"], priority=chunk.priority, first_no=chunk.no + 1)
    return Done()


def mark_by_parts(jobs: Sequence[Job]) -> None:
    """Note that the parts of these previews see nothing of each other."""
    for job in jobs:
        Job.objects.filter(pk=job.pk).update(params={**job.params, "by_parts": True})


def _rehearsed(job: Job, chunk: Chunk) -> Done:
    with KeptRows() as kept, Patience(job, gives_way=job.kind in DIVISIBLE) as patience:
        done = Done()
        with taken_back():
            rehearse(_real(job), chunk, chunk.spec["specs"], done, patience)
            kept.keep([str(job.pk)])
        kept.store()
    return done


def _real(job: Job) -> Job:
    """The job as if it were no preview."""
    real = copy.copy(job)
    real.preview = False
    return real
