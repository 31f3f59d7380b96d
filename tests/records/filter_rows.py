"""Random rows and random filters of a table, for the comparison of SQL with Python."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from records.filters import Compare, Filter, Range, Term, Value, is_filterable
from records.schema import FieldInfo, schema

#: Few texts that are close to each other, so that filters hit some of them.
WORDS = [
    "a",
    "A",
    "ab",
    "aB",
    "ä",
    "Ä",
    "ß",
    "ss",
    "İ",
    "i",
    "ı",
    "σ",
    "ς",
    "Σ",
    "a%b",
    "a_b",
    "axb",
    "a\\b",
    "a.b",
    "a,b",
]
WORDS += ["a|b", "@a", "1", "10", "é", "O'N", " a", "B"]
PATTERNS = ["a*", "*b", "a?b", "a%*", "?_b", "*\\b", "?", "??", "*", "*ß", "A*", "*σ", "i*"]
TEXTS = st.one_of(st.just(""), st.sampled_from(WORDS))
DAYS = [dt.date(2026, 1, 1), dt.date(2026, 1, 2), dt.date(2026, 2, 1)]
MOMENTS = [
    dt.datetime(2026, 1, 1, 0, tzinfo=dt.UTC),
    dt.datetime(2026, 1, 1, 12, 30, 0, 5, tzinfo=dt.UTC),
    dt.datetime(2026, 1, 2, tzinfo=dt.UTC),
]
KINDS = frozenset({"text", "code", "memo", "decimal", "int", "bool", "date", "datetime", "option", "dateformula"})


def stored_values(info: FieldInfo) -> list[Any]:
    """What a column may hold."""
    words = ["", *(word for word in WORDS if len(word) <= (info.max_length or 99))]
    known: dict[str, list[Any]] = {
        "text": words,
        "code": sorted({word.strip().upper() for word in words}),
        "memo": words,
        "dateformula": ["", "1M", "CM"],
        "decimal": allowed(info, [Decimal(0), Decimal("1.5"), Decimal(-2), Decimal(10)]),
        "int": allowed(info, [0, 1, 2, 4]),
        "bool": [False, True],
        "date": [None, *DAYS],
        "datetime": [None, *MOMENTS],
        "option": sorted(info.options) or [0],
    }
    values = known[info.kind]
    return [None, *(value for value in values if value != "")] if info.null else values


def allowed(info: FieldInfo, numbers: list[Any]) -> list[Any]:
    """The numbers that the column takes."""
    low, high = getattr(info.field, "minimum", None), getattr(info.field, "maximum", None)
    return [n for n in numbers if (low is None or n >= low) and (high is None or n <= high)] or [low]


def typed_texts(info: FieldInfo) -> st.SearchStrategy[str]:
    """How a user may write a value of this field."""
    known: dict[str, Any] = {
        "decimal": st.sampled_from(["0", "1.5", "-2", "3", "10.0"]),
        "int": st.sampled_from(["0", "1", "2", "4"]),
        "bool": st.sampled_from(["true", "no", "1"]),
        "date": st.sampled_from([day.isoformat() for day in DAYS]),
        "datetime": st.sampled_from(["2026-01-01", "2026-01-02", "2026-01-01T12:30:00.000005Z", "2026-01-01T00:00:00"]),
        "option": st.sampled_from([str(number) for number in info.options] or ["0"]),
        "guid": st.sampled_from(["00000000-0000-0000-0000-000000000001"]),
    }
    return known.get(info.kind, TEXTS.map(str.strip).filter(bool))


def factors(info: FieldInfo) -> st.SearchStrategy[Any]:
    """Factors that fit the field."""
    typed = typed_texts(info)
    plain = typed.map(lambda text: Value(text, quoted=True))
    blank = st.just(Value("", quoted=True))
    equal: Any = st.one_of(plain, blank)
    if info.kind in ("text", "code", "memo"):
        wild = st.builds(Value, st.sampled_from(PATTERNS), st.just(value=False), st.booleans())
        exact = st.builds(Value, typed, st.just(value=True), st.booleans())
        equal = st.one_of(blank, wild, exact)
    choices = [st.builds(Compare, st.sampled_from(["=", "<>"]), equal)]
    if info.kind not in ("bool", "guid"):
        choices.append(st.builds(Compare, st.sampled_from(["<", "<=", ">", ">="]), plain))
        choices.append(st.builds(Range, plain, plain))
        choices.append(st.one_of(st.builds(Range, plain, st.none()), st.builds(Range, st.none(), plain)))
    return st.one_of(*choices)


def filters(label: str) -> st.SearchStrategy[Filter]:
    """Filters over all fields of a table, references by their code included."""
    described = schema(label)
    names = [
        info.name
        for info in described
        if is_filterable(info) and not info.calculated and (info.kind in KINDS or info.ref_code)
    ]

    def term(name: str) -> st.SearchStrategy[Term]:
        info = described[name]
        typed = schema(info.ref)[info.ref_code] if info.ref_code else info
        groups = st.lists(st.lists(factors(typed), min_size=1, max_size=2).map(tuple), min_size=1, max_size=2)
        return groups.map(lambda found: Term(name, tuple(found)))

    return st.lists(st.sampled_from(names).flatmap(term), min_size=1, max_size=2).map(
        lambda found: Filter(tuple(found))
    )
