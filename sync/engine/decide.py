"""One decision per pair, for both directions: what flows where, what is a conflict, what the coupling remembers."""

from __future__ import annotations

from collections.abc import Sequence

from coupling.plan import DeletionConflict, Direction, FieldPlan, MappingPlan, Problem, UpdateConflict, canon
from sync.engine import base
from sync.engine.compare import compare_pair
from sync.engine.differ import Differ
from sync.engine.types import FROM, TO, Action, Comparison, Decision, Mode, Pair, Request, Step

OTHER = {TO: FROM, FROM: TO}


def triage(plan: MappingPlan, pair: Pair, request: Request) -> Decision | None:
    """Decide what needs no values: skipped, deleted, outside, uncoupled, unchanged; None where values must be read."""
    if pair.link is None:
        return _uncoupled(plan, pair, request)
    if pair.link.skipped:
        return _skipped(pair, request)
    if pair.erp is None or pair.crm is None:
        return _deleted(plan, pair, request)
    comparison = compare_pair(pair)
    if not (comparison.erp_changed or comparison.crm_changed or pair.wake) and request.mode in (
        Mode.MODIFIED,
        Mode.FULL,
    ):
        return _unchanged(pair)
    if request.named and not _open_directions(pair, request):
        step = Step(Action.SKIP, "outside_filter", problem=Problem("outside_filter"))
        return Decision(pair, dict.fromkeys(request.directions, step))
    return None


def decide(plan: MappingPlan, pairs: Sequence[Pair], request: Request) -> list[Decision]:
    """Decide coupled pairs whose two records exist, by value."""
    compared = [compare_pair(pair) for pair in pairs]
    looks = {d: _looks(d, pairs, compared, request) for d in (TO, FROM)}
    differ = Differ(plan, pairs, to=looks[TO], from_=looks[FROM])
    return [_coupled(plan, pair, compared[i], request, differ, i) for i, pair in enumerate(pairs)]


def _looks(direction: Direction, pairs: Sequence[Pair], compared: Sequence[Comparison], request: Request) -> bool:
    """True when values may flow in this direction for any of the pairs.

    Or could, were it not for the limits of the run: a side that changed is closed only when nothing of it is left.
    """
    by_value = request.mode in (Mode.UNCONDITIONAL, Mode.FORCED) or any(p.wake for p in pairs)
    if by_value and direction in request.directions:
        return True
    return any(c.erp_changed if direction is TO else c.crm_changed for c in compared)


def _uncoupled(plan: MappingPlan, pair: Pair, request: Request) -> Decision | None:
    direction = TO if pair.erp is not None else FROM
    if pair.erp is None and pair.crm is None:
        return Decision(pair)
    inside = pair.erp_inside if direction is TO else pair.crm_inside
    create = (request.create or not plan.only_coupled) and direction in request.directions
    if inside and create and plan.allows(direction):
        return None
    if not request.named:
        return Decision(pair)
    reason = "not_coupled" if not create else "outside_filter" if not inside else "direction_not_allowed"
    return Decision(pair, {d: Step(Action.SKIP, reason, problem=Problem(reason)) for d in request.directions})


def _skipped(pair: Pair, request: Request) -> Decision:
    shown = pair.presented & request.directions or request.directions
    return Decision(
        pair, {d: Step(Action.SKIP, "skipped_coupling", problem=Problem("skipped_coupling")) for d in shown}, keep=True
    )


def _unchanged(pair: Pair) -> Decision:
    return Decision(pair, {d: Step(Action.UNCHANGED) for d in pair.presented}, close_erp=True, close_crm=True)


