"""Small jobs that somebody waits for: done by this process at once, exactly as a worker would do them."""

from __future__ import annotations

import time
from collections.abc import Sequence

from django.db import connection

from sync.jobs import drain
from sync.models import Job

PATIENCE_SECONDS = 20.0
#: How long a page holds its answer back for a record that it has asked for.
AT_ONCE_SECONDS = 1.5
_PAUSE = 0.05


def run_now(jobs: Sequence[Job], *, seconds: float = PATIENCE_SECONDS) -> list[Job]:
    """Work on these jobs until they have ended, at most so long; the jobs as they are then.

    A chunk that a worker has claimed meanwhile is waited for. Not inside a transaction that others must see the end of.
    """
    ids = [str(job.pk) for job in jobs]
    until = time.monotonic() + seconds
    while True:
        for job_id in ids:
            drain(only=job_id, seconds=max(until - time.monotonic(), 0.0))
        if not Job.objects.filter(pk__in=ids, finished_at=None).exists() or time.monotonic() >= until:
            break
        time.sleep(_PAUSE)
    found = {str(job.pk): job for job in Job.objects.filter(pk__in=ids)}
    return [found[key] for key in ids if key in found]


def at_once(jobs: Sequence[Job]) -> None:
    """Do jobs of one record here: workers may be in the middle of large chunks, and somebody looks at the page."""
    if jobs and all(job.kind == "single" for job in jobs) and not connection.in_atomic_block:
        run_now(jobs, seconds=AT_ONCE_SECONDS)
