"""The preview of a full synchronization over several mappings: all its jobs in one transaction, and then taken back.

1. the parent and one job for each line are written; the lines' jobs have no chunks,
2. the parent's only chunk does what each of them would do, in dependency order, with the jobs that follow from them,
3. everything is taken back; what remains are the jobs as they ended, marked as previews, and their outcome rows.

So a line sees what the lines before it coupled and created, as in the run. While it works, no run over one of these
mappings begins (see `claim`). Where others need the records again and again, each line is previewed by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db.models.functions import Now

from coupling.models import IntegrationTableMapping
from sync import changes, preview
from sync.jobs import finish, start
from sync.jobs.errors import StoppedError
from sync.jobs.plan.base import Planned
from sync.jobs.results import Done, none
from sync.jobs.submit import WHOLE_PRIORITY, Request, add_chunks, announce, submit
from sync.models import Chunk, Job
from sync.preview.kept import KeptRows
from sync.preview.patience import DisturbedError, Patience
from sync.preview.rehearsal import Spec, rehearse, taken_back

TAKE = "several"
#: What is left of a job when the work of its preview has been taken back.
_RESULT = ("state", "message_code", "message_params", "counters", "processed", "total", "plan_version", "started_at",
           "finished_at")  # fmt: skip


def parent(*, user_name: str, names: Sequence[str], after: Sequence[str] = ()) -> Job:
    """The job that previews these mappings together; `child` says what is done with each."""
    params = {"mappings": list(names)}
    return submit(Request(kind="full_sync", user_name=user_name, preview=True, params=params, after=after))


def child(of: Job, request: Request) -> Job:
    """The job of one line, in dependency order; its work is done by its parent."""
    return announce(replace(request, whole=False, parent=str(of.pk), run_id=str(of.run_id)))


def planned(_job: Job) -> Planned:
    """One chunk for all. What was changed is moved to the mappings before, so that nobody waits for that."""
    changes.route_all()
    return Planned([{"take": TAKE}])


def run_chunk(job: Job, chunk: Chunk) -> Done:
    """Do all of it, keep how each job ended and its outcome rows, and nothing else."""
    for _try in range(preview.TRIES):
        try:
            return _rehearsed(job, chunk)
        except DisturbedError:
            continue
    _one_by_one(job)
    return Done()


def _lines(job: Job) -> list[Job]:
    return list(Job.objects.filter(parent=job.pk, finished_at=None).order_by("id"))


def _one_by_one(job: Job) -> None:
    """Each line plans and previews itself."""
    lines = _lines(job)
    preview.mark_by_parts([job, *lines])
    for line in lines:
        add_chunks(line, [{"take": "plan"}], priority=WHOLE_PRIORITY)


def _rehearsed(job: Job, chunk: Chunk) -> Done:
    lines = _lines(job)
    keys = [str(line.pk) for line in lines]
    with KeptRows() as kept, Patience(job, others=keys) as patience:
        with taken_back():
            ended = _all(job, chunk, keys, patience)
            kept.keep([str(one.pk) for one in ended])
        _store(keys, ended)
        kept.store()
    return Done(processed=patience.processed)


def _all(job: Job, chunk: Chunk, keys: Sequence[str], patience: Patience) -> list[Job]:
    """The jobs as they ended, in the order of their work: those that follow from a line go before the next one."""
    ended: dict[str, Job] = {}
    waiting = list(keys)
    while waiting:
        key = waiting.pop(0)
        _work(key, chunk, patience, is_line=key in keys)
        ended[key] = Job.objects.get(pk=key)
        following = Job.objects.filter(run_id=job.run_id, state="ready").exclude(pk__in=[*ended, *waiting])
        waiting[:0] = [str(pk) for pk in following.order_by("id").values_list("pk", flat=True)]
    return list(ended.values())


def _work(key: str, chunk: Chunk, patience: Patience, *, is_line: bool) -> None:
    """One job from its start to its end."""
    real = Job.objects.get(pk=key)
    mapping = IntegrationTableMapping.objects.filter(name=real.mapping).first()
    refusal = start.why_not(real, mapping)
    version = mapping.version if mapping else 0
    Job.objects.filter(pk=key).update(preview=False, state="in_process", started_at=Now(), plan_version=version)
    real = Job.objects.get(pk=key)
    real.whole = is_line
    done = Done(none(real.directions))
    if refusal is None:
        try:
            rehearse(real, chunk, _specs(real), done, patience)
        except StoppedError as stop:
            if stop.refusal is None:
                raise
            refusal = stop.refusal
    state, code, params = ("failed", refusal.code, refusal.params) if refusal else ("finished", "", {})
    finish.end(real, [Chunk(counters=done.counters, processed=done.processed)], state, code, params)


def _specs(real: Job) -> list[Spec]:
    """The chunks of a job that was given some, else those that it plans."""
    given: list[Spec] = [
        {**spec, "stage": stage} for spec, stage in real.chunks.order_by("id").values_list("spec", "stage")
    ]
    if not given:
        from sync.jobs.plan import PLANNERS

        found = PLANNERS[real.kind](real)
        given = list(found.specs)
        if found.total is not None:
            Job.objects.filter(pk=real.pk).update(total=found.total)
    return sorted(given, key=lambda spec: spec.get("stage", 0))


def _store(keys: Sequence[str], ended: Sequence[Job]) -> None:
    """The lines as they ended, and the jobs that followed from them. Raises StoppedError where one was cancelled."""
    open_lines = Job.objects.select_for_update(no_key=True).filter(pk__in=keys, finished_at=None)
    if len(open_lines) < len(keys):
        raise StoppedError
    following = []
    for one in ended:
        if str(one.pk) in keys:
            values: dict[str, Any] = {name: getattr(one, name) for name in _RESULT}
            Job.objects.filter(pk=one.pk).update(**values)
        else:
            one.preview, one.whole = True, False
            following.append(one)
    Job.objects.bulk_create(following)
