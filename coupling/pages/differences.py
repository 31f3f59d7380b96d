"""Differences of mappings in the words of the user."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from coupling.documents import Difference
from records.schema import FieldInfo, Schema, schema

MAPPING, LINE = "coupling.IntegrationTableMapping", "coupling.IntegrationFieldMapping"
TEMPLATE = "coupling.ConfigTemplate"


def shown(differences: Iterable[Difference], erp_table: str, crm_table: str) -> list[dict[str, str]]:
    """Rows of a table: place, field, old and new value; `sign` is "+", "-", "~" or "" (order)."""
    return [_row(one, erp_table, crm_table) for one in differences]


def line_title(erp_table: str, crm_table: str, erp_field: str, crm_field: str) -> str:
    """Both fields of a line by their captions."""
    return f"{field_caption(erp_table, erp_field)} – {field_caption(crm_table, crm_field)}"


def field_caption(label: str, name: str) -> str:
    """What a field is called; its name where the table has none of it (any more)."""
    if not name:
        return _("(constant)")
    try:
        table = schema(label)
    except LookupError:
        return name
    return str(table[name].caption) if name in table else name


def _row(one: Difference, erp_table: str, crm_table: str) -> dict[str, str]:
    if one.template is not None:
        return _template_row(one, erp_table, crm_table)
    place = line_title(erp_table, crm_table, *one.line) if one.line else _("Mapping")
    if one.kind == "order":
        return {"sign": "", "place": _("Field lines"), "field": _("Order"), "old": "", "new": _("changed")}
    if one.kind == "added":
        return {"sign": "+", "place": place, "field": _("Line"), "old": "", "new": _("added")}
    if one.kind == "removed":
        return {"sign": "-", "place": place, "field": _("Line"), "old": _("present"), "new": _("removed")}
    table = schema(MAPPING if one.line is None else LINE)
    caption = str(table[one.field].caption) if one.field in table else one.field
    return {
        "sign": "~",
        "place": place,
        "field": caption,
        "old": _value(table, one.field, one.old),
        "new": _value(table, one.field, one.new),
    }


def _template_row(one: Difference, erp_table: str, crm_table: str) -> dict[str, str]:
    side, name = one.template or ("", "")
    place = _("Template %(name)s") % {"name": name}
    if one.kind == "added":
        return {"sign": "+", "place": place, "field": _("Template"), "old": "", "new": _("added")}
    if one.kind == "removed":
        return {"sign": "-", "place": place, "field": _("Template"), "old": _("present"), "new": _("removed")}
    described, (head, _dot, field) = schema(TEMPLATE), one.field.partition(".")
    caption = field_caption(erp_table if side == "erp" else crm_table, field) if field else described[head].caption
    old, new = (str(value) if value not in (None, "") else "–" for value in (one.old, one.new))
    return {"sign": "~", "place": place, "field": str(caption), "old": old, "new": new}


def _value(table: Schema, name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "–"
    if value in (None, ""):
        return "–"
    return _choice(table[name], value) if name in table else str(value)


def _choice(info: FieldInfo, value: Any) -> str:
    found = info.options.get(value)
    return str(found[1]) if found else str(value)
