"""Texts of mappings and templates in the form in which they are stored: the same for whoever runs them.

Somebody may type the caption of an option in their own language; what is kept is the name of its member. Everything
else stays as it was typed.
"""

from __future__ import annotations

from dataclasses import replace

from records.batch import Row
from records.filters import Compare, Filter, FilterError, Term, Value, literal, parse, to_text
from records.option_names import kept
from records.schema import Schema, schema


def kept_filter(text: str, label: str) -> str:
    """A table filter as it is stored; what cannot be read stays for the check to refuse."""
    try:
        tree, table = parse(text), schema(label)
    except (FilterError, LookupError):
        return text
    stored = Filter(tuple(_term(term, table) for term in tree.terms))
    return text if stored == tree else to_text(stored)


def kept_value(text: str, label: str, field: str) -> str:
    """A constant, or a value of a template, as it is stored."""
    try:
        info = schema(label)[field]
    except LookupError:
        return text
    return kept(info.field, text) if info.kind == "option" else text


def keep_filter(row: Row, name: str, label: str) -> None:
    """Give the filter in this field of a row the form in which it is stored."""
    text = row.get(name) or ""
    if (stored := kept_filter(text, label)) != text:
        row.force(name, stored)


def _term(term: Term, table: Schema) -> Term:
    info = table.fields.get(term.field)
    if info is None or info.kind != "option":
        return term
    groups = tuple(
        tuple(
            replace(test, value=_value(test.value, info.field)) if isinstance(test, Compare) else test for test in group
        )
        for group in term.groups
    )
    return replace(term, groups=groups)


def _value(value: Value, field: object) -> Value:
    stored = value.text if value.is_blank or value.has_wildcards else kept(field, value.text)  # type: ignore[arg-type]
    return value if stored == value.text else literal(stored)
