"""Processes that are nothing but workers keep to limits, and end when they are over them."""

from __future__ import annotations

from typing import Any

from celery import signals
from django.conf import settings


@signals.worker_process_init.connect
def begin(**_: Any) -> None:
    """Limit this worker, or this process of a worker's pool."""
    from sync.jobs import limits

    limits.begin(settings.WORKER_MEMORY_MB)
