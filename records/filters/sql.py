"""A checked filter as an SQL condition with parameters, for the engine's SQL and for Django querysets.

Identifiers come from the schema only; what a user typed is always a parameter.
"""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, F, Q
from django.db.models.expressions import Expression

from records.filters.checked import Checked, Condition, Probe, check
from records.filters.evaluate import blank_matches, is_about_blank_only
from records.filters.grammar import Filter
from records.text import like_escape

Sql = tuple[str, list[Any]]


def to_sql(tree: Filter | Checked | str, model: Any, alias: str) -> Sql:
    """The condition over the table with this alias, and its parameters (`%s`). "TRUE" for no filter."""
    checked = tree if isinstance(tree, Checked) else check(tree, model)
    parts: list[str] = []
    params: list[Any] = []
    for condition in checked.conditions:
        sql, values = _condition(condition, alias)
        parts.append(sql)
        params += values
    return (" AND ".join(parts) or "TRUE"), params


def to_q(tree: Filter | Checked | str, model: Any) -> Q:
    """The same condition for `Model.objects.filter(...)`. An empty `Q` for no filter."""
    checked = tree if isinstance(tree, Checked) else check(tree, model)
    return Q(_Where(checked)) if checked else Q()


class _Where(Expression):
    """A checked filter inside a Django query; the key column is its source, so that it learns the table's alias."""

    conditional = True

    def __init__(self, checked: Checked) -> None:
        super().__init__(output_field=BooleanField())
        self.checked = checked
        self.key: Any = F(checked.schema.pk)

    @property
    def identity(self) -> tuple[Any, ...]:
        """What makes two of these the same; Django asks for it where it collects expressions."""
        return (type(self), self.checked.schema.label, str(self.checked.filter), self.key)

    def get_source_expressions(self) -> list[Any]:
        return [self.key]

    def set_source_expressions(self, expressions: Any) -> None:
        (self.key,) = expressions

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        sql, params = to_sql(self.checked, self.checked.schema.model, compiler.quote_name_unless_alias(self.key.alias))
        return f"({sql})", params


def _condition(condition: Condition, alias: str) -> Sql:
    info, target = condition.info, condition.target
    if target is None or is_about_blank_only(condition):
        return tests_sql(condition, info.sql(alias))
    inner, params = tests_sql(condition, f'r."{target[str(info.ref_code)].column}"')
    found = f'{info.sql(alias)} IN (SELECT r."{target.pk_column}" FROM "{target.table}" r WHERE {inner})'
    return (f"({found} OR {info.sql(alias)} IS NULL)" if blank_matches(condition) else found), params


def tests_sql(condition: Condition, column: str) -> Sql:
    """All tests of one condition over one column expression."""
    alternatives: list[str] = []
    params: list[Any] = []
    for group in condition.groups:
        tests = [_test(condition, test, column) for test in group]
        alternatives.append(" AND ".join(sql for sql, _values in tests))
        for _sql, values in tests:
            params += values
    if len(alternatives) == 1:
        return f"({alternatives[0]})", params
    return "(" + " OR ".join(f"({sql})" for sql in alternatives) + ")", params


def _test(condition: Condition, test: Probe, column: str) -> Sql:
    if test.kind == "blank":
        return _blank(condition, test, column)
    if test.kind == "range":
        return _range(condition, test, column)
    subject = f"coalesce({column}, '')" if condition.is_text and (test.kind == "like" or test.negate) else column
    if test.ignore_case:
        subject = f"lower({subject} COLLATE pg_c_utf8)"
    if test.kind == "like":
        return f"{subject} {'NOT LIKE' if test.negate else 'LIKE'} %s", [_pattern(test.low)]
    cast = "::uuid" if condition.kind == "guid" else ""
    if not test.negate:
        return f"{subject} = %s{cast}", [test.low]
    return f"{subject} IS DISTINCT FROM %s{cast}", [test.low]


def _blank(condition: Condition, test: Probe, column: str) -> Sql:
    if not condition.is_text or condition.target is not None:
        return f"{column} IS {'NOT ' if test.negate else ''}NULL", []
    return f"coalesce({column}, '') {'<>' if test.negate else '='} ''", []


def _range(condition: Condition, test: Probe, column: str) -> Sql:
    subject = f"coalesce({column}, '') COLLATE \"C\"" if condition.is_text else column
    parts: list[str] = []
    params: list[Any] = []
    if test.low is not None:
        parts.append(f"{subject} {'>' if test.low_open else '>='} %s")
        params.append(test.low)
    if test.high is not None:
        parts.append(f"{subject} {'<' if test.high_open else '<='} %s")
        params.append(test.high)
    known = "" if condition.is_text else f"{column} IS NOT NULL AND "
    both = f"{known}{' AND '.join(parts)}"
    return (f"NOT ({both})" if test.negate else f"({both})"), params


def _pattern(text: str) -> str:
    return like_escape(text).replace("*", "%").replace("?", "_")
