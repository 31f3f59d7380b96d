"""Each worker says every `BEAT_SECONDS` that it is there, as long as it makes progress.

A worker whose task has outlived its time limit stays silent: it lives, but nothing comes out of it. The limit is the
task's own: an import of a million rows takes longer than any other task may.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta
from typing import Any

from celery import signals
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

BEAT_SECONDS = 10.0
FORGET_AFTER = timedelta(days=1)

log = logging.getLogger(__name__)


class Heartbeat(threading.Thread):
    """Writes the worker's row until told to stop, on a connection that is open only for that moment."""

    def __init__(self, name: str) -> None:
        """Take the worker's name."""
        super().__init__(name="heartbeat", daemon=True)
        self.worker = name
        self.ended = threading.Event()
        self.task_started: float | None = None
        self.task_limit = 0.0
        self.has_cleared = False

    def run(self) -> None:
        """Beat at once, then regularly."""
        while True:
            if not self.is_stuck():
                self.beat()
            if self.ended.wait(BEAT_SECONDS):
                return

    def is_stuck(self) -> bool:
        """Say whether the present task has taken longer than it may."""
        started = self.task_started
        return started is not None and time.monotonic() - started > self.task_limit

    def beat(self) -> None:
        """Write the row; a database that is away is no reason to end."""
        from config.models import WorkerSeen

        now = timezone.now()
        try:
            WorkerSeen.objects.update_or_create(name=self.worker, defaults={"seen_at": now})
            if not self.has_cleared:
                WorkerSeen.objects.filter(seen_at__lt=now - FORGET_AFTER).delete()
                self.has_cleared = True
        except DatabaseError as error:
            log.warning("heartbeat not written: %s", error)
        finally:
            connection.close()


class _Current:
    """The heartbeat of this process, where it is a worker."""

    heartbeat: Heartbeat | None = None


@signals.worker_ready.connect
def begin(sender: Any, **_: Any) -> None:
    """Start to beat."""
    _Current.heartbeat = Heartbeat(sender.hostname)
    _Current.heartbeat.start()


@signals.worker_shutdown.connect
def end(**_: Any) -> None:
    """Stop beating and remove the row: this worker is known to be gone."""
    from config.models import WorkerSeen

    if _Current.heartbeat:
        _Current.heartbeat.ended.set()
        try:
            WorkerSeen.objects.filter(name=_Current.heartbeat.worker).delete()
        except DatabaseError as error:
            log.warning("heartbeat not removed: %s", error)


def is_idle() -> bool:
    """Say whether this worker runs no task at the moment."""
    return _Current.heartbeat is not None and _Current.heartbeat.task_started is None


@signals.task_prerun.connect
def task_begins(task: Any = None, **_: Any) -> None:
    """Note when the present task began, and how long it may take."""
    if _Current.heartbeat:
        _Current.heartbeat.task_limit = getattr(task, "time_limit", None) or settings.CELERY_TASK_TIME_LIMIT
        _Current.heartbeat.task_started = time.monotonic()


@signals.task_postrun.connect
def task_ends(**_: Any) -> None:
    """Note that no task runs."""
    if _Current.heartbeat:
        _Current.heartbeat.task_started = None
