"""R1 to R13: what happens whoever writes."""

from __future__ import annotations

import pytest

from records import db
from records.actor import acting
from tests.erp.tools import (
    COMPANY,
    PERSON,
    change,
    company,
    contact_of,
    country,
    create,
    currency,
    customer,
    exists,
    get,
    marketing,
    person,
    pk_of,
    rate,
    refusals,
    remove,
    salesperson,
    setup,
    version,
)

pytestmark = pytest.mark.usefixtures("installed")


def relation(pk):
    return get("erp.Contact", pk)["contact_business_relation"]


def test_r1_blank_numbers_come_from_the_series():
    assert [get("erp.Customer", customer())["no"] for _i in range(3)] == ["C00010", "C00020", "C00030"]
    assert get("erp.Customer", customer())["no_series"] == pk_of("erp.NoSeries", "CUST")


def test_r1_without_a_series_the_setup_is_named():
    setup("erp.SalesReceivablesSetup", customer_nos=None)

    assert refusals(customer) == [("no", "setup_missing")]


def test_r1_the_message_names_field_and_table():
    from records.messages import text

    params = {"field": "@erp.SalesReceivablesSetup.customer_nos", "table": "@erp.SalesReceivablesSetup"}
    assert text("setup_missing", params) == "Customer Nos. must have a value in Sales & Receivables Setup."


@pytest.mark.parametrize("source", ["api", "import", "sync", "setup"])
def test_r2_a_new_customer_gets_its_contact(source):
    pk = customer(source=source, city="Berlin", e_mail="a@example.com", search_name="CHOSEN")

    own = get("erp.Contact", contact_of(pk))
    assert (own["name"], own["city"], own["e_mail"], own["search_name"]) == (
        "Adatum",
        "Berlin",
        "a@example.com",
        "CHOSEN",
    )
    assert (own["type"], own["company_no"], own["contact_business_relation"]) == (COMPANY, contact_of(pk), 1)
    assert db.rows("SELECT link_to_table, no FROM erp_contactbusinessrelation") == [(1, "C00010")]


def test_r2_a_customer_of_type_person_gets_a_person_as_primary_contact():
    pk = customer(name="Ana Ek", contact_type=PERSON)

    now = get("erp.Customer", pk)
    own = get("erp.Contact", contact_of(pk))
    assert now["primary_contact_no"] == contact_of(pk)
    assert (own["type"], own["first_name"], own["surname"], own["company_no"]) == (PERSON, "Ana", "Ek", None)


def test_r2_is_switched_off_without_a_relation_code():
    marketing(bus_rel_code_for_customers=None)
    pk = customer()

    change("erp.Customer", pk, name="Beta")

    assert db.one("SELECT count(*) FROM erp_contact") == (0,)


def test_r2_contacts_that_cannot_be_numbered_are_said_at_the_customer():
    marketing(contact_nos=None)

    assert refusals(customer) == [("", "setup_missing")]
    assert db.one("SELECT count(*) FROM erp_customer") == (0,)


@pytest.mark.parametrize("source", ["page", "sync"])
def test_r2_a_changed_customer_changes_its_contact(source):
    pk = customer()

    change("erp.Customer", pk, source=source, name="Beta", phone_no="12", privacy_blocked=True)

    own = get("erp.Contact", contact_of(pk))
    assert (own["name"], own["company_name"], own["phone_no"], own["privacy_blocked"]) == ("Beta", "Beta", "12", True)


def test_r2_a_change_without_common_fields_leaves_the_contact_alone():
    pk = customer()
    before = version("erp.Contact", contact_of(pk))

    change("erp.Customer", pk, credit_limit_lcy=5)

    assert version("erp.Contact", contact_of(pk)) == before


def test_r3_a_changed_contact_changes_its_customer_without_field_rules():
    pk = customer(country_region_code=country("SE"), city="Lund", e_mail="a@example.com")

    change("erp.Contact", contact_of(pk), source="sync", name="Beta", country_region_code=country("DE"), e_mail="odd")

    now = get("erp.Customer", pk)
    assert (now["name"], now["country_region_code"], now["city"], now["e_mail"]) == (
        "Beta",
        country("DE"),
        "Lund",
        "odd",
    )
    assert now["no"] == "C00010"


def test_r2_and_r3_write_each_side_once():
    pk = customer()
    own = contact_of(pk)

    change("erp.Customer", pk, name="Beta")
    change("erp.Contact", own, name="Gamma")

    assert (version("erp.Customer", pk), version("erp.Contact", own)) == (3, 3)


