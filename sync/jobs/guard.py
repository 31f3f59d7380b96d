"""The beginning of every chunk transaction: session settings, and the proof that the chunk is still ours."""

from __future__ import annotations

from coupling.models import Connection, IntegrationTableMapping
from sync import conf
from sync.jobs.claim import Claim
from sync.jobs.errors import LostLeaseError, StoppedError
from sync.jobs.start import UNCONNECTED_KINDS, Refusal
from sync.models import Chunk, Job

#: Shapes that the planner chooses by itself are wrong here: queue, couplings and destination look empty to it when a
#: first run starts. With these it keeps to the index probes that the statements are written for.
_SESSION = """
SET LOCAL random_page_cost = 1.1; SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL work_mem = '64MB';
SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_seqscan = off;
SET LOCAL statement_timeout = '{statement}s'; SET LOCAL lock_timeout = '{lock}ms';
SET LOCAL idle_in_transaction_session_timeout = '{idle}s';
"""

_RENEW = """
UPDATE {chunk} SET lease_until = clock_timestamp() + make_interval(secs => %s)
WHERE id = %s AND fence = %s AND state = 'running' RETURNING *
"""
_JOB = """
SELECT j.*, EXISTS (SELECT 1 FROM {connection} WHERE enabled) AS is_connected,
  (SELECT m.version FROM {mapping} m WHERE m.name = j.mapping) AS mapping_version
FROM {job} j WHERE j.id = %s
"""


def session_settings() -> str:
    """Settings of this transaction only. A worker that freezes inside it loses its connection within a lease."""
    return _SESSION.format(
        statement=conf.value("SYNC_STATEMENT_SECONDS"),
        lock=conf.value("SYNC_LOCK_MS"),
        idle=conf.value("SYNC_LEASE_SECONDS"),
    )


def enter(claim: Claim) -> tuple[Job, Chunk]:
    """Prove ownership, renew the lease and hold the chunk until commit; then see whether its job goes on.

    Raises `LostLeaseError` or `StoppedError`. The job row is read and never locked: a cancel need not wait for chunks.
    """
    renew = session_settings() + _RENEW.format(chunk=Chunk._meta.db_table)
    found = list(Chunk.objects.raw(renew, [conf.value("SYNC_LEASE_SECONDS"), claim.chunk_id, claim.fence]))
    if not found:
        raise LostLeaseError(claim)
    look = _JOB.format(
        job=Job._meta.db_table,
        connection=Connection._meta.db_table,
        mapping=IntegrationTableMapping._meta.db_table,
    )
    (chunk,), (job,) = found, list(Job.objects.raw(look, [claim.job_id]))
    if job.cancel_requested or job.state != "in_process":
        raise StoppedError
    if job.kind not in UNCONNECTED_KINDS and not vars(job)["is_connected"]:
        raise StoppedError(Refusal("connection_disabled"))
    chunk.job = job
    return job, chunk