def _deleted(plan: MappingPlan, pair: Pair, request: Request) -> Decision:
    """One or both rows of a pair are gone; counted in the direction that starts at the surviving record."""
    if pair.erp is None and pair.crm is None:
        direction = next(iter(sorted(request.directions, reverse=True)))
        return Decision(pair, {direction: Step(Action.UNCOUPLE, "source_deleted")}, remove_link=True)
    direction = TO if pair.erp is not None else FROM
    reason = "destination_deleted"
    if not plan.allows(direction):
        direction, reason = OTHER[direction], "source_deleted"
    if direction not in request.directions:
        return Decision(pair, keep=True)
    if plan.deletion_conflict is DeletionConflict.REMOVE_COUPLING:
        return Decision(pair, {direction: Step(Action.UNCOUPLE, reason)}, remove_link=True)
    if plan.deletion_conflict is DeletionConflict.RESTORE and reason == "destination_deleted":
        return Decision(pair, {direction: Step(Action.INSERT, reason)}, close_erp=True, close_crm=True)
    return Decision(pair, {direction: Step(Action.FAIL, reason, problem=Problem(reason))}, broken=True)


def _open_directions(pair: Pair, request: Request) -> frozenset[Direction]:
    """The directions of the run whose source record is inside its filter."""
    return frozenset(d for d in request.directions if (pair.erp_inside if d is TO else pair.crm_inside))


def _coupled(
    plan: MappingPlan, pair: Pair, comparison: Comparison, request: Request, differ: Differ, index: int
) -> Decision:
    differing = differ.differing[index]
    open_ = _open_directions(pair, request)
    if _inactive(pair):
        return _left_alone(pair, request, differing)
    flows = _flows(plan, pair, request, comparison, differing, open_)
    if isinstance(flows, Decision):
        return flows
    _rule_again(flows, differ.unruled[index], request, comparison, open_)
    decision = Decision(pair)
    for direction in (FROM, TO):
        lines = flows.get(direction)
        if lines is None:
            continue
        value = differ.value_to if direction is TO else differ.value_from
        step = _write_step(direction, {line: value(index, line) for line in lines}, request, comparison, plan)
        if step is not None:
            decision.steps[direction] = step
    problem = decision.problem
    if problem is not None:
        decision.steps = {d: s if s.problem else Step(Action.UNCHANGED) for d, s in decision.steps.items() if s.problem}
        return decision
    if plan.update_conflict in (UpdateConflict.SEND, UpdateConflict.GET):
        _losing_side(plan, comparison, differing, request, decision)
    for direction in pair.presented & request.directions:
        decision.steps.setdefault(direction, Step(Action.UNCHANGED))
    decision.close_erp = _closes(TO, comparison, open_, plan, request, differing)
    decision.close_crm = _closes(FROM, comparison, open_, plan, request, differing)
    return decision


def _flows(
    plan: MappingPlan,
    pair: Pair,
    request: Request,
    comparison: Comparison,
    differing: dict[str, FieldPlan],
    open_: frozenset[Direction],
) -> dict[Direction, list[FieldPlan]] | Decision:
    """Which differing lines flow where; a Decision when the pair is in conflict."""
    directions = {key: plan.direction_of(line) for key, line in differing.items()}
    one_way = {d: [line for key, line in differing.items() if directions[key] is d] for d in (TO, FROM)}
    both = [line for key, line in differing.items() if directions[key] is Direction.BOTH]
    if request.choices:
        return _chosen(pair, request, plan, one_way, both)
    if request.mode is Mode.FORCED and len(request.directions) == 1:
        (direction,) = request.directions
        guarded = comparison.crm_changed if direction is TO else comparison.erp_changed
        if request.guard_destination and guarded and not _expected(pair, direction, request):
            problem = Problem("version_conflict")
            return Decision(pair, {direction: Step(Action.SKIP, "version_conflict", problem=problem)})
        return {direction: one_way[direction] + both} if direction in open_ else {}
    erp_goes = comparison.erp_changed or pair.wake or request.mode in (Mode.UNCONDITIONAL, Mode.FORCED)
    crm_goes = comparison.crm_changed or pair.wake or request.mode in (Mode.UNCONDITIONAL, Mode.FORCED)
    flows = {d: list(one_way[d]) for d, goes in ((TO, erp_goes), (FROM, crm_goes)) if goes and d in open_}
    if not both:
        return flows
    if not comparison.both:
        side = TO if comparison.erp_changed or (not comparison.crm_changed and TO in open_) else FROM
        for line in both:
            own = line.rule_direction if not (comparison.erp_changed or comparison.crm_changed) else None
            way = _towards_blank(pair, line) or (own if own in flows else side)
            if way in flows:
                flows[way].append(line)
        return flows
    return _conflicting(plan, pair, request, both, flows, open_)


