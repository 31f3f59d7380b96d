"""Logging what was done at once as a finished job with its outcome rows, so that every log shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from records.ids import uuid7
from sync.jobs import results
from sync.models import Job, OutcomeRow
from sync.models.outcome import COUNTER_OF


@dataclass(frozen=True, slots=True)
class Done:
    """One record of the log."""

    action: str
    reason: str
    erp_id: Any = None
    crm_id: Any = None
    erp_key: str = ""
    crm_name: str = ""
    direction: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)


def log_done(kind: str, mapping: str, user_name: str, rows: Sequence[Done]) -> Job:
    """A job that is finished already, with these rows; part of the caller's transaction."""
    now, job_id = timezone.now(), uuid7()
    counters = results.none([""])
    for row in rows:
        counters[""][COUNTER_OF[row.action]] += 1
    job = Job(
        id=job_id,
        kind=kind,
        mapping=mapping,
        by_user=True,
        state="finished",
        run_id=job_id,
        requested_by=user_name,
        requested_at=now,
        run_at=now,
        started_at=now,
        finished_at=now,
        total=len(rows),
        processed=len(rows),
        counters=counters,
    )
    job.save(force_insert=True)
    OutcomeRow.objects.bulk_create(
        OutcomeRow(
            job=job, mapping=mapping, direction=row.direction, erp_id=row.erp_id, crm_id=row.crm_id,
            erp_key=row.erp_key, crm_name=row.crm_name, action=row.action, reason=row.reason, params=row.params,
            changes=row.changes, at=now,
        )
        for row in rows
    )  # fmt: skip
    return job
