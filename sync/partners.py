"""Missing partners: what records refer to that has to be coupled before they can go to the other side.

1. what the records refer to without a partner, by the look-ups of their field lines and the rules of their pair;
2. what those need in turn, mapping by mapping, until nothing new is found;
3. in dependency order: each stands after everything that it needs itself.

The number of queries depends on the mappings, never on the records. Nothing is written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from coupling.gateways.base import Record
from coupling.models import Coupling, IntegrationTableMapping
from coupling.plan import Direction, HookBatch, Item, Key, MappingPlan, Problem
from coupling.plans import plan_for
from coupling.sides import gateway
from sync import order
from sync.engine.transfer import canonical, compile_transfer, convert
from sync.engine.types import FROM, TO
from sync.examine import fields_of, inside
from sync.matching.find import criteria_of
from sync.models import Failure
from sync.waiting import UNMET


@dataclass(frozen=True, slots=True)
class Missing:
    """A record without a partner that others wait for.

    `needed_by`: captions (`@table.field`) of what refers to it. `matches`: it is coupled with its match where there is
    one; `creates`: without one a partner is made. `obstacle`: why neither can be done here. `last_error`: why the last
    attempt failed.
    """

    mapping: str
    side: str
    table: str
    key: Key
    name: str
    needed_by: tuple[str, ...] = ()
    matches: bool = False
    creates: bool = False
    obstacle: Problem | None = None
    last_error: Problem | None = None

    @property
    def is_possible(self) -> bool:
        """True where the system can try it."""
        return self.obstacle is None


@dataclass(slots=True)
class _Search:
    """What has been found so far: {(table, key): the problem that named it}, who needs it, what is still to look at."""

    mapping: str
    side: str
    dependencies: dict[str, list[str]]
    found: dict[tuple[str, Key], Problem] = field(default_factory=dict)
    needed_by: dict[tuple[str, Key], dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    looked: set[tuple[str, Key]] = field(default_factory=set)

    def comes_later(self, name: str) -> bool:
        """True for mappings that depend on the one asked about: they cannot go first."""
        return self.mapping in order.dependencies_among(name, [self.mapping], self.dependencies)


def missing_partners(mapping: IntegrationTableMapping, side: str, keys: Sequence[Key]) -> list[Missing]:
    """Everything that has to be coupled before these records of one side can go to the other, in that order."""
    search = _Search(mapping.name, side, order.stored_dependencies())
    plans = {mapping.name: plan_for(mapping)}
    open_ = {mapping.name: list(keys)}
    while open_:
        fresh: dict[str, list[Key]] = defaultdict(list)
        for name, wanted in open_.items():
            for needs, key in _look(search, plans[name], wanted):
                fresh[needs].append(key)
        plans |= {m.name: plan_for(m) for m in _mappings(set(fresh) - set(plans))}
        open_ = {name: found for name, found in fresh.items() if name in plans}
    return _ordered(search, _judged(search, plans))


def needs_partners(plan: MappingPlan, side: str, keys: Sequence[Key]) -> list[Problem]:
    """What keeps these records back by themselves: references without a partner that are not left blank."""
    blank = {line.key for line in plan.fields if line.clear_on_failure}
    return [problem for line, problem in _unmet(plan, side, _read(plan, side, keys)) if line not in blank]


def _mappings(names: set[str]) -> Iterable[IntegrationTableMapping]:
    return IntegrationTableMapping.objects.filter(name__in=names) if names else ()


def _look(search: _Search, plan: MappingPlan, keys: list[Key]) -> list[tuple[str, Key]]:
    """Note what these records of one mapping need; (mapping, key) of what was not known before."""
    search.looked |= {(plan.table_of(search.side), key) for key in keys}
    later = {line.key for line in plan.fields if line.clear_on_failure and search.comes_later(line.depends_on)}
    fresh = []
    for line, problem in _unmet(plan, search.side, _read(plan, search.side, keys)):
        where = (str(problem.params.get("table", "")), str(problem.params.get("key", "")))
        if line in later or where in search.looked:
            continue
        search.needed_by[where][str(problem.params.get("caption", ""))] = None
        if where not in search.found:
            search.found[where] = problem
            fresh.append((str(problem.params.get("needs", "")), where[1]))
    return fresh


def _read(plan: MappingPlan, side: str, keys: Sequence[Key]) -> list[Record]:
    hooked = plan.hooks.reads_erp if side == "erp" else plan.hooks.reads_crm
    wanted = {*fields_of(plan, side), *hooked}
    return list(gateway(side).read_many(plan.table_of(side), list(keys), wanted).values())


def _unmet(plan: MappingPlan, side: str, records: list[Record]) -> list[tuple[str | None, Problem]]:
    """(key of the line, problem) of every look-up without a partner; None for a rule of the pair."""
    if plan.option is not None or not records:
        return []
    direction = TO if side == "erp" else FROM
    transfer = compile_transfer(plan, direction)
    found: dict[tuple[str | None, Any, Any], Problem] = {}
    for line in transfer.lines:
        if not line.depends_on:
            continue
        values = canonical([record.values for record in records], transfer.source(line) or "")
        for value in convert(values, transfer.conversion(line), transfer.destination(line)):
            _keep(found, line.key, value)
    for problem in _ruled(plan, direction, records):
        _keep(found, None, problem)
    return [(line, problem) for (line, _table, _key), problem in found.items()]


def _keep(found: dict[tuple[str | None, Any, Any], Problem], line: str | None, value: Any) -> None:
    if isinstance(value, Problem) and value.code == UNMET:
        found.setdefault((line, value.params.get("table"), value.params.get("key")), value)


def _ruled(plan: MappingPlan, direction: Direction, records: list[Record]) -> list[Problem | None]:
    """What the rules of the pair of tables say, record by record."""
    items = [_item(direction, record) for record in records]
    plan.hooks.require_partners(HookBatch(plan, direction, items))
    return [item.problem for item in items]


def _item(direction: Direction, record: Record) -> Item:
    erp_id, crm_id = (record.key, None) if direction is TO else (None, record.key)
    return Item(erp_id, crm_id, dict(record.values), {}, {}, is_new=True)


# What can be done about them


def _judged(search: _Search, plans: dict[str, MappingPlan]) -> list[Missing]:
    groups: dict[str, list[tuple[str, Key]]] = defaultdict(list)
    for where, problem in search.found.items():
        groups[str(problem.params.get("needs", ""))].append(where)
    return [one for name, places in groups.items() for one in _of_mapping(search, plans.get(name), name, places)]


def _of_mapping(
    search: _Search, plan: MappingPlan | None, name: str, places: list[tuple[str, Key]]
) -> Iterable[Missing]:
    """The records that one mapping has to couple."""
    outside, lost, errors = _obstacles(search.side, plan, [key for _table, key in places if key])
    for table, key in places:
        problem = search.found[table, key]
        said = str(problem.params.get("value", key))
        direction = "to_crm" if search.side == "erp" else "from_crm"
        creates = plan is not None and plan.allows(Direction(direction))
        matches = plan is not None and _matches(plan, search.side)
        obstacle = None
        if plan is None or not key:
            obstacle = Problem("no_mapping", {"table": f"@{table}" if table else said})
        elif key in lost:
            obstacle = Problem("destination_deleted")
        elif key in outside:
            obstacle = Problem("outside_filter", {"record": said, "mapping": name})
        elif not (creates or matches):
            obstacle = Problem("direction_not_allowed", {"mapping": name, "direction": direction})
        needed_by = tuple(search.needed_by[table, key])
        yield Missing(name, search.side, table, key, said, needed_by, matches, creates, obstacle, errors.get(key))


def _matches(plan: MappingPlan, side: str) -> bool:
    """True where records of this side are matched first. Options take over the code of their label by themselves."""
    return side == "erp" if plan.option is not None else bool(criteria_of(plan))


def _obstacles(side: str, plan: MappingPlan | None, keys: list[Key]) -> tuple[set[Key], set[Key], dict[Key, Problem]]:
    """(outside the filter, coupled with a record that is gone, last errors) among these keys."""
    if plan is None or not keys:
        return set(), set(), {}
    fields = plan.erp_filter_fields if side == "erp" else plan.crm_filter_fields
    is_option = plan.option is not None and side == "crm"
    records = {} if is_option else gateway(side).read_many(plan.table_of(side), keys, fields)
    outside = {key for key, record in records.items() if not inside(plan, side, record)}
    lost = Coupling.objects.filter(pair=plan.name, **{f"{side}_id__in": keys}).values_list(f"{side}_id", flat=True)
    failures = Failure.objects.filter(mapping=plan.name, side=side, record__in=keys)
    errors = {str(f.record): Problem(f.code, f.params) for f in failures}
    return outside, {str(key) for key in lost}, errors


def _ordered(search: _Search, found: list[Missing]) -> list[Missing]:
    names = order.in_order(sorted(search.dependencies), search.dependencies)
    places = {name: place for place, name in enumerate(names)}
    return sorted(found, key=lambda one: (places.get(one.mapping, len(places)), one.mapping, one.name, one.key))
