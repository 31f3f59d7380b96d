"""The end of a job: exactly once, with its counters, its schedule and the jobs that follow in one transaction."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from records import db
from sync import bell
from sync.jobs import followups
from sync.jobs.claim import Claim
from sync.jobs.results import total_of
from sync.jobs.start import Refusal
from sync.models import Chunk, Job, Progress
from sync.models.chunk import LIVE


def finish_if_done(job_id: str) -> bool:
    """End the job when none of its chunks and children is left; True when this call ended it.

    Asked after every chunk and by the sweep; whoever finds the last chunk gone ends the job, once.
    """
    if not may_end(job_id):
        return False
    with transaction.atomic():
        locked = Job.objects.select_for_update(no_key=True).filter(pk=job_id, state="in_process").first()
        if locked is None:
            return False
        if locked.cancel_requested:
            drop_ready_chunks(locked)
        chunks = chunks_of(locked)
        if has_open_work(locked, chunks):
            return False
        end(locked, chunks, *verdict(locked, chunks))
    if locked.parent:
        finish_if_done(str(locked.parent))
    return True


def may_end(job_id: str) -> bool:
    """The cheap question after each chunk: in process, and cancelled or without chunks that may still write."""
    live = ", ".join(f"'{state}'" for state in LIVE)
    sql = (
        f"SELECT 1 FROM {Job._meta.db_table} j WHERE j.id = %s AND j.state = 'in_process' AND (j.cancel_requested "
        f"OR NOT EXISTS (SELECT 1 FROM {Chunk._meta.db_table} c WHERE c.job_id = j.id AND c.state IN ({live})))"
    )
    return db.one(sql, [job_id]) is not None


def chunks_of(job: Job) -> list[Chunk]:
    """What the end of a job needs to know of its chunks, in order."""
    fields = ("state", "counters", "processed", "error_code", "error_params")
    return list(Chunk.objects.filter(job=job).only(*fields).order_by("id"))


def has_open_work(job: Job, chunks: list[Chunk]) -> bool:
    """True while a chunk may still write, or a child has not ended. Children without chunks are their parent's work."""
    if any(chunk.state in LIVE for chunk in chunks):
        return True
    children = Job.objects.filter(parent=job.pk, finished_at=None)
    if job.preview:
        children = children.filter(chunks__isnull=False)
    return job.kind == "full_sync" and children.exists()


def drop_ready_chunks(job: Job) -> None:
    """Chunks that nobody has begun are not begun any more; those being claimed this moment see the job's flag."""
    ready = (
        Chunk.objects.select_for_update(skip_locked=True).filter(job=job, state="ready").values_list("pk", flat=True)
    )
    Chunk.objects.filter(pk__in=list(ready)).update(state="cancelled")


def verdict(job: Job, chunks: list[Chunk]) -> tuple[str, str, dict[str, Any]]:
    """(state, message code, its parameters) of a job whose work is over."""
    if job.message_code:
        return "failed", job.message_code, job.message_params
    broken = next((chunk for chunk in chunks if chunk.state == "failed"), None)
    if broken is not None:
        return "failed", broken.error_code, broken.error_params
    if job.cancel_requested:
        return "cancelled", "", {}
    return "finished", "", {}


def end(job: Job, chunks: list[Chunk], state: str, code: str, params: dict[str, Any]) -> None:
    """Write the end of a job that the caller has locked, and what follows from it."""
    job.state, job.message_code, job.message_params = state, code, params
    job.counters = total_of(chunks, job.directions)
    job.processed = sum(chunk.processed for chunk in chunks)
    Job.objects.filter(pk=job.pk).update(
        state=state,
        message_code=code,
        message_params=params,
        counters=job.counters,
        processed=job.processed,
        finished_at=Now(),
    )
    Progress.objects.filter(job=job.pk).delete()
    if job.kind == "full_sync" and job.preview:
        for child in Job.objects.select_for_update(no_key=True).filter(parent=job.pk, finished_at=None):
            end(child, [], "cancelled", "", {})
    followups.after(job)
    bell.ring(str(job.pk))


def fail(job: Job, code: str, params: dict[str, Any] | None = None) -> None:
    """A job that cannot do its work: nothing more of it begins; it ends with this message, at once or when it can."""
    with transaction.atomic():
        Job.objects.filter(pk=job.pk, finished_at=None).filter(Q(message_code="") | Q(message_code=None)).update(
            message_code=code, message_params=params or {}, cancel_requested=True
        )
        locked = Job.objects.select_for_update(no_key=True).filter(pk=job.pk, state="ready").first()
        if locked is not None:
            Chunk.objects.filter(job=locked, state__in=LIVE).update(state="cancelled", lease_until=None)
            chunks = chunks_of(locked)
            end(locked, chunks, *verdict(locked, chunks))
    finish_if_done(str(job.pk if locked is None else job.parent or job.pk))


def stop(found: Claim, refusal: Refusal | None) -> None:
    """The chunk is left undone because its job does not go on."""
    with transaction.atomic():
        found.chunk.update(state="cancelled", lease_until=None)
        if refusal is not None:
            fail(Job.objects.get(pk=found.job_id), refusal.code, refusal.params)


def fail_chunk(found: Claim, code: str, params: dict[str, Any]) -> None:
    """This chunk is given up; the others go on, and the job ends as failed with this message."""
    found.chunk.update(state="failed", lease_until=None, error_code=code, error_params=params)


def mapping_changed(found: Claim) -> None:
    """The mapping was edited under the job: it stops, and what was asked for is asked again (see `followups`)."""
    with transaction.atomic():
        job = Job.objects.get(pk=found.job_id)
        found.chunk.update(state="cancelled", lease_until=None)
        fail(job, "mapping_changed", {"mapping": job.mapping})
