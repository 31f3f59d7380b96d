"""The tables of this side in the API."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erp.api import TABLES
from records.schema import model_of, schema
from tests.erp.tools import company, contact_of, customer, get, marketing, person, pk_of, salesperson

pytestmark = pytest.mark.usefixtures("installed")


@pytest.fixture
def client(api):
    return api("salesperson")


def path(label):
    return f"/api/v1/erp/{model_of(label).Record.path}/"


def is_single(label):
    return getattr(model_of(label).Record, "singleton", False)


@pytest.mark.parametrize("label", [*TABLES, "erp.Contact"])
def test_every_table_is_there(client, label):
    response = client.get(path(label))

    assert response.status_code == 200
    record = response.json() if is_single(label) else None
    if record is not None:
        assert record["page"] == f"/erp/{model_of(label).Record.path}/"
        assert set(record) >= {f.name for f in schema(label) if not f.internal}


def test_a_customer_goes_in_and_out_with_its_own_names(client):
    salesperson("JO")
    values = {
        "name": "Café Ö",
        "salesperson_code": "jo",
        "country_region_code": "SE",
        "blocked": "Ship",
        "reserve": "always",
        "credit_limit_lcy": "1234.5",
        "contact": "Ana Ek",
        "currency_code": "",
    }

    record = client.post(path("erp.Customer"), values).json()

    assert record["no"] == "C00010"
    assert (record["salesperson_code"], record["country_region_code"], record["blocked"]) == ("JO", "SE", "Ship")
    assert (record["reserve"], record["credit_limit_lcy"], record["balance_lcy"]) == ("Always", "1234.5000", "0.0000")
    assert (record["primary_contact_no"], record["currency_code"], record["search_name"]) == ("CT000002", "", "CAFÉ Ö")
    assert (record["row_version"], record["no_series"]) == (2, "CUST")
    assert record["last_date_modified"] == record["system_modified_at"][:10]


def test_rules_answer_at_their_field_in_plain_words(client):
    salesperson("JO", privacy_blocked=True)

    body = {"name": "a", "phone_no": "x", "salesperson_code": "JO"}
    errors = client.post(path("erp.Customer"), body).json()["errors"]

    assert errors["salesperson_code"][0]["detail"] == "Privacy Blocked must not be true for Salesperson JO."
    assert errors["phone_no"][0]["code"] == "contains_letters"


@pytest.mark.parametrize("country", ["Germany", "ZZ"])
def test_a_caller_gives_the_code_of_a_country(client, country):
    response = client.post(path("erp.Customer"), {"name": "a", "country_region_code": country})

    assert response.json()["errors"]["country_region_code"][0]["code"] == "not_found"


def test_a_person_may_name_its_company(client):
    company(name="Firm")

    record = client.post(path("erp.Contact"), {"type": "Person", "name": "Ana Ek", "company_name": "Firm"}).json()

    assert (record["type"], record["company_no"], record["surname"]) == ("Person", "CT000001", "Ek")
    assert (record["contact_business_relation"], record["no_of_business_relations"]) == ("None", 0)


def test_a_relation_is_made_by_numbers(client):
    pk = customer()
    relations = client.get(path("erp.ContactBusinessRelation")).json()["results"]

    assert [(r["contact_no"], r["business_relation_code"], r["link_to_table"], r["no"]) for r in relations] == [
        ("CT000001", "CUST", "Customer", "C00010")
    ]
    assert relations[0]["business_relation_description"] == "Customer"
    assert "customer" not in relations[0]
    other = company()
    body = {
        "contact_no": get("erp.Contact", other)["no"],
        "business_relation_code": "CUST",
        "link_to_table": "Customer",
    }
    response = client.post(path("erp.ContactBusinessRelation"), body | {"no": "c00010"})
    assert response.json()["errors"]["no"][0]["code"] == "customer_already_related"
    assert contact_of(pk)


def test_setups_are_changed_in_place(client):
    now = client.get(path("erp.MarketingSetup")).json()
    assert (now["contact_nos"], now["bus_rel_code_for_customers"]) == ("CONT", "CUST")

    changed = client.patch(path("erp.MarketingSetup"), {"default_country_region_code": "SE"}).json()

    assert (changed["default_country_region_code"], changed["row_version"]) == ("SE", now["row_version"] + 1)
    assert client.post(path("erp.MarketingSetup"), {}).status_code == 405
    assert client.delete(path("erp.MarketingSetup")).status_code == 405


def test_the_company_shows_when_it_changed(client):
    before = client.get(path("erp.CompanyInformation")).json()

    after = client.patch(path("erp.CompanyInformation"), {"iban": "de89370400440532013000"}).json()

    assert after["iban"] == "DE89370400440532013000"
    assert after["last_modified_date_time"] > before["last_modified_date_time"]
    assert after["created_datetime"] == before["created_datetime"]
    bad = client.patch(path("erp.CompanyInformation"), {"iban": "DE1", "home_page": "javascript:x"}).json()["errors"]
    assert {field: errors[0]["code"] for field, errors in bad.items()} == {
        "iban": "invalid_iban",
        "home_page": "invalid_url",
    }


def test_a_salesperson_in_use_is_a_refused_state(client):
    customer(salesperson_code=salesperson("JO"))
    address = f"{path('erp.SalespersonPurchaser')}{pk_of('erp.SalespersonPurchaser', 'JO')}/"

    response = client.delete(address)

    assert (response.status_code, response.json()["code"]) == (409, "in_use")


def test_a_contact_becomes_a_customer(client, api):
    own = company(name="Firm")
    address = f"{path('erp.Contact')}{own}/create-customer/"

    assert api("viewer").post(address).status_code == 403
    response = client.post(address)

    assert (response.status_code, response.json()["name"]) == (201, "Firm")
    again = client.post(address)
    assert (again.status_code, again.json()["code"]) == (409, "contact_already_related")
    assert client.post(f"{path('erp.Contact')}{person()}x/create-customer/").status_code == 404


def test_a_contact_is_linked_with_a_customer(client):
    relation = pk_of("erp.BusinessRelation", "CUST")
    marketing(bus_rel_code_for_customers=None)
    customer(name="Buyer")
    marketing(bus_rel_code_for_customers=relation)
    address = f"{path('erp.Contact')}{company(name='Firm')}/link-customer/"

    def errors(body):
        return {field: e[0]["code"] for field, e in client.post(address, body).json()["errors"].items()}

    assert errors({}) == {"customer": "required"}
    assert errors({"customer": "X"}) == {"customer": "not_found"}
    assert errors({"customer": "C00010", "keep": "both"}) == {"keep": "invalid_option"}
    assert client.post(address, {"customer": "C00010"}).json()["name"] == "Buyer"


@pytest.mark.parametrize("label", ["erp.Customer", "erp.Contact", "erp.ContactBusinessRelation"])
def test_a_list_takes_the_same_queries_however_long_it_is(client, label):
    def queries():
        with CaptureQueriesContext(connection) as found:
            assert client.get(path(label)).status_code == 200
        return len(found)

    customer(contact="Ana Ek", salesperson_code=salesperson("A"))
    few = queries()
    for i in range(5):
        customer(name=f"n{i}", contact="Bo Ek", salesperson_code=salesperson(f"B{i}"))

    assert queries() == few