def _towards_blank(pair: Pair, line: FieldPlan) -> Direction | None:
    """A look-up that was left blank until its record had a partner is filled now, whichever side was changed."""
    if not (pair.wake and line.clear_on_failure and pair.erp is not None and pair.crm is not None):
        return None
    erp, crm = canon(pair.erp.values.get(line.erp or "")), canon(pair.crm.values.get(line.crm or ""))
    return None if (erp is None) == (crm is None) else TO if crm is None else FROM


def _rule_again(
    flows: dict[Direction, list[FieldPlan]],
    unruled: dict[str, FieldPlan],
    request: Request,
    comparison: Comparison,
    open_: frozenset[Direction],
) -> None:
    """A transformation rule acts whenever its source side flows, also where both sides hold the same plain value.

    Where the other side alone changed, its value stands; where both did, nothing but their clash is decided.
    """
    for line in unruled.values():
        way = line.rule_direction
        if way is None or way not in request.directions or way not in open_ or request.choices:
            continue
        own, other = comparison.erp_changed, comparison.crm_changed
        if way is FROM:
            own, other = other, own
        if (request.mode is Mode.FORCED and len(request.directions) == 1) or (not other and (own or way in flows)):
            flows.setdefault(way, []).append(line)


def _conflicting(
    plan: MappingPlan,
    pair: Pair,
    request: Request,
    both: list[FieldPlan],
    flows: dict[Direction, list[FieldPlan]],
    open_: frozenset[Direction],
) -> dict[Direction, list[FieldPlan]] | Decision:
    """Both rows changed and bidirectional values differ: the mapping's strategy (or a user's merge) decides."""
    merge = plan.update_conflict is UpdateConflict.MERGE or request.mode is Mode.FORCED
    if plan.update_conflict is UpdateConflict.NONE and not merge:
        return _conflict(pair, request, both)
    if not merge:
        winner = TO if plan.update_conflict is UpdateConflict.SEND else FROM
        if winner in open_:
            flows.setdefault(winner, []).extend(both)
        return flows
    assert pair.link is not None
    assert pair.erp is not None
    assert pair.crm is not None
    known = base.by_key(plan, pair.link.base, pair.link.base_version)
    clashes = []
    for line in both:
        erp, crm = base.changed_sides(
            known, line.key, pair.erp.values.get(line.erp or ""), pair.crm.values.get(line.crm or "")
        )
        if erp and crm:
            clashes.append(line)
        else:
            flows.setdefault(FROM if crm else TO, []).append(line)
    if clashes:
        return _conflict(pair, request, clashes)
    return {d: lines for d, lines in flows.items() if d in open_}


def _conflict(pair: Pair, request: Request, lines: list[FieldPlan]) -> Decision:
    problem = Problem("update_conflict", {"fields": [line.key for line in lines]}, lines[0].key)
    return Decision(pair, {d: Step(Action.FAIL, "update_conflict", problem=problem) for d in request.directions})


