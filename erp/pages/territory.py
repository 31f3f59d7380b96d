"""Territories: list and card."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from pages import CardPage, FastTab, Help, ListPage, register


@register
class TerritoryList(ListPage):
    """All territories."""

    name = "erp.territory.list"
    model = "erp.Territory"
    path = "erp/territories/"
    title = _("Territories")
    card = "erp.territory.card"
    menu = ("sales", 40)
    icon = "map"
    keywords = _("territory, area")
    help = Help(_("Areas that customers and contacts belong to."))
    columns = ("code", "name")


@register
class TerritoryCard(CardPage):
    """One territory."""

    name = "erp.territory.card"
    model = "erp.Territory"
    path = "erp/territories/<uuid:pk>/"
    title = _("Territory Card")
    list = "erp.territory.list"
    # fmt: off
    fasttabs = (
        FastTab("general", _("General"), ("code", "name"), summary=("code", "name")),
    )
    # fmt: on
