"""What users do with jobs: cancel, take back, delete old entries."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from coupling.models import Coupling
from coupling.services.coupling import require_connection
from people.audit import audit
from people.models import User
from records.errors import FieldError, Refused, Rejected
from sync.jobs import cancel
from sync.jobs.submit import Request, submit
from sync.models import Chunk, Job, OutcomeRow
from sync.services.rights import require
from sync.services.started import Started

UNDOABLE = ("insert", "modify", "couple", "uncouple")


def job_cancel(*, user: User, job: Job) -> Job:
    """Cancel a job that has not ended. Raises PermissionDenied and Refused (`job_ended`)."""
    require(user, "use")
    if job.is_ended:
        raise Refused("job_ended")
    return cancel(job)


@transaction.atomic
def job_undo(*, user: User, job: Job) -> Started:
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
    if Job.objects.filter(kind="undo", params__job=str(job.pk)).exclude(state__in=("failed", "cancelled")).exists():
        raise Refused("already_undone")
    if job.mapping:
        require_connection()
    request = Request(
        kind="undo",
        user_name=user.get_username(),
        mapping=job.mapping,
        params={"job": str(job.pk)},
        caused_by=str(job.pk),
    )
    return Started([submit(request)], 1)


@transaction.atomic
def jobs_delete_entries(*, user: User, older_than_days: Any) -> tuple[int, int]:
    """Delete ended jobs with their log; (deleted, kept). What a skipped coupling names, or runs, is kept.

    Raises PermissionDenied and Rejected.
    """
    require(user, "setup")
    if not isinstance(older_than_days, int) or isinstance(older_than_days, bool) or not 0 <= older_than_days <= 36_500:
        raise Rejected([FieldError("older_than_days", "invalid_number", {"value": str(older_than_days)[:50]})])
    old = Job.objects.filter(requested_at__lte=timezone.now() - dt.timedelta(days=older_than_days))
    named = _named_by_skipped()
    gone = list(old.exclude(finished_at=None).exclude(pk__in=named).values_list("pk", flat=True))
    kept = old.filter(Q(finished_at=None) | Q(pk__in=named)).count()
    OutcomeRow.objects.filter(job__in=gone).delete()
    Chunk.objects.filter(job__in=gone).delete()
    Job.objects.filter(pk__in=gone).delete()
    audit("jobs_delete_entries", target=f"{older_than_days}", old={"deleted": len(gone), "kept": kept})
    return len(gone), kept


def _named_by_skipped() -> set[UUID]:
    named = Coupling.objects.filter(skipped=True).values_list("last_job_to_crm", "last_job_from_crm")
    return {key for pair in named for key in pair if key}
