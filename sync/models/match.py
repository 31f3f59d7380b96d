"""What match-based coupling found, between finding and coupling: one row for each ERP record of a running job."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Match(models.Model):
    """`no`: its place in the job. `crm_id`: the partner; null where there is none, and then `reason` says why.

    `found`: how many rows equal, `candidates` the first of them; `holder`: the ERP record that has the only one.
    `priority`: the criteria that decided. The rows of a job go when it ends.
    """

    pk = models.CompositePrimaryKey("job", "no")
    job = models.UUIDField()
    no = models.IntegerField()
    erp_id = models.UUIDField()
    crm_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=50)
    found = models.IntegerField(default=0)
    candidates = ArrayField(models.UUIDField(), default=list)
    holder = models.UUIDField(null=True)
    priority = models.IntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.erp_id} {self.reason} {self.crm_id or ''}"
