"""Salesperson/Purchaser: who looks after customers and contacts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from erp.models.base import ErpTable
from erp.rules import salesperson as rules
from erp.rules import values
from records.batch import Batch
from records.fields import Bool, Code, Dec, Text


class SalespersonPurchaser(ErpTable):
    """A salesperson or purchaser."""

    code = Code(20, caption=_("Code"), required=True, unique=True)
    name = Text(50, caption=_("Name"))
    job_title = Text(30, caption=_("Job Title"))
    commission_pct = Dec(5, 2, minimum=0, maximum=100, caption=_("Commission %"))
    phone_no = Text(30, caption=_("Phone No."))
    e_mail = Text(80, caption=_("Email"))
    e_mail_2 = Text(80, caption=_("Email 2"))
    search_e_mail = Code(80, caption=_("Search Email"), readonly=True)
    privacy_blocked = Bool(caption=_("Privacy Blocked"))
    blocked = Bool(caption=_("Blocked"))
    global_dimension_1_code = Code(20, caption=_("Global Dimension 1 Code"))
    global_dimension_2_code = Code(20, caption=_("Global Dimension 2 Code"))

    class Record:
        """Declaration of the table."""

        label = _("Salesperson/Purchaser")
        plural = _("Salespeople/Purchasers")
        natural_key = "code"
        title = ("code", "name")
        search = ("code", "name", "e_mail", "phone_no")
        sort = ("code",)
        path = "salespeople"
        rule_fields = frozenset({"e_mail", "search_e_mail"})
        field_rules = {
            "e_mail": values.check_addresses("e_mail"),
            "e_mail_2": values.check_address("e_mail_2"),
        }

    @classmethod
    def allocate(cls, batch: Batch) -> None:
        """A salesperson made from the Sales side gets the next code of the form `SP NO. 00001`."""
        rules.allocate(batch)

    @classmethod
    def before_write(cls, batch: Batch) -> None:
        """The search e-mail follows the e-mail."""
        values.follow_search_e_mail(batch)
