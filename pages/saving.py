"""Saving a card: what was sent becomes a write with compare-and-set; what happened is data for the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from pages import inputs, rows
from pages.rows import Row
from records import writes
from records.errors import FieldError, Refused, Rejected, Stale
from records.schema import Schema, schema
from records.values import parse
from records.writes import Edit


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in a conflict: what this user typed (None: nothing) and what is stored now."""

    name: str
    caption: str
    mine: str | None
    theirs: str


@dataclass(slots=True)
class Saved:
    """What became of a save. `row` is the record as stored now (None: it is gone).

    `changed`: fields whose stored value is not what the card showed. `conflict`: somebody else was faster.
    """

    row: Row | None = None
    is_saved: bool = False
    is_new: bool = False
    changed: set[str] = field(default_factory=set)
    errors: list[FieldError] = field(default_factory=list)
    conflict: list[Difference] = field(default_factory=list)
    is_stale: bool = False


def update(label: str, pk: str, data: QueryDict, shown: Sequence[str], prefix: str = "") -> Saved:
    """Save the fields named in `changed` for a record that was read in version `row_version`.

    `shown`: the fields on the card, to tell what others have changed meanwhile.
    """
    table = schema(label)
    before = rows.one(label, pk)
    if before is None:
        return Saved()
    names = wanted(table, data, shown, before)
    result = Saved(row=before)
    version = _version(data)
    if version is not None and version != before.version:
        return _conflict(result, table, data, names, shown, prefix)
    try:
        values = parse(label, inputs.read(table, data, names, prefix), insert=False, current=before.values, lookup=True)
        writes.update(label, [Edit(pk, values, version)], source="page").single()
    except Rejected as error:
        result.errors = error.errors
        return result
    except Refused as error:
        result.errors = [FieldError("", error.code, error.params)]
        return result
    except Stale:
        result.row = rows.one(label, pk)
        return _conflict(result, table, data, names, shown, prefix) if result.row else Saved()
    result.row = rows.one(label, pk)
    result.is_saved = True
    if result.row is not None:
        now = result.row.values
        result.changed = {*names, *(n for n in shown if n in now and now[n] != before.values.get(n))}
    return result


def create(label: str, data: QueryDict, shown: Sequence[str], fixed: dict[str, Any], prefix: str = "") -> Saved:
    """Insert a record with the fields named in `changed`; `fixed`: values that the page sets."""
    table = schema(label)
    names = wanted(table, data, shown, None)
    try:
        values = parse(label, inputs.read(table, data, names, prefix), insert=True, lookup=True)
        pk = writes.insert(label, [{**fixed, **values}], source="page").single().pk
    except Rejected as error:
        return Saved(errors=error.errors)
    except Refused as error:
        return Saved(errors=[FieldError("", error.code, error.params)])
    return Saved(row=rows.one(label, pk), is_saved=True, is_new=True, changed=set(shown))


def wanted(table: Schema, data: QueryDict, shown: Sequence[str], row: Row | None) -> list[str]:
    """The fields to save: those named in `changed` that stand on the card and may be changed."""
    named = data.get("changed", "").split(",")
    return [n for n in dict.fromkeys(named) if n in shown and n in table and not inputs.is_fixed(table[n], row)]


def _version(data: QueryDict) -> int | None:
    text = data.get("row_version", "")
    return int(text) if text.isdigit() and len(text) < 19 else None


def _conflict(
    result: Saved, table: Schema, data: QueryDict, mine: Sequence[str], shown: Sequence[str], prefix: str
) -> Saved:
    """Compare what the card held with what is stored now, field by field."""
    assert result.row is not None
    result.is_stale = True
    sent = [n for n in shown if n in table and not inputs.is_fixed(table[n], result.row)]
    for name in sent:
        info = table[name]
        theirs = inputs.build(info, result.row, is_editable=True)
        typed = _typed(data, prefix + name, theirs)
        is_other = not _is_same(typed, theirs)
        if name in mine or is_other:
            result.conflict.append(Difference(name, str(info.caption), typed if name in mine else None, theirs.shown))
    return result


def _typed(data: QueryDict, key: str, present: inputs.Input) -> str:
    """What the control held when it was sent, for people."""
    given = data.get(key, "")
    if present.widget == "bool":
        from django.utils.translation import gettext as _

        return _("Yes") if given else _("No")
    if present.widget == "option":
        return dict(present.options).get(given, given)
    return data.get(f"{key}__text", "") if present.widget == "reference" else given


def _is_same(typed: str, present: inputs.Input) -> bool:
    if present.widget in ("bool", "option", "reference"):
        return typed == present.shown
    return typed.replace("\r\n", "\n") == present.value
