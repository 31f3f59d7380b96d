"""Shipping agents: list and card."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from pages import CardPage, FastTab, Help, ListPage, register


@register
class ShippingAgentList(ListPage):
    """All shipping agents."""

    name = "erp.shipping_agent.list"
    model = "erp.ShippingAgent"
    path = "erp/shipping-agents/"
    title = _("Shipping Agents")
    card = "erp.shipping_agent.card"
    menu = ("sales", 60)
    icon = "vehicle_truck_profile"
    keywords = _("shipping, carrier, agent")
    help = Help(_("Carriers that take goods to your customers."))
    columns = ("code", "name", "internet_address", "account_no")


@register
class ShippingAgentCard(CardPage):
    """One shipping agent."""

    name = "erp.shipping_agent.card"
    model = "erp.ShippingAgent"
    path = "erp/shipping-agents/<uuid:pk>/"
    title = _("Shipping Agent Card")
    list = "erp.shipping_agent.list"
    # fmt: off
    fasttabs = (
        FastTab(
            "general",
            _("General"),
            (
                "code", "name", "internet_address", "account_no",
            ),
            summary=("code", "name"),
        ),
    )
    # fmt: on
