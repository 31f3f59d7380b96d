"""The one record that did it: reported, remembered, and left for an hour; the second time running it is skipped."""

from __future__ import annotations

import json
from typing import Any

from coupling.models import Coupling
from coupling.plan import Key, Problem
from coupling.plans import plan_for
from records import db
from records.ids import uuid7
from records.schema import schema
from sync import failures
from sync.jobs.results import COUNTERS, Counters
from sync.models import Chunk, Job, OutcomeRow, Pending

CODE = "internal_error"
LEFT_SECONDS = 3600


def fail(job: Job, chunk: Chunk, key: Key, text: str) -> Counters:
    """Write what is to be known of the record, in the caller's transaction; what it counts in each direction."""
    side, directions = chunk.spec["side"], chunk.spec["directions"]
    action, counter = ("skip", "skipped") if _is_second(job, side, key, directions) else ("fail", "failed")
    OutcomeRow.objects.bulk_create(_outcome(job, chunk, direction, key, action, text) for direction in directions)
    if not job.preview:
        if not _remember(job, side, key, directions, text):
            failures.keep(job.mapping, job.pk, [(side, key, Problem(CODE, {"error": text}))])
        _leave(job, side, key)
    return {direction: {**dict.fromkeys(COUNTERS, 0), counter: 1} for direction in directions}


def _is_second(job: Job, side: str, key: Key, directions: list[str]) -> bool:
    known = Coupling.objects.filter(pair=job.mapping, **{f"{side}_id": key}).first()
    return known is not None and any((getattr(known, f"error_{d}") or {}).get("code") == CODE for d in directions)


def _remember(job: Job, side: str, key: Key, directions: list[str], text: str) -> bool:
    """The error at the coupling, and the mark that it is skipped where it has been there before; False without one."""
    marks = " OR ".join(f"coalesce(error_{direction} ->> 'code' = '{CODE}', FALSE)" for direction in directions)
    results = "".join(
        f", error_{direction} = %s::jsonb, last_result_{direction} = 'failure', last_job_{direction} = %s::uuid"
        for direction in directions
    )
    sql = (
        f"UPDATE {Coupling._meta.db_table} SET row_version = row_version + 1, "
        f"skipped_at = CASE WHEN NOT skipped AND ({marks}) THEN now() ELSE skipped_at END, "
        f"skipped = skipped OR {marks}{results} WHERE pair = %s AND {side}_id = %s::uuid"
    )
    error = json.dumps({"code": CODE, "params": {"error": text}})
    return db.execute(sql, [*([error, str(job.pk)] * len(directions)), job.mapping, key]) > 0


def _leave(job: Job, side: str, key: Key) -> None:
    """So that no run trips over it again at once."""
    db.execute(
        f"INSERT INTO {Pending._meta.db_table} (mapping, side, record, reason, not_before) "
        "VALUES (%s, %s, %s, %s, clock_timestamp() + make_interval(secs => %s)) "
        "ON CONFLICT (mapping, side, record) DO UPDATE SET reason = excluded.reason, "
        f"not_before = excluded.not_before, attempts = {Pending._meta.db_table}.attempts + 1",
        [job.mapping, side, key, CODE, LEFT_SECONDS],
    )


def _outcome(job: Job, chunk: Chunk, direction: str, key: Key, action: str, text: str) -> OutcomeRow:
    """The row that says which record it was."""
    side = chunk.spec["side"]
    shown: dict[str, Any] = {f"{side}_id": key, "erp_key" if side == "erp" else "crm_name": _shown(job, side, key)}
    return OutcomeRow(
        id=uuid7(),
        job=job,
        chunk_id=chunk.pk,
        mapping=job.mapping,
        direction=direction,
        action=action,
        reason=CODE,
        params={"error": text},
        **shown,
    )


def _shown(job: Job, side: str, key: Key) -> str:
    """What the record is called, as far as it can be read."""
    plan = plan_for(job.mapping)
    described = schema(plan.table_of(side))
    title = described.model.Record.title[0 if side == "erp" else -1]
    row = described.model.objects.filter(pk=key).values_list(title, flat=True).first()
    return str(row or "")[:250]
