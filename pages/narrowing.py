"""Filter to this value: the state of a list narrowed to what one of its records holds; and a field set free again."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.http import HttpRequest

from pages import rows
from pages.lists import ListPage
from pages.rows import Row
from pages.selection import keys
from pages.state import ListState
from records.filters import equals_any, expression_text, is_filterable
from records.schema import FieldInfo, Schema

#: `to=<field>&of=<key of the record>` in the address of a list; `clear=<field>` takes its filter away
FIELD, RECORD, CLEAR = "to", "of", "clear"


def narrowed(page: ListPage, request: HttpRequest, state: ListState) -> ListState | None:
    """The state filtered to the value that the address names; filtered so already, without it. None: nothing asked."""
    if free := request.GET.get(CLEAR, ""):
        return _with(state, free, "")
    name, found = request.GET.get(FIELD, ""), keys([request.GET.get(RECORD, "")])
    if not found or name not in page.table or not is_filterable(page.table[name]):
        return None
    read = rows.read(page.model, found, fields={name})
    if not read:
        return None
    wanted = expression(page.table[name], read[0])
    return _with(state, name, "" if state.terms.get(name) == wanted else wanted)


def _with(state: ListState, name: str, expression_: str) -> ListState:
    """The state with this expression of a field; blank for none."""
    terms = {field: text for field, text in state.terms.items() if field != name}
    errors = {field: error for field, error in state.errors.items() if field != name}
    return state.but(terms=terms | ({name: expression_} if expression_ else {}), errors=errors)


def expression(info: FieldInfo, row: Row) -> str:
    """The filter expression that means the value which this row shows in a field."""
    value = row.values.get(info.name)
    if info.kind == "datetime" and value is not None:
        return _minute(value)
    if info.kind == "ref" and info.ref_code and value:
        return _literal(info, row.text(info.name))
    return _literal(info, _plain(row.table, info, value))


def _literal(info: FieldInfo, text: str) -> str:
    return expression_text(equals_any(info.name, [text]))


def _minute(value: dt.datetime) -> str:
    """A moment is shown to the minute: all of that minute is meant."""
    first = value.astimezone(dt.UTC).replace(second=0, microsecond=0, tzinfo=None)
    last = first.replace(second=59, microsecond=999_999)
    return f"{first.isoformat()}..{last.isoformat()}"


def _plain(table: Schema, info: FieldInfo, value: Any) -> str:
    """A stored value as filters write it; blank for nothing."""
    if value is None or value == "":
        return ""
    if info.kind == "bool":
        return "yes" if value else "no"
    if info.kind == "option":
        by_name = getattr(table.model, "OPTIONS_BY_NAME", True) and value in info.options
        return str(info.options[value][0]) if by_name else str(value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, dt.date) else str(value)
