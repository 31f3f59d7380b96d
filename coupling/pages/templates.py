"""Configuration Templates: list, and card with the values as lines; what the mapping list says about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from coupling.models import ConfigTemplate
from coupling.pages.words import KEYWORDS
from pages import CardPage, Column, FastTab, Help, Lines, ListPage, View, extend, register


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
        Lines("values", _("Values"), "coupling.ConfigTemplateLine", "template", ("field", "value"), sort=("field",)),
    )
