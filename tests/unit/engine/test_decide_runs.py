"""Decisions in the runs that are no plain one: named, limited, woken, guarded; and what holds for every decision."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from coupling.gateways.base import Record
from coupling.plan import DeletionConflict, Direction, UpdateConflict
from sync.engine import base
from sync.engine.compare import compare_pair
from sync.engine.decide import decide, triage
from sync.engine.differ import Differ
from sync.engine.types import FROM, TO, Action, Decision, Mode, Pair, Request
from tests.unit.engine.cast import coupled, forced, plan, request
from tests.unit.engine.test_decide import decided, seen

# What needs no values


def test_a_pair_without_coupling_and_records_is_nothing() -> None:
    assert triage(plan(), Pair(), request()) == Decision(Pair())


@pytest.mark.parametrize(
    ("mapping", "inside", "asked", "reason"),
    [
        ({"only_coupled": True}, True, forced(FROM), "not_coupled"),
        ({"only_coupled": False}, False, forced(FROM), "outside_filter"),
        ({"only_coupled": False, "direction": TO}, True, forced(FROM), "direction_not_allowed"),
        ({"only_coupled": False}, True, forced(TO), "not_coupled"),
    ],
)
def test_an_uncoupled_account_that_was_named_says_why_it_stays(mapping, inside, asked, reason) -> None:
    pair = Pair(None, None, Record("c", 1, {}), crm_inside=inside)

    decision = triage(plan(**mapping), pair, asked)

    assert decision is not None
    assert {d: step.reason for d, step in decision.steps.items()} == dict.fromkeys(asked.directions, reason)


@pytest.mark.parametrize(("gone", "asked"), [("crm", FROM), ("erp", TO)])
def test_a_deletion_waits_for_a_run_towards_the_side_that_lacks_the_record(gone: str, asked: Direction) -> None:
    pair = coupled()
    setattr(pair, gone, None)

    decision = triage(plan(deletion_conflict=DeletionConflict.REMOVE_COUPLING), pair, request(asked))

    assert decision == Decision(pair, keep=True)


def test_a_skipped_pair_that_nobody_presented_is_counted_in_every_direction_of_the_run() -> None:
    pair = replace(coupled(skipped=True), presented=frozenset())

    decision = triage(plan(), pair, request())

    assert decision is not None
    assert set(decision.steps) == {TO, FROM}


@pytest.mark.parametrize("mode", [Mode.MODIFIED, Mode.FULL])
def test_versions_decide_in_ordinary_runs(mode: Mode) -> None:
    decision = triage(plan(), coupled(), request(mode=mode))
    assert decision is not None
    assert decision.close_erp
    assert decision.close_crm


@pytest.mark.parametrize("mode", [Mode.UNCONDITIONAL, Mode.FORCED])
def test_values_decide_when_that_was_asked_for(mode: Mode) -> None:
    assert triage(plan(), coupled(), request(mode=mode)) is None


# Woken pairs


CLEARING = next(line for line in plan().fields if line.clear_on_failure)
LOOKED_UP = replace(
    CLEARING,
    to_crm=replace(CLEARING.to_crm, lookup=lambda values: {"person": "contact", "other": "another"}),  # type: ignore[type-var]
    from_crm=replace(CLEARING.to_crm, lookup=lambda values: {"contact": "person", "another": "other"}),  # type: ignore[type-var]
)


@pytest.mark.parametrize(
    ("erp", "crm", "wake", "expected"),
    [
        ("person", None, True, {TO: ("modify", {"primarycontactid": "contact"})}),
        (None, "contact", True, {FROM: ("modify", {"primary": "person"})}),
        ("person", "another", True, {TO: ("modify", {"primarycontactid": "contact"})}),
        ("person", "contact", True, {}),
        ("person", None, False, {}),
    ],
)
def test_a_look_up_that_was_blank_is_filled_when_its_record_has_a_partner(erp, crm, wake, expected) -> None:
    pair = coupled()
    assert pair.erp is not None
    assert pair.crm is not None
    pair.erp.values["primary"], pair.crm.values["primarycontactid"] = erp, crm
    pair.wake = wake

    assert seen(decided(pair, fields=(LOOKED_UP,))) == expected


# Both rows changed


@pytest.mark.parametrize(
    ("strategy", "outside", "expected", "closed"),
    [
        (UpdateConflict.SEND, "erp_inside", {FROM: ("skip", {})}, (False, True)),
        (UpdateConflict.GET, "crm_inside", {TO: ("skip", {})}, (True, False)),
        (UpdateConflict.SEND, "crm_inside", {TO: ("modify", {"telephone1": "2"}), FROM: ("skip", {})}, (True, True)),
        (UpdateConflict.GET, "erp_inside", {FROM: ("modify", {"phone": "3"}), TO: ("skip", {})}, (True, True)),
    ],
)
def test_the_winning_side_writes_only_from_inside_its_filter(strategy, outside, expected, closed) -> None:
    pair = coupled(erp={"phone": "2"}, crm={"telephone1": "3"})
    setattr(pair, outside, False)

    decision = decided(pair, update_conflict=strategy)

    assert seen(decision) == expected
    assert (decision.close_erp, decision.close_crm) == closed


@pytest.mark.parametrize(
    ("strategy", "asked", "expected"),
    [
        (UpdateConflict.SEND, TO, {TO: ("modify", {"telephone1": "2"})}),
        (UpdateConflict.SEND, FROM, {FROM: ("skip", {})}),
        (UpdateConflict.GET, FROM, {FROM: ("modify", {"phone": "3"})}),
        (UpdateConflict.GET, TO, {TO: ("skip", {})}),
    ],
)
def test_a_strategy_in_a_limited_run(strategy, asked, expected) -> None:
    assert (
        seen(decided(coupled(erp={"phone": "2"}, crm={"telephone1": "3"}), request(asked), update_conflict=strategy))
        == expected
    )


def test_a_limited_run_that_wins_closes_the_other_side_unless_that_has_one_way_changes() -> None:
    lost = coupled(erp={"phone": "2"}, crm={"telephone1": "3"})
    kept = coupled(erp={"phone": "2"}, crm={"telephone1": "3", "description": "x"})

    assert decided(lost, request(TO), update_conflict=UpdateConflict.SEND).close_crm
    assert not decided(kept, request(TO), update_conflict=UpdateConflict.SEND).close_crm


@pytest.mark.parametrize(
    ("strategy", "more", "reason"),
    [
        (UpdateConflict.NONE, {}, "changed"),
        (UpdateConflict.MERGE, {}, "merged"),
        (UpdateConflict.SEND, {}, "forced"),
        (UpdateConflict.NONE, {"mode": Mode.FORCED}, "merged"),
        (UpdateConflict.NONE, {"mode": Mode.FORCED, "choices": {"phone": "erp"}}, "forced"),
    ],
)
def test_the_reason_says_how_it_came_about(strategy, more, reason) -> None:
    pair = coupled(erp={"credit": 5}, crm={"description": "x"})

    assert decided(pair, request(**more), update_conflict=strategy).steps[TO].reason == reason


@pytest.mark.parametrize(
    ("erp", "crm", "expected"),
    [
        ({"phone": "2", "city": "A"}, {}, {TO: ("modify", {"telephone1": "2", "address1_city": "A"})}),
        (
            {"phone": "2"},
            {"address1_city": "B"},
            {TO: ("modify", {"telephone1": "2"}), FROM: ("modify", {"city": "B"})},
        ),
    ],
)
def test_a_field_without_choice_flows_from_the_side_that_changed_it(erp, crm, expected) -> None:
    ask = request(TO, FROM, mode=Mode.FORCED, named=True, choices={"phone": "erp"})
    assert seen(decided(coupled(erp=erp, crm=crm), ask)) == expected


# Inactive accounts


@pytest.mark.parametrize(
    ("erp", "directions", "expected"),
    [({"phone": "2"}, (TO, FROM), {TO: ("skip", {})}), ({"phone": "2"}, (FROM,), {}), ({}, (TO, FROM), {})],
)
def test_an_inactive_account_is_left_alone_and_that_is_said_where_it_matters(erp, directions, expected) -> None:
    pair = coupled(erp=erp, crm={"statecode": 1})
    pair.crm_inside = False
    assert seen(decided(pair, request(*directions))) == expected


# What holds for every decision


EDITS: tuple[tuple[Any, Any], ...] = (
    (None, None),
    ({}, {}),
    ({"phone": "2"}, None),
    ({"credit": 5}, None),
    (None, {"telephone1": "3"}),
    (None, {"description": "x"}),
    (None, {"creditlimit": 9}),
    ({"phone": "2"}, {"telephone1": "3"}),
    ({"phone": "2"}, {"telephone1": "2"}),
    ({"phone": "2"}, {"address1_city": "B"}),
    ({"phone": "2", "remark": "y"}, {"address1_city": "B", "description": "x"}),
    ({"credit": 5, "city": "A"}, {"description": "x", "address1_city": "B"}),
    ({"country": "se-pk"}, {"address1_country": "Germany"}),
)
REQUESTS: tuple[Request, ...] = (
    *(
        request(*d, mode=m)
        for d in ((TO, FROM), (TO,), (FROM,))
        for m in (Mode.MODIFIED, Mode.FULL, Mode.UNCONDITIONAL)
    ),
    forced(TO),
    forced(FROM),
    forced(TO, guard_destination=True),
    request(mode=Mode.FORCED, named=True),
    request(mode=Mode.FORCED, named=True, choices={"phone": "erp", "city": "crm"}),
)
CASES = tuple(
    itertools.product(EDITS, REQUESTS, UpdateConflict, Direction, (True, False), (True, False), (True, False))
)


def case_pair(asked: Request, edits: tuple[Any, Any], erp_inside: bool, crm_inside: bool, wake: bool) -> Pair:
    pair = coupled(*edits)
    pair.presented = asked.directions
    pair.erp_inside, pair.crm_inside, pair.wake = erp_inside, crm_inside, wake
    return pair


def applied(pair: Pair, decision: Decision) -> Pair:
    """The pair with the values that the decision writes."""
    assert pair.erp is not None
    assert pair.crm is not None
    erp = pair.erp.values | (decision.steps[FROM].values if FROM in decision.steps else {})
    crm = pair.crm.values | (decision.steps[TO].values if TO in decision.steps else {})
    return Pair(pair.link, Record("e", 9, erp), Record("c", 9, crm))


def test_in_every_case_a_decision_stays_within_what_was_asked() -> None:
    assert len(CASES) > 10_000
    for edits, asked, strategy, direction, *flags in CASES:
        if not all(map(direction.covers, asked.directions)):
            continue  # such a job is refused before it starts
        mapping = plan(update_conflict=strategy, direction=direction)
        pair = case_pair(asked, edits, *flags)
        decision = decided(pair, asked, update_conflict=strategy, direction=direction)
        told = (edits, asked, strategy, direction, flags, decision)
        assert set(decision.steps) <= asked.directions, told
        for way, step in decision.steps.items():
            lines = {(f.crm if way is TO else f.erp) for f in mapping.fields if _covers(mapping.direction_of(f), way)}
            assert set(step.values) <= lines, told
            if step.action is Action.MODIFY:
                assert step.values, told
                is_inside = pair.erp_inside if way is TO else pair.crm_inside
                assert is_inside or asked.choices, told  # what a user has chosen goes over from anywhere
        if decision.problem is not None:
            assert not any(step.values for step in decision.steps.values()), told
            assert (decision.close_erp, decision.close_crm) == (False, False), told


def test_in_every_case_a_closed_edit_has_arrived_or_lost_by_a_strategy() -> None:
    """The heart of «no lost edit»: a side's version moves only when nothing of that side is left to carry."""
    for edits, asked, strategy, direction, *flags in CASES:
        if not all(map(direction.covers, asked.directions)):
            continue
        mapping = plan(update_conflict=strategy, direction=direction)
        pair = case_pair(asked, edits, *flags)
        decision = decided(pair, asked, update_conflict=strategy, direction=direction)
        left = Differ(mapping, [applied(pair, decision)]).differing[0]
        known = base.by_key(mapping, pair.link.base, 1) if pair.link else {}
        comparison = compare_pair(pair)
        for key, line in left.items():
            erp, crm = base.changed_sides(known, key, *_values(pair, line))
            for way, changed, closed, inside in (
                (TO, erp and comparison.erp_changed, decision.close_erp, pair.erp_inside),
                (FROM, crm and comparison.crm_changed, decision.close_crm, pair.crm_inside),
            ):
                if changed and closed and inside and _covers(mapping.direction_of(line), way):
                    assert _lost_by_rule(pair, asked, strategy, way, decision), (key, way, edits, asked, mapping, flags)


def _covers(line: Direction | None, way: Direction) -> bool:
    return line is not None and line.covers(way)


def _values(pair: Pair, line: Any) -> tuple[Any, Any]:
    assert pair.erp is not None
    assert pair.crm is not None
    return pair.erp.values.get(line.erp or ""), pair.crm.values.get(line.crm or "")


def _lost_by_rule(pair: Pair, asked: Request, strategy: UpdateConflict, way: Direction, decision: Decision) -> bool:
    """True when the strategy says that this side loses, and the outcome says so too."""
    loses = strategy is (UpdateConflict.GET if way is TO else UpdateConflict.SEND)
    said = decision.steps.get(way)
    return (
        compare_pair(pair).both
        and loses
        and asked.mode is not Mode.FORCED
        and (said is None or said.action in (Action.SKIP, Action.MODIFY))
    )


def test_decisions_of_a_batch_do_not_depend_on_each_other() -> None:
    pairs = [coupled(*edits) for edits in EDITS if edits != (None, None)]

    together = decide(plan(), pairs, request())

    assert [d.steps for d in together] == [decide(plan(), [pair], request())[0].steps for pair in pairs]
