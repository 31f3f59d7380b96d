"""The filter pane of a list: views, fields with their expressions, and the fields that may be added."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

from pages import rows
from pages.lists import ListPage
from pages.parts import View
from pages.state import ListState
from records.filters import is_filterable, parse
from records.messages import text
from records.schema import FieldInfo, Schema


@dataclass(slots=True)
class PaneField:
    """A field of the filter pane. `kind`: text, options, bool or reference."""

    name: str
    caption: str
    kind: str
    value: str = ""
    shown: str = ""
    options: list[tuple[str, str, bool]] = field(default_factory=list)
    lookup: str = ""
    error: str = ""


@dataclass(slots=True)
class Pane:
    """The filter pane: views, fields, and the fields that may be added."""

    views: list[tuple[View, bool, str]]
    fields: list[PaneField]
    others: list[tuple[str, str]]
    error: str = ""


def pane(page: ListPage, request: HttpRequest, state: ListState) -> Pane:
    """The filter pane for this state."""
    chosen = page.chosen_view(request, state)
    table = page.table
    names = dict.fromkeys([*page.pane_fields(request), *(n for n in state.terms if n in table)])
    if (added := request.GET.get("add", "")) in table:
        names[added] = None
    whole = state.errors.get("")
    return Pane(
        views=[(v, v.name == chosen.name, ListState(view=v.name).query()) for v in page.bound_views(request)],
        fields=[_pane_field(table, table[name], state) for name in names if is_filterable(table[name])],
        others=sorted(
            ((f.name, str(f.caption)) for f in table if is_offered(f) and f.name not in names),
            key=lambda pair: pair[1],
        ),
        error=text(whole.code, whole.params) if whole else "",
    )


def is_offered(info: FieldInfo) -> bool:
    """True for fields that people may filter by; versions, keys without a caption and the like are for machines."""
    is_nameless = info.kind == "guid" and not isinstance(info.caption, Promise)
    return is_filterable(info) and not is_nameless and not (info.system and info.kind in ("int", "guid"))


def _pane_field(table: Schema, info: FieldInfo, state: ListState) -> PaneField:
    value = state.terms.get(info.name, "")
    error = state.errors.get(info.name)
    found = PaneField(
        info.name, str(info.caption), "text", value, value, error=text(error.code, error.params) if error else ""
    )
    if info.kind == "bool":
        found.kind = "bool"
    elif info.kind == "option" and 0 < len(info.options) <= 12 and not info.extensible:
        options = _options(table, info, value)
        if options is not None:
            found.kind, found.options = "options", options
    elif info.kind == "ref":
        found.kind = "reference"
        found.lookup = reverse("pages.lookup", args=[table.label, info.name])
        if value and not info.ref_code:
            found.shown = _name_of(info, value)
    return found


def _options(table: Schema, info: FieldInfo, value: str) -> list[tuple[str, str, bool]] | None:
    """Options to tick; None where the present expression is more than a choice of options."""
    ticked: set[str] = set()
    if value:
        for group in parse(f"{info.name}={value}").terms[0].groups:
            factor = group[0]
            if len(group) > 1 or getattr(factor, "op", "") != "=":
                return None
            ticked.add(factor.value.text.casefold())  # type: ignore[union-attr]
    by_name = getattr(table.model, "OPTIONS_BY_NAME", True)
    found = []
    for number, (member, caption) in info.options.items():
        key = member if by_name else str(number)
        is_ticked = bool(ticked) and bool({key.casefold(), str(number), str(caption).casefold()} & ticked)
        found.append((key, str(caption), is_ticked))
    return found


def _name_of(info: FieldInfo, value: str) -> str:
    from pages.selection import keys

    found = keys([value])
    row = rows.one(info.ref, found[0]) if found else None
    return row.title_parts[-1] if row else value
