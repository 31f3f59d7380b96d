"""Planning: the first chunk of a job makes the others, by kind."""

from __future__ import annotations

from sync import failpoints, preview
from sync.jobs.plan import lists, whole
from sync.jobs.plan.base import Planned, Planner
from sync.jobs.results import Done
from sync.jobs.submit import add_chunks
from sync.models import Chunk, Job
from sync.preview import several

PLANNERS: dict[str, Planner] = {
    "modified": whole.modified,
    "full": whole.full,
    "full_unconditional": whole.full,
    "coupling": lists.coupling,
    "uncoupling": lists.uncoupling,
    "undo": lists.undo,
    "full_sync": several.planned,
}


def plan(job: Job, chunk: Chunk) -> Done:
    """The executor of planning chunks: store the chunks of the job and how many records they hold."""
    planned: Planned = PLANNERS[job.kind](job)
    add_chunks(job, preview.as_one(job, planned.specs), priority=chunk.priority, first_no=1)
    if planned.total is not None:
        Job.objects.filter(pk=job.pk).update(total=planned.total)
    failpoints.reach("after_plan")
    return Done()
