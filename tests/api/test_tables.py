"""The API of a table as `spec/api.md` promises it, shown on countries, customers and payment terms."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from pages import registry
from pages.api import registered
from records.filters import is_filterable
from records.listing import is_orderable
from records.schema import schema
from records.values import address
from records.writes import insert

pytestmark = pytest.mark.django_db
TERMS = "/api/v1/erp/payment-terms/"
CUSTOMERS = "/api/v1/erp/customers/"
NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def client(api: Callable[[str], APIClient]) -> APIClient:
    return api("salesperson")


@pytest.fixture
def terms(db: Any) -> str:
    """Three payment terms; the identifier of the first."""
    rows = [
        {"code": code, "description": text}
        for code, text in (("1M", "One Month"), ("30D", "Net 30 Days"), ("COD", "Cäsh"))
    ]
    return insert("erp.PaymentTerms", rows, source="setup").rows[0].pk


def codes(response: Any) -> dict[str, list[str]]:
    """{field: [code]} of a 400."""
    assert response.status_code == 400, response.content
    for problems in response.json()["errors"].values():
        assert all(set(problem) == {"code", "detail", "params"} and problem["detail"] for problem in problems)
    return {field: [p["code"] for p in problems] for field, problems in response.json()["errors"].items()}


def test_a_created_record_is_answered_with_its_address_and_version(client: APIClient) -> None:
    response = client.post(TERMS, {"code": "14d", "discount_pct": "2.5"})

    record = response.json()
    assert response.status_code == 201
    assert response["Location"] == f"http://testserver{TERMS}{record['id']}/"
    assert response["ETag"] == '"1"'
    assert (record["code"], record["discount_pct"], record["row_version"]) == ("14D", "2.50000", 1)
    assert record["page"] == f"/erp/payment-terms/{record['id']}/"
    assert client.get(response["Location"]).json() == record


def test_the_writer_is_the_user(client: APIClient) -> None:
    assert client.post(TERMS, {"code": "14D"}).json()["system_created_by"] == "salesperson"


def test_a_list_has_windows(client: APIClient, terms: str) -> None:
    first = client.get(TERMS, {"limit": 2}).json()
    second = client.get(first["next"]).json()

    assert [record["code"] for record in first["results"] + second["results"]] == ["1M", "30D", "COD"]
    assert (first["count"], first["previous"], second["next"]) == (3, None, None)
    assert client.get(second["previous"]).json() == first
    assert client.get(TERMS, {"limit": 5000}).json()["count"] == 3


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"ordering": "-code"}, ["COD", "30D", "1M"]),
        ({"ordering": "description"}, ["COD", "30D", "1M"]),
        ({"q": "CASH"}, ["COD"]),
        ({"q": "month"}, ["1M"]),
        ({"q": "100%"}, []),
        ({"filter": "code=1*|COD"}, ["1M", "COD"]),
        ({"filter": "description=@*days*,code=<>1M"}, ["30D"]),
        ({"code": "cod"}, ["COD"]),
        ({"code": "CO"}, []),
        ({"colour": "red"}, ["1M", "30D", "COD"]),
    ],
)
def test_a_list_is_filtered_searched_and_sorted(
    client: APIClient, terms: str, query: dict[str, str], found: list[str]
) -> None:
    assert [record["code"] for record in client.get(TERMS, query).json()["results"]] == found


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("limit", "0"),
        ("limit", "x"),
        ("limit", "-1"),
        ("offset", "-1"),
        ("offset", "1e3"),
        ("offset", "9" * 30),
        ("ordering", "colour"),
        ("ordering", "search_fold"),
        ("ordering", "--code"),
        ("filter", "colour=red"),
        ("filter", "code"),
        ("filter", "discount_pct=two"),
        ("q", "\x00"),
        ("code", "\x00"),
    ],
)
def test_a_bad_query_parameter_is_named(client: APIClient, key: str, value: str) -> None:
    assert list(codes(client.get(TERMS, {key: value}))) == [key]


def test_reading_takes_a_constant_number_of_queries(client: APIClient, django_assert_max_num_queries: Any) -> None:
    insert("erp.PaymentTerms", [{"code": f"T{n}"} for n in range(50)], source="setup")
    with django_assert_max_num_queries(6):
        assert len(client.get(TERMS).json()["results"]) == 50


def test_a_change_raises_the_version_and_the_etag(client: APIClient, terms: str) -> None:
    response = client.patch(f"{TERMS}{terms}/", {"description": "Ein Monat"}, headers={"If-Match": '"1"'})

    assert (response.status_code, response["ETag"], response.json()["row_version"]) == (200, '"2"', 2)
    assert response.json()["system_modified_by"] == "salesperson"


def test_a_stale_change_gets_the_present_record(client: APIClient, terms: str) -> None:
    client.patch(f"{TERMS}{terms}/", {"description": "theirs"})

    for method, body in ((client.patch, {"description": "mine"}), (client.delete, None)):
        response = method(f"{TERMS}{terms}/", body, headers={"If-Match": '"1"'})
        assert (response.status_code, response.json()["description"], response["ETag"]) == (412, "theirs", '"2"')
    assert client.get(f"{TERMS}{terms}/").json()["description"] == "theirs"


@pytest.mark.parametrize("header", ["1", '"x"', '"-1"', '"1", "2"', '"9999999999999999999999"', ""])
def test_a_bad_if_match_is_named(client: APIClient, terms: str, header: str) -> None:
    assert list(codes(client.patch(f"{TERMS}{terms}/", {}, headers={"If-Match": header}))) == ["If-Match"]


def test_a_change_of_nothing_writes_nothing(client: APIClient, terms: str) -> None:
    record = client.get(f"{TERMS}{terms}/").json()

    assert client.patch(f"{TERMS}{terms}/", record).json() == record


def test_stamps_are_ignored_when_sent(client: APIClient, terms: str) -> None:
    sent = {
        "system_modified_at": "2000-01-01",
        "system_created_by": "me",
        "row_version": 99,
        "last_modified_date_time": None,
        "page": 1,
    }

    record = client.patch(f"{TERMS}{terms}/", sent | {"description": "x"}).json()

    assert (record["row_version"], record["system_created_by"], record["description"]) == (2, "", "x")
    assert record["last_modified_date_time"] is not None


def test_every_bad_field_of_a_body_is_named(client: APIClient) -> None:
    body = {"code": "X" * 11, "discount_pct": "much", "due_date_calculation": "soon", "colour": "red", "code__in": []}

    assert codes(client.post(TERMS, body)) == {
        "code": ["too_long"],
        "discount_pct": ["invalid_number"],
        "due_date_calculation": ["invalid_date_formula"],
        "colour": ["unknown_field"],
        "code__in": ["unknown_field"],
    }


def test_required_and_unique_are_said_at_the_field(client: APIClient, terms: str) -> None:
    assert codes(client.post(TERMS, {"description": "x"})) == {"code": ["required"]}
    assert codes(client.post(TERMS, {"code": "1m"})) == {"code": ["unique_violation"]}


def test_details_are_in_the_language_asked_for_and_codes_are_not(client: APIClient) -> None:
    def problem(language: str) -> dict[str, Any]:
        return client.post(TERMS, {}, headers={"Accept-Language": language}).json()["errors"]["code"][0]

    assert problem("sv")["code"] == problem("en")["code"] == "required"
    assert client.post(TERMS, {}, headers={"Accept-Language": "fr-CH"})["Content-Language"] == "fr"


@pytest.mark.parametrize("key", ["nope", "1", NOBODY, "%00", "..%2f", NOBODY + "0", "ünï"])
@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_a_malformed_or_unknown_id_is_404(client: APIClient, method: str, key: str) -> None:
    response = getattr(client, method)(f"{TERMS}{key}/")

    assert response.status_code == 404
    assert "Traceback" not in response.content.decode()


def test_a_deleted_record_is_gone(client: APIClient, terms: str) -> None:
    assert client.delete(f"{TERMS}{terms}/").status_code == 204
    assert client.get(f"{TERMS}{terms}/").status_code == 404
    assert client.delete(f"{TERMS}{terms}/").status_code == 404


def test_deleting_what_others_refer_to_is_refused(client: APIClient, terms: str) -> None:
    client.post(CUSTOMERS, {"no": "C1", "name": "Åke", "payment_terms_code": "1M"})

    response = client.delete(f"{TERMS}{terms}/")

    assert (response.status_code, response.json()["code"]) == (409, "in_use")
    assert client.get(f"{TERMS}{terms}/").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        "null",
        '"x"',
        "1",
        "{",
        "",
        "NaN",
        '{"code": NaN}',
        "[" * 50_000,
        '{"code": ' + "[" * 50 + "]" * 50 + "}",
        '{"a": ' + "9" * 5000 + "}",
    ],
)
def test_a_body_that_is_no_object_is_400(client: APIClient, body: str) -> None:
    response = client.post(TERMS, data=body, content_type="application/json")

    assert response.status_code == 400
    assert response.json()["errors"]


@pytest.mark.parametrize("text", ["\\u0000", "\\ud800", "a\\udfffb"])
def test_text_that_cannot_be_stored_is_400_at_its_field(client: APIClient, text: str) -> None:
    response = client.post(TERMS, data='{"description": "' + text + '"}', content_type="application/json")

    assert list(codes(response)) == ["description"]


def test_bytes_that_are_no_text_are_400(client: APIClient) -> None:
    assert client.post(TERMS, data=b'{"code": "\xff"}', content_type="application/json").status_code == 400


def test_a_very_large_body_is_refused(client: APIClient) -> None:
    body = json.dumps({"code": "x" * 6_000_000})

    assert client.post(TERMS, data=body, content_type="application/json").status_code == 413


def test_other_methods_and_kinds_of_content_are_refused(client: APIClient, terms: str) -> None:
    assert client.put(f"{TERMS}{terms}/", {}).status_code == 405
    assert client.delete(TERMS).status_code == 405
    assert client.post(TERMS, data="x", content_type="text/plain").status_code == 415


def test_a_setup_table_is_one_record_at_its_collection(client: APIClient) -> None:
    address = "/api/v1/erp/company-information/"
    before = client.get(address).json()

    after = client.patch(address, {"city": "Malmö"}, headers={"If-Match": f'"{before["row_version"]}"'}).json()

    assert (after["city"], after["page"]) == ("Malmö", "/erp/company-information/")
    assert client.post(address, {}).status_code == client.delete(address).status_code == 405


def test_each_model_field_sent_by_name_leaves_protected_values_alone(client: APIClient, terms: str) -> None:
    before = client.get(f"{TERMS}{terms}/").json()
    for name in (*before, "pk", "search_fold", "system_id", "row_version", "id__in", "__class__", "_state"):
        client.patch(f"{TERMS}{terms}/", {name: NOBODY})
    after = client.get(f"{TERMS}{terms}/").json()

    protected = ("id", "page", "system_id", "system_created_at", "system_created_by", "code")
    assert {n: after[n] for n in protected if n != "code"} == {n: before[n] for n in protected if n != "code"}


def test_the_openapi_document_describes_every_table(client: APIClient) -> None:
    document = client.get("/api/v1/schema/?format=json").json()

    assert document["openapi"].startswith("3.1")
    assert "post" in document["paths"]["/api/v1/erp/customers/"]
    customer = document["components"]["schemas"]["ErpCustomer"]["properties"]
    assert customer["no"]["maxLength"] == 20
    assert "search_fold" not in customer


def test_an_unknown_address_is_404_in_the_form_of_the_api(client: APIClient) -> None:
    for method in (client.get, client.post, client.delete):
        response = method("/api/v1/erp/unicorns/")
        assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_an_address_without_its_slash_leads_to_the_one_with(client: APIClient) -> None:
    assert client.get("/api/v1/erp/payment-terms")["Location"] == TERMS


@pytest.mark.parametrize("label", registered())
def test_the_page_of_a_record_is_its_card(label: str) -> None:
    assert address(label, NOBODY) == registry.address_of(label, NOBODY)


@pytest.mark.parametrize("label", registered())
def test_every_registered_table_answers(client: APIClient, label: str) -> None:
    model = schema(label).model
    path = f"/api/v1/{model._meta.app_label}/{model.Record.path}/"

    response = client.get(path)

    assert response.status_code == 200
    if not getattr(model.Record, "singleton", False):
        orderings = [info.name for info in schema(label) if is_orderable(info)]
        assert client.get(path, {"ordering": ",".join(orderings)}).status_code == 200
        for name in [info.name for info in schema(label) if is_filterable(info)]:
            assert client.get(path, {"filter": f"{name}=''"}).status_code == 200, name
