"""Values of extensible option sets: list and form for administrators."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from crm.choices import FREIGHT_TERMS, PAYMENT_TERMS, SHIPPING_METHOD
from pages import CardPage, Column, FastTab, ListPage, View, register


@register
class OptionValueList(ListPage):
    """What can be chosen as payment terms, freight terms and shipping method."""

    name = "crm.option_value.list"
    app = "crm"
    model = "crm.OptionValue"
    path = "crm/optionvalues/"
    title = _("Option Values")
    card = "crm.option_value.card"
    menu = ("administration", 60)
    icon = "options"
    edit_right = "setup"
    keywords = _("option set, payment terms, freight terms, shipping method, crm")
    columns = ("label", "attributename", Column("value"))
    views = (
        View("all", _("All Option Values"), ""),
        View("payment_terms", _("Payment Terms"), f"attributename={PAYMENT_TERMS}"),
        View("freight_terms", _("Freight Terms"), f"attributename={FREIGHT_TERMS}"),
        View("shipping_method", _("Shipping Method"), f"attributename={SHIPPING_METHOD}"),
    )


@register
class OptionValueForm(CardPage):
    """One option value."""

    name = "crm.option_value.card"
    app = "crm"
    model = "crm.OptionValue"
    path = "crm/optionvalues/<uuid:pk>/"
    title = _("Option Value")
    list = "crm.option_value.list"
    edit_right = "setup"
    fasttabs = (
        FastTab(
            "general",
            _("General"),
            ("attributename", "label", "value", "entityname", "createdon", "modifiedby", "modifiedon"),
        ),
    )
