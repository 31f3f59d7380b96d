"""Purchases & Payables Setup: number series of the purchasing side of the company."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.models.base import Singleton
from records.fields import Ref


class PurchasesPayablesSetup(Singleton):
    """The one row."""

    vendor_nos = Ref("erp.NoSeries", models.RESTRICT, code="code", caption=_("Vendor Nos."), db_index=False)

    class Record:
        """Declaration of the table."""

        label = _("Purchases & Payables Setup")
        plural = _("Purchases & Payables Setup")
        natural_key = None
        title = ()
        search = ()
        sort = ()
        path = "purchases-payables-setup"
        singleton = True
