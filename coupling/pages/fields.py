"""Choosing fields of tables by caption or name: what pickers offer, and the words for a field."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial
from typing import ClassVar
from uuid import UUID

from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from coupling.conversions import Known, is_mappable
from coupling.mapping_rules import known_mappings
from coupling.models import IntegrationTableMapping
from coupling.suggestions import fitting
from pages import Page, Picker, Row, register
from pages.search import Hit
from pages.views.base import PageView
from records.schema import FieldInfo, Schema, schema

KINDS = {
    "text": _("Text"), "code": _("Code"), "memo": _("Text"), "dateformula": _("Date Formula"), "int": _("Integer"),
    "decimal": _("Decimal"), "bool": _("Boolean"), "date": _("Date"), "datetime": _("Date and Time"),
    "option": _("Option"), "guid": _("GUID"), "ref": _("Lookup"), "polyref": _("Lookup"), "entityname": _("Text"),
}  # fmt: skip
LIMIT = 60


def type_of(info: FieldInfo) -> str:
    """The type of a field in words: "Text (50)"."""
    kind = str(KINDS.get(info.kind, info.kind))
    if info.ref:
        return f"{kind}: {schema(info.ref).model.Record.label}"
    return f"{kind} ({info.max_length})" if info.max_length and info.kind in ("text", "code") else kind


def hits(table: Schema, typed: str, other: tuple[Schema, FieldInfo, bool] | None = None) -> list[Hit]:
    """Mappable fields whose caption or name holds the text; those that fit the `other` field of the line come first.

    `other`: its table, the field, and whether it is the one of the ERP.
    """
    wanted = typed.casefold()
    found = [f for f in table if is_mappable(f) and f.name != "row_version"]
    found = [f for f in found if wanted in str(f.caption).casefold() or wanted in f.name]
    known = known_mappings() if other else Known()
    fits = {f.name: _fits(table, f, other, known) for f in found}
    found.sort(key=lambda f: (f.system, not fits[f.name], not str(f.caption).casefold().startswith(wanted)))
    unfit = "" if other is None else _now("cannot be converted")
    return [
        Hit(f.name, "", str(f.caption), " · ".join(x for x in (f.name, type_of(f), "" if fits[f.name] else unfit) if x))
        for f in found[:LIMIT]
    ]


def _fits(table: Schema, info: FieldInfo, other: tuple[Schema, FieldInfo, bool] | None, known: Known) -> bool:
    if other is None:
        return True
    there, field, is_erp = other
    ends = (there, table, field, info) if is_erp else (table, there, info, field)
    return bool(fitting(*ends, known))


def shown_field(label: str, name: str) -> str:
    """The caption of a field, its name where the table does not have it (any more)."""
    if not name:
        return ""
    table = schema(label)
    return str(table[name].caption) if name in table else name


def resolve_field(label: str, typed: str) -> str:
    """The field with this caption or name; blank where there is none or more than one."""
    wanted = typed.casefold()
    found = [f.name for f in schema(label) if is_mappable(f) and wanted in (str(f.caption).casefold(), f.name)]
    return found[0] if len(found) == 1 else ""


@register
class MappingFields(Page):
    """What the field pickers of a mapping's lines offer."""

    name = "coupling.mapping.fields"
    path = "coupling/mappings/<uuid:pk>/fields/<slug:side>/"
    title = _("Fields")
    icon = "list"

    def urls(self) -> Sequence[URLPattern]:
        """The hits."""
        return [path(self.path, FieldsView.as_view(page=self), name=self.name)]


class FieldsView(PageView):
    """Fields of one table of a mapping."""

    TABLES: ClassVar[dict[str, str]] = {"erp": "erp_table", "crm": "crm_table"}

    def get(self, request: HttpRequest, pk: UUID, side: str) -> TemplateResponse:
        """The list of hits; `other` names the field on the other side."""
        mapping = IntegrationTableMapping.objects.filter(pk=pk).first()
        if mapping is None or side not in self.TABLES:
            raise Http404
        table = schema(getattr(mapping, self.TABLES[side]))
        there = schema(mapping.crm_table if side == "erp" else mapping.erp_table)
        name = request.GET.get("other", "")
        other = (there, there[name], side == "crm") if name in there else None
        typed = request.GET.get("q", "").replace("\x00", "")[:100]
        return TemplateResponse(request, "pages/_lookup.html", {"hits": hits(table, typed, other)})


@lru_cache(maxsize=1024)
def _tables(mapping: str) -> dict[str, str]:
    """The tables of a mapping, which never change."""
    found = IntegrationTableMapping.objects.filter(pk=mapping).values("erp_table", "crm_table").first()
    return {"erp": found["erp_table"], "crm": found["crm_table"]} if found else {"erp": "", "crm": ""}


def _table(row: Row, side: str) -> str:
    return _tables(str(row.get("mapping")))[side]


def _address(side: str, row: Row) -> str:
    other = row.get("crm_field" if side == "erp" else "erp_field")
    where = reverse(MappingFields.name, kwargs={"pk": row.get("mapping"), "side": side})
    return f"{where}?{urlencode({'other': other})}" if other else where


def _shown(side: str, row: Row) -> str:
    name = str(row.get(f"{side}_field") or "")
    label = _table(row, side) if name else ""
    return shown_field(label, name) if label else name


def _resolve(side: str, row: Row, typed: str) -> str:
    label = _table(row, side)
    return resolve_field(label, typed) if label else ""


def picker(side: str) -> Picker:
    """The picker of the field cell of one side."""
    return Picker(partial(_address, side), partial(_shown, side), partial(_resolve, side))
