"""Is it one record that raises, or every one? A few records of a chunk are tried alone; nothing of it stays."""

from __future__ import annotations

import random
from collections.abc import Sequence
from traceback import extract_tb
from typing import Any

from django.db import DataError, IntegrityError, transaction

from coupling.plan import Key
from records import db
from records.actor import acting
from sync.models import Chunk, Job

#: Records tried alone. If a third of them were bad, all of these would be once in 6,500 chunks.
TRIED = 8
#: Mark in the spec of a chunk that was cut from one whose records were tried already.
ASKED = "everybody_asked"


def raises(job: Job, chunk: Chunk, keys: Sequence[Key], error: BaseException) -> bool:
    """True when records from anywhere in the chunk raise as the chunk did, each by itself.

    What the database refuses is a record's own fault and is never taken for the program's.
    """
    if chunk.spec.get(ASKED) or len(keys) <= TRIED or isinstance(error, DataError | IntegrityError):
        return False
    place = place_of(error)
    chosen = random.Random(str(chunk.pk)).sample(range(len(keys)), TRIED)  # noqa: S311 - no pattern of the keys fits it
    return all(place_of(_try(job, chunk, keys, index)) == place for index in chosen)


def place_of(error: BaseException | None) -> tuple[str, str, int] | None:
    """The kind of an error and the line that raised it; its text may name the record."""
    if error is None:
        return None
    frames = extract_tb(error.__traceback__)
    last = frames[-1] if frames else None
    return type(error).__name__, last.filename if last else "", (last.lineno or 0) if last else 0


class _Undone(Exception):
    """Takes back what a record that went well has written."""


def _try(job: Job, chunk: Chunk, keys: Sequence[Key], index: int) -> BaseException | None:
    """What this record raises alone; None when it goes through."""
    from sync.jobs import guard
    from sync.jobs.executors import executor_of

    alone = Chunk(pk=chunk.pk, job=job, stage=chunk.stage, priority=chunk.priority, spec=_spec(chunk, keys, index))
    try:
        with transaction.atomic():
            db.execute(guard.session_settings())
            with acting(job.requested_by_name, "sync"):
                executor_of(job, alone)(job, alone)
            raise _Undone
    except _Undone:
        return None
    except Exception as error:  # noqa: BLE001 - whatever it raises is the answer
        return error


def _spec(chunk: Chunk, keys: Sequence[Key], index: int) -> dict[str, Any]:
    """The chunk's spec narrowed to one record."""
    if chunk.spec["take"] == "ids":
        return {**chunk.spec, "ids": [keys[index]]}
    return {**chunk.spec, "from": keys[index - 1] if index else chunk.spec.get("from"), "to": keys[index]}
