"""Which records a chunk works on: pending rows (consumed by deletion), a key range, or named records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from coupling.plan import Direction, Key
from records import db
from records.schema import schema
from sync import sieve
from sync.engine.types import FROM, TO, Action, Decision
from sync.tables import coupling_table, table
from sync.walk import walked

if TYPE_CHECKING:
    from sync.run import Run

DEPENDENCY = "dependency"
LOCKED = "locked"
RETRY_SECONDS = 5
_LOWEST, _HIGHEST = "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"
CONSUMED = ("outside_filter", "not_coupled", "direction_not_allowed")


@dataclass
class Taken:
    """Keys of the chunk's side, and the pending marks that were consumed: {side: {key: reason}}."""

    side: str
    keys: list[Key]
    more: bool = False
    unchanged: int = 0  # coupled records that were left out because nothing of them changed
    uncoupled: set[Key] = field(default_factory=set)  # those of the keys that are known to have no coupling
    pending: dict[str, dict[Key, str]] = field(default_factory=lambda: {"erp": {}, "crm": {}})
    postponed: dict[str, dict[Key, str]] = field(default_factory=lambda: {"erp": {}, "crm": {}})

    def presented(self, side: str, key: Key | None) -> bool:
        """True when this record had a pending mark."""
        return key in self.pending[side]


def take(run: Run) -> Taken:
    """The keys of this chunk. Pending rows are deleted first; the records are read in later statements."""
    spec = run.chunk.spec
    side, limit = spec["side"], int(spec["limit"]) if spec.get("limit") else None
    if spec["take"] == "ids":
        taken = Taken(side, _undecided(run, side, spec["ids"]) if spec.get("gone") else list(spec["ids"]))
    elif spec["take"] == "range" and sieve.applies(run):
        return _sieved(run, side)
    elif spec["take"] == "range":
        gate, (name, flt) = (run.erp if side == "erp" else run.crm), walked(run.plan, side)
        taken = Taken(
            side, gate.select(name, flt, after=spec.get("from"), upto=spec.get("to"), limit=limit or 1_000_000)
        )
    else:
        return _pending(run, side, limit)
    taken.pending[side] = consume(run, side, taken.keys)
    return taken


def _undecided(run: Run, side: str, keys: list[Key]) -> list[Key]:
    """Deleted records that this job has not come across from the other side already: a pair fails once per job."""
    if run.plan.option is not None:
        sql = f"SELECT record FROM {table('Pending')} WHERE mapping = %s AND side = %s AND params ->> 'job' = %s"
        decided = {key for (key,) in db.rows(sql, [run.plan.name, side, str(run.job.pk)])}
        return [key for key in keys if key not in decided]
    own, partner = f"{side}_id", "crm_id" if side == "erp" else "erp_id"
    sql = (
        f"SELECT k.{own} FROM {coupling_table()} k JOIN {table('Pending')} p ON p.mapping = k.pair "
        f"AND p.record IN (k.{own}, k.{partner}) WHERE k.pair = %s AND k.{own} = ANY(%s::uuid[]) "
        "AND p.params ->> 'job' = %s"
    )
    decided = {key for (key,) in db.rows(sql, [run.plan.name, keys, str(run.job.pk)])}
    return [key for key in keys if key not in decided]


def _sieved(run: Run, side: str) -> Taken:
    """What of a range needs looking at. Pending rows of the whole range are consumed in passing.

    What the first pass of this job has put back stays: the second pass leaves that pair out. So do the rows of records
    that are gone: they are in no range, and a run of the other direction may have to leave them to the next one.
    """
    low, high = run.chunk.spec.get("from") or _LOWEST, run.chunk.spec.get("to") or _HIGHEST
    own = schema(run.plan.table_of(side))
    sql = (
        f"DELETE FROM {table('Pending')} WHERE mapping = %s AND side = %s AND record = ANY(ARRAY("
        f"SELECT record FROM {table('Pending')} WHERE mapping = %s AND side = %s AND record > %s::uuid "
        "AND record <= %s::uuid AND params ->> 'job' IS DISTINCT FROM %s "
        f'AND EXISTS (SELECT 1 FROM "{own.table}" t WHERE t."{own.pk_column}" = record) '
        "FOR UPDATE SKIP LOCKED)) RETURNING record, reason"
    )
    name = run.plan.name
    found = dict(db.rows(sql, [name, side, name, side, low, high, str(run.job.pk)]))
    sieved = sieve.sieve(run, [key for key, reason in found.items() if reason == DEPENDENCY])
    taken = Taken(side, sieved.keys, unchanged=sieved.unchanged, uncoupled=sieved.uncoupled)
    taken.pending[side] = found
    return taken


