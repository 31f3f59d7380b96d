"""The home page of this side."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from erp.selectors.role_centre import customers_by_country
from pages import Cue, CueGroup, Help, Part, RoleCentrePage, register, registry
from records.filters import equals_any, to_text


def _warn(count: int) -> str:
    return "warn" if count else ""


def _countries(_request: HttpRequest) -> dict[str, Any]:
    customers = registry.reverse("erp.customer.list")
    counts = customers_by_country(limit=6)
    return {"countries": [(found, f"{customers}?{urlencode({'filter': _of_country(found.code)})}") for found in counts]}


def _of_country(code: str) -> str:
    return to_text(equals_any("country_region_code", [code]))


@register
class ErpRoleCentre(RoleCentrePage):
    """Customers, contacts and what needs attention."""

    name = "erp.role_centre"
    app = "erp"
    path = "erp/"
    title = _("Home")
    headline = _("Sales order processing")
    keywords = _("home, role center, start")
    help = Help(_("What is going on in your company. Every tile opens the list of exactly what it counts."))
    parts = (
        CueGroup(
            "activities",
            _("Activities"),
            (
                Cue("customers", _("Customers"), page="erp.customer.list", view="all"),
                Cue("blocked_customers", _("Blocked Customers"), page="erp.customer.list", view="blocked", tone=_warn),
                Cue(
                    "customers_without_salesperson",
                    _("Customers without Salesperson"),
                    page="erp.customer.list",
                    view="without_salesperson",
                ),
                Cue("companies", _("Companies"), page="erp.contact.list", view="companies"),
                Cue("people", _("People"), page="erp.contact.list", view="people"),
            ),
            width=8,
        ),
        CueGroup(
            "master_data",
            _("Master Data"),
            (
                Cue("salespeople", _("Active Salespeople"), page="erp.salesperson_purchaser.list", view="active"),
                Cue("currencies", _("Currencies"), page="erp.currency.list"),
            ),
            width=4,
        ),
        Part(
            "customers_by_country",
            _("Customers by Country/Region"),
            "erp/_customers_by_country.html",
            _countries,
            width=12,
        ),
    )
