"""Business Relation and Contact Business Relation: what a contact is to the company."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.choices import LINK_CUSTOMER, LINK_TO_TABLE
from erp.models.base import ErpTable
from erp.rules import business_relation as rules
from records.batch import Batch
from records.fields import Calculated, Code, Int, Option, Ref, Text

_CONTACTS = "(SELECT count(*) FROM erp_contactbusinessrelation r WHERE r.business_relation_code_id = {t}.system_id)"
_DESCRIPTION = "(SELECT b.description FROM erp_businessrelation b WHERE b.system_id = {t}.business_relation_code_id)"
_CONTACT_NAME = "(SELECT c.name FROM erp_contact c WHERE c.system_id = {t}.contact_no_id)"


class BusinessRelation(ErpTable):
    """A kind of relation, such as customer or vendor."""

    code = Code(10, caption=_("Code"), required=True, unique=True)
    description = Text(100, caption=_("Description"))

    class Record:
        """Declaration of the table."""

        label = _("Business Relation")
        plural = _("Business Relations")
        natural_key = "code"
        title = ("code", "description")
        search = ("code", "description")
        sort = ("code",)
        path = "business-relations"
        calculated = {"no_of_contacts": Calculated(Int(), _("No. of Contacts"), default=0, sql=_CONTACTS)}


class ContactBusinessRelation(ErpTable):
    """One relation of one contact; `no` repeats the number of the linked customer and follows it."""

    contact_no = Ref(
        "erp.Contact", models.RESTRICT, code="no", caption=_("Contact No."), required=True, null=False, db_index=False
    )
    business_relation_code = Ref(
        "erp.BusinessRelation",
        models.RESTRICT,
        code="code",
        caption=_("Business Relation Code"),
        required=True,
        null=False,
        db_index=False,
    )
    link_to_table = Option(LINK_TO_TABLE, caption=_("Link to Table"))
    no = Code(20, caption=_("No."))
    customer = Ref("erp.Customer", models.RESTRICT, code="no", caption=_("Customer"), internal=True, db_index=False)

    class Meta:
        """Keys and constraints."""

        constraints = [
            models.UniqueConstraint(
                fields=["contact_no", "business_relation_code"], name="erp_contactbusinessrelation_key"
            ),
            models.UniqueConstraint(
                fields=["contact_no", "link_to_table"],
                condition=~Q(link_to_table=0),
                name="erp_contactbusinessrelation_one_per_table",
            ),
            models.UniqueConstraint(fields=["customer"], name="erp_contactbusinessrelation_one_per_customer"),
            models.CheckConstraint(
                condition=Q(customer__isnull=True) | Q(link_to_table=LINK_CUSTOMER),
                name="erp_contactbusinessrelation_customer_link",
            ),
        ]

    class Record:
        """Declaration of the table."""

        label = _("Contact Business Relation")
        plural = _("Contact Business Relations")
        natural_key = None
        title = ("contact_no", "business_relation_code")
        search = ("no",)
        search_related = ("contact_no__no", "contact_no__name")
        sort = ("no",)
        path = "contact-business-relations"
        calculated = {
            "business_relation_description": Calculated(
                Text(100),
                _("Business Relation Description"),
                default="",
                sql=f"coalesce({_DESCRIPTION}, '')",
                order="business_relation_code__description",
            ),
            "contact_name": Calculated(
                Text(100),
                _("Contact Name"),
                default="",
                sql=f"coalesce({_CONTACT_NAME}, '')",
                order="contact_no__name",
            ),
        }
        rule_fields = frozenset({"contact_no", "business_relation_code", "link_to_table", "no", "customer"})

    @classmethod
    def before_write(cls, batch: Batch) -> None:
        """Whom a relation may link: the contact's type, the customer's number."""
        if batch.kind != "delete":
            rules.check(batch)

    @classmethod
    def after_write(cls, batch: Batch) -> None:
        """R6: the contact and its people show their relation."""
        rules.refresh_contacts(batch)