def _pending(run: Run, side: str, limit: int | None) -> Taken:
    """Delete the next pending rows; by array, never by join, whatever the statistics of an empty queue say.

    What this job itself put back is left for the next one: a record is tried once per job.
    """
    due = "" if run.request.by_user else "AND (not_before IS NULL OR not_before <= clock_timestamp())"
    sql = (
        f"DELETE FROM {table('Pending')} WHERE mapping = %s AND side = %s AND record = ANY(ARRAY("
        f"SELECT record FROM {table('Pending')} WHERE mapping = %s AND side = %s "
        f"AND record > %s::uuid AND record <= %s::uuid AND params ->> 'job' IS DISTINCT FROM %s {due} "
        "ORDER BY record LIMIT %s FOR UPDATE SKIP LOCKED)) RETURNING record, reason"
    )
    low, high = run.chunk.spec.get("from") or _LOWEST, run.chunk.spec.get("to") or _HIGHEST
    found = dict(db.rows(sql, [run.plan.name, side, run.plan.name, side, low, high, str(run.job.pk), limit]))
    keys = sorted(found)
    taken = Taken(side, keys, more=limit is not None and len(keys) >= limit)
    taken.pending[side] = found
    return taken


def consume(run: Run, side: str, keys: list[Key]) -> dict[Key, str]:
    """Delete the pending rows of known records; {key: reason}."""
    if not keys:
        return {}
    sql = (
        f"DELETE FROM {table('Pending')} WHERE mapping = %s AND side = %s AND record = ANY(ARRAY("
        f"SELECT record FROM {table('Pending')} WHERE mapping = %s AND side = %s AND record = ANY(%s::uuid[]) "
        "FOR UPDATE SKIP LOCKED)) RETURNING record, reason"
    )
    return dict(db.rows(sql, [run.plan.name, side, run.plan.name, side, keys]))


def give_back(run: Run, taken: Taken, decisions: list[Decision]) -> None:
    """Put back what is not settled: failures with their code, postponed records with a not-before time."""
    rows: dict[tuple[str, Key], tuple[str, bool]] = {}
    for side, keys in taken.postponed.items():
        for key, reason in keys.items():  # who waits for a dependency does so after the pause, too
            rows[side, key] = (DEPENDENCY if taken.pending[side].get(key) == DEPENDENCY else reason, True)
    for decision in decisions:
        for side, key, reason in _unsettled(taken, decision):
            rows.setdefault((side, key), (reason, False))
    put_back(run, rows)


def _unsettled(taken: Taken, decision: Decision) -> list[tuple[str, Key, str]]:
    pair = decision.pair
    keys = {"erp": pair.erp_id, "crm": pair.crm_id}
    marks = [(side, key) for side, key in keys.items() if key and taken.presented(side, key)]
    if decision.keep:
        return [(side, key, taken.pending[side][key]) for side, key in marks]
    found = []
    for direction, step in decision.steps.items():
        if step.problem is None or step.problem.code in CONSUMED:
            continue
        if step.action is Action.SKIP and step.problem.code == "blocked_or_inactive":
            continue
        side = _source_side(direction, decision)
        if keys[side]:
            found.append((side, str(keys[side]), step.problem.code))
        found += [(s, k, step.problem.code) for s, k in marks]
    if pair.link is not None and not decision.remove_link and decision.problem is None:
        found += [(s, k, taken.pending[s][k]) for s, k in marks if not _closed(decision, s)]
        found += [(s, k, "") for s, k in keys.items() if k and _let_in(decision, s)]
    return found


def _source_side(direction: Direction, decision: Decision) -> str:
    pair = decision.pair
    if pair.link is not None and (pair.erp is None) != (pair.crm is None):
        return "erp" if pair.erp is not None else "crm"
    return "erp" if direction is TO else "crm"


def _closed(decision: Decision, side: str) -> bool:
    inside = decision.pair.erp_inside if side == "erp" else decision.pair.crm_inside
    return (decision.close_erp if side == "erp" else decision.close_crm) or not inside


def _let_in(decision: Decision, side: str) -> bool:
    """True when a record outside its filter was written and has changes of its own to carry: it may be inside now."""
    inside, closed, way = (
        (decision.pair.erp_inside, decision.close_erp, FROM)
        if side == "erp"
        else (decision.pair.crm_inside, decision.close_crm, TO)
    )
    step = decision.steps.get(way)
    return not inside and not closed and step is not None and step.action is Action.MODIFY


def put_back(run: Run, rows: dict[tuple[str, Key], tuple[str, bool]]) -> None:
    """Pending rows {(side, key): (reason, wait a little)}; a change that came meanwhile keeps its own row."""
    if not rows:
        return
    sql = (
        f"INSERT INTO {table('Pending')} AS p (mapping, side, record, reason, not_before, params) "
        "SELECT %s, side, record, reason, CASE WHEN late THEN clock_timestamp() + make_interval(secs => %s) END, jsonb_build_object('job', %s::text) "
        "FROM unnest(%s::text[], %s::uuid[], %s::text[], %s::bool[]) AS n(side, record, reason, late) "
        "ORDER BY side, record ON CONFLICT (mapping, side, record) DO UPDATE SET reason = excluded.reason, params = excluded.params"
    )
    sides, keys = [s for s, _k in rows], [k for _s, k in rows]
    db.execute(
        sql,
        [
            run.plan.name,
            RETRY_SECONDS,
            str(run.job.pk),
            sides,
            keys,
            [r for r, _l in rows.values()],
            [late for _r, late in rows.values()],
        ],
    )
