"""The chunk transaction: guard, execute, count, commit; whatever goes wrong becomes data.

1. claim a chunk (its own short transaction),
2. in one transaction: guard, execute, store counters on the chunk,
3. end the job when this was its last chunk (its own short transaction).

A process that dies anywhere leaves either all of step 2 or nothing.
"""

from __future__ import annotations

import json
import logging
import time
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction

from coupling.gateways.errors import Transient
from records import db
from records.actor import acting
from sync import conf, failpoints
from sync.jobs import finish, guard, limits, retry
from sync.jobs.alone import parent as alone
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
    if not run_claimed(found):
        finish.finish_if_done(found.job_id)
    return True


def drain(*, only: str | None = None, seconds: float | None = None) -> int:
    """Work until nothing can be claimed (or time is up); the number of chunks."""
    until = None if seconds is None else time.monotonic() + seconds
    n, last = 0, ""
    while (found := claim(only=only)) is not None:
        if last not in ("", found.job_id):
            finish.finish_if_done(last)
        last = "" if run_claimed(found) else found.job_id
        n += 1
        if until is not None and time.monotonic() >= until:
            break
    if last:
        finish.finish_if_done(last)
    return n


def run_claimed(found: Claim) -> bool:
    """Work on a claimed chunk; afterwards it is done, waits for another attempt, or its job has ended.

    False when others of the job's chunks are ready: whoever works on the last one asks whether the job is over.
    """
    try:
        if alone.applies(found):
            alone.run(found)
        elif found.losses > int(conf.value("SYNC_MAX_LOSSES")):  # no list of records: nothing can be left out of it
            finish.fail_chunk(found, "internal_error", {"error": "the worker ended"})
        elif not _transact_around_locks(found):
            return False
    except LostLeaseError:
        log.warning("lost the lease of chunk %s of job %s", found.chunk_id, found.job_id)
    except StoppedError as stop:
        finish.stop(found, stop.refusal)
    except Exception as error:  # noqa: BLE001 - whatever a rule, a hook or the database raises is a result
        if isinstance(error, MemoryError):
            limits.out_of_memory()
        _failed(found, error)
    finish.finish_if_done(found.job_id)
    return True


def _transact_around_locks(found: Claim) -> bool:
    """The chunk; where somebody holds a record of it, once more without the records that are held."""
    try:
        return _transact(found)
    except Transient:
        return _transact(found, avoid_locked=True)


def _transact(found: Claim, *, avoid_locked: bool = False) -> bool:
    with transaction.atomic():
        job, chunk = guard.enter(found)
        chunk.avoid_locked = avoid_locked
        with limits.watched(job, chunk), acting(job.requested_by_name, "sync"):
            result = executor_of(job, chunk)(job, chunk)
        is_last = store(job, chunk, result)
        failpoints.reach("before_commit")
    failpoints.reach("after_commit")
    return is_last


_STORE = """
UPDATE {chunk} SET state = 'done', lease_until = NULL, counters = %s, processed = %s, done_at = now() WHERE id = %s
RETURNING NOT EXISTS (SELECT 1 FROM {chunk} o WHERE o.job_id = %s AND o.state = 'ready')
"""


def store(job: Job, chunk: Chunk, result: Result) -> bool:
    """Counters and end of the chunk, with the effect in one transaction; a source with more gets another chunk.

    True when no other chunk of the job is ready.
    """
    if result.more:
        rest: dict[str, Any] = {**chunk.spec, "from": result.last, "stage": chunk.stage}
        add_chunks(job, [rest], priority=chunk.priority, first_no=chunk.no + 1)
    sql = _STORE.format(chunk=Chunk._meta.db_table)
    row = db.one(sql, [json.dumps(result.counters), result.processed, chunk.pk, job.pk])
    return bool(row and row[0])


def _failed(found: Claim, error: Exception) -> None:
    """Give the chunk back, narrow it down, or end its job; see `retry`."""
    if isinstance(error, OperationalError | InterfaceError) and not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    try:
        retry.handle(found, error)
    except (OperationalError, InterfaceError) as away:
        log.warning("chunk %s is left to its lease, the database is away: %s", found.chunk_id, away)
        connection.close()
