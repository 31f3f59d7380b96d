"""A parsed filter against one table: only fields of its schema, values of the right type.

`check` turns each factor into a `Probe` over stored values; `sql` and `evaluate` give the same answer for it.
Blank text and null are one. A value of a field with a time of day may be a day: it then means the whole day (UTC).
References with a code are tested on the code of the record they point to.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from records.errors import FieldError
from records.filters.errors import FilterError
from records.filters.grammar import Compare, Factor, Filter, Range, Term, Value, parse
from records.schema import FieldInfo, Schema, schema
from records.text import simple_lower

TEXTS = frozenset({"text", "code", "memo", "dateformula", "entityname"})
NOT_ORDERED = frozenset({"guid", "polyref", "bool", "entityname"})


@dataclass(frozen=True, slots=True)
class Probe:
    """One typed factor. `kind`: "blank", "equal", "less", "range" or "like".

    equal: `low` is the value. less/range: between `low` and `high` (None: open), each end in or out.
    like: `low` is the pattern with `*` and `?`. `negate` turns the answer round (blank and equal and like only).
    """

    kind: str
    low: Any = None
    high: Any = None
    low_open: bool = False
    high_open: bool = False
    ignore_case: bool = False
    negate: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """One term with typed tests. `kind` is the kind of the values tested; `target` the table behind a code."""

    info: FieldInfo
    kind: str
    groups: tuple[tuple[Probe, ...], ...]
    target: Schema | None = None

    @property
    def is_text(self) -> bool:
        """True where null counts as blank text."""
        return self.kind in TEXTS


@dataclass(frozen=True, slots=True)
class Checked:
    """A filter that fits its table. The answer for a row, an SQL condition and a sentence come from it."""

    filter: Filter
    schema: Schema
    conditions: tuple[Condition, ...]

    def __bool__(self) -> bool:
        return bool(self.conditions)


def check(tree: Filter | str, model: Any) -> Checked:
    """Bind a filter to a table (class or label). Raises `FilterError` with the field where something does not fit."""
    tree = parse(tree) if isinstance(tree, str) else tree
    described = schema(model)
    return Checked(tree, described, tuple(_condition(term, described) for term in tree.terms))


def is_filterable(info: FieldInfo) -> bool:
    """True for fields that a filter may name: visible ones that the database can read."""
    if info.internal or info.kind == "json":
        return False
    return info.stored or bool(info.targets) or bool(getattr(info.field, "sql", None))


def _condition(term: Term, described: Schema) -> Condition:
    if term.field not in described or not is_filterable(described[term.field]):
        raise FilterError("filter_unknown_field", {"field": term.field})
    info = described[term.field]
    typed, kind, target = info, info.kind, None
    if kind == "ref":
        kind = "guid"
        if info.ref_code:
            target = schema(info.ref)
            typed = target[info.ref_code]
            kind = typed.kind
    elif kind == "polyref":
        kind = "guid"
    groups = tuple(tuple(_Typing(term.field, typed, kind).test(f) for f in group) for group in term.groups)
    return Condition(info, kind, groups, target)


@dataclass(frozen=True, slots=True)
class _Typing:
    """Reads the values of one field."""

    field: str
    info: FieldInfo
    kind: str

    def test(self, factor: Factor) -> Probe:
        if isinstance(factor, Range):
            low = None if factor.low is None else self.bounds(factor.low)[0]
            high = None if factor.high is None else self.bounds(factor.high)[1]
            return Probe("range", low, high)
        if factor.op in ("=", "<>"):
            return replace(self.equal(factor.value), negate=factor.op == "<>")
        return self.order(factor)

    def order(self, factor: Compare) -> Probe:
        first, last = self.bounds(factor.value)
        if factor.op == "<":
            return Probe("range", None, first, high_open=True)
        if factor.op == "<=":
            return Probe("range", None, last)
        if factor.op == ">":
            return Probe("range", last, None, low_open=True)
        return Probe("range", first, None)

    def bounds(self, value: Value) -> tuple[Any, Any]:
        """First and last stored value that this value means (they differ for a day of a moment)."""
        if self.kind in NOT_ORDERED:
            raise self.error("filter_not_ordered", value)
        if value.ignore_case or value.has_wildcards or value.is_blank:
            raise self.error("filter_plain_value_needed", value)
        if self.kind == "datetime":
            return self.moments(value)
        found = self.read(value)
        return found, found

    def equal(self, value: Value) -> Probe:
        if value.is_blank:
            return self.blank()
        if self.kind in TEXTS:
            return self.text_equal(value)
        if value.ignore_case or value.has_wildcards:
            raise self.error("filter_wildcard_in_value", value)
        if self.kind == "datetime":
            first, last = self.moments(value)
            return Probe("range", first, last) if first != last else Probe("equal", first)
        return Probe("equal", self.read(value))

    def blank(self) -> Probe:
        declared = getattr(self.info.field, "type", self.info.field)
        empty = getattr(declared, "blank_value", None)
        is_nullable = self.info.null and not self.info.calculated
        if self.kind in TEXTS or is_nullable or empty is None:
            return Probe("blank")
        return Probe("equal", empty)

    def text_equal(self, value: Value) -> Probe:
        text = self.read(value)
        ignore_case = value.ignore_case and self.kind == "text"
        if ignore_case:
            text = simple_lower(text)
        return Probe("like" if value.has_wildcards else "equal", text, ignore_case=ignore_case)

    def read(self, value: Value) -> Any:
        reader = getattr(self, f"read_{self.kind}", None)
        return value.text if reader is None else reader(value)

    def read_code(self, value: Value) -> str:
        return value.text.strip().upper()

    def read_dateformula(self, value: Value) -> str:
        return "".join(value.text.upper().split())

    def read_entityname(self, value: Value) -> str:
        name = value.text.strip().lower()
        if not value.has_wildcards and self.info.targets and name not in self.info.targets:
            raise self.error("filter_value", value)
        return name

    def read_option(self, value: Value) -> int | str:
        typed = getattr(self.info.field, "type", self.info.field)
        try:
            option: int | str = typed.convert(value.text)
            return option
        except FieldError:
            raise self.error("filter_value", value) from None

    def read_bool(self, value: Value) -> bool:
        word = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(value.text.lower())
        if word is None:
            raise self.error("filter_value", value)
        return word

    def read_int(self, value: Value) -> int:
        number = self.read_decimal(value)
        if number != int(number) or abs(number) >= 2**63:
            raise self.error("filter_value", value)
        return int(number)

    def read_decimal(self, value: Value) -> Decimal:
        try:
            number = Decimal(value.text)
        except InvalidOperation:
            raise self.error("filter_value", value) from None
        if not number.is_finite() or abs(number.adjusted()) > 40 or len(value.text) > 60:
            raise self.error("filter_value", value)
        return number

    def read_date(self, value: Value) -> dt.date:
        try:
            return dt.date.fromisoformat(value.text)
        except ValueError:
            raise self.error("filter_value", value) from None

    def read_guid(self, value: Value) -> str:
        try:
            return str(UUID(value.text))
        except ValueError:
            raise self.error("filter_value", value) from None

    def moments(self, value: Value) -> tuple[dt.datetime, dt.datetime]:
        try:
            moment = dt.datetime.fromisoformat(value.text)
            moment = moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)
        except (ValueError, OverflowError):
            raise self.error("filter_value", value) from None
        if len(value.text) > 10:
            return moment, moment
        return moment, moment.replace(hour=23, minute=59, second=59, microsecond=999_999)

    def error(self, code: str, value: Value) -> FilterError:
        return FilterError(code, {"field": self.field, "value": value.text[:50]})
