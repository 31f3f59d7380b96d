"""Errors of a chunk as data: what passes by itself is tried again later, everything else is narrowed down."""

from __future__ import annotations

import datetime as dt
import logging
import random
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError
from django.db.models import F
from django.db.models.functions import Greatest, Now

from coupling.gateways import errors as gateway
from sync import conf
from sync.jobs import finish, poison
from sync.jobs.claim import Claim

log = logging.getLogger(__name__)

#: SQLSTATE classes and codes that pass by themselves.
_SOON = ("40001", "40P01", "55P03", "57014")
#: Out of resources, shutting down, connection lost, or taken from a worker that stood still in its transaction (25P03,
#: 25P04): nobody's fault, tried until it is over.
_AWAY = ("53", "57P", "08", "58", "25P03", "25P04")
_FIRST_SECONDS, _MOST_SECONDS = 0.2, 60.0


@dataclass(frozen=True, slots=True)
class Passing:
    """A transient error: its code, and whether its attempts are counted."""

    code: str
    counted: bool


def passing(error: BaseException) -> Passing | None:
    """The transient class of an error; None for errors that a repetition will not heal."""
    if isinstance(error, gateway.Unavailable):
        return Passing("unavailable", counted=False)
    if isinstance(error, gateway.Transient):
        return Passing("locked", counted=True)
    if not isinstance(error, DatabaseError | InterfaceError):
        return None
    state = sqlstate(error)
    if state in _SOON:
        return Passing("locked", counted=True)
    if state.startswith(_AWAY) or (not state and is_connection_loss(error)):
        return Passing("unavailable", counted=False)
    return None


def sqlstate(error: BaseException) -> str:
    """The SQLSTATE of a database error; '' where there is none."""
    return getattr(error.__cause__, "pgcode", None) or getattr(error, "pgcode", None) or ""


def is_connection_loss(error: BaseException) -> bool:
    """A database error without a state: the connection broke before the server could say one."""
    from django.db import OperationalError

    return isinstance(error, OperationalError | InterfaceError)


def handle(found: Claim, error: Exception) -> None:
    """Decide what becomes of the chunk: another attempt, two halves, a failed record, or the end of the job."""
    from sync.plans import MappingChangedError

    if isinstance(error, MappingChangedError):
        finish.mapping_changed(found)
        return
    transient = passing(error)
    if transient is None:
        log.error("chunk %s of job %s failed", found.chunk_id, found.job_id, exc_info=error)
        poison.narrow(found, error)
    elif transient.counted and found.attempts >= conf.value("SYNC_MAX_ATTEMPTS"):
        finish.fail_chunk(found, transient.code, {"error": str(error)[:500]})
    else:
        log.warning("chunk %s of job %s will be tried again: %s", found.chunk_id, found.job_id, error)
        give_back(found, transient, error)


def give_back(found: Claim, transient: Passing, error: Exception) -> None:
    """Back to ready with a growing, jittered pause. Nothing happens when the commit went through after all."""
    step = min(_FIRST_SECONDS * 2 ** min(found.attempts, 12), _MOST_SECONDS)
    seconds = step * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
    found.chunk.update(
        state="ready",
        lease_until=None,
        not_before=Now() + dt.timedelta(seconds=seconds),
        error_code=transient.code,
        error_params={"error": str(error)[:500]},
        attempts=F("attempts") if transient.counted else Greatest(F("attempts") - 1, 0),
    )
