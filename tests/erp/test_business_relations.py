"""What relations link: contacts with customers, one each."""

from __future__ import annotations

import pytest

from records import db
from tests.erp.tools import PERSON, company, create, customer, get, marketing, person, pk_of, refusals

pytestmark = pytest.mark.usefixtures("installed")


@pytest.fixture
def alone():
    """A customer without a contact."""
    relation = pk_of("erp.BusinessRelation", "CUST")
    marketing(bus_rel_code_for_customers=None)
    pk = customer()
    marketing(bus_rel_code_for_customers=relation)
    return pk


def link(contact, code="CUST", **values):
    relation = pk_of("erp.BusinessRelation", code)
    return create("erp.ContactBusinessRelation", contact_no=contact, business_relation_code=relation, **values)


def test_a_relation_finds_the_customer_by_its_number(alone):
    pk = link(company(), link_to_table=1, no="C00010")

    assert get("erp.ContactBusinessRelation", pk)["customer"] == alone


def test_the_setup_codes_need_a_number():
    assert refusals(link, company()) == [("no", "link_needs_number")]
    assert refusals(link, company(), code="VEND") == [("no", "link_needs_number")]
    assert refusals(link, company(), link_to_table=1) == [("no", "link_needs_number")]


def test_an_unknown_number_is_refused():
    assert refusals(link, company(), link_to_table=1, no="X") == [("no", "link_number_unknown")]


def test_a_table_that_does_not_exist_cannot_be_linked():
    assert refusals(link, company(), link_to_table=3, no="X") == [("link_to_table", "link_not_available")]


def test_a_customer_has_one_contact_and_a_contact_one_customer(alone):
    other = customer(name="Other")
    own = db.one("SELECT contact_no_id FROM erp_contactbusinessrelation WHERE customer_id = %s", [other])[0]

    assert refusals(link, company(), link_to_table=1, no=get("erp.Customer", other)["no"]) == [
        ("no", "customer_already_related")
    ]
    create("erp.BusinessRelation", code="MORE")
    assert refusals(link, own, code="MORE", link_to_table=1, no="C00010") == [("contact_no", "contact_already_related")]


def test_only_a_customer_of_type_person_is_linked_to_a_person(alone):
    maria = person()
    assert refusals(link, maria, link_to_table=1, no="C00010") == [("contact_no", "relation_needs_company")]

    db.execute("UPDATE erp_customer SET contact_type = %s WHERE system_id = %s", [PERSON, alone])
    assert link(maria, link_to_table=1, no="C00010")


def test_the_list_shows_names_and_counts():
    from records.values import fetch, present

    press = create("erp.BusinessRelation", code="PRESS", description="Press")
    pk = create("erp.ContactBusinessRelation", contact_no=company(name="Firm"), business_relation_code=press)

    (shown,) = present("erp.ContactBusinessRelation", fetch("erp.ContactBusinessRelation", [pk]))
    (kind,) = present("erp.BusinessRelation", fetch("erp.BusinessRelation", [press]))

    assert (shown["contact_name"], shown["business_relation_description"], shown["no"]) == ("Firm", "Press", "")
    assert kind["no_of_contacts"] == 1


def test_the_list_searches_number_and_name_of_the_contact():
    from records.listing import select

    customer(name="Café Ö")

    found = {
        text: select("erp.ContactBusinessRelation", search=text).count()
        for text in ("cafe o", "CT000001", "C0001", "x")
    }
    assert found == {"cafe o": 1, "CT000001": 1, "C0001": 1, "x": 0}
