"""Shipment methods: list and card."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from pages import CardPage, FastTab, Help, ListPage, register


@register
class ShipmentMethodList(ListPage):
    """All shipment methods."""

    name = "erp.shipment_method.list"
    model = "erp.ShipmentMethod"
    path = "erp/shipment-methods/"
    title = _("Shipment Methods")
    card = "erp.shipment_method.card"
    menu = ("sales", 50)
    icon = "box"
    keywords = _("shipment, delivery, freight terms")
    help = Help(_("Terms of delivery: who bears the cost and the risk."))
    columns = ("code", "description", "last_modified_date_time")


@register
class ShipmentMethodCard(CardPage):
    """One shipment method."""

    name = "erp.shipment_method.card"
    model = "erp.ShipmentMethod"
    path = "erp/shipment-methods/<uuid:pk>/"
    title = _("Shipment Method Card")
    list = "erp.shipment_method.list"
    # fmt: off
    fasttabs = (
        FastTab(
            "general",
            _("General"),
            (
                "code", "description", "last_modified_date_time",
            ),
            summary=("code", "description"),
        ),
    )
    # fmt: on
