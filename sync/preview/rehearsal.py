"""The chunks of a job one after the other in one transaction, as workers would do them; taken back by the caller."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from coupling.gateways.errors import Transient
from sync.jobs import culprit, everybody, poison, retry
from sync.jobs.errors import StoppedError
from sync.jobs.results import Done, Result, add
from sync.jobs.start import Refusal
from sync.models import Chunk, Job
from sync.models.job import SYNC_KINDS
from sync.plans import MappingChangedError
from sync.preview.patience import DisturbedError, Patience

log = logging.getLogger(__name__)
Spec = dict[str, Any]


class _Undone(Exception):
    """Takes everything back."""


@contextmanager
def taken_back() -> Iterator[None]:
    """What happens inside is rolled back at its end, with what was to happen after its commit."""
    try:
        with transaction.atomic():
            yield
            raise _Undone
    except _Undone:
        pass


def rehearse(job: Job, chunk: Chunk, specs: Sequence[Spec], done: Done, patience: Patience) -> None:
    """Work through the specs of a job that is no preview; counters are added to `done` as they come.

    Raises StoppedError (cancelled, or the job cannot do its work), DisturbedError, and what passes by itself.
    """
    waiting = list(specs)
    while waiting:
        spec = dict(waiting.pop(0))
        part = Chunk(pk=chunk.pk, job=job, no=chunk.no, stage=spec.pop("stage", 0), spec=spec)
        result, rest = _worked(job, part)
        add(done.counters, result.counters)
        done.processed += result.processed
        waiting[:0] = rest
        patience.after(result.processed)


def _worked(job: Job, part: Chunk) -> tuple[Result, list[Spec]]:
    """One chunk, and what is left of it; a record that raises is found by halves, as in a run."""
    try:
        result = _around_locks(job, part)
    except (StoppedError, DisturbedError):
        raise
    except MappingChangedError as changed:
        raise DisturbedError from changed
    except Exception as error:
        if job.kind not in SYNC_KINDS or retry.passing(error) is not None:
            raise
        log.exception("a chunk of the preview %s failed", job.pk)
        return _narrowed(job, part, error)
    return result, [{**part.spec, "stage": part.stage, "from": result.last}] if result.more else []


def _around_locks(job: Job, part: Chunk) -> Result:
    """The chunk; where somebody holds a record of it, once more without the records that are held."""
    from sync.jobs.executors import executor_of

    try:
        with transaction.atomic():
            return executor_of(job, part)(job, part)
    except Transient:
        part.avoid_locked = True
        with transaction.atomic():
            return executor_of(job, part)(job, part)


def _narrowed(job: Job, part: Chunk, error: Exception) -> tuple[Result, list[Spec]]:
    text = poison.text_of(error)
    keys = poison.keys_of(job, part)
    if everybody.raises(job, part, keys, error):
        raise StoppedError(Refusal("every_record_fails", {"error": text, "mapping": job.mapping}))
    if len(keys) > 1:
        return Done(), poison.halves(part, keys)
    if keys:
        return Done(culprit.fail(job, part, keys[0], text), 1), []
    return Done(), []
