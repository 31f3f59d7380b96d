"""Create as Customer, Link with Existing Customer."""

from __future__ import annotations

import pytest

from erp.services.contact import contact_create_customer, contact_link_customer
from records.errors import Refused
from tests.erp.tools import PERSON, change, company, contact_of, customer, get, marketing, person, pk_of, refusals

pytestmark = pytest.mark.usefixtures("installed")


def test_a_contact_becomes_a_customer_and_keeps_being_its_contact():
    own = company(name="Firm", city="Lund", e_mail="a@example.com")

    pk = contact_create_customer(contact=own)

    now = get("erp.Customer", pk)
    assert (now["name"], now["city"], now["e_mail"], now["no"]) == ("Firm", "Lund", "a@example.com", "C00010")
    assert contact_of(pk) == own
    assert get("erp.Contact", own)["contact_business_relation"] == 1


def test_a_person_without_company_becomes_a_customer_of_type_person():
    maria = person()

    now = get("erp.Customer", contact_create_customer(contact=maria))

    assert (now["contact_type"], now["primary_contact_no"]) == (PERSON, maria)


@pytest.mark.parametrize("case", ["related", "private", "employee", "no setup", "unknown"])
def test_contacts_that_cannot_become_customers(case):
    contact = {
        "related": lambda: contact_of(customer()),
        "private": lambda: company(privacy_blocked=True),
        "employee": lambda: person(company_no=company()),
        "no setup": company,
        "unknown": lambda: "00000000-0000-7000-8000-000000000000",
    }[case]()
    if case == "no setup":
        marketing(bus_rel_code_for_customers=None)

    with pytest.raises(Refused) as refused:
        contact_create_customer(contact=contact)

    assert (
        refused.value.code
        == {
            "related": "contact_already_related",
            "private": "privacy_blocked_contact",
            "employee": "relation_needs_company",
            "no setup": "setup_missing",
            "unknown": "not_found",
        }[case]
    )


@pytest.mark.parametrize(("keep", "name"), [("customer", "Buyer"), ("contact", "Firm")])
def test_linking_makes_both_sides_equal(keep, name):
    relation = pk_of("erp.BusinessRelation", "CUST")
    marketing(bus_rel_code_for_customers=None)
    pk = customer(name="Buyer", phone_no="1")
    marketing(bus_rel_code_for_customers=relation)
    own = company(name="Firm", phone_no="2")

    contact_link_customer(contact=own, customer=pk, keep=keep)

    assert get("erp.Customer", pk)["name"] == get("erp.Contact", own)["name"] == name
    assert get("erp.Customer", pk)["phone_no"] == get("erp.Contact", own)["phone_no"]
    change("erp.Contact", own, city="Lund")
    assert get("erp.Customer", pk)["city"] == "Lund"


def test_a_customer_that_has_a_contact_is_not_linked_again():
    pk = customer()

    assert refusals(contact_link_customer, contact=company(), customer=pk) == [("no", "customer_already_related")]
