"""Field rules of customers."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.erp.tools import (
    PERSON,
    change,
    company,
    contact_of,
    create,
    customer,
    get,
    person,
    pk_of,
    refusals,
    salesperson,
    setup,
)

pytestmark = pytest.mark.usefixtures("installed")


def test_f1_search_name_follows_the_name():
    pk = customer(name="Café Ö")
    assert get("erp.Customer", pk)["search_name"] == "CAFÉ Ö"
    assert change("erp.Customer", pk, name="Beta")["search_name"] == "BETA"


def test_f1_a_search_name_that_a_user_chose_stays():
    pk = customer(name="Adatum", search_name="mine")

    assert change("erp.Customer", pk, name="Beta")["search_name"] == "MINE"


@pytest.mark.parametrize("field", ["phone_no", "mobile_phone_no"])
def test_f2_phone_numbers_have_no_letters(field):
    assert refusals(customer, **{field: "12 ext 3"}) == [(field, "contains_letters")]
    assert get("erp.Customer", customer(**{field: "+46 (0)8-12"}))[field] == "+46 (0)8-12"


def test_f3_each_address_must_be_valid():
    assert refusals(customer, e_mail="a@example.com;b") == [("e_mail", "invalid_email")]
    assert get("erp.Customer", customer(e_mail="a@example.com; b@example.com"))["e_mail"].count("@") == 2


def test_f7_vat_registration_no_is_in_capitals():
    assert get("erp.Customer", customer(vat_registration_no="de12x"))["vat_registration_no"] == "DE12X"


def test_f8_a_blocked_salesperson_cannot_be_chosen():
    jo = salesperson(blocked=True)

    assert refusals(customer, salesperson_code=jo) == [("salesperson_code", "blocked_salesperson")]


def test_f8_a_salesperson_blocked_for_privacy_cannot_be_chosen():
    jo = salesperson(privacy_blocked=True)

    assert refusals(customer, salesperson_code=jo) == [("salesperson_code", "privacy_blocked_salesperson")]


def test_f8_an_unknown_salesperson_is_refused():
    unknown = "00000000-0000-7000-8000-000000000000"

    assert refusals(customer, salesperson_code=unknown) == [("salesperson_code", "not_found")]


def test_f8_a_salesperson_who_was_blocked_later_does_not_hinder_other_changes():
    jo = salesperson()
    pk = customer(salesperson_code=jo)
    change("erp.SalespersonPurchaser", jo, blocked=True)

    assert change("erp.Customer", pk, name="Beta")["name"] == "Beta"


def test_f9_privacy_blocked_blocks_everything_and_back():
    pk = customer()
    assert change("erp.Customer", pk, privacy_blocked=True)["blocked"] == 3
    assert change("erp.Customer", pk, privacy_blocked=False)["blocked"] == 0


def test_f9_blocked_cannot_change_while_blocked_for_privacy():
    pk = customer(privacy_blocked=True)

    assert refusals(change, "erp.Customer", pk, blocked=1) == [("blocked", "privacy_blocked_customer")]
    assert change("erp.Customer", pk, blocked=3)["blocked"] == 3


def test_f9_a_page_asks_and_the_answer_lifts_it():
    pk = customer(privacy_blocked=True)

    assert refusals(change, "erp.Customer", pk, source="page", blocked=1) == [("blocked", "privacy_blocked_confirm")]
    assert change("erp.Customer", pk, source="page", blocked=1, privacy_blocked=False)["blocked"] == 1


def test_f10_a_person_gives_the_name():
    pk = customer()
    maria = person(company_no=contact_of(pk))

    now = change("erp.Customer", pk, primary_contact_no=maria)

    assert now["contact"] == "Maria Anders"


def test_f10_a_company_gives_phone_numbers_and_e_mail_where_it_has_them():
    pk = customer(phone_no="1", e_mail="old@example.com", contact="")
    own = contact_of(pk)
    change("erp.Contact", own, mobile_phone_no="77", source="rule")

    now = change("erp.Customer", pk, primary_contact_no=own)

    assert (now["contact"], now["mobile_phone_no"], now["phone_no"], now["e_mail"]) == (
        "",
        "77",
        "1",
        "old@example.com",
    )


def test_f10_a_stranger_is_refused():
    pk, stranger = customer(), person(company_no=company(name="Other"))

    assert refusals(change, "erp.Customer", pk, primary_contact_no=stranger) == [
        ("primary_contact_no", "contact_not_related")
    ]


def test_f10_without_primary_contact_the_text_is_emptied():
    pk = customer(contact="Maria Anders")
    assert get("erp.Customer", pk)["primary_contact_no"]

    now = change("erp.Customer", pk, primary_contact_no=None)

    assert (now["primary_contact_no"], now["contact"]) == (None, "")


def test_f10_a_new_customer_from_the_sales_side_does_without():
    from erp.models import Customer
    from records.batch import Batch, Row
    from records.ids import uuid7
    from records.schema import schema
    from records.writes import defaults, write_batch

    values = {"name": "New", "primary_contact_no": person()}
    row = Row(uuid7(), new=defaults(schema(Customer)) | values, changed=values, given=values)

    written = write_batch(Batch(Customer, "insert", "sync", [row], validate=frozenset(values)))

    assert not written.rejected
    assert get("erp.Customer", row.pk)["primary_contact_no"] is None


def test_f11_a_typed_contact_becomes_a_person_of_the_company():
    pk = customer(contact="Maria Anders", phone_no="12", city="Berlin", salesperson_code=salesperson())

    now = get("erp.Customer", pk)
    maria = get("erp.Contact", now["primary_contact_no"])
    assert now["contact"] == "Maria Anders"
    assert (maria["first_name"], maria["surname"], maria["search_name"]) == ("Maria", "Anders", "MARIA ANDERS")
    assert (maria["type"], maria["company_no"], maria["company_name"]) == (PERSON, contact_of(pk), "Adatum")
    assert (maria["phone_no"], maria["city"]) == ("12", "Berlin")
    assert maria["salesperson_code"] == now["salesperson_code"]
    assert maria["contact_business_relation"] == 1


def test_f11_works_on_an_existing_customer_too():
    pk = customer()

    now = change("erp.Customer", pk, source="page", contact="Bo Ek")

    assert get("erp.Contact", now["primary_contact_no"])["surname"] == "Ek"


def test_f11_a_contact_text_that_was_there_makes_no_person():
    pk = customer(contact="Bo Ek", source="setup")

    assert change("erp.Customer", pk, contact="Bo Eka")["primary_contact_no"] is None


def test_f11_needs_the_relation_code_for_customers():
    setup("erp.MarketingSetup", bus_rel_code_for_customers=None)

    assert get("erp.Customer", customer(contact="Bo Ek"))["primary_contact_no"] is None


def test_f11_does_not_run_in_a_synchronization_without_validate():
    pk = create("erp.Customer", source="sync", name="Adatum", contact="Bo Ek")

    assert get("erp.Customer", pk)["primary_contact_no"] is None


def test_f12_gln_has_a_check_digit():
    assert refusals(customer, gln="4006381333932") == [("gln", "invalid_gln")]
    assert get("erp.Customer", customer(gln="4006381333931"))["gln"] == "4006381333931"


def test_f20_a_typed_number_needs_manual_nos():
    assert get("erp.Customer", customer(no="mine"))["no"] == "MINE"
    change("erp.NoSeries", pk_of("erp.NoSeries", "CUST"), manual_nos=False)

    assert refusals(customer, no="X1") == [("no", "no_series_not_manual")]
    assert get("erp.Customer", customer())["no"] == "C00010"


def test_f20_renaming_keeps_the_identity_and_renames_the_relation():
    from records import db

    pk = customer()

    assert change("erp.Customer", pk, no="NEW1")["no"] == "NEW1"
    assert db.rows("SELECT no, customer_id FROM erp_contactbusinessrelation") == [("NEW1", pk)]


def test_f20_a_number_cannot_be_blanked_or_taken():
    pk, other = customer(), customer()

    assert refusals(change, "erp.Customer", pk, no="") == [("no", "required")]
    taken = get("erp.Customer", other)["no"]
    assert refusals(change, "erp.Customer", pk, no=taken) == [("no", "unique_violation")]


def test_name_is_required_for_users_only():
    assert refusals(create, "erp.Customer") == [("name", "required")]
    assert create("erp.Customer", source="sync")


def test_a_customer_is_not_its_own_bill_to_customer():
    pk = customer()

    assert refusals(change, "erp.Customer", pk, bill_to_customer_no=pk) == [("bill_to_customer_no", "bill_to_itself")]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("prepayment_pct", Decimal("100.1"), "out_of_range"),
        ("blocked", 7, "invalid_option"),
        ("name", "x" * 101, "too_long"),
        ("registration_number", "x" * 21, "registration_number_too_long"),
        ("country_region_code", "00000000-0000-7000-8000-000000000000", "not_found"),
    ],
)
def test_declared_constraints(field, value, code):
    assert refusals(customer, **{field: value}) == [(field, code)]


def test_declared_constraints_hold_in_the_database_too():
    from django.db import IntegrityError, transaction

    from records import db

    pk = customer()
    for change_to in ("blocked = 7", "prepayment_pct = 101"):
        with pytest.raises(IntegrityError, match="_valid"), transaction.atomic():
            db.execute(f"UPDATE erp_customer SET {change_to} WHERE system_id = %s", [pk])


def test_codes_are_upper_case_and_trimmed_and_texts_lose_trailing_blanks():
    pk = customer(no=" ab1 ", name="Adatum  ", language_code="enu ")

    now = get("erp.Customer", pk)
    assert (now["no"], now["name"], now["language_code"]) == ("AB1", "Adatum", "ENU")


def test_all_refusals_of_a_record_are_named_at_once():
    found = refusals(customer, name="x" * 101, phone_no="x", e_mail="x", blocked=9)

    assert dict(found) == {
        "name": "too_long",
        "blocked": "invalid_option",
        "phone_no": "contains_letters",
        "e_mail": "invalid_email",
    }


def test_on_a_page_the_contact_text_belongs_to_the_primary_contact():
    pk = customer(contact="Bo Ek")

    assert refusals(change, "erp.Customer", pk, source="page", contact="Al") == [("contact", "contact_of_primary")]
    assert change("erp.Customer", pk, source="api", contact="Al")["contact"] == "Al"
    assert change("erp.Customer", pk, source="page", primary_contact_no=None)["contact"] == ""
