"""A worker takes a chunk: the first ready or abandoned one, user jobs before large ones."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from records import db
from sync import conf, failpoints
from sync.jobs import start
from sync.models import Chunk, Job
from sync.models.job import PROTOCOL

#: Host, process and a word of chance: a process that is started anew under the same name is somebody else.
OWNER = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def owner() -> str:
    """Who this process is in leases; a forked process is somebody else than its parent."""
    global OWNER  # noqa: PLW0603 - one word per process
    host, pid, _word = OWNER.rsplit(":", 2)
    if pid != str(os.getpid()):
        OWNER = f"{host}:{os.getpid()}:{secrets.token_hex(4)}"
    return OWNER


@dataclass(frozen=True, slots=True)
class Claim:
    """A chunk that this process may work on as long as fence and owner stay.

    `losses`: leases lost on it before. `is_first`: its job has not begun yet. Claims are committed without waiting for
    the disk: after a crash of the database somebody else may get the same fence, but never under this owner's name.
    """

    chunk_id: int
    job_id: str
    fence: int
    attempts: int
    losses: int
    is_first: bool
    owner: str

    @property
    def chunk(self) -> QuerySet[Chunk]:
        """The chunk as long as it is ours; afterwards nothing."""
        return Chunk.objects.filter(pk=self.chunk_id, fence=self.fence, owner=self.owner, state="running")


_CLAIM = """
SET LOCAL synchronous_commit = off;
WITH pick AS (
  SELECT c.id, c.state, j.state AS job_state FROM {chunk} c JOIN {job} j ON j.id = c.job_id
  WHERE c.state IN ('ready', 'running')
    AND ((c.state = 'ready' AND (c.not_before IS NULL OR c.not_before <= clock_timestamp()))
      OR (c.state = 'running' AND c.lease_until < clock_timestamp()))
    AND j.protocol <= %(protocol)s AND NOT j.cancel_requested
    AND (%(only)s::uuid IS NULL OR j.id = %(only)s::uuid)
    AND (j.state = 'in_process' OR (j.state = 'ready' AND j.run_at <= clock_timestamp()
      AND j.id <> ALL(%(avoid)s::uuid[])
      AND NOT (j.whole AND EXISTS (
        SELECT 1 FROM {job} r WHERE r.mapping = j.mapping AND r.whole AND r.state = 'in_process'))
      AND NOT EXISTS (SELECT 1 FROM {job} r WHERE r.state = 'in_process' AND (
        (j.category <> '' AND r.category = j.category)
        OR (j.whole AND r.kind = 'full_sync' AND r.preview AND r.params -> 'mappings' ? j.mapping)
        OR (j.kind = 'full_sync' AND j.preview AND r.whole AND j.params -> 'mappings' ? r.mapping)))
      AND (j.after = '[]' OR NOT EXISTS (
        SELECT 1 FROM {job} a WHERE a.state IN ('ready', 'in_process') AND j.after ? a.id::text))))
    AND NOT EXISTS (
      SELECT 1 FROM {chunk} e WHERE e.job_id = c.job_id AND e.stage < c.stage AND e.state IN ('ready', 'running'))
  ORDER BY c.priority, c.id LIMIT 1 FOR UPDATE OF c SKIP LOCKED)
UPDATE {chunk} c SET state = 'running', fence = c.fence + 1, attempts = c.attempts + 1, owner = %(owner)s,
  losses = c.losses + (pick.state = 'running')::int,
  lease_until = clock_timestamp() + make_interval(secs => %(lease)s), not_before = NULL
FROM pick WHERE c.id = pick.id RETURNING c.id, c.job_id, c.fence, c.attempts, c.losses, pick.job_state = 'ready', c.owner
"""


def claim(*, only: str | None = None) -> Claim | None:
    """Take a chunk and start its job where it has not begun; None when there is nothing to do.

    `only`: of this job. A job whose mapping another worker has just started to run is left where it is. A preview over
    several mappings and runs over one of them wait for each other.
    """
    avoid: list[str] = []
    while True:
        found = None
        try:
            with transaction.atomic():
                found = _pick(avoid, only)
                if found is None:
                    return None
                refused = found.is_first and start.start_unless_running(found.job_id)
        except IntegrityError:  # the unique index: the mapping began to run elsewhere between look and start
            if found is None:
                raise
            avoid.append(found.job_id)
            continue
        failpoints.reach("after_claim")
        if not refused:
            return found


def _pick(avoid: Iterable[str], only: str | None) -> Claim | None:
    sql = _CLAIM.format(chunk=Chunk._meta.db_table, job=Job._meta.db_table)
    params = {
        "protocol": PROTOCOL,
        "only": only,
        "avoid": list(avoid),
        "owner": owner(),
        "lease": conf.value("SYNC_LEASE_SECONDS"),
    }
    row = db.one(sql, params)
    return Claim(*row) if row else None


def work_waits() -> bool:
    """True when a chunk could be claimed now, roughly: ready and due, or abandoned."""
    sql = (
        f"SELECT EXISTS (SELECT 1 FROM {Chunk._meta.db_table} c JOIN {Job._meta.db_table} j ON j.id = c.job_id "
        "WHERE c.state = 'ready' AND (c.not_before IS NULL OR c.not_before <= clock_timestamp()) "
        "AND j.state = 'in_process')"
    )
    row = db.one(sql)
    return bool(row and row[0])
