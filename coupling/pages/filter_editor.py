"""The editor of table filters: rows of field, operator and value, or the text; count and sentence at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from coupling.filter_rows import WITHOUT_VALUE, FilterRow, operators_for, rows_of, rows_to_text
from coupling.models import IntegrationTableMapping
from coupling.selectors.filters import Said, say
from pages import Page, register
from pages.views.base import PageView
from records.errors import FieldError
from records.filters import FilterError, is_filterable
from records.messages import text as message
from records.schema import FieldInfo, Schema, schema

CAPTIONS = {
    "is": _("is"), "is_not": _("is not"), "contains": _("contains"), "begins": _("begins with"), "less": _("is below"),
    "at_most": _("is at most"), "more": _("is above"), "at_least": _("is at least"), "between": _("is between"),
    "blank": _("is blank"), "not_blank": _("is not blank"), "expression": _("matches the expression"),
}  # fmt: skip
MAX_ROWS = 50


@dataclass(slots=True)
class Editor:
    """A filter as it stands in a form. `prefix`: of its controls. `mode`: "rows" or "text". `error`: of the rows."""

    prefix: str
    label: str
    mode: str = "rows"
    rows: list[FilterRow] = field(default_factory=list)
    text: str = ""
    error: str = ""
    mapping: str = ""

    @classmethod
    def of_text(cls, prefix: str, label: str, text: str, mapping: str = "") -> Editor:
        """The editor of a stored filter: as rows, or as text where it does not parse."""
        found = cls(prefix, label, text=text, mapping=mapping)
        found.to_rows()
        return found

    @classmethod
    def of_data(cls, prefix: str, label: str, data: Mapping[str, Any], mapping: str = "") -> Editor:
        """The editor as it was sent."""
        found = cls(prefix, label, mode="text" if data.get(f"{prefix}-mode") == "text" else "rows", mapping=mapping)
        found.text = str(data.get(f"{prefix}-text", "")).strip()
        for at in range(MAX_ROWS):
            if f"{prefix}-{at}-field" not in data:
                break
            names = ("field", "operator", "value", "to")
            found.rows.append(FilterRow(*(str(data.get(f"{prefix}-{at}-{name}", "")) for name in names)))
        if found.mode == "rows":
            found.take_rows()
        return found

    def take_rows(self) -> None:
        """The text that the rows stand for; where they stand for none, why."""
        try:
            self.text, self.error = rows_to_text(self.rows), ""
        except FilterError as error:
            self.error = message(error.code, error.params)

    def to_rows(self) -> None:
        """Show the text as rows; what does not parse stays text."""
        try:
            self.rows, self.mode = rows_of(self.text), "rows"
        except FilterError:
            self.mode = "text"

    def do(self, what: str) -> None:
        """A button of the editor: another row, one row less, rows or text."""
        name, _colon, number = what.partition(":")
        if name == "add" and len(self.rows) < MAX_ROWS:
            self.rows.append(FilterRow("", "is"))
        elif name == "remove" and number.isdigit() and int(number) < len(self.rows):
            del self.rows[int(number)]
            self.take_rows()
        elif name == "text" and not self.error:
            self.mode = "text"
        elif name == "rows":
            self.to_rows()

    @property
    def said(self) -> Said:
        """What the filter says, or why it does not work."""
        return Said(error=self.error) if self.error else say(self.label, self.text, self.mapping)

    @property
    def fields(self) -> list[tuple[str, str]]:
        """(name, caption) of the fields that a filter may name."""
        found = [(f.name, f"{f.caption}") for f in schema(self.label) if filterable(f)]
        return sorted(found, key=lambda pair: pair[1].casefold())

    @property
    def plural(self) -> Any:
        """What the records are called."""
        return schema(self.label).model.Record.plural

    @property
    def drawn(self) -> list[dict[str, Any]]:
        """The rows with their controls."""
        return [self._drawn(at, row) for at, row in enumerate(self.rows)]

    def _drawn(self, at: int, row: FilterRow) -> dict[str, Any]:
        table: Schema = schema(self.label)
        info = table.fields.get(row.field)
        kind = info.kind if info and not info.ref_code else "text"
        operators = operators_for(kind)
        chosen = row.operator if row.operator in operators else operators[0]
        return {
            "at": at,
            "row": row,
            "chosen": chosen,
            "is_unknown": bool(row.field) and (info is None or not filterable(info)),
            "operators": [(name, CAPTIONS[name]) for name in operators],
            "needs_value": chosen not in WITHOUT_VALUE,
            "is_range": chosen == "between",
            "choices": _choices(info, row.value) if chosen in ("is", "is_not") else [],
            "type": "date" if kind == "date" and chosen != "expression" else "text",
        }


def filterable(info: FieldInfo) -> bool:
    """True for fields that a table filter may name: stored ones that people know."""
    return is_filterable(info) and not info.calculated and info.name != "row_version"


def _choices(info: FieldInfo | None, present: str) -> list[tuple[str, Any]]:
    """(value, caption) of a field with few values; the present one stays as it is written. None for other fields."""
    if info is None:
        return []
    if info.kind == "bool":
        found = {True: _("Yes"), False: _("No")}
        words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        value: Any = words.get(present.casefold())
        return [(present if v == value else str(v).lower(), c) for v, c in found.items()]
    if info.kind != "option":
        return []
    options = dict(info.field.labels(info.name)) if info.extensible and getattr(info.field, "labels", None) else {}
    options |= {v: caption or member or _("blank") for v, (member, caption) in info.options.items()}
    try:
        value = info.field.convert(present) if present else None
    except FieldError:
        return []
    if present and value not in options:
        return []
    return [(present if present and v == value else str(v), caption) for v, caption in options.items()]


@register
class FilterEditor(Page):
    """The fragment of the editor, drawn anew while somebody edits."""

    name = "coupling.filter_editor"
    path = "coupling/filter-editor/"
    title = _("Table Filter")
    right = "setup"
    edit_right = "setup"
    icon = "filter"

    def urls(self) -> Sequence[URLPattern]:
        """The fragment."""
        return [path(self.path, FilterEditorView.as_view(page=self), name=self.name)]


class FilterEditorView(PageView):
    """POST draws the editor (or only what it says, with `do=say`) from what the form holds."""

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """The fragment."""
        from django.http import Http404

        prefix, label = request.POST.get("editor", ""), request.POST.get("editor_table", "")
        try:
            known = label.partition(".")[0] in ("erp", "crm") and schema(label) is not None
        except LookupError:
            known = False
        if not known or not re.fullmatch(r"[a-z_]{1,40}", prefix):
            raise Http404
        name = request.POST.get("editor_mapping", "")
        mapping = name if IntegrationTableMapping.objects.filter(name=name).exists() else ""
        editor = Editor.of_data(prefix, label, request.POST, mapping)
        what = request.POST.get("do", "")
        editor.do(what)
        template = "coupling/_filter_said.html" if what == "say" else "coupling/_filter_editor.html"
        return self.render(template, {"editor": editor})
