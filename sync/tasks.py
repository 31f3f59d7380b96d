"""What a broker message may ask of a worker: to look for work. The work itself is in the database."""

from __future__ import annotations

from celery import shared_task
from django.db import connection

from sync import bell, conf
from sync.jobs import drain, sweep
from sync.jobs.claim import work_waits

#: Seconds: an import of a million rows is one transaction and must not be cut off.
LONGEST = 4 * 3600


@shared_task(name="sync.tasks.ring", time_limit=LONGEST)
def ring(job_id: str = "", spread: int = 0) -> None:
    """Work for a moment, then ring again while there is more.

    Each claim takes users' records before large runs, so nobody waits for the end of one. `spread`: how often another
    worker may still be called; one bell of a large job so reaches all workers.
    """
    work(job_id, spread)


@shared_task(name="sync.tasks.sweep", time_limit=LONGEST)
def sweep_task() -> None:
    """What nothing else would find; then the work it found."""
    sweep()
    work("", 3)


def work(job_id: str, spread: int) -> None:
    """Call another worker when one chunk is not enough, then run chunks until none is left or the moment is over."""
    if spread and work_waits():
        bell.ring(job_id, spread=spread - 1)
    drain(seconds=float(conf.value("SYNC_TASK_SECONDS")))
    if work_waits():
        bell.ring(job_id, spread=max(spread - 1, 0))
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
