"""Payment Terms: when an invoice is due."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from erp.models.base import ErpTable
from records.fields import Bool, Code, DateFormula, DateTime, Dec, Text


class PaymentTerms(ErpTable):
    """Terms of payment; a blank due date calculation means the same day."""

    SYSTEM = (*ErpTable.SYSTEM, "last_modified_date_time")
    MODIFIED = {"last_modified_date_time": False}

    code = Code(10, caption=_("Code"), required=True, unique=True)
    due_date_calculation = DateFormula(caption=_("Due Date Calculation"))
    discount_date_calculation = DateFormula(caption=_("Discount Date Calculation"))
    discount_pct = Dec(9, 5, minimum=0, maximum=100, caption=_("Discount %"))
    description = Text(100, caption=_("Description"))
    calc_pmt_disc_on_cr_memos = Bool(caption=_("Calc. Pmt. Disc. on Cr. Memos"))
    last_modified_date_time = DateTime(
        null=False, default=timezone.now, readonly=True, caption=_("Last Modified Date Time")
    )

    class Record:
        """Declaration of the table."""

        label = _("Payment Terms")
        plural = _("Payment Terms")
        natural_key = "code"
        title = ("code", "description")
        search = ("code", "description")
        sort = ("code",)
        path = "payment-terms"
