"""Business relations, and the relations of contacts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from pages import CardPage, FastTab, Help, ListPage, register


@register
class BusinessRelationList(ListPage):
    """Kinds of relations."""

    name = "erp.business_relation.list"
    model = "erp.BusinessRelation"
    path = "erp/business-relations/"
    title = _("Business Relations")
    card = "erp.business_relation.card"
    menu = ("setup", 60)
    icon = "organization"
    keywords = _("business relation")
    help = Help(_("Kinds of relations between contacts and your company, such as customer or vendor."))
    columns = ("code", "description", "no_of_contacts")


@register
class BusinessRelationCard(CardPage):
    """One kind of relation."""

    name = "erp.business_relation.card"
    model = "erp.BusinessRelation"
    path = "erp/business-relations/<uuid:pk>/"
    title = _("Business Relation Card")
    list = "erp.business_relation.list"
    # fmt: off
    fasttabs = (
        FastTab(
            "general",
            _("General"),
            (
                "code", "description", "no_of_contacts",
            ),
            summary=("code", "description"),
        ),
    )
    # fmt: on


@register
class ContactBusinessRelationList(ListPage):
    """Which contact has which relation."""

    name = "erp.contact_business_relation.list"
    model = "erp.ContactBusinessRelation"
    path = "erp/contact-business-relations/"
    title = _("Contact Business Relations")
    card = "erp.contact_business_relation.card"
    menu = ("sales", 70)
    icon = "organization"
    keywords = _("business relation, contact")
    help = Help(_("The relations of contacts. A relation to a customer names the number of the customer."))
    columns = (
        "contact_no", "contact_name", "business_relation_code", "business_relation_description",
        "link_to_table", "no",
    )  # fmt: skip


@register
class ContactBusinessRelationCard(CardPage):
    """One relation of one contact."""

    name = "erp.contact_business_relation.card"
    model = "erp.ContactBusinessRelation"
    path = "erp/contact-business-relations/<uuid:pk>/"
    title = _("Contact Business Relation Card")
    list = "erp.contact_business_relation.list"
    # fmt: off
    fasttabs = (
        FastTab(
            "general",
            _("General"),
            (
                "contact_no", "contact_name", "business_relation_code", "business_relation_description",
                "link_to_table", "no",
            ),
            summary=("contact_no", "business_relation_code"),
        ),
    )
    # fmt: on
