"""The start of a job: what was true when it was asked for is checked again, as the user who asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models.functions import Now

from coupling.models import Connection, IntegrationTableMapping
from coupling.soundness import fault_of
from people.audit import audit
from sync.models import Job
from sync.models.job import SYNC_KINDS

#: Kinds that work without a connection.
UNCONNECTED_KINDS = ("import",)
#: Kinds that read filters and field lines of their mapping.
PLANNED_KINDS = (*SYNC_KINDS, "coupling")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a job does not start, or does not go on: a stable code with parameters."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)


def start_unless_running(job_id: str) -> bool:
    """Start the job of a claimed chunk where it has not begun; True when it was refused and has ended instead.

    Raises `IntegrityError` when another whole-mapping job of this mapping started meanwhile.
    """
    job = Job.objects.get(pk=job_id)
    if job.state != "ready":
        return False
    mapping = IntegrationTableMapping.objects.filter(name=job.mapping).first() if job.mapping else None
    refusal = why_not(job, mapping)
    if refusal is not None:
        from sync.jobs import finish

        finish.fail(job, refusal.code, refusal.params)
        if refusal.code == "permission_denied":
            audit("job_refused", target=job.mapping or job.kind, new={"job": str(job.pk), "user": job.requested_by})
        return True
    Job.objects.filter(pk=job_id, state="ready", cancel_requested=False).update(
        state="in_process", started_at=Now(), plan_version=mapping.version if mapping else 0
    )
    return False


def why_not(job: Job, mapping: IntegrationTableMapping | None) -> Refusal | None:
    """Connection, mapping, direction, what had to go first in a full synchronization, the right of the one who asked."""
    if job.kind not in UNCONNECTED_KINDS and not Connection.load().enabled:
        return Refusal("connection_disabled")
    if job.mapping:
        if mapping is None:
            return Refusal("mapping_missing", {"mapping": job.mapping})
        if job.kind in SYNC_KINDS and not all(mapping.allows(d) for d in job.directions):
            return Refusal("direction_not_allowed", {"mapping": job.mapping, "direction": job.direction})
        if job.kind in PLANNED_KINDS and (fault := fault_of(mapping)):
            return Refusal(fault.code, fault.params)
    if job.parent and Job.objects.filter(pk__in=job.after, state__in=("failed", "cancelled")).exists():
        return Refusal("dependency_failed", {"mapping": job.mapping})
    if job.by_user and not has_right(job.requested_by):
        return Refusal("permission_denied", {"user": job.requested_by})
    return None


def has_right(user_name: str, right: str = "use") -> bool:
    """True when this user exists, is active and has the right."""
    user = get_user_model().objects.filter(username=user_name).first()
    return user is not None and bool(user.has_right(right))
