"""Filters as rows and as text: nothing is lost on the way, whatever the filter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coupling.filter_rows import OPERATORS, FilterRow, operators_for, rows_of, rows_to_text
from records.filters import FilterError, parse

ROWS = [
    ("blocked=0", FilterRow("blocked", "is", "0")),
    ("city=<>Roma", FilterRow("city", "is_not", "Roma")),
    ("name=@*hotel*", FilterRow("name", "contains", "hotel")),
    ("name=@hotel*", FilterRow("name", "begins", "hotel")),
    ("no=10000..20000", FilterRow("no", "between", "10000", "20000")),
    ("no=<5", FilterRow("no", "less", "5")),
    ("no=<=5", FilterRow("no", "at_most", "5")),
    ("no=>5", FilterRow("no", "more", "5")),
    ("no=>=5", FilterRow("no", "at_least", "5")),
    ("city=''", FilterRow("city", "blank")),
    ("city=<>''", FilterRow("city", "not_blank")),
    ("city=Roma|Milano", FilterRow("city", "expression", "Roma|Milano")),
    ("city=*roma*", FilterRow("city", "expression", "*roma*")),
    ("no=..5", FilterRow("no", "expression", "..5")),
    ("name='a,b'", FilterRow("name", "is", "a,b")),
    ("name='plain'", FilterRow("name", "expression", "'plain'")),
    ("bcbi_companyid={company}", FilterRow("bcbi_companyid", "is", "{company}")),
]


@pytest.mark.parametrize(("text", "row"), ROWS, ids=[text for text, _row in ROWS])
def test_a_condition_has_a_row_and_comes_back(text: str, row: FilterRow) -> None:
    assert rows_of(text) == [row]
    assert parse(rows_to_text([row])) == parse(text)


value = st.text("ab*?@'. |&,=<>()0", max_size=6)
factor = st.one_of(value, st.sampled_from(["<>", "<", ">=", ""]).flatmap(lambda s: value.map(lambda v: s + v)))
expression = st.lists(factor, min_size=1, max_size=3).map("|".join) | st.tuples(value, value).map("..".join)


@given(st.lists(st.tuples(st.sampled_from(["a", "b_c"]), expression), max_size=3))
def test_every_filter_that_parses_comes_back_unchanged(terms: list[tuple[str, str]]) -> None:
    text = ",".join(f"{name}={behind}" for name, behind in terms)
    try:
        tree = parse(text)
    except FilterError:
        return

    assert parse(rows_to_text(rows_of(text))) == tree


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (FilterRow("city", "is", " "), "filter_value_missing"),
        (FilterRow("no", "between", "1", ""), "filter_value_missing"),
        (FilterRow("name", "contains", "a|b"), "filter_pattern_sign"),
        (FilterRow("name", "smells", "x"), "filter_operator"),
        (FilterRow("name", "expression", "<>"), "filter_value_expected"),
        (FilterRow("name", "expression", "a,b=c"), "filter_comma"),
    ],
)
def test_a_row_that_means_nothing_is_refused(row: FilterRow, code: str) -> None:
    with pytest.raises(FilterError) as refused:
        rows_to_text([row])

    assert refused.value.code == code


def test_rows_without_a_field_are_left_out() -> None:
    assert rows_to_text([FilterRow(""), FilterRow("city", "is", "Roma")]) == "city=Roma"


def test_operators_fit_the_kind_of_the_field() -> None:
    assert set(operators_for("text")) == set(OPERATORS)
    assert operators_for("bool") == ["is", "expression"]
    assert "contains" not in operators_for("decimal")
    assert "between" not in operators_for("option")
