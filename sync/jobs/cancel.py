"""Cancelling: nothing more of a job begins; what runs ends at its chunk's border and stays."""

from __future__ import annotations

from django.db import transaction

from sync.jobs import finish
from sync.models import Chunk, Job
from sync.models.chunk import LIVE


def cancel(job: Job) -> Job:
    """Ask a job and its children to stop; the answer is the job as it is now (it may still run for one chunk)."""
    with transaction.atomic():
        for child in Job.objects.filter(parent=job.pk, finished_at=None):
            cancel(child)
        Job.objects.filter(pk=job.pk, finished_at=None).update(cancel_requested=True)
        waiting = Job.objects.select_for_update(no_key=True).filter(pk=job.pk, state="ready").first()
        if waiting is not None:
            Chunk.objects.filter(job=waiting, state__in=LIVE).update(state="cancelled", lease_until=None)
            finish.end(waiting, finish.chunks_of(waiting), "cancelled", "", {})
    finish.finish_if_done(str(job.pk))
    if job.parent:
        finish.finish_if_done(str(job.parent))
    return Job.objects.get(pk=job.pk)
