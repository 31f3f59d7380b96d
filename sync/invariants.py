"""What must always hold, as queries: an empty answer is good. Run after fault tests and by the health check.

I1  one coupling per record and mapping
I2  no record made by the engine without a coupling
I3  pairs that nobody changed since they were synchronized agree under their mapping
I4  nothing waits for longer than it should
I5  counters of ended jobs are the numbers of their outcome rows
I6  no chunk runs without a living lease or transaction
I7  every acknowledged edit is there, or recorded as a conflict or failure (for tests: needs their ledger)
I10 no two whole-mapping jobs of one mapping at the same time
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from coupling.gateways.base import Record
from coupling.models import Coupling, IntegrationTableMapping
from coupling.plan import Direction, FieldPlan, Key, MappingPlan, jsonable
from coupling.plans import plan_for
from coupling.sides import gateway
from records import db
from records.schema import schema
from sync.engine import base
from sync.engine.differ import Differ
from sync.engine.types import Pair
from sync.models import ChangeLog, Chunk, Failure, Job, OutcomeRow, Pending
from sync.models.outcome import COUNTER_OF

_COUPLING, _JOB, _OUTCOME = Coupling._meta.db_table, Job._meta.db_table, OutcomeRow._meta.db_table
_PAGE = 5000


@dataclass(frozen=True, slots=True)
class Violation:
    """One finding: the invariant and what was found."""

    invariant: str
    found: str


def check(*, drain_seconds: int = 600) -> list[Violation]:
    """All invariants but I7."""
    checks: dict[str, Callable[[], Iterable[Any]]] = {
        "I1": coupled_twice,
        "I2": created_without_coupling,
        "I3": differing_pairs,
        "I4": lambda: left_waiting(drain_seconds),
        "I5": miscounted,
        "I6": abandoned,
        "I10": overlapping,
    }
    return [Violation(name, str(found)) for name, query in checks.items() for found in query()]


def coupled_twice() -> list[tuple[Any, ...]]:
    """(side, mapping, record) with more than one coupling; the constraints make it impossible."""
    parts = [
        f"SELECT '{side}', pair, {side}_id FROM {_COUPLING} GROUP BY pair, {side}_id HAVING count(*) > 1"
        for side in ("erp", "crm")
    ]
    return db.rows(" UNION ALL ".join(parts))


def created_without_coupling() -> list[tuple[Any, ...]]:
    """(mapping, side, record) that a run created, that exists, and that nobody uncoupled or took back since."""
    found: list[tuple[Any, ...]] = []
    for mapping in IntegrationTableMapping.objects.all():
        if mapping.is_option:
            continue
        for side, direction, table in (("crm", "to_crm", mapping.crm_table), ("erp", "from_crm", mapping.erp_table)):
            described = schema(table)
            found += db.rows(
                f"SELECT o.mapping, '{side}', o.{side}_id FROM {_OUTCOME} o JOIN {_JOB} j ON j.id = o.job_id "
                f'JOIN "{described.table}" t ON t."{described.pk_column}" = o.{side}_id '
                "WHERE o.mapping = %s AND o.direction = %s AND o.action = 'insert' AND NOT j.preview "
                f"AND NOT EXISTS (SELECT 1 FROM {_COUPLING} k WHERE k.pair = o.mapping AND k.{side}_id = o.{side}_id) "
                f"AND NOT EXISTS (SELECT 1 FROM {_OUTCOME} l WHERE l.{side}_id = o.{side}_id AND l.id > o.id "
                "AND l.action IN ('uncouple', 'delete'))",
                [mapping.name, direction],
            )
    return found


def differing_pairs() -> Iterator[tuple[str, Key, list[str]]]:
    """(mapping, ERP record, keys of the lines) of pairs in step whose values differ all the same.

    What a user took back differs by wish; a line of one direction counts once that direction has run, and what somebody
    wrote over its destination stays until its source changes.
    """
    for mapping in IntegrationTableMapping.objects.all():
        if not mapping.is_option:
            yield from _differing(plan_for(mapping))


def _differing(plan: MappingPlan) -> Iterator[tuple[str, Key, list[str]]]:
    last = "00000000-0000-0000-0000-000000000000"
    while True:
        rows = db.rows(
            "SELECT k.id, k.erp_id, k.crm_id, k.erp_version, k.crm_version, k.last_result_to_crm = 'success', "
            f"k.last_result_from_crm = 'success', k.base::text, k.base_version FROM {_COUPLING} k "
            "WHERE k.pair = %s AND k.id > %s::uuid AND k.last_synced_at IS NOT NULL AND NOT k.skipped AND NOT k.broken "
            f"AND NOT EXISTS (SELECT 1 FROM {_OUTCOME} o WHERE o.erp_id = k.erp_id AND o.reason = 'undone') "
            "ORDER BY k.id LIMIT %s",
            [plan.name, last, _PAGE],
        )
        if not rows:
            return
        last = rows[-1][0]
        yield from _differing_of(plan, rows)


def _differing_of(plan: MappingPlan, rows: list[tuple[Any, ...]]) -> Iterator[tuple[str, Key, list[str]]]:
    erp = gateway("erp").read_many(plan.erp_table, [row[1] for row in rows], {f.erp for f in plan.fields if f.erp})
    crm = gateway("crm").read_many(plan.crm_table, [row[2] for row in rows], {f.crm for f in plan.fields if f.crm})
    sound = [row for row in rows if _is(erp.get(row[1]), row[3]) and _is(crm.get(row[2]), row[4])]
    pairs = [Pair(None, erp[row[1]], crm[row[2]]) for row in sound]
    for row, differing in zip(sound, Differ(plan, pairs).differing, strict=True):
        carried = {Direction.TO_CRM: row[5], Direction.FROM_CRM: row[6], Direction.BOTH: True}
        known = base.by_key(plan, json.loads(row[7] or "[]"), row[8])
        wrong = [
            key
            for key, line in differing.items()
            if (way := plan.direction_of(line))
            and carried[way]
            and not _drifted(way, line, known, erp[row[1]], crm[row[2]])
        ]
        if wrong:
            yield plan.name, row[1], sorted(wrong)


def _drifted(way: Direction, line: FieldPlan, known: Mapping[str, Any], erp: Record, crm: Record) -> bool:
    """A line of one direction whose destination somebody changed: the last run saw it, and left it as it must."""
    if way is Direction.BOTH:
        return False
    values = erp.values.get(line.erp or ""), crm.values.get(line.crm or "")
    return base.changed_sides(known, line.key, *values) == (False, False)


def _is(record: Record | None, version: int) -> bool:
    return record is not None and record.version == version


def left_waiting(drain_seconds: int) -> list[tuple[Any, ...]]:
    """Log rows that nobody routed, and fresh changes of coupled records that nobody took, for so many seconds."""
    late = "now() - make_interval(secs => %s)"
    log = db.rows(
        f"SELECT 'log', label, record FROM {ChangeLog._meta.db_table} WHERE logged_at < {late}", [drain_seconds]
    )
    pending = db.rows(
        f"SELECT 'pending', p.mapping, p.record FROM {Pending._meta.db_table} p JOIN {_COUPLING} k ON k.pair = p.mapping "
        "AND CASE WHEN p.side = 'erp' THEN k.erp_id ELSE k.crm_id END = p.record "
        f"WHERE p.reason = '' AND NOT k.skipped AND p.queued_at < {late}",
        [drain_seconds],
    )
    return log + pending


def miscounted() -> list[tuple[Any, ...]]:
    """(job, direction, counter, said, rows) of ended jobs whose counters are not the numbers of their rows."""
    counters = " UNION ALL ".join(f"SELECT '{action}', '{name}'" for action, name in COUNTER_OF.items())
    return db.rows(
        f"WITH names(action, counter) AS ({counters}), "
        f"said AS (SELECT j.id, d.key AS direction, n.action, n.counter, coalesce((d.value ->> n.counter)::int, 0) AS n "
        f"FROM {_JOB} j, jsonb_each(j.counters) d, names n WHERE j.finished_at IS NOT NULL), "
        f"counted AS (SELECT o.job_id, o.direction, o.action, count(*) AS n FROM {_OUTCOME} o GROUP BY 1, 2, 3) "
        "SELECT s.id, s.direction, s.counter, s.n, coalesce(c.n, 0) FROM said s LEFT JOIN counted c "
        "ON c.job_id = s.id AND c.direction = s.direction AND c.action = s.action WHERE s.n <> coalesce(c.n, 0)"
    )


def abandoned() -> list[tuple[Any, ...]]:
    """(chunk, job) whose lease ended more than a second ago; a chunk that a living transaction holds is not abandoned."""
    return db.rows(
        f"SELECT id, job_id FROM {Chunk._meta.db_table} WHERE state = 'running' "
        "AND lease_until < clock_timestamp() - interval '1 second' FOR UPDATE SKIP LOCKED"
    )


def overlapping() -> list[tuple[Any, ...]]:
    """(mapping, job, job) of whole-mapping jobs that ran at the same time."""
    return db.rows(
        f"SELECT a.mapping, a.id, b.id FROM {_JOB} a JOIN {_JOB} b ON a.mapping = b.mapping AND a.id < b.id "
        "WHERE a.whole AND b.whole AND a.mapping <> '' AND a.started_at IS NOT NULL AND b.started_at IS NOT NULL "
        "AND tstzrange(a.started_at, coalesce(a.finished_at, 'infinity')) "
        "&& tstzrange(b.started_at, coalesce(b.finished_at, 'infinity'))"
    )


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit that was acknowledged to whoever made it: the last one of its field."""

    table: str
    key: Key
    field: str
    value: Any


def lost_edits(ledger: Iterable[Edit]) -> list[Edit]:
    """I7: edits whose value is neither stored nor recorded as a conflict, failure or waiting record."""
    lost: list[Edit] = []
    for edit in ledger:
        described = schema(edit.table)
        sql = f'SELECT {described[edit.field].sql("t")} FROM "{described.table}" t WHERE t."{described.pk_column}" = %s'
        row = db.one(sql, [edit.key])
        is_stored = row is not None and jsonable(row[0]) == jsonable(edit.value)
        if not is_stored and not _is_recorded(edit.key):
            lost.append(edit)
    return lost


def _is_recorded(key: Key) -> bool:
    if Pending.objects.filter(record=key).exclude(reason="").exists() or Failure.objects.filter(record=key).exists():
        return True
    rows = OutcomeRow.objects.filter(erp_id=key) | OutcomeRow.objects.filter(crm_id=key)
    return rows.filter(action__in=("fail", "skip")).exists()
