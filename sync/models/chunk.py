"""A chunk: the part of a job that one transaction does. Lease, fence and counters live here, never on the job."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sync.models.job import Job

LIVE = ("ready", "running")


class Chunk(models.Model):
    """`state`: ready, running (leased), done, failed, cancelled, split (its halves took over).

    `spec`: what it works on; `{"take": "plan"}` plans the job. `stage`: chunks of a stage start when all of the stages
    before have ended. `priority`: lower is claimed first. `fence` counts the claims: a worker whose fence is old has
    lost the chunk. `losses`: leases that ran out. `not_before`: after a transient error. `error_code`, `error_params`: the last error.
    """

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(Job, models.CASCADE, related_name="chunks", db_index=False)
    no = models.IntegerField(default=0)
    stage = models.SmallIntegerField(default=0, db_default=0)
    priority = models.SmallIntegerField(default=0, db_default=0)
    state = models.CharField(max_length=10, default="ready", db_default="ready")
    spec = models.JSONField(default=dict)
    not_before = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    fence = models.BigIntegerField(default=0, db_default=0)
    owner = models.CharField(max_length=200, default="", db_default="")
    attempts = models.IntegerField(default=0, db_default=0)
    losses = models.IntegerField(default=0, db_default=0)
    counters = models.JSONField(default=dict)
    processed = models.IntegerField(default=0, db_default=0)
    error_code = models.CharField(max_length=50, default="", db_default="")
    error_params = models.JSONField(default=dict)
    done_at = models.DateTimeField(null=True)

    #: Of this attempt only: records that somebody holds are left out instead of waited for.
    avoid_locked = False

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state="running", lease_until__isnull=False)
                | (~Q(state="running") & Q(lease_until__isnull=True)),
                name="sync_chunk_lease_while_running",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["priority", "id"], condition=Q(state__in=LIVE), name="sync_chunk_live"),
            models.Index(fields=["job", "stage"], name="sync_chunk_of_job"),
        ]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.no} {self.state}"
