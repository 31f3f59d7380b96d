"""The answer of a filter for one row of stored values, in plain Python; agrees with `sql` on every row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from records.filters.checked import Checked, Condition, Probe
from records.text import simple_lower

_REMEMBERED = 1024


class Matcher:
    """A checked filter ready to test rows. Making it asks one query for each reference tested by its code.

    What a value is worth is remembered: fields that filters name mostly have few values.
    """

    def __init__(self, checked: Checked) -> None:
        self.checked = checked
        self._tests = [
            (condition.info.name, lru_cache(_REMEMBERED)(_test_of(condition))) for condition in checked.conditions
        ]

    def __call__(self, row: Mapping[str, Any]) -> bool:
        """True when the row (stored values by field name) is inside the filter."""
        for name, passes in self._tests:  # noqa: SIM110 - asked of every record of a chunk
            if not passes(row.get(name)):
                return False
        return True


def _test_of(condition: Condition) -> Callable[[Any], bool]:
    """What is asked of the stored value of a field."""
    if _needs_keys(condition):
        keys, blank = _keys(condition), blank_matches(condition)
        return lambda value: blank if value is None else str(value) in keys
    if condition.target is not None:
        return lambda value: holds(condition, "" if value is None else "x")
    return lambda value: holds(condition, value)


def matches(checked: Checked, row: Mapping[str, Any]) -> bool:
    """Probe one row; for many rows make one `Matcher`."""
    return Matcher(checked)(row)


def holds(condition: Condition, value: Any) -> bool:
    """True when one value (of a reference by code: the code) passes."""
    return any(all(_test(condition, test, value) for test in group) for group in condition.groups)


def blank_matches(condition: Condition) -> bool:
    """True when a record without a value is inside."""
    return holds(condition, None)


def is_about_blank_only(condition: Condition) -> bool:
    """True when only "blank or not" is asked, so that a code need not be read."""
    return all(test.kind == "blank" for group in condition.groups for test in group)


def _needs_keys(condition: Condition) -> bool:
    return condition.target is not None and not is_about_blank_only(condition)


def _keys(condition: Condition) -> frozenset[str]:
    from records.db import rows
    from records.filters.sql import tests_sql

    target = condition.target
    assert target is not None
    where, params = tests_sql(condition, f'r."{target[str(condition.info.ref_code)].column}"')
    return frozenset(
        pk for (pk,) in rows(f'SELECT r."{target.pk_column}" FROM "{target.table}" r WHERE {where}', params)
    )


def _test(condition: Condition, test: Probe, value: Any) -> bool:
    if condition.is_text:
        value = "" if value is None else value
    if test.kind == "blank":
        return ((value in (None, "")) if condition.is_text else value is None) != test.negate
    if test.kind == "range":
        return _in_range(test, value) != test.negate
    if test.kind == "like":
        return wildcard_match(test.low, _cased(test, value)) != test.negate
    if condition.kind == "guid" and value is not None:
        value = str(value)
    return (_cased(test, value) == test.low) != test.negate


def _cased(test: Probe, value: Any) -> Any:
    return simple_lower(value) if test.ignore_case else value


def _in_range(test: Probe, value: Any) -> bool:
    if value is None:
        return False
    if test.low is not None and (value < test.low or (test.low_open and value == test.low)):
        return False
    return not (test.high is not None and (value > test.high or (test.high_open and value == test.high)))


def wildcard_match(pattern: str, text: str) -> bool:
    """True when the whole text fits the pattern of `*` and `?`; at most len(pattern) * len(text) steps."""
    p = t = mark = 0
    star = -1
    while t < len(text):
        if p < len(pattern) and pattern[p] == "*":
            star, mark = p, t
            p += 1
        elif p < len(pattern) and pattern[p] in ("?", text[t]):
            p, t = p + 1, t + 1
        elif star >= 0:
            mark += 1
            p, t = star + 1, mark
        else:
            return False
    return pattern[p:].strip("*") == ""
