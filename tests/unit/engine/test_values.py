"""How values pass, are compared and remembered: columns, differences, base arrays and versions, as case tables."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from coupling.gateways.base import Record
from coupling.plan import Conversion, ConversionError, FieldPlan, Problem
from sync.engine import base
from sync.engine.compare import compare_pair
from sync.engine.differ import Differ
from sync.engine.transfer import compile_transfer, convert
from sync.engine.types import FROM, TO, Comparison, Decision, Link, Pair
from tests.unit.engine.cast import BOTH, CRM, ERP, coupled, plan

# Base arrays


@pytest.mark.parametrize(
    ("erp", "crm", "stored"),
    [
        ("Oslo", "Oslo", "Oslo"),
        ("", "", None),
        ("", None, None),
        (None, None, None),
        ("Oslo", "Bergen", ["Oslo", "Bergen"]),
        ("Oslo", None, ["Oslo", None]),
        (1, 1, 1),
        (Decimal("1.50"), Decimal("1.5"), "1.5"),
        (dt.date(2026, 1, 31), dt.date(2026, 1, 31), "2026-01-31"),
    ],
)
def test_an_entry_is_one_value_where_both_sides_are_equal_and_else_a_pair(erp: Any, crm: Any, stored: Any) -> None:
    assert base.entry(erp, crm) == stored
    assert base.split(stored) == (base.jsonable(erp), base.jsonable(crm))


def test_an_array_holds_the_lines_in_the_order_of_the_mapping_without_constants() -> None:
    array = base.build(plan(), {**ERP, "remark": "x"}, CRM)

    assert array == ["Adatum", "1", "Oslo", 0, ["x", None], ["de-pk", "DE"], None]


@pytest.mark.parametrize(
    ("stored", "version", "known"),
    [
        (None, 1, {}),
        ([], 1, {}),
        (["a", "1"], 1, {"name": "a", "phone": "1"}),  # lines added since have no entry
        (["1", "a"], 0, {"phone": "1", "name": "a"}),
    ],
)
def test_an_array_is_read_in_the_order_of_its_own_version(stored: Any, version: int, known: dict[str, Any]) -> None:
    older = plan(base_keys=lambda _version: ("phone", "name"))

    assert base.by_key(older, stored, version) == known


def test_without_older_versions_every_array_is_read_in_the_present_order() -> None:
    assert base.by_key(plan(), ["a"], 7) == {"name": "a"}


@pytest.mark.parametrize(
    ("stored", "erp", "crm", "changed"),
    [
        ("Oslo", "Oslo", "Bergen", (False, True)),
        ("Oslo", "Bergen", "Oslo", (True, False)),
        ("Oslo", "A", "B", (True, True)),
        (["x", "y"], "x", "z", (False, True)),
        (None, "", "B", (False, True)),
    ],
)
def test_the_side_whose_value_left_the_base_has_changed(stored: Any, erp: Any, crm: Any, changed: Any) -> None:
    assert base.changed_sides({"city": stored}, "city", erp, crm) == changed


def test_a_line_without_an_entry_counts_as_changed_on_both_sides() -> None:
    assert base.changed_sides({}, "city", "A", "B") == (True, True)


def test_only_entries_that_moved_are_replaced() -> None:
    known = {"name": "Adatum", "phone": "1"}

    merged = base.merge(plan(), known, {**ERP, "name": "New", "phone": "2"}, {**CRM, "telephone1": "2"}, {"phone"})

    assert merged[:3] == ["Adatum", "2", "Oslo"]  # the city had no entry: its present pair


# Versions


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        (coupled(), Comparison(False, False)),
        (coupled(erp={}), Comparison(True, False)),
        (coupled(crm={}), Comparison(False, True)),
        (coupled(erp={}, crm={}), Comparison(True, True)),
        (Pair(None, Record("e", 1, {})), Comparison(True, False)),
        (Pair(None, None, Record("c", 1, {})), Comparison(False, True)),
        (Pair(Link("k", "e", "c", 1, 1)), Comparison(False, False)),
    ],
)
def test_a_row_has_changed_when_its_version_is_not_the_one_of_the_last_run(pair: Pair, expected: Comparison) -> None:
    assert compare_pair(pair) == expected
    assert compare_pair(pair).both is (expected.erp_changed and expected.crm_changed)


@pytest.mark.parametrize(
    ("pair", "keys"),
    [
        (Pair(Link("k", "e", "c", 1, 1)), ("e", "c")),
        (Pair(None, Record("e", 1, {})), ("e", None)),
        (Pair(None, None, Record("c", 1, {})), (None, "c")),
    ],
)
def test_a_pair_knows_its_keys_from_coupling_or_record(pair: Pair, keys: tuple[str | None, str | None]) -> None:
    assert (pair.erp_id, pair.crm_id) == keys


def test_a_link_remembers_one_error_per_direction() -> None:
    link = Link("k", "e", "c", 1, 1, error_to_crm={"code": "a"}, error_from_crm={"code": "b"})

    assert (link.error(TO), link.error(FROM)) == ({"code": "a"}, {"code": "b"})


def test_a_decision_without_steps_has_no_problem() -> None:
    assert Decision(coupled()).problem is None


# Columns


def refuse(value: str) -> str:
    if value == "bare":
        raise ConversionError(Problem("invalid_option", {"value": value}))
    if value == "named":
        raise ConversionError(Problem("invalid_option", field="elsewhere"))
    if value == "broken":
        raise ZeroDivisionError("a rule divided by zero")
    return value.upper()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a", "A"),
        (None, None),
        ("bare", Problem("invalid_option", {"value": "bare"}, "city")),
        ("named", Problem("invalid_option", field="elsewhere")),
        ("broken", Problem("conversion_failed", {"value": "broken", "error": "a rule divided by zero"}, "city")),
    ],
)
def test_a_rule_that_raises_refuses_its_value_and_no_other(value: Any, expected: Any) -> None:
    assert convert(["x", value], Conversion(convert=refuse), "city") == ["X", expected]


@pytest.mark.parametrize(
    ("conversion", "values", "expected"),
    [
        (None, ["a", None], ["a", None]),
        (Conversion(), ["a", None], ["a", None]),
        (Conversion(blank=0), ["a", None], ["a", 0]),
        (Conversion(max_length=3), ["abc", 12345, None], ["abc", 12345, None]),
        (Conversion(max_length=3), ["abcd"], [Problem("too_long", {"length": 4, "max": 3}, "city")]),
        (Conversion(max_length=3, truncate=True), ["ab cd", "abc", 7], ["ab", "abc", 7]),
        (Conversion(max_length=1, truncate=True), ["  "], [None]),
        (Conversion(lookup=lambda _values: pytest.fail("nothing to look up")), [None], [None]),
        (
            Conversion(lookup=lambda _values: {"a": 1}),
            ["a", None, "b"],
            [1, None, Problem("dependency_not_coupled", {"value": "b"}, "city")],
        ),
        (
            Conversion(lookup=lambda _values: {}, missing="no_option", missing_params={"table": "t"}, convert=refuse),
            ["b"],
            [Problem("no_option", {"table": "t", "value": "b"}, "city")],
        ),
    ],
)
def test_values_pass_look_up_rule_length_and_blank_in_this_order(conversion, values, expected) -> None:
    assert convert(values, conversion, "city") == expected


def test_a_transfer_has_the_lines_of_its_direction() -> None:
    to, back = compile_transfer(plan(), TO), compile_transfer(plan(), FROM)

    assert {line.key for line in to.lines} - {line.key for line in back.lines} == {"credit", "type"}
    assert {line.key for line in back.lines} - {line.key for line in to.lines} == {"remark"}
    assert (to.source(to.lines[1]), to.destination(to.lines[1])) == ("phone", "telephone1")
    assert (back.source(back.lines[1]), back.destination(back.lines[1])) == ("telephone1", "phone")
    assert to.run([ERP])[-1] == [3]


def test_a_look_up_that_may_clear_gives_a_blank() -> None:
    line = next(line for line in plan().fields if line.clear_on_failure)

    records = [{line.erp or "": "nobody"}, {line.erp or "": None}]

    assert compile_transfer(plan(), TO).column(line, records) == [None, None]


# Differences


def differing(line: FieldPlan, erp: Any, crm: Any, **looks: bool) -> list[str]:
    return list(Differ(plan(fields=(line,)), [pair_of(erp, crm)], **looks).differing[0])


def pair_of(erp: Any, crm: Any) -> Pair:
    return Pair(None, Record("e", 1, {"city": erp}), Record("c", 1, {"town": crm}))


LINE = FieldPlan("city", "city", "town", BOTH)
UPPER = replace(LINE, to_crm=Conversion(convert=str.upper), from_crm=Conversion(convert=str.lower))
TO_ONLY, FROM_ONLY = replace(UPPER, direction=TO), replace(UPPER, direction=FROM)
NOT_NULL = replace(LINE, not_null=True)
CUT = replace(LINE, equal=lambda erp, crm: (erp or "")[:3] == (crm or "")[:3])
CLEARING = replace(
    LINE, to_crm=Conversion(lookup=lambda _v: {}), from_crm=Conversion(lookup=lambda _v: {}), clear_on_failure=True
)
NEVER = Conversion(convert=refuse)


@pytest.mark.parametrize(
    ("line", "erp", "crm", "looks", "differs"),
    [
        (LINE, "a", "a", {}, False),
        (LINE, "", None, {}, False),
        (LINE, "a", "b", {}, True),
        (LINE, "a", "b", {"to": False}, True),
        (LINE, "a", "b", {"to": False, "from_": False}, False),
        (UPPER, "a", "A", {}, False),
        (UPPER, "Ab", "AB", {}, False),
        (UPPER, "ab", "Ab", {}, False),  # equal when read the other way round
        (UPPER, "ab", "Ab", {"to": False}, False),
        (UPPER, "AB", "AB", {"to": False}, False),  # likewise, from the other side
        (UPPER, "ab", "AC", {}, True),
        (UPPER, "ab", "AC", {"to": False}, True),
        (replace(UPPER, from_crm=None), "ab", "ab", {}, True),  # no way back to ask
        (replace(UPPER, to_crm=None), "AB", "AB", {"to": False}, True),
        (replace(LINE, to_crm=NEVER, from_crm=NEVER), "bare", "broken", {}, True),
        (TO_ONLY, "ab", "AB", {}, False),
        (TO_ONLY, "ab", "Ab", {}, True),
        (FROM_ONLY, "ab", "AB", {}, False),
        (FROM_ONLY, "AB", "AB", {}, True),
        (FROM_ONLY, "AB", "AB", {"from_": False}, False),
        (NOT_NULL, None, "b", {}, False),
        (NOT_NULL, "a", None, {}, True),
        (NOT_NULL, "a", None, {"to": False}, False),
        (CUT, "Oslo", "Osl", {}, False),
        (CUT, "Oslo", "Rom", {}, True),
        (CLEARING, "a", None, {}, False),
        (CLEARING, None, "b", {}, False),
        (CLEARING, "a", "b", {}, True),
        (replace(LINE, only_new=True), "a", "b", {}, False),
    ],
)
def test_a_line_differs_when_its_converted_values_do(line, erp, crm, looks, differs) -> None:
    assert bool(differing(line, erp, crm, **looks)) is differs


def test_a_line_that_the_mapping_never_carries_never_differs() -> None:
    one_way = plan(fields=(FROM_ONLY,), direction=TO)

    assert Differ(one_way, [pair_of("a", "b")]).differing == [{}]
    assert Differ(one_way, [Pair()]).differing == [{}]
