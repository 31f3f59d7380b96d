"""What users do with jobs: cancel, take back, delete old entries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from coupling.services.coupling import require_connection
from people.audit import audit, audit_change
from people.models import User
from records import writes
from records.errors import FieldError, Refused, Rejected
from records.schema import schema
from sync import retention
from sync.jobs import cancel
from sync.jobs.submit import Request, submit
from sync.models import Job, OutcomeRow, RetentionPolicy
from sync.services.rights import require
from sync.services.started import Started
from sync.services.sync_now import record_keys

UNDOABLE = ("insert", "modify", "delete", "couple", "uncouple")


def job_cancel(*, user: User, job: Job) -> Job:
    """Cancel a job that has not ended. Raises PermissionDenied and Refused (`job_ended`)."""
    require(user, "use")
    if job.is_ended:
        raise Refused("job_ended")
    return cancel(job)


@transaction.atomic
def job_undo(*, user: User, job: Job, preview: bool = False) -> Started:
    """Take back what a job wrote, as far as nobody changed it since.

    Raises PermissionDenied and Refused (`job_not_ended`, `job_is_preview`, `nothing_to_undo`, `already_undone`).
    """
    require(user, "use")
    Job.objects.select_for_update(no_key=True).get(pk=job.pk)
    if not job.is_ended:
        raise Refused("job_not_ended")
    if job.preview:
        raise Refused("job_is_preview")
    if job.kind == "undo" or not OutcomeRow.objects.filter(job=job, action__in=UNDOABLE).exists():
        raise Refused("nothing_to_undo")
    undone = Job.objects.filter(kind="undo", params__job=str(job.pk), preview=False)
    if undone.exclude(state__in=("failed", "cancelled")).exists():
        raise Refused("already_undone")
    if job.mapping:
        require_connection()
    request = Request(
        kind="undo",
        user_name=user.get_username(),
        mapping=job.mapping,
        preview=preview,
        params={"job": str(job.pk)},
        caused_by=str(job.pk),
    )
    return Started([submit(request)], 1)


@transaction.atomic
def jobs_delete_entries(*, user: User, older_than_days: Any) -> tuple[int, int]:
    """Delete jobs that were asked for so long ago, with their log; (deleted, kept). See `retention` for what is kept.

    Raises PermissionDenied and Rejected.
    """
    require(user, "setup")
    if not isinstance(older_than_days, int) or isinstance(older_than_days, bool) or not 0 <= older_than_days <= 36_500:
        raise Rejected([FieldError("older_than_days", "invalid_number", {"value": str(older_than_days)[:50]})])
    old = Job.objects.filter(requested_at__lte=timezone.now() - dt.timedelta(days=older_than_days))
    return _delete(old, f"{older_than_days}")


@transaction.atomic
def jobs_delete(*, user: User, ids: Any) -> tuple[int, int]:
    """Delete these jobs with their log; (deleted, kept). Raises PermissionDenied and Rejected."""
    require(user, "setup")
    keys = record_keys("ids", ids)
    if not keys:
        raise Rejected([FieldError("ids", "no_records_chosen")])
    return _delete(Job.objects.filter(pk__in=keys), "selected")


def _delete(jobs: QuerySet[Job], target: str) -> tuple[int, int]:
    deleted, kept = retention.delete(jobs)
    audit("jobs_delete_entries", target=target, old={"deleted": deleted, "kept": kept})
    return deleted, kept


@transaction.atomic
def retention_update(
    *, user: User, policy: RetentionPolicy, values: Mapping[str, Any], version: int | None = None
) -> RetentionPolicy:
    """Change how long a part of the log is kept. Raises PermissionDenied, Rejected, Stale."""
    require(user, "setup")
    given = {name: value for name, value in values.items() if name in ("enabled", "days")}
    unknown = [name for name in values if name not in schema(RetentionPolicy) and name != "page"]
    if unknown:
        raise Rejected([FieldError(unknown[0][:80], "unknown_field", {"field": unknown[0][:80]})])
    writes.update(RetentionPolicy, [writes.Edit(str(policy.pk), given, version)], source="setup").single()
    changed = RetentionPolicy.objects.get(pk=policy.pk)
    audit_change(
        "retention_update",
        target=policy.log,
        old={"enabled": policy.enabled, "days": policy.days},
        new={"enabled": changed.enabled, "days": changed.days},
    )
    return changed


def retention_apply(*, user: User, policy: RetentionPolicy) -> tuple[int, int]:
    """Delete now what the policy lets go; (deleted, kept). Raises PermissionDenied."""
    require(user, "setup")
    return retention.apply(policy)
