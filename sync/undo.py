"""Taking back what a job wrote, from its outcome rows, last one first.

A value is restored only where the record still holds what the job wrote; other values of the record are left, and told.
Afterwards the pair counts as in step as it is: nothing flows until somebody changes it again, else the next run would do
again what was taken back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction

from coupling.gateways.base import Record, Write, WriteContext
from coupling.models import Coupling, IntegrationTableMapping
from coupling.plan import Key, MappingPlan, jsonable
from coupling.plans import plan_for
from coupling.sides import gateway
from records.ids import uuid7
from records.schema import schema
from sync.changes import is_quiet
from sync.engine import base
from sync.jobs.results import Done, count
from sync.matching import options
from sync.models import Chunk, Job, OutcomeRow


@dataclass(slots=True)
class _Undo:
    """One chunk: its rows by what is to be done, and what became of them."""

    job: Job
    chunk: Chunk
    rows: list[OutcomeRow]
    done: list[OutcomeRow] = field(default_factory=list)
    touched: dict[str, set[tuple[Key, Key]]] = field(default_factory=lambda: defaultdict(set))


def run_chunk(job: Job, chunk: Chunk) -> Done:
    """Take back the outcome rows of the chunk."""
    order = {key: i for i, key in enumerate(chunk.spec["ids"])}
    rows = sorted(OutcomeRow.objects.filter(pk__in=order), key=lambda row: order[str(row.pk)])
    undo = _Undo(job, chunk, rows)
    for (table, side, mapping), group in _groups(undo, "delete").items():
        _create_again(undo, table, side, mapping, group)
    for (table, side, mapping), group in _groups(undo, "modify").items():
        _restore(undo, table, side, mapping, group)
    for (table, side, mapping), group in _groups(undo, "insert").items():
        _remove(undo, table, side, mapping, group)
    _uncouple(undo)
    _couple(undo)
    _settle(undo)
    OutcomeRow.objects.bulk_create(undo.done, batch_size=2000)
    return Done({"": count(undo.done)}, len(rows))


def _groups(undo: _Undo, action: str) -> dict[tuple[str, str, str], list[OutcomeRow]]:
    """The rows of one action by the table they wrote: (table, side, mapping). Coupling may have written values, too."""
    found: dict[tuple[str, str, str], list[OutcomeRow]] = defaultdict(list)
    for row in undo.rows:
        if row.action != action and not (action == "modify" and row.action == "couple" and row.changes):
            continue
        side = _written_side(row)
        table = _table(undo, row, side)
        if table and (row.erp_id if side == "erp" else row.crm_id):
            found[table, side, row.mapping].append(row)
        else:
            undo.done.append(_outcome(undo, row, "fail", "not_undoable"))
    return found


def _written_side(row: OutcomeRow) -> str:
    for side in ("erp", "crm"):
        if side in (row.changes or {}):
            return side
    if row.direction:
        return "crm" if row.direction == "to_crm" else "erp"
    return "erp" if row.erp_id else "crm"


def _table(undo: _Undo, row: OutcomeRow, side: str) -> str:
    """The table that a row wrote; '' for options, which other records may have since."""
    if not row.mapping:
        return str(Job.objects.get(pk=undo.job.param("job")).param("table"))
    mapping = IntegrationTableMapping.objects.get(name=row.mapping)
    if mapping.is_option and side == "crm":
        return ""
    return str(mapping.erp_table if side == "erp" else mapping.crm_table)


def _key(row: OutcomeRow, side: str) -> Key:
    return str(row.erp_id if side == "erp" else row.crm_id)


def _context(undo: _Undo, mapping: str, table: str) -> WriteContext:
    return WriteContext(
        actor=undo.job.requested_by_name, origin=mapping, quiet=bool(mapping) and is_quiet(mapping, table)
    )


def _restore(undo: _Undo, table: str, side: str, mapping: str, rows: list[OutcomeRow]) -> None:
    """Write the earlier values where the written ones still stand; what was changed since is told."""
    described, gate = schema(table), gateway(side)
    fields = {name for row in rows for name in row.changes.get(side, {})} & set(described.fields)
    records = gate.read_many(table, [_key(row, side) for row in rows], fields)
    writes: dict[Key, Write] = {}
    ours: dict[Key, dict[str, list[Any]]] = {}
    for row in rows:
        key, record, changes = _key(row, side), records.get(_key(row, side)), row.changes.get(side, {})
        if record is None:
            undo.done.append(_outcome(undo, row, "fail", "record_missing"))
            continue
        still = {n: c for n, c in changes.items() if n in fields and jsonable(record.values.get(n)) == c[1]}
        if lost := sorted(set(changes) - set(still)):
            undo.done.append(_outcome(undo, row, "fail", "not_undoable", params={"fields": lost}))
        if still:
            values = {name: described[name].normalize(before) for name, (before, _after) in still.items()}
            ours[key] = still
            writes[key] = Write(key, values, version=record.version, old=dict(record.values))
    result = gate.update_many(table, list(writes.values()), _context(undo, mapping, table)) if writes else None
    for row in rows:
        key = _key(row, side)
        if key not in writes or result is None:
            continue
        if key in result.versions:
            back = {side: {name: [after, before] for name, (before, after) in ours[key].items()}}
            undo.done.append(_outcome(undo, row, "modify", "undone", changes=back))
            _touch(undo, row)
        else:
            problem = result.rejected.get(key)
            undo.done.append(_outcome(undo, row, "fail", problem.code if problem else "not_undoable"))


def _create_again(undo: _Undo, table: str, side: str, mapping: str, rows: list[OutcomeRow]) -> None:
    """Make deleted records again, under their keys and with their values, and the coupling that they had."""
    described, gate = schema(table), gateway(side)
    keys = [_key(row, side) for row in rows]
    known = gate.read_many(table, keys, ())
    writes: dict[Key, Write] = {}
    for row in rows:
        before = {n: change[0] for n, change in row.changes.get(side, {}).items() if n in described}
        if before and _key(row, side) not in known:
            values = {name: described[name].normalize(value) for name, value in before.items()}
            writes[_key(row, side)] = Write(_key(row, side), values)
    result = gate.insert_many(table, list(writes.values()), _context(undo, mapping, table)) if writes else None
    for row in rows:
        key = _key(row, side)
        if result is not None and key in result.versions:
            if row.mapping and row.erp_id and row.crm_id:
                _insert_coupling(row, broken=not _both_exist(row))
            undo.done.append(_outcome(undo, row, "insert", "undone"))
        else:
            problem = result.rejected.get(key) if result is not None else None
            undo.done.append(_outcome(undo, row, "fail", problem.code if problem else "not_undoable"))


def _remove(undo: _Undo, table: str, side: str, mapping: str, rows: list[OutcomeRow]) -> None:
    """Delete records that the job created, with their coupling, unless somebody changed them since."""
    gate = gateway(side)
    keys = [_key(row, side) for row in rows]
    records = gate.read_many(table, keys, ())
    couplings = {_coupling_key(c, side): c for c in _couplings(mapping, side, keys)}
    later = _written_later(undo, side, keys)
    free: dict[Key, OutcomeRow] = {}
    for row in rows:
        key = _key(row, side)
        if key not in records:
            undo.done.append(_outcome(undo, row, "fail", "record_missing"))
        elif records[key].version == _written_version(couplings.get(key), side) and key not in later:
            free[key] = row
        else:
            undo.done.append(_outcome(undo, row, "fail", "not_undoable"))
    Coupling.objects.filter(pk__in=[couplings[key].pk for key in free if key in couplings]).delete()
    result = gate.delete_many(table, list(free), _context(undo, mapping, table)) if free else None
    for key, row in free.items():
        if result is not None and key in result.versions:
            undo.done.append(_outcome(undo, row, "delete", "undone"))
            options.forget(row)
        else:
            if key in couplings:
                couplings[key].save(force_insert=True)
            problem = result.rejected.get(key) if result is not None else None
            undo.done.append(_outcome(undo, row, "fail", problem.code if problem else "not_undoable"))


def _written_later(undo: _Undo, side: str, keys: list[Key]) -> set[Key]:
    """Records that a later job has written: what users changed on the other side stands in them."""
    rows = OutcomeRow.objects.filter(
        **{f"{side}_id__in": keys}, action__in=("modify", "couple"), pk__gt=min(row.pk for row in undo.rows)
    ).exclude(job__in=[undo.job.pk, undo.job.param("job")])
    preview = Job.objects.filter(preview=True).values("pk")
    return {_key(row, side) for row in rows.exclude(job__in=preview) if side in (row.changes or {})}


def _written_version(coupling: Coupling | None, side: str) -> int:
    if coupling is None:
        return 1
    return int(coupling.erp_version if side == "erp" else coupling.crm_version)


def _coupling_key(coupling: Coupling, side: str) -> Key:
    return str(coupling.erp_id if side == "erp" else coupling.crm_id)


def _couplings(mapping: str, side: str, keys: Iterable[Key]) -> list[Coupling]:
    return list(Coupling.objects.filter(pair=mapping, **{f"{side}_id__in": list(keys)})) if mapping else []


def _uncouple(undo: _Undo) -> None:
    """What the job coupled is uncoupled."""
    for row in [r for r in undo.rows if r.action == "couple"]:
        if options.is_option(row):
            gone = options.take_off(row)
        else:
            gone, _n = Coupling.objects.filter(pair=row.mapping, erp_id=row.erp_id, crm_id=row.crm_id).delete()
        undo.done.append(
            _outcome(undo, row, "uncouple", "undone") if gone else _outcome(undo, row, "fail", "not_undoable")
        )


def _couple(undo: _Undo) -> None:
    """What the job uncoupled is coupled again, where both records are still there and free."""
    for row in [r for r in undo.rows if r.action == "uncouple"]:
        if options.is_option(row):
            done = options.put_on(row)
            undo.done.append(_outcome(undo, row, *(("couple", "undone") if done else ("fail", "not_undoable"))))
        elif not _both_exist(row):
            undo.done.append(_outcome(undo, row, "fail", "record_missing"))
        elif _insert_coupling(row):
            undo.done.append(_outcome(undo, row, "couple", "undone"))
            _touch(undo, row)
        else:
            undo.done.append(_outcome(undo, row, "fail", "not_undoable"))


def _both_exist(row: OutcomeRow) -> bool:
    mapping = IntegrationTableMapping.objects.filter(name=row.mapping).first()
    if mapping is None:
        return False
    erp = gateway("erp").read_many(mapping.erp_table, [str(row.erp_id)], ())
    crm = gateway("crm").read_many(mapping.crm_table, [str(row.crm_id)], ())
    return bool(erp and crm)


def _insert_coupling(row: OutcomeRow, *, broken: bool = False) -> bool:
    try:
        with transaction.atomic():
            Coupling.objects.create(pair=row.mapping, erp_id=row.erp_id, crm_id=row.crm_id, broken=broken)
    except IntegrityError:
        return False
    return True


def _touch(undo: _Undo, row: OutcomeRow) -> None:
    if row.mapping and row.erp_id and row.crm_id:
        undo.touched[row.mapping].add((str(row.erp_id), str(row.crm_id)))


def _settle(undo: _Undo) -> None:
    """The couplings of what was written remember both records as they are now."""
    for name, pairs in undo.touched.items():
        plan = plan_for(name)
        if plan.option is not None:
            continue
        erp = gateway("erp").read_many(plan.erp_table, [e for e, _c in pairs], _mapped(plan, "erp"))
        crm = gateway("crm").read_many(plan.crm_table, [c for _e, c in pairs], _mapped(plan, "crm"))
        for coupling in Coupling.objects.filter(pair=name, erp_id__in=list(erp)):
            _remember(plan, coupling, erp.get(str(coupling.erp_id)), crm.get(str(coupling.crm_id)))


def _mapped(plan: MappingPlan, side: str) -> set[str]:
    return {name for f in plan.fields if (name := f.erp if side == "erp" else f.crm)}


def _remember(plan: MappingPlan, coupling: Coupling, erp: Record | None, crm: Record | None) -> None:
    if erp is None or crm is None:
        return
    Coupling.objects.filter(pk=coupling.pk).update(
        erp_version=erp.version,
        crm_version=crm.version,
        base=base.build(plan, erp.values, crm.values),
        base_version=plan.version,
    )


def _outcome(
    undo: _Undo,
    row: OutcomeRow,
    action: str,
    reason: str,
    *,
    changes: dict[str, Any] | None = None,
    params: dict[str, Any] | None = None,
) -> OutcomeRow:
    return OutcomeRow(
        id=uuid7(),
        job=undo.job,
        chunk_id=undo.chunk.pk,
        mapping=row.mapping,
        direction="",
        erp_id=row.erp_id,
        crm_id=row.crm_id,
        erp_key=row.erp_key,
        crm_name=row.crm_name,
        action=action,
        reason=reason,
        changes=changes or {},
        params=params or {},
    )
