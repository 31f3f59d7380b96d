"""The chunk transaction: guard, execute, count, commit; whatever goes wrong becomes data.

1. claim a chunk (its own short transaction),
2. in one transaction: guard, execute, store counters on the chunk,
3. end the job when this was its last chunk (its own short transaction).

A process that dies anywhere leaves either all of step 2 or nothing.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models.functions import Now

from records.actor import acting
from sync import failpoints
from sync.jobs import finish, guard, poison, retry
from sync.jobs.claim import Claim, claim
from sync.jobs.errors import LostLeaseError, StoppedError
from sync.jobs.executors import executor_of
from sync.jobs.results import Result
from sync.jobs.submit import add_chunks
from sync.models import Chunk, Job

log = logging.getLogger(__name__)


def run_one(*, only: str | None = None) -> bool:
    """Claim one chunk and work on it; False when there is nothing to do. `only`: of this job."""
    found = claim(only=only)
    if found is None:
        return False
    run_claimed(found)
    return True


def drain(*, only: str | None = None, seconds: float | None = None) -> int:
    """Work until nothing can be claimed (or time is up); the number of chunks."""
    until = None if seconds is None else time.monotonic() + seconds
    n = 0
    while run_one(only=only):
        n += 1
        if until is not None and time.monotonic() >= until:
            break
    return n


def run_claimed(found: Claim) -> None:
    """Work on a claimed chunk; afterwards the chunk is done, waits for another attempt, or its job has ended."""
    if poison.is_suspect(found):
        poison.narrow(found, None)
        finish.finish_if_done(found.job_id)
        return
    try:
        _transact(found)
    except LostLeaseError:
        log.warning("lost the lease of chunk %s of job %s", found.chunk_id, found.job_id)
    except StoppedError as stop:
        finish.stop(found, stop.refusal)
    except Exception as error:  # noqa: BLE001 - whatever a rule, a hook or the database raises is a result
        _failed(found, error)
    finish.finish_if_done(found.job_id)


def _transact(found: Claim) -> None:
    with transaction.atomic():
        job, chunk = guard.enter(found)
        with acting(job.requested_by_name, "sync"):
            result = executor_of(job, chunk)(job, chunk)
        store(job, chunk, result)
        failpoints.reach("before_commit")
    failpoints.reach("after_commit")


def store(job: Job, chunk: Chunk, result: Result) -> None:
    """Counters and end of the chunk, with the effect in one transaction; a source with more gets another chunk."""
    if result.more:
        rest: dict[str, Any] = {**chunk.spec, "from": result.last, "stage": chunk.stage}
        add_chunks(job, [rest], priority=chunk.priority, first_no=chunk.no + 1)
    Chunk.objects.filter(pk=chunk.pk).update(
        state="done", lease_until=None, counters=result.counters, processed=result.processed, done_at=Now()
    )


def _failed(found: Claim, error: Exception) -> None:
    """Give the chunk back, narrow it down, or end its job; see `retry`."""
    if isinstance(error, OperationalError | InterfaceError) and not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    try:
        retry.handle(found, error)
    except (OperationalError, InterfaceError) as away:
        log.warning("chunk %s is left to its lease, the database is away: %s", found.chunk_id, away)
        connection.close()
