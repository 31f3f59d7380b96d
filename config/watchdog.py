"""A worker that hears nothing of its broker ends, and whoever keeps it running starts it anew.

A worker may live and be deaf: its connection is half open, or its library has lost its place after a loss of the broker.
What proves that it hears is an answer to a poll. A worker at work does not poll, and is not deaf.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from typing import Any

from celery import signals
from celery.worker import state
from django.conf import settings

DEAF = os.EX_UNAVAILABLE
LOOKS = 10  # within the silence that is allowed

log = logging.getLogger(__name__)


class _Last:
    """When this process last heard of its broker (monotonic clock)."""

    heard = 0.0


def heard() -> None:
    """Note that a poll of the broker was answered."""
    _Last.heard = time.monotonic()


def silence() -> float:
    """Seconds since the last answer."""
    return time.monotonic() - _Last.heard


class Watchdog(threading.Thread):
    """Ends the process when nothing was heard for `seconds`; the time before the first connection counts as well."""

    def __init__(self, seconds: float) -> None:
        """Take how long a worker may hear nothing."""
        super().__init__(name="watchdog", daemon=True)
        self.seconds = seconds

    def run(self) -> None:
        """Look again and again."""
        heard()
        while not self.is_deaf():
            time.sleep(self.seconds / LOOKS)
        log.critical("the broker has answered no poll for %.0f s; this worker ends and is started anew", silence())
        logging.shutdown()
        os._exit(DEAF)

    def is_deaf(self) -> bool:
        """Say whether the silence is too long; work that goes on, and the end of it, break the silence."""
        if state.active_requests:
            heard()
        return silence() > self.seconds


@signals.worker_init.connect
def begin(**_: Any) -> None:
    """Watch the worker from before its first connection."""
    if settings.BROKER_SILENCE_SECONDS:
        Watchdog(settings.BROKER_SILENCE_SECONDS).start()
