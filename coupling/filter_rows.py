"""A table filter as rows of field, operator and value, and back to its text. Every filter has rows.

A condition that no operator says is kept whole as an expression, so nothing is lost on the way:
`parse(rows_to_text(rows_of(text))) == parse(text)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from records.filters import (
    Compare,
    Filter,
    FilterError,
    Range,
    Term,
    Value,
    expression_text,
    literal,
    parse,
    parse_expression,
    to_text,
)

BLANK = Value("", quoted=True)
#: Operators that take no value.
WITHOUT_VALUE = ("blank", "not_blank")
TEXT_OPERATORS = ("contains", "begins")
ORDER_OPERATORS = ("less", "at_most", "more", "at_least", "between")
OPERATORS = ("is", "is_not", *TEXT_OPERATORS, *ORDER_OPERATORS, *WITHOUT_VALUE, "expression")
_SIGNS = {"is": "=", "is_not": "<>", "less": "<", "at_most": "<=", "more": ">", "at_least": ">="}


@dataclass(frozen=True, slots=True)
class FilterRow:
    """One condition. `value`: as typed; of an expression what stands behind the equal sign. `to`: end of a range."""

    field: str
    operator: str = "is"
    value: str = ""
    to: str = ""


def rows_of(text: str) -> list[FilterRow]:
    """The rows of a filter text, one for each of its terms. Raises `FilterError`."""
    return [_row(term) for term in parse(text).terms]


def rows_to_text(rows: Iterable[FilterRow]) -> str:
    """The filter text of rows; rows without a field are left out. Raises `FilterError` with the field."""
    return to_text(Filter(tuple(_term(row) for row in rows if row.field)))


def operators_for(kind: str) -> list[str]:
    """The operators that make sense for a kind of field."""
    texts = ("text", "code", "memo", "dateformula")
    ordered = (*texts, "int", "decimal", "date", "datetime")
    left_out = set() if kind in texts else set(TEXT_OPERATORS)
    left_out |= set() if kind in ordered else set(ORDER_OPERATORS)
    left_out |= {"is_not", *WITHOUT_VALUE} if kind == "bool" else set()
    return [name for name in OPERATORS if name not in left_out]


def _row(term: Term) -> FilterRow:
    for row in _candidates(term):
        try:
            if _term(row) == term:
                return row
        except FilterError:
            continue
    return FilterRow(term.field, "expression", expression_text(term))


def _candidates(term: Term) -> list[FilterRow]:
    """What the first test of the term might be called; whoever asks proves it."""
    if len(term.groups) != 1 or len(term.groups[0]) != 1:
        return []
    (test,) = term.groups[0]
    if isinstance(test, Range):
        return [FilterRow(term.field, "between", test.low.text, test.high.text)] if test.low and test.high else []
    typed = test.value.text
    found = [FilterRow(term.field, name, typed) for name, sign in _SIGNS.items() if sign == test.op]
    found += [FilterRow(term.field, name) for name in WITHOUT_VALUE]
    return [*found, FilterRow(term.field, "contains", typed[1:-1]), FilterRow(term.field, "begins", typed[:-1])]


def _term(row: FilterRow) -> Term:
    if row.operator == "expression":
        return parse_expression(row.value, row.field)
    make = _TESTS.get(row.operator)
    if make is None:
        raise FilterError("filter_operator", {"operator": row.operator[:30], "field": row.field})
    if row.operator not in WITHOUT_VALUE and not row.value.strip():
        raise FilterError("filter_value_missing", {"field": row.field})
    return Term(row.field, ((make(row),),))


def _compare(row: FilterRow) -> Compare:
    return Compare(_SIGNS[row.operator], literal(row.value.strip()))


def _between(row: FilterRow) -> Range:
    if not row.to.strip():
        raise FilterError("filter_value_missing", {"field": row.field})
    return Range(literal(row.value.strip()), literal(row.to.strip()))


def _like(row: FilterRow) -> Compare:
    """A pattern: the text must be one that the grammar can hold without quotes."""
    typed = row.value.strip()
    if literal(typed).quoted:
        raise FilterError("filter_pattern_sign", {"value": typed[:50], "field": row.field})
    return Compare("=", Value(f"*{typed}*" if row.operator == "contains" else f"{typed}*", ignore_case=True))


_TESTS: dict[str, Callable[[FilterRow], Compare | Range]] = {
    **dict.fromkeys(_SIGNS, _compare),
    **dict.fromkeys(TEXT_OPERATORS, _like),
    "between": _between,
    "blank": lambda _row: Compare("=", BLANK),
    "not_blank": lambda _row: Compare("<>", BLANK),
}
