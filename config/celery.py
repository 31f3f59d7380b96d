"""The Celery application. A message is only a doorbell: losing the broker delays work and loses none."""

from __future__ import annotations

import os
from typing import Any

import structlog
from celery import Celery, signals

from config import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
broker.use()
app = Celery("tandem")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.task_prerun.connect
def name_task(task_id: str, task: Any, **_: Any) -> None:
    """Put the task on every line that it logs."""
    structlog.contextvars.bind_contextvars(task=task.name, task_id=task_id)


@signals.task_postrun.connect
def forget_task(**_: Any) -> None:
    """Take it off again."""
    structlog.contextvars.unbind_contextvars("task", "task_id")


from config import heartbeat, limits, watchdog  # noqa: E402, F401  connect themselves to the signals of a worker
