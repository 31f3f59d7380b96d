"""How values of one type become values of another, as case tables: both directions of a pair of plain fields."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from coupling.conversions import Ends, Known, NotMappable, convert_fields
from coupling.plan import Problem
from records.fields import Bool, Code, Date, DateFormula, DateTime, Dec, Guid, Int, Memo, NullText, Option, Text
from records.schema import FieldInfo
from sync.engine.transfer import convert

COLORS = {0: ("", ""), 1: ("Red", "Rot"), 2: ("Green", "Grün")}
UTC = dt.UTC


def info(name: str, field: Any) -> FieldInfo:
    field.name = name
    return FieldInfo(
        name=name,
        kind=field.kind,
        caption=name,
        field=field,
        column=name,
        max_length=field.max_length,
        decimals=getattr(field, "decimal_places", None),
        options=getattr(field, "options", {}),
        null=field.null,
    )


def passed(erp: Any, crm: Any, value: Any, *, back: bool = False, truncate: bool = False) -> Any:
    """What becomes of a value between two fields; the code of the problem where it does not pass."""
    table: Any = SimpleNamespace(label="t")
    ends = Ends(table, table, info("erp", erp), info("crm", crm))
    passage = convert_fields(ends, Known(), None, truncate=truncate)
    (found,) = convert([value], passage.from_crm if back else passage.to_crm, "x")
    return found.code if isinstance(found, Problem) else found


CASES = [
    # dates
    (Date(), DateTime(), dt.date(2026, 5, 3), dt.datetime(2026, 5, 3, tzinfo=UTC)),
    (DateTime(), Date(), dt.datetime(2026, 5, 3, 23, 59, tzinfo=UTC), dt.date(2026, 5, 3)),
    (Date(), NullText(20), dt.date(2026, 5, 3), "2026-05-03"),
    (DateTime(), NullText(30), dt.datetime(2026, 5, 3, 14, 5, 7, tzinfo=UTC), "2026-05-03T14:05:07Z"),
    (DateTime(), NullText(30), dt.datetime(2026, 5, 3, 1, 5, tzinfo=dt.timezone(dt.timedelta(hours=2))), "2026-05-02T23:05Z"),
    (Text(20), Date(), "2026-05-03", dt.date(2026, 5, 3)),
    (Text(20), Date(), "03.05.2026", "invalid_date"),
    (Text(20), DateTime(), "2026-05-03T14:05Z", dt.datetime(2026, 5, 3, 14, 5, tzinfo=UTC)),
    (Date(), NullText(20), None, None),
    # numbers
    (Dec(19, 4), Dec(19, 2, null=True), Decimal("1.2350"), Decimal("1.24")),
    (Dec(19, 4), Dec(19, 2, null=True), Decimal("-1.2350"), Decimal("-1.24")),
    (Dec(19, 4), Dec(9, 4, null=True), Decimal(123456), "too_many_digits"),
    (Dec(19, 4), Int(null=True), Decimal("12.0000"), 12),
    (Dec(19, 4), Int(null=True), Decimal("12.5"), "invalid_number"),
    (Int(), Dec(19, 4), 12, Decimal("12.0000")),
    (Dec(19, 4), Dec(19, 4, minimum=0), Decimal(-1), "out_of_range"),
    (Dec(19, 4), NullText(20), Decimal("1200.5000"), "1200.5"),
    (Dec(19, 4), NullText(20), Decimal("1200.0000"), "1200"),
    (Int(), NullText(20), 0, "0"),
    (Text(20), Dec(19, 4), "1200.5", Decimal("1200.5000")),
    (Text(20), Dec(19, 4), "1.200,5", "invalid_number"),
    (Text(20), Int(), "99999999999", "too_many_digits"),
    # booleans
    (Bool(), NullText(10), True, "true"),
    (Bool(), NullText(10), False, "false"),
    (Text(10), Bool(), "Yes", True),
    (Text(10), Bool(), "0", False),
    (Text(10), Bool(), "perhaps", "invalid_option"),
    # options
    (Option(COLORS), NullText(20), 1, "Red"),
    (Option(COLORS), NullText(20), 0, None),
    (Text(20), Option(COLORS), "green", 2),
    (Text(20), Option(COLORS), "Grün", 2),
    (Text(20), Option(COLORS), "2", 2),
    (Text(20), Option(COLORS), "Blue", "invalid_option"),
    (Option(COLORS), Option({1: "Red"}), 2, "invalid_option"),
    (Option(COLORS), Int(null=True), 2, 2),
    # texts
    (Text(50), NullText(5), "Adatum", "too_long"),
    (Text(50), NullText(6), "Adatum  ", "too_long"),
    (Text(50), Code(20), " ab ", "AB"),
    (Text(50), DateFormula(), "1m + 8d", "1M+8D"),
    (Text(50), DateFormula(), "soon", "invalid_date_formula"),
    (Memo(), Text(5), "abc  ", "abc"),
    (Text(50), NullText(50), "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("erp", "crm", "value", "expected"), CASES)
def test_a_value_becomes(erp: Any, crm: Any, value: Any, expected: Any) -> None:
    found = passed(erp, crm, value)

    assert (found or None) == (expected or None) if expected in ("", None) else found == expected
    assert type(found) is type(expected) or expected in ("", None)


TRUNCATED = [
    (Text(50), Text(5), "Adatum Corp", "Adatu"),
    (Text(50), Text(7), "Adatum Corp", "Adatum"),
    (Text(50), Code(3), "adatum", "ADA"),
    (Dec(19, 4), Text(4), Decimal("1234567"), "1234"),
    (Date(), Text(7), dt.date(2026, 5, 3), "2026-05"),
]


@pytest.mark.parametrize(("erp", "crm", "value", "expected"), TRUNCATED)
def test_a_line_that_truncates_cuts_and_leaves_no_blank_at_the_end(
    erp: Any, crm: Any, value: Any, expected: Any
) -> None:
    assert passed(erp, crm, value, truncate=True) == expected
    assert passed(erp, crm, value) == ("too_long" if not isinstance(crm, Code) or len(value) > 3 else expected)


@pytest.mark.parametrize(
    ("erp", "crm", "value"),
    [
        (Option(COLORS), NullText(20), 2),
        (Bool(), NullText(10), True),
        (Date(), NullText(20), dt.date(2026, 5, 3)),
        (DateTime(), NullText(30), dt.datetime(2026, 5, 3, 14, 5, 7, 120000, tzinfo=UTC)),
        (Dec(19, 4), NullText(20), Decimal("-0.0500")),
        (Int(), Dec(19, 4), 7),
    ],
)
def test_what_goes_there_comes_back(erp: Any, crm: Any, value: Any) -> None:
    there = passed(erp, crm, value)

    assert passed(erp, crm, there, back=True) == value


@pytest.mark.parametrize(
    ("erp", "crm"),
    [(Date(), Dec(19, 4)), (Bool(), Int()), (Option(COLORS), Bool()), (Guid(), Text(50)), (Dec(19, 4), Date())],
)
def test_types_that_have_nothing_to_do_with_each_other_cannot_be_mapped(erp: Any, crm: Any) -> None:
    with pytest.raises(NotMappable, match="type_mismatch"):
        passed(erp, crm, None)
