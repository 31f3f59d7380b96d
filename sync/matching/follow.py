"""What follows a coupling job: records without a match are created, coupled ones synchronized, where that was asked."""

from __future__ import annotations

from typing import Any

from coupling.models import IntegrationTableMapping
from sync.jobs.submit import submit
from sync.models import Job, Match, OutcomeRow
from sync.requests import record_request

#: A parameter of jobs: those that wait for one also wait for what follows from it.
HOLDS_BACK = "holds_back"


def forget(job: Job) -> None:
    """What was found is of no use any more when the job has ended."""
    Match.objects.filter(job=job.pk).delete()


def follow_up(job: Job) -> None:
    """When the job has ended: create what had no match, synchronize what was coupled, where that was asked for."""
    rows = OutcomeRow.objects.filter(job=job)
    if job.create_new:
        created = rows.filter(action="skip", reason="no_match")
        for side, direction in (("erp", "to_crm"), ("crm", "from_crm")):
            keys = created.exclude(**{f"{side}_id": None}).values_list(f"{side}_id", flat=True)
            _follow(job, direction, list(keys), side=side, create_new=True)
    if job.param("synchronize_after"):
        coupled = rows.filter(action="couple").values_list("erp_id", flat=True)
        _follow(job, _direction_after(job.mapping), list(coupled))


def _direction_after(name: str) -> str:
    """Both ways by default; the strategy for update conflicts chooses one."""
    mapping = IntegrationTableMapping.objects.get(name=name)
    if mapping.direction != "bidirectional":
        return str(mapping.direction)
    return {"send": "to_crm", "get": "from_crm"}.get(mapping.update_conflict, "bidirectional")


def _follow(job: Job, direction: str, ids: list[Any], *, side: str = "erp", create_new: bool = False) -> None:
    if ids:
        follower = submit(
            record_request(
                mapping=job.mapping,
                direction=direction,
                side=side,
                ids=[str(key) for key in ids],
                user_name=job.requested_by,
                create_new=create_new,
                by_user=job.by_user,
                caused_by=str(job.pk),
                run_id=str(job.run_id),
                parent=str(job.parent) if job.parent else None,
            )
        )
        if job.param(HOLDS_BACK):
            _hold_back(job, follower)


def _hold_back(job: Job, follower: Job) -> None:
    """In the transaction that ends the job, so that nobody begins in between."""
    for behind in Job.objects.filter(state="ready", run_id=job.run_id, after__contains=[str(job.pk)]):
        Job.objects.filter(pk=behind.pk).update(after=[*behind.after, str(follower.pk)])
