"""Contacts that become customers, or are joined with customers that exist."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from erp.choices import CONTACT_COMPANY, LINK_CUSTOMER
from erp.rules.company_contact import COPIED, customers_of, done, existing_contacts
from erp.selectors import setup
from records.errors import Refused
from records.ids import uuid7
from records.schema import schema
from records.writes import Edit, insert, read, update


@transaction.atomic
def contact_create_customer(*, contact: str, source: str = "page") -> str:
    """Make a customer with the values of a contact and relate the two; the key of the customer.

    Raises Refused when the contact is a customer already, is blocked for privacy, is a person of a company, or the
    setup has no relation code for customers; Rejected when a value does not suit a customer.
    """
    values = _free_contact(contact)
    customer = uuid7()
    new: dict[str, Any] = {name: values[name] for name in COPIED}
    new |= {"pk": customer, "contact_type": values["type"]}
    if values["type"] != CONTACT_COMPANY:
        new["primary_contact_no"] = contact
    with existing_contacts({customer: contact}):
        insert("erp.Customer", [new], source=source).single()
    return customer


@transaction.atomic
def contact_link_customer(*, contact: str, customer: str, keep: str = "customer", source: str = "page") -> None:
    """Relate a contact with a customer that exists; `keep` says whose values win where they differ.

    Raises Refused as `contact_create_customer`; Rejected when the customer has a contact already.
    """
    values = _free_contact(contact)
    found = read(schema("erp.Customer"), [customer])
    if not found:
        raise Refused("not_found", {"value": customer})
    buyer = found[customer][1]
    relation = {
        "contact_no": contact,
        "business_relation_code": setup.marketing()["bus_rel_code_for_customers"],
        "link_to_table": LINK_CUSTOMER,
        "no": buyer["no"],
    }
    insert("erp.ContactBusinessRelation", [relation], source=source).single()
    if keep == "contact":
        done(update("erp.Customer", [Edit(customer, {name: values[name] for name in COPIED})], source="rule"))
    else:
        done(update("erp.Contact", [Edit(contact, {name: buyer[name] for name in COPIED})], source="rule"))


def refusal_to_link(contact: str) -> Refused | None:
    """Why a contact cannot become a customer; None when it can."""
    try:
        _free_contact(contact)
    except Refused as refused:
        return refused
    return None


def _free_contact(contact: str) -> dict[str, Any]:
    found = read(schema("erp.Contact"), [contact])
    if not found:
        raise Refused("not_found", {"value": contact})
    values = found[contact][1]
    if values["privacy_blocked"]:
        raise Refused("privacy_blocked_contact", {"no": values["no"]})
    if values["type"] != CONTACT_COMPANY and values["company_no"]:
        raise Refused("relation_needs_company")
    if customers_of([contact]):
        raise Refused("contact_already_related", {"no": values["no"]})
    if setup.marketing()["bus_rel_code_for_customers"] is None:
        table = "@erp.MarketingSetup"
        raise Refused("setup_missing", {"field": f"{table}.bus_rel_code_for_customers", "table": table})
    return values
