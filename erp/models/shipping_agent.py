"""Shipping Agent: who carries the goods."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from erp.models.base import ErpTable
from erp.rules import values
from records.fields import Code, Text


class ShippingAgent(ErpTable):
    """A carrier."""

    code = Code(10, caption=_("Code"), required=True, unique=True)
    name = Text(50, caption=_("Name"))
    internet_address = Text(250, caption=_("Internet Address"), checks=(values.web_address,))
    account_no = Text(30, caption=_("Account No."))

    class Record:
        """Declaration of the table."""

        label = _("Shipping Agent")
        plural = _("Shipping Agents")
        natural_key = "code"
        title = ("code", "name")
        search = ("code", "name")
        sort = ("code",)
        path = "shipping-agents"
