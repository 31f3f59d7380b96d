"""What changed (`ChangeLog`, appended by triggers) and what waits for a mapping (`Pending`, consumed by deletion)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class ChangeLog(models.Model):
    """One changed record, as a trigger saw it; the router deletes the row when it has sent it on.

    `label`: the table. `operation`: I, U or D. `origin`: the mapping whose engine wrote it, '' for everybody else.
    """

    id = models.BigAutoField(primary_key=True)
    label = models.TextField()
    record = models.UUIDField()
    operation = models.CharField(max_length=1)
    origin = models.TextField(default="", db_default="")
    logged_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.operation} {self.label} {self.record}"


class Pending(models.Model):
    """A record that a mapping has to look at.

    `side`: erp or crm. `reason`: '' after a change, else the code of what kept it from going through (`dependency`:
    compare although the versions are equal). `not_before`: a run that no user started leaves it until then.
    """

    pk = models.CompositePrimaryKey("mapping", "side", "record")
    mapping = models.CharField(max_length=20)
    side = models.CharField(max_length=3)
    record = models.UUIDField()
    not_before = models.DateTimeField(null=True)
    reason = models.CharField(max_length=50, default="", db_default="")
    params = models.JSONField(default=dict, db_default={})
    attempts = models.IntegerField(default=0, db_default=0)
    queued_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["mapping"], condition=models.Q(reason="dependency"), name="sync_pending_dependent"),
            models.Index(
                fields=["mapping"], condition=models.Q(reason="dependency_not_coupled"), name="sync_pending_unmet"
            ),
            models.Index(fields=["mapping"], condition=models.Q(not_before__isnull=False), name="sync_pending_paused"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(side__in=("erp", "crm")), name="sync_pending_side_valid")
        ]

    def __str__(self) -> str:
        return f"{self.mapping} {self.side} {self.record}"
