"""The worker's part: one record of a suspect chunk after the other, and the culprit reported."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Protocol

from django.db import transaction
from django.db.models.functions import Now

from coupling.gateways.errors import Transient
from coupling.plan import Key
from sync import conf
from sync.jobs import culprit, finish, guard, poison
from sync.jobs.alone import parts
from sync.jobs.alone.child import Answer
from sync.jobs.alone.helper import Helper
from sync.jobs.claim import Claim
from sync.jobs.errors import LostLeaseError, StoppedError
from sync.jobs.results import add
from sync.models import Chunk
from sync.models.job import SYNC_KINDS

log = logging.getLogger(__name__)


class Asks(Protocol):
    """Whoever works on single records."""

    @property
    def patience(self) -> float:
        """Seconds that the next answer may take."""

    def ask(self, key: Key) -> Answer:
        """Work on a record; what became of it."""

    def close(self) -> int:
        """End; the exit code."""


def applies(found: Claim) -> bool:
    """True when workers have died over this chunk and it is a list of records."""
    if found.losses < int(conf.value("SYNC_MAX_LOSSES")):
        return False
    chunk = Chunk.objects.select_related("job").get(pk=found.chunk_id)
    return chunk.job.kind in SYNC_KINDS and chunk.spec.get("take") in parts.LISTS


def run(found: Claim, with_helper: Asks | None = None) -> None:
    """Work off the chunk. Raises LostLeaseError, StoppedError, Transient; what is done by then stays done."""
    log.warning(
        "chunk %s of job %s has lost %s workers: one record at a time", found.chunk_id, found.job_id, found.losses
    )
    helper: Asks = with_helper or Helper(found, float(conf.value("SYNC_ALONE_SECONDS")))
    with transaction.atomic():
        job, chunk = guard.enter(found)
        keys = poison.keys_of(job, chunk)
    try:
        for key in keys:
            _extend(found, helper.patience)
            if not _settle(found, key, *helper.ask(key)):
                return
    finally:
        helper.close()
    found.chunk.update(state="done", lease_until=None, done_at=Now())


def _settle(found: Claim, key: Key, word: str, text: str) -> bool:
    """What an answer means; False when the chunk is over."""
    if word == "lost":
        raise LostLeaseError(found)
    if word == "stopped":
        with transaction.atomic():
            guard.enter(found)  # says why
        raise StoppedError
    if word == "later":
        raise Transient(text)
    if word == "changed":
        finish.mapping_changed(found)
        return False
    if word == "failed":
        _blame(found, key, text)
    return True


def _extend(found: Claim, seconds: float) -> None:
    """Keep the chunk for as long as the next record may take, and a lease more."""
    lease = float(conf.value("SYNC_LEASE_SECONDS"))
    if not found.chunk.update(lease_until=Now() + dt.timedelta(seconds=lease + seconds)):
        raise LostLeaseError(found)


def _blame(found: Claim, key: Key, text: str) -> None:
    """The record is the culprit: it fails, and the chunk goes on behind it."""
    log.error("record %s of chunk %s of job %s is left out: %s", key, found.chunk_id, found.job_id, text)
    with transaction.atomic():
        chunk = found.chunk.select_for_update().first()
        if chunk is None:
            raise LostLeaseError(found)
        counters = add(chunk.counters, culprit.fail(chunk.job, chunk, key, text))
        spec = parts.behind(chunk.spec, key)
        Chunk.objects.filter(pk=chunk.pk).update(spec=spec, counters=counters, processed=chunk.processed + 1)
