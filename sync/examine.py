"""Looking at coupled pairs as a run would, without running: what differs, who changed it, what would not pass."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from coupling.gateways.base import Record
from coupling.models import Coupling
from coupling.plan import Direction, FieldPlan, Key, MappingPlan, Problem, canon, jsonable
from coupling.sides import gateway
from sync.engine import base
from sync.engine.compare import compare_pair
from sync.engine.differ import Differ
from sync.engine.transfer import compile_transfer
from sync.engine.types import FROM, TO, Comparison, Link, Pair


@dataclass(frozen=True, slots=True)
class FieldState:
    """One field line of a pair whose values differ. Values are stored values, `base_*` those of the last sync.

    `has_base`: the coupling remembers the field. `erp_changed`, `crm_changed`: since the last sync; without a base
    both count as changed. `to_crm`, `from_crm`: what would be written in that direction (a `Problem` where the value
    does not pass, None also where the line does not go that way: see `direction`).
    """

    line: FieldPlan
    direction: Direction
    erp: Any
    crm: Any
    has_base: bool
    base_erp: Any
    base_crm: Any
    erp_changed: bool
    crm_changed: bool
    to_crm: Any
    from_crm: Any

    @property
    def key(self) -> str:
        """The name of the line in API and mappings."""
        return self.line.key

    @property
    def is_clash(self) -> bool:
        """Changed on both sides, and either side may win."""
        return self.erp_changed and self.crm_changed and self.direction is Direction.BOTH

    def passes(self, direction: Direction) -> bool:
        """True when the line carries values in this direction."""
        return self.direction.covers(direction)


@dataclass(slots=True)
class Examined:
    """A coupling with its two records as they are now (None where one is gone) and the fields that differ."""

    coupling: Coupling
    pair: Pair
    comparison: Comparison
    fields: list[FieldState]

    @property
    def is_whole(self) -> bool:
        """True when both records exist."""
        return self.pair.erp is not None and self.pair.crm is not None

    @property
    def clashes(self) -> list[FieldState]:
        """Fields that changed on both sides since the last sync."""
        return [f for f in self.fields if f.is_clash] if self.comparison.both else []

    def version(self, side: str) -> int | None:
        """The row version of one record."""
        record = self.pair.erp if side == "erp" else self.pair.crm
        return record.version if record else None


def examine(plan: MappingPlan, couplings: Sequence[Coupling]) -> list[Examined]:
    """All of them with two reads and the look-ups of the plan, in the order given."""
    erp = read(plan, "erp", [str(c.erp_id) for c in couplings])
    crm = read(plan, "crm", [str(c.crm_id) for c in couplings])
    pairs = [_pair(plan, c, erp.get(str(c.erp_id)), crm.get(str(c.crm_id))) for c in couplings]
    differ = Differ(plan, pairs)
    found = []
    for index, (coupling, pair) in enumerate(zip(couplings, pairs, strict=True)):
        is_whole = pair.erp is not None and pair.crm is not None
        lines = differ.differing[index].values() if is_whole else ()
        fields = [state for line in lines if (state := _state(plan, pair, differ, index, line)) is not None]
        found.append(Examined(coupling, pair, compare_pair(pair), fields))
    return found


def read(plan: MappingPlan, side: str, keys: Iterable[Key]) -> dict[Key, Record]:
    """Records of one side with everything that lines, filters and titles need."""
    return gateway(side).read_many(plan.table_of(side), list(keys), fields_of(plan, side))


def fields_of(plan: MappingPlan, side: str) -> set[str]:
    """The fields of one side that lines, filters and titles of a mapping read."""
    if side == "erp":
        return {f.erp for f in plan.fields if f.erp} | {*plan.erp_filter_fields, *plan.erp_title}
    return {f.crm for f in plan.fields if f.crm} | {*plan.crm_filter_fields, *plan.crm_title}


def problems(plan: MappingPlan, side: str, record: Record) -> list[Problem]:
    """What of this record would not pass to the other side, line by line."""
    direction = TO if side == "erp" else FROM
    columns = compile_transfer(plan, direction).run([record.values])
    return [column[0] for column in columns if isinstance(column[0], Problem)]


def link_of(coupling: Coupling) -> Link:
    """A coupling as the engine sees it, with its base."""
    return Link(
        id=str(coupling.pk),
        erp_id=str(coupling.erp_id),
        crm_id=str(coupling.crm_id),
        erp_version=coupling.erp_version,
        crm_version=coupling.crm_version,
        base_version=coupling.base_version,
        skipped=coupling.skipped,
        broken=coupling.broken,
        error_to_crm=coupling.error_to_crm,
        error_from_crm=coupling.error_from_crm,
        base=coupling.base or [],
    )


def inside(plan: MappingPlan, side: str, record: Record | None) -> bool:
    """True when the record is inside the mapping's filter (a record that is gone counts as inside)."""
    matches = plan.erp_matches if side == "erp" else plan.crm_matches
    return record is None or matches is None or matches(record.values)


def _pair(plan: MappingPlan, coupling: Coupling, erp: Record | None, crm: Record | None) -> Pair:
    pair = Pair(link_of(coupling), erp, crm)
    pair.erp_inside, pair.crm_inside = inside(plan, "erp", erp), inside(plan, "crm", crm)
    return pair


def _state(plan: MappingPlan, pair: Pair, differ: Differ, index: int, line: FieldPlan) -> FieldState | None:
    direction = plan.direction_of(line)
    if direction is None or pair.link is None or pair.erp is None or pair.crm is None:
        return None
    erp, crm = pair.erp.values.get(line.erp or ""), pair.crm.values.get(line.crm or "")
    known = base.by_key(plan, pair.link.base, pair.link.base_version)
    erp_changed, crm_changed = base.changed_sides(known, line.key, erp, crm)
    base_erp, base_crm = base.split(known[line.key]) if line.key in known else (None, None)
    return FieldState(
        line=line,
        direction=direction,
        erp=canon(erp),
        crm=canon(crm),
        has_base=line.key in known,
        base_erp=base_erp,
        base_crm=base_crm,
        erp_changed=erp_changed,
        crm_changed=crm_changed,
        to_crm=differ.value_to(index, line) if direction.covers(TO) else None,
        from_crm=differ.value_from(index, line) if direction.covers(FROM) else None,
    )


def same(left: Any, right: Any) -> bool:
    """Two stored values that log and base would show alike."""
    return bool(jsonable(left) == jsonable(right))
