"""Sales & Receivables Setup: number series of the sales side of the company."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.models.base import Singleton
from records.fields import Code, Option, Ref


def _series(caption: object) -> Ref:
    return Ref("erp.NoSeries", models.RESTRICT, code="code", caption=caption, db_index=False)


class SalesReceivablesSetup(Singleton):
    """The one row."""

    customer_nos = _series(_("Customer Nos."))
    quote_nos = _series(_("Quote Nos."))
    order_nos = _series(_("Order Nos."))
    invoice_nos = _series(_("Invoice Nos."))
    posted_invoice_nos = _series(_("Posted Invoice Nos."))
    price_list_nos = _series(_("Price List Nos."))
    write_in_product_type = Option(
        {0: ("Item", _("Item")), 1: ("Resource", _("Resource"))}, caption=_("Write-in Product Type")
    )
    write_in_product_no = Code(20, caption=_("Write-in Product No."))
    freight_g_l_acc_no = Code(20, caption=_("Freight G/L Acc. No."))
    default_price_list_code = Code(20, caption=_("Default Price List Code"))

    class Record:
        """Declaration of the table."""

        label = _("Sales & Receivables Setup")
        plural = _("Sales & Receivables Setup")
        natural_key = None
        title = ()
        search = ()
        sort = ()
        path = "sales-receivables-setup"
        singleton = True