def _chosen(
    pair: Pair, request: Request, plan: MappingPlan, one_way: dict[Direction, list[FieldPlan]], both: list[FieldPlan]
) -> dict[Direction, list[FieldPlan]] | Decision:
    """The work-list's answer, field by field; a clash that nobody answered stays a conflict."""
    assert pair.link is not None
    assert pair.erp is not None
    assert pair.crm is not None
    flows = {TO: list(one_way[TO]), FROM: list(one_way[FROM])}
    known = base.by_key(plan, pair.link.base, pair.link.base_version)
    open_clashes = []
    for line in both:
        side = request.choices.get(line.key)
        if side is None:
            erp, crm = base.changed_sides(
                known, line.key, pair.erp.values.get(line.erp or ""), pair.crm.values.get(line.crm or "")
            )
            if erp and crm:
                open_clashes.append(line)
                continue
            side = "crm" if crm else "erp"
        flows[TO if side == "erp" else FROM].append(line)
    return (
        _conflict(pair, request, open_clashes)
        if open_clashes
        else {d: f for d, f in flows.items() if d in request.directions}
    )


def _expected(pair: Pair, direction: Direction, request: Request) -> bool:
    record = pair.crm if direction is TO else pair.erp
    return request.expected is not None and record is not None and request.expected.get(record.key) == record.version


def _write_step(
    direction: Direction, values: dict[FieldPlan, object], request: Request, comparison: Comparison, plan: MappingPlan
) -> Step | None:
    problem = next((v for v in values.values() if isinstance(v, Problem)), None)
    if problem is not None:
        return Step(Action.FAIL, problem.code, problem=problem, params=problem.params)
    if not values:
        return None
    written = {(line.crm if direction is TO else line.erp) or "": value for line, value in values.items()}
    return Step(Action.MODIFY, _reason(request, comparison, plan), written)


def _reason(request: Request, comparison: Comparison, plan: MappingPlan) -> str:
    if request.mode is Mode.FORCED and len(request.directions) == 1:
        return "forced"
    if not comparison.both:
        return "changed"
    if request.choices:
        return "forced"
    merging = plan.update_conflict is UpdateConflict.MERGE or request.mode is Mode.FORCED
    return "merged" if merging else "changed" if plan.update_conflict is UpdateConflict.NONE else "forced"


def _inactive(pair: Pair) -> bool:
    """The engine does not write an inactive CRM row that the mapping's filter excludes."""
    return not pair.crm_inside and pair.crm is not None and pair.crm.values.get("statecode") not in (None, 0)


def _left_alone(pair: Pair, request: Request, differing: dict[str, FieldPlan]) -> Decision:
    if TO not in request.directions or not differing:
        return _unchanged(pair)
    return Decision(pair, {TO: Step(Action.SKIP, "blocked_or_inactive", problem=Problem("blocked_or_inactive"))})


def _losing_side(
    plan: MappingPlan, comparison: Comparison, differing: dict[str, FieldPlan], request: Request, decision: Decision
) -> None:
    """Under *send* and *get* the pass of the losing side says that it left the record alone."""
    if request.mode is Mode.FORCED or request.choices or not comparison.both:
        return
    if not any(plan.direction_of(line) is Direction.BOTH for line in differing.values()):
        return
    loser = FROM if plan.update_conflict is UpdateConflict.SEND else TO
    if loser in request.directions and loser not in decision.steps:
        decision.steps[loser] = Step(Action.SKIP, "update_conflict", params={"strategy": plan.update_conflict.value})


def _closes(
    direction: Direction,
    comparison: Comparison,
    open_: frozenset[Direction],
    plan: MappingPlan,
    request: Request,
    differing: dict[str, FieldPlan],
) -> bool:
    """True when the changes of a direction's source side are carried (or it has none), so that its version may move."""
    changed = comparison.erp_changed if direction is TO else comparison.crm_changed
    if not changed or direction in open_ or not plan.allows(direction):
        return True
    forced = request.mode is Mode.FORCED and len(request.directions) == 1 and direction not in request.directions
    wins = plan.update_conflict is (UpdateConflict.GET if direction is TO else UpdateConflict.SEND)
    if forced or (wins and comparison.both and OTHER[direction] in open_):
        return not any(plan.direction_of(line) is direction for line in differing.values())
    return False
