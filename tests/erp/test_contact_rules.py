"""Field rules of contacts."""

from __future__ import annotations

import pytest

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
    get,
    marketing,
    person,
    refusals,
    salesperson,
)

pytestmark = pytest.mark.usefixtures("installed")


def parts(pk):
    now = get("erp.Contact", pk)
    return now["first_name"], now["middle_name"], now["surname"]


def test_f3_search_e_mail_follows_and_e_mail_2_is_one_address():
    pk = person(e_mail="Maria@example.com")

    assert get("erp.Contact", pk)["search_e_mail"] == "MARIA@EXAMPLE.COM"
    assert change("erp.Contact", pk, e_mail="")["search_e_mail"] == ""
    assert refusals(change, "erp.Contact", pk, e_mail_2="a@example.com;b@example.com") == [
        ("e_mail_2", "invalid_email")
    ]


def test_f8_contacts_accept_a_blocked_salesperson_but_no_private_one():
    blocked, private = salesperson("BL", blocked=True), salesperson("PR", privacy_blocked=True)

    assert get("erp.Contact", person(salesperson_code=blocked))["salesperson_code"] == blocked
    assert refusals(person, salesperson_code=private) == [("salesperson_code", "privacy_blocked_salesperson")]


def test_f13_a_typed_name_is_split():
    pk = person(name="Ana Maria Trujillo")
    assert parts(pk) == ("Ana", "Maria", "Trujillo")

    change("erp.Contact", pk, name="Ana Ek")
    assert parts(pk) == ("Ana", "", "Ek")


def test_f13_the_parts_make_the_name_and_the_search_name():
    pk = person(name="Ana Trujillo")

    now = change("erp.Contact", pk, surname="Ek")

    assert (now["name"], now["search_name"]) == ("Ana Ek", "ANA EK")


def test_f13_in_a_synchronization_the_parts_make_the_name():
    from erp.models import Contact
    from records.batch import Batch, Row
    from records.ids import uuid7
    from records.schema import schema
    from records.writes import defaults, write_batch

    values = {"first_name": "Ana", "surname": "Ek", "type": PERSON}
    row = Row(uuid7(), new=defaults(schema(Contact)) | values, changed=values, given=values)
    write_batch(Batch(Contact, "insert", "sync", [row], validate=frozenset(values)))

    now = get("erp.Contact", row.pk)
    assert (now["name"], now["search_name"]) == ("Ana Ek", "ANA EK")


def test_f13_a_company_keeps_its_own_name_as_company_name():
    pk = company(name="Adatum")

    now = change("erp.Contact", pk, name="Beta")

    assert (now["company_name"], now["company_no"], now["search_name"]) == ("Beta", pk, "BETA")
    assert parts(pk) == ("", "", "")


def test_f13_a_company_has_no_first_name():
    assert refusals(company, first_name="Ana", surname="Ek") == [
        ("first_name", "only_for_people"),
        ("surname", "only_for_people"),
    ]
    assert person(name="", first_name="Ana")


def test_f14_a_person_becomes_a_company():
    pk = person(name="Ana Ek", job_title="Owner", company_no=company())

    now = change("erp.Contact", pk, type=COMPANY)

    assert parts(pk) == ("", "", "")
    assert (now["job_title"], now["company_no"], now["company_name"]) == ("", pk, "Ana Ek")


def test_f14_a_company_becomes_a_person():
    pk = company(name="Ana Ek")

    now = change("erp.Contact", pk, type=PERSON)

    assert parts(pk) == ("Ana", "", "Ek")
    assert (now["company_no"], now["company_name"]) == (None, "")


def test_f14_refused_while_people_belong_to_it():
    pk = company()
    person(company_no=pk)

    assert refusals(change, "erp.Contact", pk, type=PERSON) == [("type", "type_has_people")]


def test_f14_refused_with_business_relations_currency_or_vat_number():
    related = contact_of(customer())
    rich = company(currency_code=currency(), vat_registration_no="X1")

    assert refusals(change, "erp.Contact", related, type=PERSON) == [("type", "type_has_relations")]
    assert refusals(change, "erp.Contact", rich, type=PERSON) == [("type", "type_has_value")] * 2


