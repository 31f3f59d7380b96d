"""The beginning of every chunk transaction: session settings, and the proof that the chunk is still ours."""

from __future__ import annotations

from django.db import connection

from coupling.models import Connection, IntegrationTableMapping
from records import db
from sync import conf
from sync.jobs.claim import Claim
from sync.jobs.errors import LostLeaseError, StoppedError
from sync.jobs.start import UNCONNECTED_KINDS, Refusal
from sync.models import Chunk, Job

#: Shapes that the planner chooses by itself are wrong here: queue, couplings and destination look empty to it when a
#: first run starts. With these it keeps to the index probes that the statements are written for. No chunk waits for the
#: disk: a crash takes back whole chunks, which are then done again, and the end of a job is written after them and waits.
_SESSION = """
SET LOCAL synchronous_commit = off; SET LOCAL random_page_cost = 1.1;
SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL work_mem = '64MB';
SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_seqscan = off;
SET LOCAL statement_timeout = '{statement}s'; SET LOCAL lock_timeout = '{lock}ms';
SET LOCAL idle_in_transaction_session_timeout = '{idle}s';
"""

_RENEW = """
UPDATE {chunk} c SET lease_until = clock_timestamp() + make_interval(secs => %s)
FROM {job} j WHERE c.id = %s AND c.fence = %s AND c.owner = %s AND c.state = 'running' AND j.id = c.job_id
RETURNING {columns}, EXISTS (SELECT 1 FROM {connection} WHERE enabled),
  (SELECT m.version FROM {mapping} m WHERE m.name = j.mapping)
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
    sql = session_settings() + _RENEW.format(
        chunk=Chunk._meta.db_table,
        job=Job._meta.db_table,
        connection=Connection._meta.db_table,
        mapping=IntegrationTableMapping._meta.db_table,
        columns=", ".join([*db.columns(Chunk, "c"), *db.columns(Job, "j")]),
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [conf.value("SYNC_LEASE_SECONDS"), claim.chunk_id, claim.fence, claim.owner])
        row = cursor.fetchone()
    if row is None:
        raise LostLeaseError(claim)
    *values, is_connected, mapping_version = row
    size = len(db.columns(Chunk, "c"))
    chunk, job = db.instance(Chunk, values[:size]), db.instance(Job, values[size:])
    if job.cancel_requested or job.state != "in_process":
        raise StoppedError
    if job.kind not in UNCONNECTED_KINDS and not is_connected:
        raise StoppedError(Refusal("connection_disabled"))
    vars(job)["mapping_version"] = mapping_version
    chunk.job = job
    return job, chunk