def test_r4_people_follow_their_company():
    pk = customer(phone_no="1", city="Lund", address="Gatan 1")
    own = contact_of(pk)
    maria, bo = person(company_no=own), person(company_no=own, phone_no="99", city="Malmö")

    change("erp.Contact", own, name="Beta", phone_no="2", city="Ystad")

    maria, bo = get("erp.Contact", maria), get("erp.Contact", bo)
    assert (maria["company_name"], maria["phone_no"], maria["city"], maria["address"]) == (
        "Beta",
        "2",
        "Ystad",
        "Gatan 1",
    )
    assert (bo["company_name"], bo["phone_no"], bo["city"]) == ("Beta", "99", "Malmö")


def test_r4_runs_behind_r2():
    pk = customer(phone_no="1")
    maria = person(company_no=contact_of(pk))

    change("erp.Customer", pk, source="sync", phone_no="2")

    assert get("erp.Contact", maria)["phone_no"] == "2"


def test_r4_respects_the_flags():
    pk = customer(phone_no="1")
    maria = person(company_no=contact_of(pk))
    marketing(inherit_communication_details=False)

    change("erp.Customer", pk, phone_no="2")

    assert get("erp.Contact", maria)["phone_no"] == "1"


def test_r5_a_renamed_primary_contact_renames_the_text():
    pk = customer(contact="Maria Anders")

    change("erp.Contact", get("erp.Customer", pk)["primary_contact_no"], source="api", surname="Ek")

    assert get("erp.Customer", pk)["contact"] == "Maria Ek"


def test_r6_contacts_show_their_relations():
    own = company()
    maria = person(company_no=own)
    press = create("erp.BusinessRelation", code="PRESS")
    law = create("erp.BusinessRelation", code="LAW")
    assert (relation(own), relation(maria)) == (100, 100)

    first = create("erp.ContactBusinessRelation", contact_no=own, business_relation_code=press)
    assert (relation(own), relation(maria)) == (101, 101)

    create("erp.ContactBusinessRelation", contact_no=own, business_relation_code=law)
    assert (relation(own), relation(maria)) == (102, 102)

    remove("erp.ContactBusinessRelation", first)
    assert (relation(own), relation(maria)) == (101, 101)


def test_r6_a_moved_relation_updates_both_contacts():
    one, other = company(), company(name="B")
    press = create("erp.BusinessRelation", code="PRESS")
    pk = create("erp.ContactBusinessRelation", contact_no=one, business_relation_code=press)

    change("erp.ContactBusinessRelation", pk, contact_no=other)

    assert (relation(one), relation(other)) == (100, 101)


def test_r7_new_contacts_get_the_defaults():
    jo = salesperson()
    marketing(
        default_salesperson_code=jo,
        default_country_region_code=country("SE"),
        default_language_code="SVE",
        default_correspondence_type=2,
        def_company_salutation_code="FIRM",
        default_person_salutation_code="MR",
    )

    one, other = get("erp.Contact", company()), get("erp.Contact", person(language_code="ENU"))

    assert (one["salesperson_code"], one["country_region_code"], one["language_code"]) == (jo, country("SE"), "SVE")
    assert (one["correspondence_type"], one["salutation_code"]) == (2, "FIRM")
    assert (other["language_code"], other["salutation_code"]) == ("ENU", "MR")


def test_r7_a_contact_made_from_a_customer_gets_no_defaults():
    marketing(default_language_code="SVE")

    assert get("erp.Contact", contact_of(customer()))["language_code"] == ""


def test_r8_a_new_customer_belongs_to_the_salesperson_of_the_user():
    from people.models import User

    jo, other = salesperson("JO"), salesperson("OT", blocked=True)
    User.objects.create(username="jo", salesperson="JO")
    User.objects.create(username="ot", salesperson="OT")

    with acting("jo", "page"):
        mine, chosen = customer(), customer(salesperson_code=salesperson("TH"))
    with acting("ot", "page"):
        blocked = customer()

    assert get("erp.Customer", mine)["salesperson_code"] == jo
    assert get("erp.Customer", chosen)["salesperson_code"] == pk_of("erp.SalespersonPurchaser", "TH")
    assert get("erp.Customer", blocked)["salesperson_code"] is None
    assert other


