"""The doorbell: a message that says «there is work», sent after the commit. Losing it delays work and loses none."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction

from sync import conf

log = logging.getLogger(__name__)
_is_muted: ContextVar[bool] = ContextVar("is_muted", default=False)


@contextmanager
def muted() -> Iterator[None]:
    """Ring for nobody within the block: a process that does its own work needs no worker."""
    token = _is_muted.set(True)
    try:
        yield
    finally:
        _is_muted.reset(token)


def ring(job_id: str = "", *, spread: int = 3) -> None:
    """Ring when the present transaction has committed; a broker that is away is noted and nothing else.

    `spread`: how often the worker that comes may call another one (see `tasks.ring`).
    """
    if _is_muted.get():
        return
    transaction.on_commit(lambda: _send(job_id, spread), robust=True)


class _Silence:
    """Until when this process rings no bell: asking a broker that is away takes seconds, and each click would wait."""

    until = 0.0


def _send(job_id: str, spread: int) -> None:
    from sync import tasks

    if time.monotonic() < _Silence.until:
        return
    try:
        tasks.ring.apply_async(args=[job_id, spread], retry=False, expires=conf.value("SYNC_BELL_EXPIRES"))
    except Exception as error:  # noqa: BLE001 - whatever the broker's library raises: the sweep finds the job
        log.warning("the bell for job %s was not heard: %s", job_id, error)
        _Silence.until = time.monotonic() + conf.value("SYNC_BELL_SILENCE")
