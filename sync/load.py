"""Keys become pairs: couplings, then the records of both sides, each read once per chunk."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from coupling.gateways.base import Gateway, Record
from coupling.plan import Direction, Key, MappingPlan, UpdateConflict
from records import db
from sync.engine.compare import compare_pair
from sync.engine.types import FROM, TO, Link, Mode, Pair
from sync.tables import coupling_table
from sync.take import DEPENDENCY, LOCKED, Taken, consume

if TYPE_CHECKING:
    from sync.run import Run

_LINK = (
    "id, erp_id, crm_id, erp_version, crm_version, base_version, skipped, broken, "
    "error_to_crm::text, error_from_crm::text"
)


def load(run: Run, taken: Taken, *, avoid_locked: bool) -> list[Pair]:
    """Pairs for the taken keys; with `avoid_locked` records held by others are postponed."""
    side, other = taken.side, "crm" if taken.side == "erp" else "erp"
    if avoid_locked:
        _postpone(run, taken, side, taken.keys)
    links = read_links(run.plan.name, side, [key for key in taken.keys if key not in taken.uncoupled])
    partners = {link.crm_id if side == "erp" else link.erp_id: key for key, link in links.items()}
    if (FROM if other == "crm" else TO) in run.request.directions:
        taken.pending[other] = consume(run, other, list(partners))
    if avoid_locked:
        for partner in _postpone(run, taken, other, list(partners)):
            taken.keys.remove(partners[partner])
            taken.postponed[side][partners[partner]] = LOCKED
    mine, theirs = _gateway(run, side), _gateway(run, other)
    records = mine.read_many(run.plan.table_of(side), taken.keys, _fields(run.plan, side))
    opposite = theirs.read_many(run.plan.table_of(other), list(partners), _fields(run.plan, other))
    found = (_pair(run, taken, side, key, links.get(key), records, opposite) for key in taken.keys)
    pairs = [pair for pair in found if pair is not None and not _handled(run, pair)]
    _bases(run, pairs)
    return pairs


def read_links(pair: str, side: str, keys: list[Key]) -> dict[Key, Link]:
    """Couplings of one mapping by the key of one side."""
    if not keys:
        return {}
    sql = f"SELECT {_LINK} FROM {coupling_table()} WHERE {side}_id = ANY(%s::uuid[]) AND pair = %s"
    position = 1 if side == "erp" else 2
    return {row[position]: _link(row) for row in db.rows(sql, [keys, pair])}


def _link(row: tuple[Any, ...]) -> Link:
    link = Link(*row[:6])
    link.skipped, link.broken = row[6:8]
    link.error_to_crm, link.error_from_crm = (json.loads(text) if text else None for text in row[8:10])
    return link


def _gateway(run: Run, side: str) -> Gateway:
    return run.erp if side == "erp" else run.crm


def _fields(plan: MappingPlan, side: str) -> set[str]:
    """Everything that lines, filters, hooks and logs read of one side."""
    if side == "erp":
        mapped = {f.erp for f in plan.fields if f.erp}
        return mapped | {*plan.erp_filter_fields, *plan.hooks.reads_erp, *plan.erp_title, *plan.template_fields(TO)}
    mapped = {f.crm for f in plan.fields if f.crm}
    return mapped | {*plan.crm_filter_fields, *plan.hooks.reads_crm, *plan.crm_title, *plan.template_fields(FROM)}


def _pair(
    run: Run,
    taken: Taken,
    side: str,
    key: Key,
    link: Link | None,
    records: dict[Key, Record],
    opposite: dict[Key, Record],
) -> Pair | None:
    partner = (link.crm_id if side == "erp" else link.erp_id) if link else None
    own, other = records.get(key), opposite.get(partner) if partner else None
    if link is None and own is None:
        return None
    pair = Pair(link, own, other) if side == "erp" else Pair(link, other, own)
    matches_erp, matches_crm = run.plan.erp_matches, run.plan.crm_matches
    if run.chunk.spec["take"] == "range":  # a range is read inside its filter
        matches_erp, matches_crm = (None, matches_crm) if side == "erp" else (matches_erp, None)
    pair.erp_inside = pair.erp is None or matches_erp is None or matches_erp(pair.erp.values)
    pair.crm_inside = pair.crm is None or matches_crm is None or matches_crm(pair.crm.values)
    pair.wake = run.plan.hooks.compares_always or DEPENDENCY in (
        taken.pending["erp"].get(pair.erp_id or ""),
        taken.pending["crm"].get(pair.crm_id or ""),
    )
    pair.presented = _presented(run, taken, pair)
    return pair


def _presented(run: Run, taken: Taken, pair: Pair) -> frozenset[Direction]:
    """The directions in which this pair is counted."""
    directions = run.request.directions
    if run.request.mode is not Mode.MODIFIED or run.request.named:
        if pair.link is None:
            return directions & {TO if pair.erp is not None else FROM}
        return directions
    marked = set()
    if taken.presented("erp", pair.erp_id):
        marked.add(TO)
    if taken.presented("crm", pair.crm_id):
        marked.add(FROM)
    return directions & marked


def _handled(run: Run, pair: Pair) -> bool:
    """In the second pass of a whole run: the pair was decided from its ERP side already."""
    if not run.chunk.spec.get("handled_by_erp_pass"):
        return False
    return pair.link is not None and pair.erp is not None and pair.erp_inside


def _postpone(run: Run, taken: Taken, side: str, keys: list[Key]) -> set[Key]:
    held = _gateway(run, side).locked(run.plan.table_of(side), keys) if keys else set()
    for key in held:
        taken.postponed[side][key] = LOCKED
    if side == taken.side:
        taken.keys = [key for key in taken.keys if key not in held]
    return held


def _bases(run: Run, pairs: list[Pair]) -> None:
    """Read the base arrays of the pairs whose decision may need them: both rows changed, or not all of it is carried."""
    needed = {p.link.id: p.link for p in pairs if p.link is not None and _needs_base(run, p)}
    if needed:
        sql = f"SELECT id, base::text FROM {coupling_table()} WHERE id = ANY(%s::uuid[])"
        for key, text in db.rows(sql, [list(needed)]):
            needed[key].base = json.loads(text) if text else []


def _needs_base(run: Run, pair: Pair) -> bool:
    comparison = compare_pair(pair)
    if run.plan.update_conflict is UpdateConflict.MERGE or run.request.mode is Mode.FORCED or run.request.choices:
        return comparison.both or pair.wake
    return comparison.both
