"""Fields of a card as inputs: which control a field takes, what stands in it, and reading it back."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone

from pages import display, registry
from pages.entry import plain_date, plain_number
from pages.rows import Row
from records.errors import FieldError
from records.messages import text
from records.schema import FieldInfo, Schema

WIDGETS = {
    "memo": "memo",
    "bool": "bool",
    "option": "option",
    "decimal": "number",
    "int": "number",
    "date": "date",
    "datetime": "moment",
    "polyref": "reference",
}


@dataclass(slots=True)
class Input:
    """A field as the template draws it. `value` is what the control holds, `shown` what people read.

    `widget`: text, memo, bool, option, number, date, moment, code (reference by code), reference (by GUID).
    """

    name: str
    id: str
    caption: str
    widget: str
    value: str = ""
    shown: str = ""
    description: str = ""
    options: list[tuple[str, str]] = field(default_factory=list)
    lookup: str = ""
    suggests: bool = False
    takes_many: bool = False
    url: str = ""
    is_required: bool = False
    is_readonly: bool = False
    is_more: bool = False
    is_wide: bool = False
    is_checked: bool = False
    is_number: bool = False
    error: str = ""


def widget_of(info: FieldInfo) -> str:
    """The kind of control for a field."""
    if info.kind == "ref":
        return "code" if info.ref_code else "reference"
    return WIDGETS.get(info.kind, "text")


def is_fixed(info: FieldInfo, row: Row | None) -> bool:
    """True for fields that nobody can change here."""
    return info.readonly or info.calculated or info.system or (info.insert_only and row is not None)


def build(
    info: FieldInfo,
    row: Row,
    *,
    is_editable: bool,
    is_new: bool = False,
    prefix: str = "",
    more: bool = False,
    page: str = "",
) -> Input:
    """The input of one field with the value of a row."""
    table = row.table
    found = Input(
        name=prefix + info.name,
        id=f"field-{prefix}{info.name}",
        caption=str(info.caption),
        widget=widget_of(info),
        shown=display.shown(info, row),
        is_required=bool(info.required),
        is_readonly=not is_editable or is_fixed(info, None if is_new else row),
        is_more=more,
        is_wide=info.kind == "memo",
        is_number=info.kind in ("decimal", "int"),
    )
    found.value = _value(info, row)
    found.is_checked = info.kind == "bool" and bool(row.get(info.name))
    if info.kind == "option" and not found.is_readonly:
        found.options = _options(info, row)
    if found.widget in ("code", "reference"):
        _refer(found, info, row, table, page)
    return found


def _refer(found: Input, info: FieldInfo, row: Row, table: Schema, page: str) -> None:
    found.description = row.names.description(info, row)
    label = row.names.label(info, row)
    if label and row.get(info.name):
        found.url = registry.address_of(label, row.get(info.name))
    if not found.is_readonly:
        found.lookup = reverse("pages.lookup", args=[table.label, info.name]) + (f"?page={page}" if page else "")


def _value(info: FieldInfo, row: Row) -> str:
    value = row.get(info.name)
    if value is None or value == "":
        return ""
    if info.kind == "ref" and info.ref_code:
        return row.names.text(info, row)
    if info.kind == "polyref":
        return f"{row.get(info.companion)}:{value}"
    if info.kind == "date":
        return display.plain(info, value)
    if info.kind == "json":
        return display.shown(info, row)
    if info.kind == "datetime":
        return timezone.localtime(value).strftime("%Y-%m-%dT%H:%M")
    if info.kind in ("decimal", "int"):
        return display.number(value, info.decimals)
    return str(value)


def _options(info: FieldInfo, row: Row) -> list[tuple[str, str]]:
    labels: Mapping[Any, Any] = {value: caption for value, (_member, caption) in info.options.items()}
    reader = getattr(info.field, "labels", None)
    if reader:
        labels = {**labels, **row.names.labels(info)}
    found = [(str(value), str(caption)) for value, caption in labels.items()]
    if info.null and "" not in dict(found):
        found.insert(0, ("", ""))
    return found


def read(table: Schema, data: QueryDict, names: Iterable[str], prefix: str = "") -> dict[str, Any]:
    """What was sent for these fields, as `records.values.parse` takes it."""
    raw: dict[str, Any] = {}
    for name in names:
        info = table.fields.get(name)
        if info is not None:
            _read(raw, info, data, prefix + name)
    return raw


def _read(raw: dict[str, Any], info: FieldInfo, data: QueryDict, key: str) -> None:
    given = data.get(key, "")
    if info.kind == "bool":
        raw[info.name] = given not in ("", "0", "false")
    elif info.kind in ("decimal", "int"):
        raw[info.name] = plain_number(given)
    elif info.kind == "date":
        raw[info.name] = plain_date(given)
    elif info.kind == "datetime":
        raw[info.name] = _moment(given)
    elif info.kind == "polyref":
        entity, _colon, pk = given.rpartition(":")
        raw[info.name], raw[info.companion] = pk or _typed(info, data, key), entity
        if not entity:
            raw.pop(info.companion)
    elif info.kind == "ref" and not info.ref_code:
        raw[info.name] = given or _typed(info, data, key)
    else:
        raw[info.name] = given


def _typed(info: FieldInfo, data: QueryDict, key: str) -> str:
    """What was typed into a look-up without choosing a record: the one with exactly this name."""
    from pages.search import by_name

    typed = data.get(f"{key}__text", "").strip()
    return (by_name(info, typed) or typed) if typed else ""


def _moment(typed: str) -> Any:
    try:
        naive = dt.datetime.fromisoformat(typed)
    except ValueError:
        return typed
    return naive if naive.tzinfo else timezone.make_aware(naive)


def question(errors: Iterable[FieldError], name: str) -> str:
    """What to send beside a field when the user says yes to the question that its error asks, as JSON; blank for none.

    A rule asks by giving its error the parameter `confirm`: `{field: value of its control}`.
    """
    found = (error.params["confirm"] for error in errors if error.field == name and "confirm" in error.params)
    answer = next(found, None)
    return json.dumps(answer) if answer else ""


def errors_by_field(errors: Iterable[FieldError]) -> dict[str, str]:
    """Sentences by field name; several at one field stand one after the other."""
    found: dict[str, str] = {}
    for error in errors:
        said = text(error.code, error.params)
        found[error.field] = f"{found[error.field]} {said}" if error.field in found else said
    return found


def blank_row(table: Schema, defaults: Mapping[str, Any]) -> Row:
    """A record that does not exist yet, with its default values."""
    from pages.rows import Names
    from records import writes

    names = Names()
    values = {**writes.defaults(table), **defaults}
    for info in table:
        if info.calculated:
            values[info.name] = info.field.default
        elif isinstance(values.get(info.name), Decimal) and values[info.name] == 0:
            values[info.name] = Decimal(0)
    row = Row(table, "", 0, values, names)
    names.collect(table, [row])
    return row


def of_request(request: HttpRequest, table: Schema) -> dict[str, Any]:
    """Values for a new record that the address gives (`?field=value`), as sent."""
    return {name: value for name, value in request.GET.items() if name in table}
