"""Values of a template as controls: options to choose from, codes and records with their look-up, the rest as text."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext as _

from coupling.selectors.records import record_names
from coupling.wizard_values import NewRecords
from pages.inputs import Input
from pages.selection import keys
from records.schema import FieldInfo, schema


def value_inputs(new: NewRecords, said: Mapping[str, str]) -> list[Input]:
    """One control for each field of `new`; `said`: what is wrong, by the name of the control."""
    table = schema(new.table)
    return [
        _input(f"value-{new.side}-{at}", table[name], value, said.get(f"value-{new.side}-{at}", ""), new)
        for at, (name, value) in enumerate(new.values.items())
        if name in table
    ]


def value_texts(new: NewRecords) -> list[tuple[str, str]]:
    """(field, value) of what the template will hold, as people read it."""
    given = [one for one in value_inputs(new, {}) if one.value]
    return [(one.caption, dict(one.options).get(one.value) or one.shown or one.value) for one in given]


def _input(control: str, info: FieldInfo, value: str, error: str, new: NewRecords) -> Input:
    found = Input(control, f"id_{control}", str(info.caption), "text", value, description=info.name, error=error)
    if info.kind in ("option", "bool"):
        found.widget, found.options = "option", _choices(info, new.side)
    elif info.kind == "ref":
        found.widget = "code" if info.ref_code else "reference"
        found.lookup = reverse("pages.lookup", args=[new.table, info.name])
        found.shown = record_names(info.ref, keys([value])).get(value, value)
    return found


def _choices(info: FieldInfo, side: str) -> list[tuple[str, str]]:
    """Blank, and each value as templates keep it: names of the ERP's options, numbers of the Sales side's."""
    if info.kind == "bool":
        return [("", ""), ("true", _("Yes")), ("false", _("No"))]
    labels = info.field.labels(info.name) if info.extensible else {}
    options = {number: (str(number), label) for number, label in labels.items()} or info.options
    found = [(str(number) if side == "crm" else member, str(caption)) for number, (member, caption) in options.items()]
    return [("", ""), *(one for one in found if one[0])]
