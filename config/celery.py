"""The Celery application. A message is only a doorbell: losing the broker delays work and loses none."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("tandem")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.set_default()

from config import heartbeat  # noqa: E402, F401  connects itself to the signals of a worker