def test_f15_a_person_takes_over_from_the_company():
    jo = salesperson()
    firm = company(
        name="Firm",
        salesperson_code=jo,
        country_region_code=country("SE"),
        language_code="SVE",
        address="Gatan 1",
        post_code="111",
        city="Stockholm",
        phone_no="08-1",
        e_mail="info@example.com",
    )

    now = get("erp.Contact", person(company_no=firm, phone_no="070"))

    assert (now["company_name"], now["salesperson_code"], now["language_code"]) == ("Firm", jo, "SVE")
    assert (now["address"], now["city"], now["country_region_code"]) == ("Gatan 1", "Stockholm", country("SE"))
    assert (now["phone_no"], now["e_mail"]) == ("070", "info@example.com")


def test_f15_an_address_of_ones_own_stays():
    firm = company(address="Gatan 1", city="Stockholm")

    now = get("erp.Contact", person(company_no=firm, city="Uppsala"))

    assert (now["address"], now["city"]) == ("", "Uppsala")


def test_f15_with_a_new_company_only_the_old_companys_values_move():
    old, new = (
        company(address="A 1", city="A", phone_no="1", fax_no="2"),
        company(address="B 1", city="B", phone_no="3", fax_no="4"),
    )
    pk = person(company_no=old, fax_no="99")

    now = change("erp.Contact", pk, company_no=new)

    assert (now["address"], now["city"], now["phone_no"], now["fax_no"]) == ("B 1", "B", "3", "99")


def test_f15_the_flags_of_the_marketing_setup_decide():
    marketing(inherit_language_code=False, inherit_address_details=False, inherit_communication_details=False)
    firm = company(
        language_code="SVE", city="Stockholm", phone_no="1", territory_code=create("erp.Territory", code="N")
    )

    now = get("erp.Contact", person(company_no=firm))

    assert (now["language_code"], now["city"], now["phone_no"]) == ("", "", "")
    assert now["territory_code"] is not None


def test_f15_leaving_empties_the_company_name_and_the_relation():
    pk = person(company_no=contact_of(customer()))
    assert get("erp.Contact", pk)["contact_business_relation"] == 1

    now = change("erp.Contact", pk, company_no=None)

    assert (now["company_name"], now["contact_business_relation"]) == ("", 100)


def test_f15_a_person_belongs_to_a_company_and_a_company_to_itself():
    other = person()

    assert refusals(person, company_no=other) == [("company_no", "not_a_company")]
    assert refusals(company, company_no=company(name="B")) == [("company_no", "own_company")]


def test_f15_a_typed_company_name_finds_the_company():
    firm = company(name="Firm Å")

    now = get("erp.Contact", person(company_name="firm å"))

    assert (now["company_no"], now["company_name"]) == (firm, "Firm Å")
    assert refusals(person, company_name="Nobody") == [("company_name", "company_not_found")]


def test_f16_a_minor_is_blocked_for_privacy():
    assert get("erp.Contact", person(minor=True))["privacy_blocked"] is True


def test_f16_a_minor_without_consent_stays_blocked():
    pk = person(minor=True)

    assert refusals(change, "erp.Contact", pk, privacy_blocked=False) == [("privacy_blocked", "minor_without_consent")]
    assert refusals(person, minor=True, privacy_blocked=False) == [("privacy_blocked", "minor_without_consent")]


def test_f16_consent_blocks_until_somebody_lifts_it():
    pk = person(minor=True)

    assert change("erp.Contact", pk, parental_consent_received=True)["privacy_blocked"] is True
    assert change("erp.Contact", pk, privacy_blocked=False)["privacy_blocked"] is False


def test_f20_a_contact_number_cannot_be_blanked():
    assert refusals(change, "erp.Contact", person(), no="") == [("no", "required")]


def test_a_company_needs_a_name_where_a_user_enters_it():
    assert refusals(company, name="") == [("name", "contact_name_required")]
    assert person(name="")
