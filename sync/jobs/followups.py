"""What the end of a job brings about: its schedule, the review line, the jobs that follow. In its transaction."""

from __future__ import annotations

from django.db import transaction

from coupling.models import IntegrationTableMapping
from sync import waiting
from sync.jobs.submit import Request, submit
from sync.models import FullSyncLine, Job
from sync.models.job import SYNC_KINDS
from sync.requests import record_request


def after(job: Job) -> None:
    """Everything that follows from this end."""
    from sync import schedules
    from sync.imports import store
    from sync.notifications import failures

    if job.kind == "import" and not keeps_file(job):
        transaction.on_commit(lambda: store.remove(str(job.param("file") or job.pk)))
    if job.whole and job.kind in SYNC_KINDS and job.state == "finished" and not job.preview:
        move_watermarks(job)
    if job.kind in SYNC_KINDS and not job.preview:
        second_pass(job)
    if job.whole:
        schedules.job_ended(job)
    if job.message_code == "mapping_changed" and job.whole:
        ask_again(job)
    if job.kind == "coupling":
        after_matching(job)
    if job.state == "failed":
        failures.job_failed(job)


def keeps_file(job: Job) -> bool:
    """True for a preview, and for what came of one and failed: it may be written, or tried again, for a day."""
    return bool(job.preview or (job.param("file") and job.state != "finished"))


def second_pass(job: Job) -> None:
    """Records that waited for what was coupled meanwhile are looked at once more, each group in a job of its own.

    Each record is given to one job: however many jobs end while that one waits, nobody asks for it again.
    """
    groups = waiting.woken()
    names = {group.mapping for group in groups}
    directions = dict(IntegrationTableMapping.objects.filter(name__in=names).values_list("name", "direction"))
    for group, keys in groups.items():
        if group.mapping not in directions:
            continue
        follower = submit(
            record_request(
                mapping=group.mapping,
                direction=directions[group.mapping],
                side=group.side,
                ids=keys,
                user_name=job.requested_by,
                create_new=group.creates,
                mode="modified",
                by_user=job.by_user,
                caused_by=str(job.pk),
                run_id=str(job.run_id),
                parent=str(job.parent) if job.parent else None,
            )
        )
        waiting.give(group, keys, str(follower.pk))


def move_watermarks(job: Job) -> None:
    """The two watermark fields of the mapping say up to when a run has looked; information, nothing decides by them."""
    fields = {"to_crm": "synch_int_tbl_mod_on_fltr", "from_crm": "synch_modified_on_filter"}
    values = {fields[direction]: job.started_at for direction in job.directions}
    IntegrationTableMapping.objects.filter(name=job.mapping).update(**values)


def ask_again(job: Job) -> None:
    """The same work once more, with the mapping as it is now; who waited for the old job waits for the new one."""
    again = submit(
        Request(
            kind=job.kind,
            user_name=job.requested_by,
            mapping=job.mapping,
            direction=job.direction,
            by_user=job.by_user,
            preview=job.preview,
            create_new=job.create_new,
            whole=True,
            params=job.params,
            parent=str(job.parent) if job.parent else None,
            caused_by=str(job.pk),
            run_id=str(job.run_id),
            category=job.category,
        )
    )
    old, new = str(job.pk), str(again.pk)
    for behind in Job.objects.filter(state="ready", after__contains=[old]):
        after = [new if first == old else first for first in behind.after]
        Job.objects.filter(pk=behind.pk).update(after=after)
    FullSyncLine.objects.filter(job=job.pk).update(job=again.pk)


def after_matching(job: Job) -> None:
    """After match-based coupling: create what had no partner, synchronize what was coupled, where asked."""
    from sync.matching import follow

    follow.forget(job)
    if job.state == "finished" and not job.preview:
        follow.follow_up(job)
