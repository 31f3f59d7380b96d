"""Salespeople and purchasers: list and card."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from pages import CardPage, FastTab, Help, ListPage, More, View, register


@register
class SalespersonPurchaserList(ListPage):
    """All salespeople and purchasers."""

    name = "erp.salesperson_purchaser.list"
    model = "erp.SalespersonPurchaser"
    path = "erp/salespeople/"
    title = _("Salespeople/Purchasers")
    card = "erp.salesperson_purchaser.card"
    menu = ("sales", 30)
    icon = "people_team"
    keywords = _("salesperson, purchaser, seller, agent")
    help = Help(
        _(
            "Salespeople look after customers and contacts. A blocked salesperson cannot be chosen for a "
            "customer any more."
        )
    )
    columns = ("code", "name", "job_title", "phone_no", "e_mail", "commission_pct", "blocked")
    views = (
        View("all", _("All"), ""),
        View("active", _("Active"), "blocked=false"),
        View("blocked", _("Blocked"), "blocked=true"),
    )


@register
class SalespersonPurchaserCard(CardPage):
    """One salesperson or purchaser."""

    name = "erp.salesperson_purchaser.card"
    model = "erp.SalespersonPurchaser"
    path = "erp/salespeople/<uuid:pk>/"
    title = _("Salesperson/Purchaser Card")
    list = "erp.salesperson_purchaser.list"
    # fmt: off
    fasttabs = (
        FastTab(
            "general",
            _("General"),
            (
                "code", "name", "job_title", "commission_pct", "phone_no", "e_mail", More("e_mail_2"),
                More("privacy_blocked"), "blocked",
            ),
            summary=("code", "name"),
        ),
        FastTab("invoicing", _("Invoicing"), ("global_dimension_1_code", "global_dimension_2_code")),
    )
    # fmt: on
