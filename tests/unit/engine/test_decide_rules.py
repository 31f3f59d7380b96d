"""Lines with a transformation rule: what flows where, when both readings agree and when the rule acts again."""

from __future__ import annotations

from typing import Any

import pytest

from coupling.plan import Conversion, Direction, FieldPlan, UpdateConflict
from sync.engine.decide import decide
from sync.engine.differ import Differ
from sync.engine.types import FROM, TO, Action, Mode, Pair, Request
from tests.unit.engine.cast import BOTH, coupled, forced, plan, request

UPPER = Conversion(convert=str.upper)
PLAIN = Conversion()
CITY_TO = FieldPlan("city", "city", "address1_city", BOTH, to_crm=UPPER, from_crm=PLAIN, rule_direction=TO)
CITY_FROM = FieldPlan("city", "city", "address1_city", BOTH, to_crm=PLAIN, from_crm=UPPER, rule_direction=FROM)
UNCONDITIONAL = request(mode=Mode.UNCONDITIONAL)


def flows(line: FieldPlan, pair: Pair, asked: Request, **changes: Any) -> dict[Direction, dict[str, Any]]:
    """The values that are written, by direction."""
    (decision,) = decide(plan(fields=(line,), **changes), [pair], asked)
    return {d: step.values for d, step in decision.steps.items() if step.action is Action.MODIFY}


CASES: list[tuple[str, FieldPlan, Pair, Request, dict[Direction, dict[str, Any]]]] = [
    ("an edit flows through the rule", CITY_TO, coupled({"city": "Bergen"}), request(), {TO: {"address1_city": "BERGEN"}}),
    ("an edit the other way flows as it is", CITY_TO, coupled(None, {"address1_city": "Bergen"}), request(), {FROM: {"city": "Bergen"}}),
    ("what the rule has written is in step", CITY_TO, coupled({"phone": "2"}, None, base=None), request(), {TO: {"address1_city": "OSLO"}}),
    ("in step by the rule", CITY_TO, coupled({}, {"address1_city": "OSLO"}), UNCONDITIONAL, {}),
    ("equal without the rule, its source changed", CITY_TO, coupled({"phone": "2"}), request(), {TO: {"address1_city": "OSLO"}}),
    ("equal without the rule, the other side changed", CITY_TO, coupled(None, {"telephone1": "2"}), request(), {}),
    ("equal without the rule, both changed", CITY_TO, coupled({"phone": "2"}, {"telephone1": "3"}), request(), {}),
    ("equal without the rule, unconditional", CITY_TO, coupled(), UNCONDITIONAL, {TO: {"address1_city": "OSLO"}}),
    ("the same from CRM", CITY_FROM, coupled(), UNCONDITIONAL, {FROM: {"city": "OSLO"}}),
    ("the same from CRM, its source changed", CITY_FROM, coupled(None, {"telephone1": "2"}), request(), {FROM: {"city": "OSLO"}}),
    ("a run of the other direction leaves it", CITY_FROM, coupled(), request(TO, mode=Mode.UNCONDITIONAL), {}),
    ("forced in the rule's direction", CITY_TO, coupled(), forced(TO), {TO: {"address1_city": "OSLO"}}),
    ("forced the other way", CITY_TO, coupled(), forced(FROM), {}),
    ("neither changed and neither agrees: the rule's way", CITY_FROM, coupled({"city": "Ålesund"}, {"address1_city": "Voss"}, erp_version=2, crm_version=2), UNCONDITIONAL, {FROM: {"city": "VOSS"}}),
    ("answered by a user: only what was asked", CITY_TO, coupled({"phone": "2"}), request(choices={"phone": "erp"}), {}),
]  # fmt: skip


@pytest.mark.parametrize(("line", "pair", "asked", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_a_rule_acts(line: FieldPlan, pair: Pair, asked: Request, expected: dict[Direction, Any]) -> None:
    assert flows(line, pair, asked) == expected


def test_outside_its_filter_a_rule_does_not_act() -> None:
    pair = coupled({"phone": "2"})
    pair.erp_inside = False

    assert flows(CITY_TO, pair, UNCONDITIONAL) == {}


def test_values_that_agree_in_either_reading_are_no_conflict() -> None:
    in_step = coupled({"city": "Bergen", "phone": "2"}, {"address1_city": "BERGEN", "telephone1": "3"})
    clash = coupled({"city": "Bergen"}, {"address1_city": "Voss"})

    assert flows(CITY_TO, in_step, request()) == {}
    (decision,) = decide(plan(fields=(CITY_TO,), update_conflict=UpdateConflict.NONE), [clash], request())
    assert decision.steps[TO].reason == "update_conflict"


def test_the_sieve_sees_pairs_whose_values_agree_only_without_the_rule() -> None:
    differ = Differ(plan(fields=(CITY_TO,)), [coupled(), coupled(None, {"address1_city": "OSLO"})])

    assert differ.differing == [{}, {}]
    assert [list(unruled) for unruled in differ.unruled] == [["city"], []]
