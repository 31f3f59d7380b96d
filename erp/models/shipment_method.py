"""Shipment Method: who bears cost and risk of a delivery."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from erp.models.base import ErpTable
from records.fields import Code, DateTime, Text


class ShipmentMethod(ErpTable):
    """Terms of delivery."""

    SYSTEM = (*ErpTable.SYSTEM, "last_modified_date_time")
    MODIFIED = {"last_modified_date_time": False}

    code = Code(10, caption=_("Code"), required=True, unique=True)
    description = Text(100, caption=_("Description"))
    last_modified_date_time = DateTime(
        null=False, default=timezone.now, readonly=True, caption=_("Last Modified Date Time")
    )

    class Record:
        """Declaration of the table."""

        label = _("Shipment Method")
        plural = _("Shipment Methods")
        natural_key = "code"
        title = ("code", "description")
        search = ("code", "description")
        sort = ("code",)
        path = "shipment-methods"
