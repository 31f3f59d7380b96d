"""Configuration Templates: list, and card with the values as lines; what the mapping list says about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coupling.models import ConfigTemplate
from coupling.pages.fields import resolve_field, shown_field
from coupling.pages.words import KEYWORDS
from pages import CardPage, Column, FastTab, Help, Lines, ListPage, Picker, Row, View, extend, register


def _of_side(side: str) -> Callable[[Sequence[str]], dict[str, Any]]:
    """The templates of a mapping: of one its name, of several their number."""

    def compute(pks: Sequence[str]) -> dict[str, Any]:
        names: dict[str, list[str]] = defaultdict(list)
        found = ConfigTemplate.objects.filter(mapping__in=list(pks), side=side).order_by("priority", "name")
        for key, name in found.values_list("mapping_id", "name"):
            names[str(key)].append(name)
        return {key: of[0] if len(of) == 1 else str(len(of)) for key, of in names.items()}

    return compute


extend(
    "coupling.mapping.list",
    columns=(
        Column("erp_templates", _("Table Templates"), compute=_of_side("erp")),
        Column("crm_templates", _("Integration Table Templates"), compute=_of_side("crm")),
    ),
)


@lru_cache(maxsize=1024)
def _place(template: str) -> tuple[str, str, str]:
    """Mapping, side and table of a template, which never change."""
    found = ConfigTemplate.objects.select_related("mapping").get(pk=template)
    return str(found.mapping_id), found.side, found.table


def _address(row: Row) -> str:
    mapping, side, _table = _place(str(row.get("template")))
    return reverse("coupling.mapping.fields", kwargs={"pk": mapping, "side": side})


def _shown(row: Row) -> str:
    return shown_field(_place(str(row.get("template")))[2], str(row.get("field") or ""))


def _resolve(row: Row, typed: str) -> str:
    return resolve_field(_place(str(row.get("template")))[2], typed)


@register
class TemplateList(ListPage):
    """All templates."""

    name = "coupling.template.list"
    model = "coupling.ConfigTemplate"
    path = "coupling/templates/"
    title = _("Configuration Templates")
    card = "coupling.template.card"
    menu = ("synchronization", 26)
    icon = "document_table"
    edit_right = "setup"
    keywords = KEYWORDS
    help = Help(
        _(
            "A template gives values to the new records of one side of a mapping. If there are several, the first by "
            "priority whose filter includes the source record is used. A value of the template takes precedence over the "
            "value of a field line."
        )
    )
    columns = ("name", "mapping", "side", "priority", "filter")
    filter_fields = ("name", "mapping", "side")
    views = (View("all", _("All"), ""),)


@register
class TemplateCard(CardPage):
    """One template with its values."""

    name = "coupling.template.card"
    model = "coupling.ConfigTemplate"
    path = "coupling/templates/<uuid:pk>/"
    title = _("Configuration Template")
    list = "coupling.template.list"
    edit_right = "setup"
    icon = "document_table"
    fasttabs = (
        FastTab(
            "general", _("General"), ("name", "side", "mapping", "priority", "filter"), summary=("mapping", "name")
        ),
        Lines(
            "values",
            _("Values"),
            "coupling.ConfigTemplateLine",
            "template",
            ("field", "value"),
            sort=("field",),
            pickers={"field": Picker(_address, _shown, _resolve)},
        ),
    )
