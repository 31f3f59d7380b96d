"""A chunk that raises is halved until the record that does it stands alone; one that kills its worker: see `alone`.

That record fails with `internal_error` and is left for an hour; all others go through. Where a few records of the chunk,
tried alone, all raise at the same place, it is the program or the set-up that is wrong and no record: the job fails.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from coupling.plan import Key
from coupling.plans import plan_for
from coupling.sides import gateway
from sync.jobs import culprit, everybody
from sync.jobs.claim import Claim
from sync.jobs.submit import add_chunks
from sync.models import Chunk, Job, Pending
from sync.models.job import SYNC_KINDS


def narrow(found: Claim, error: Exception) -> None:
    """Replace the chunk by its halves, or fail the one record that is left of it."""
    from sync.jobs import finish

    text = text_of(error)
    with transaction.atomic():
        chunk = found.chunk.select_for_update().first()
        if chunk is None:
            return
        job = chunk.job
        if job.kind not in SYNC_KINDS or chunk.spec.get("take") in ("plan", "preview"):
            _try_again_or_fail(found, chunk, text)
            return
        keys = keys_of(job, chunk)
        if everybody.raises(job, chunk, keys, error):
            finish.fail(job, "every_record_fails", {"error": text, "mapping": job.mapping})
            Chunk.objects.filter(pk=chunk.pk).update(state="cancelled", lease_until=None, error_code="internal_error")
        elif len(keys) > 1:
            add_chunks(job, halves(chunk, keys), priority=chunk.priority, first_no=chunk.no + 1)
            Chunk.objects.filter(pk=chunk.pk).update(state="split", lease_until=None, error_code="internal_error")
        elif keys:
            _fail_record(job, chunk, keys[0], text)
        else:  # the culprit is gone
            Chunk.objects.filter(pk=chunk.pk).update(state="done", lease_until=None, done_at=Now())
        finish.finish_if_done(str(job.pk))


def _try_again_or_fail(found: Claim, chunk: Chunk, text: str) -> None:
    """Chunks that are no list of records cannot be halved: three attempts, then the job fails."""
    from sync.jobs import finish

    if found.attempts >= 3:
        finish.fail_chunk(found, "internal_error", {"error": text})
    else:
        Chunk.objects.filter(pk=chunk.pk).update(state="ready", lease_until=None, error_code="internal_error")


def keys_of(job: Job, chunk: Chunk) -> list[Key]:
    """The records that the chunk would take, ascending."""
    spec, side = chunk.spec, chunk.spec["side"]
    if spec["take"] == "ids":
        return sorted(spec["ids"])
    if spec["take"] == "range":
        plan = plan_for(job.mapping)
        table, flt = (plan.erp_table, plan.erp_filter) if side == "erp" else (plan.crm_table, plan.crm_filter)
        return gateway(side).select(table, flt, after=spec.get("from"), upto=spec.get("to"), limit=1_000_000)
    waiting = Pending.objects.filter(mapping=job.mapping, side=side)
    if spec.get("from"):
        waiting = waiting.filter(record__gt=spec["from"])
    if spec.get("to"):
        waiting = waiting.filter(record__lte=spec["to"])
    return [str(key) for key in waiting.order_by("record").values_list("record", flat=True)]


def halves(chunk: Chunk, keys: list[Key]) -> list[dict[str, Any]]:
    """Two specs that together take what the chunk took."""
    middle = len(keys) // 2
    common = {**chunk.spec, "stage": chunk.stage, everybody.ASKED: True}
    if chunk.spec["take"] == "ids":
        return [{**common, "ids": keys[:middle]}, {**common, "ids": keys[middle:]}]
    border = keys[middle - 1]
    return [{**common, "to": border}, {**common, "from": border}]


def text_of(error: Exception) -> str:
    """What is said of an error that nobody expected."""
    return f"{type(error).__name__}: {error}"[:500]


def _fail_record(job: Job, chunk: Chunk, key: Key, text: str) -> None:
    counters = culprit.fail(job, chunk, key, text)
    Chunk.objects.filter(pk=chunk.pk).update(
        state="done", lease_until=None, counters=counters, processed=1, done_at=Now()
    )