def test_r9_stamps_say_who_and_when():
    with acting("ann", "page"):
        pk = customer()
    with acting("bo", "page"):
        change("erp.Customer", pk, name="Beta")

    stamps = db.one(
        "SELECT system_created_by, system_modified_by, system_modified_at > system_created_at,"
        " last_date_modified = (now() AT TIME ZONE 'UTC')::date FROM erp_customer"
    )
    assert stamps == ("ann", "bo", True, True)


def test_r9_payment_terms_and_countries_show_when_they_changed():
    pk = create("erp.PaymentTerms", code="30D")
    sql = "SELECT last_modified_date_time FROM erp_paymentterms"
    before = db.one(sql)

    change("erp.PaymentTerms", pk, description="30 days")

    assert db.one(sql) > before


def test_r10_a_deleted_customer_leaves_its_contacts():
    pk = customer(contact="Maria Anders")
    own, maria = contact_of(pk), get("erp.Customer", pk)["primary_contact_no"]

    remove("erp.Customer", pk)

    assert not exists("erp.Customer", pk)
    assert (relation(own), relation(maria)) == (100, 100)
    assert db.one("SELECT count(*) FROM erp_contactbusinessrelation") == (0,)


def test_r10_a_bill_to_customer_cannot_be_deleted_and_keeps_its_relation():
    pk = customer()
    customer(bill_to_customer_no=pk)

    assert refusals(remove, "erp.Customer", pk) == [("", "in_use")]
    assert relation(contact_of(pk)) == 1


def test_r11_people_go_with_their_company_and_customers_lose_their_contact():
    pk = customer(contact="Maria Anders")
    own, maria = contact_of(pk), get("erp.Customer", pk)["primary_contact_no"]

    remove("erp.Contact", own)

    now = get("erp.Customer", pk)
    assert not exists("erp.Contact", own)
    assert not exists("erp.Contact", maria)
    assert (now["primary_contact_no"], now["contact"]) == (None, "")
    assert db.one("SELECT count(*) FROM erp_contactbusinessrelation") == (0,)


def test_r11_a_deleted_person_leaves_the_company():
    pk = customer(contact="Maria Anders")
    maria = get("erp.Customer", pk)["primary_contact_no"]

    remove("erp.Contact", maria)

    assert exists("erp.Contact", contact_of(pk))
    assert (get("erp.Customer", pk)["primary_contact_no"], relation(contact_of(pk))) == (None, 1)


def test_r11_a_company_and_its_people_can_be_deleted_together():
    from records.writes import delete

    own = company()
    maria = person(company_no=own)

    written = delete("erp.Contact", [(own, None), (maria, None)], source="page")

    assert (len(written.rows), written.rejected) == (2, [])


def test_r12_a_salesperson_in_use_cannot_be_deleted():
    jo = salesperson()
    customer(salesperson_code=jo)

    assert refusals(remove, "erp.SalespersonPurchaser", jo) == [("", "in_use")]
    assert refusals(remove, "erp.SalespersonPurchaser", salesperson("XX")) == []


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("erp.Currency", "currency_code"),
        ("erp.PaymentTerms", "payment_terms_code"),
        ("erp.ShipmentMethod", "shipment_method_code"),
        ("erp.ShippingAgent", "shipping_agent_code"),
        ("erp.Territory", "territory_code"),
        ("erp.CountryRegion", "country_region_code"),
    ],
)
def test_r13_what_is_referenced_cannot_be_deleted(label, field):
    used, free = create(label, code="ZZ1"), create(label, code="ZZ2")
    customer(**{field: used})

    assert refusals(remove, label, used) == [("", "in_use")]
    assert refusals(remove, label, free) == []


def test_r13_exchange_rates_go_with_their_currency_only_when_it_goes():
    import datetime as dt

    used, free = currency("USD"), currency("GBP")
    rate(used, dt.date(2026, 1, 1))
    rate(free, dt.date(2026, 1, 1))
    customer(currency_code=used)

    assert refusals(remove, "erp.Currency", used) == [("", "in_use")]
    remove("erp.Currency", free)

    assert db.rows("SELECT currency_code_id FROM erp_currencyexchangerate") == [(used,)]


def test_r14_renaming_keeps_identity_and_references():
    pk = create("erp.PaymentTerms", code="30D")
    buyer = customer(payment_terms_code=pk)

    assert change("erp.PaymentTerms", pk, code="N30")["code"] == "N30"
    assert get("erp.Customer", buyer)["payment_terms_code"] == pk
