"""The process that works on single records of a suspect chunk, as the worker beside it names them."""

from __future__ import annotations

import faulthandler
import random
import sys
import time
from collections.abc import Callable, Iterable

from django.db import InterfaceError, OperationalError, connection, transaction

from coupling.plan import Key
from records.actor import acting
from sync import conf
from sync.jobs import guard, limits, poison, retry
from sync.jobs.alone import parts
from sync.jobs.claim import Claim
from sync.jobs.errors import LostLeaseError, StoppedError
from sync.jobs.executors import executor_of
from sync.jobs.results import Result, add
from sync.models import Chunk
from sync.plans import MappingChangedError

TRIES = 5
GRACE_SECONDS = 5.0

#: What became of a record (`done`, `failed`, `later`) or of the chunk (`lost`, `stopped`, `changed`), and a text.
Answer = tuple[str, str]


def serve(found: Claim, keys: Iterable[str], answer: Callable[[Answer], None]) -> None:
    """Work on each key that comes, and answer; end when no more come.

    The worker ends this process when a record takes too long. Where it cannot (it died), the process ends itself.
    """
    limits.restrict_memory(int(conf.value("SYNC_ALONE_MB")))
    longest = float(conf.value("SYNC_ALONE_SECONDS")) + GRACE_SECONDS
    answer(("ready", ""))
    for key in keys:
        faulthandler.dump_traceback_later(longest, exit=True, file=sys.__stderr__ or sys.stderr)
        said = work(found, key.strip())
        faulthandler.cancel_dump_traceback_later()
        answer(said)


def work(found: Claim, key: Key) -> Answer:
    """One record; errors that pass by themselves are waited for a few times."""
    text = ""
    for attempt in range(TRIES):
        try:
            _transact(found, key, avoid_locked=attempt > 0)
        except LostLeaseError:
            return "lost", ""
        except StoppedError:
            return "stopped", ""
        except MappingChangedError:
            return "changed", ""
        except Exception as error:  # noqa: BLE001 - whatever it raises is the answer
            text = poison.text_of(error)
            if retry.passing(error) is None:
                return "failed", text
            if isinstance(error, OperationalError | InterfaceError) and not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
            time.sleep(0.1 * 2**attempt * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
        else:
            return "done", ""
    return "later", text


def _transact(found: Claim, key: Key, *, avoid_locked: bool) -> None:
    with transaction.atomic():
        job, chunk = guard.enter(found)
        alone = Chunk(
            pk=chunk.pk, job=job, stage=chunk.stage, priority=chunk.priority, spec=parts.only(chunk.spec, key)
        )
        alone.avoid_locked = avoid_locked
        with acting(job.requested_by_name, "sync"):
            result = executor_of(job, alone)(job, alone)
        _store(chunk, key, result)


def _store(chunk: Chunk, key: Key, result: Result) -> None:
    """Counters of this record, and the chunk without it, with the effect in one transaction."""
    Chunk.objects.filter(pk=chunk.pk).update(
        spec=parts.behind(chunk.spec, key),
        counters=add(chunk.counters, result.counters),
        processed=chunk.processed + result.processed,
    )
