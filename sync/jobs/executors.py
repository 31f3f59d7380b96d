"""Which function does the work of a chunk: by kind of job; planning chunks are planned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module

from sync.jobs.results import Result
from sync.models import Chunk, Job

Executor = Callable[[Job, Chunk], Result]

_SYNC = "sync.run:run_chunk"
#: Dotted, because each of them imports its own part of the app when it is first needed.
EXECUTORS: dict[str, str | Executor] = {
    "single": _SYNC,
    "selected": _SYNC,
    "modified": _SYNC,
    "full": _SYNC,
    "full_unconditional": _SYNC,
    "coupling": "sync.matching.couple:run_chunk",
    "uncoupling": "sync.uncouple:run_chunk",
    "import": "sync.imports.run:run_chunk",
    "undo": "sync.undo:run_chunk",
    "preview": "sync.preview:run_chunk",
    "full_sync": "sync.preview.several:run_chunk",
}


def executor_of(job: Job, chunk: Chunk) -> Executor:
    """The function for this chunk."""
    if chunk.spec.get("take") == "plan":
        from sync.jobs.plan import plan

        return plan
    found = EXECUTORS["preview" if chunk.spec.get("take") == "preview" else job.kind]
    if callable(found):
        return found
    module, _, name = found.partition(":")
    executor: Executor = getattr(import_module(module), name)
    return executor


@contextmanager
def using(**executors: Executor) -> Iterator[None]:
    """Other executors for some kinds within the block (`using(modified=fake)`); for tests of this machinery."""
    before = dict(EXECUTORS)
    EXECUTORS.update(executors)
    try:
        yield
    finally:
        EXECUTORS.clear()
        EXECUTORS.update(before)
