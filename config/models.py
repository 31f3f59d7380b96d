"""What the processes tell each other through the database."""

from __future__ import annotations

from django.db import models


class WorkerSeen(models.Model):
    """When a worker last said that it is there; one row for each worker, read by `/readyz`."""

    name = models.CharField(max_length=200, primary_key=True)
    seen_at = models.DateTimeField()
