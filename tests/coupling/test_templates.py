"""Configuration templates: which one counts, what it gives to new records on both sides, pages and API."""

from __future__ import annotations

from typing import Any

import pytest

from coupling.models import ConfigTemplate, Coupling
from coupling.services import template as templates
from crm.models import Account
from erp.models import Customer
from records.actor import acting
from records.errors import Rejected
from sync.models import OutcomeRow
from tests.coupling.runs import account_of, run
from tests.coupling.test_rule_pages import HTMX, browser
from tests.coupling.world import World

pytestmark = pytest.mark.django_db
API = "/api/v1/templates/"


def template(world: World, name: str, side: str, given: dict[str, Any], **more: Any) -> ConfigTemplate:
    with acting("admin", "api"):
        return templates.template_create(
            mapping=world.mapping("CUSTOMER"), values={"name": name, "side": side, "values": given, **more}
        )


def customer_of(account: str) -> Customer:
    return Customer.objects.get(pk=Coupling.objects.get(pair="CUSTOMER", crm_id=account).erp_id)


def test_a_new_crm_record_gets_the_values_of_its_template(world: World) -> None:
    template(world, "VIP", "crm", {"description": "New from ERP", "numberofemployees": "7"})

    run("CUSTOMER", direction="to_crm")

    account = account_of(world, "Fabrikam")
    assert (account.description, account.numberofemployees) == ("New from ERP", 7)
    row = OutcomeRow.objects.filter(direction="to_crm", action="insert").first()
    assert row is not None
    assert row.params["template"] == "VIP"


def test_a_new_erp_record_gets_the_values_of_its_template_by_code(world: World) -> None:
    template(world, "LOCAL", "erp", {"country_region_code": "DE", "blocked": "Ship"})
    account = world.account("Proseware")

    run("CUSTOMER", direction="from_crm")

    customer = customer_of(account)
    assert (customer.country_region_code.code, customer.blocked) == ("DE", 1)


def test_a_value_of_the_template_wins_over_that_of_the_source(world: World) -> None:
    template(world, "CITY", "erp", {"city": "Bern"})
    account = world.account("Proseware", address1_city="Oslo")

    run("CUSTOMER", direction="from_crm")

    assert customer_of(account).city == "Bern"
    assert Account.objects.get(pk=account).address1_city == "Oslo"


def test_the_first_template_by_priority_whose_filter_fits_counts(world: World) -> None:
    template(world, "REST", "crm", {"description": "rest"}, priority=9)
    template(world, "ROMA", "crm", {"description": "roman"}, priority=1, filter="city=Roma")
    template(world, "NONE", "crm", {"description": "none"}, priority=0, filter="name=Nobody")

    run("CUSTOMER", direction="to_crm")

    assert account_of(world, "Adatum").description == "roman"
    assert account_of(world, "Fabrikam").description == "rest"


def test_a_record_that_fits_no_template_is_created_without_one(world: World) -> None:
    template(world, "ROMA", "crm", {"description": "roman"}, filter="city=Roma")

    run("CUSTOMER", direction="to_crm")

    assert account_of(world, "Fabrikam").description is None


def test_a_template_does_nothing_to_records_that_are_there(world: World) -> None:
    run("CUSTOMER", direction="to_crm")
    template(world, "VIP", "crm", {"description": "New"})

    run("CUSTOMER", direction="to_crm", mode="full_unconditional")

    assert account_of(world, "Fabrikam").description is None


def test_a_value_that_fails_is_replaced_by_that_of_the_template(world: World) -> None:
    template(world, "COUNTRY", "erp", {"country_region_code": "SE"})
    account = world.account("Proseware", address1_country="Atlantis")

    run("CUSTOMER", direction="from_crm")

    assert customer_of(account).country_region_code.code == "SE"


def test_a_template_whose_code_was_deleted_fails_new_records_with_its_name(world: World) -> None:
    from erp.models import PaymentTerms
    from tests.coupling.world import add

    add("erp.PaymentTerms", code="14 DAYS")
    template(world, "TERMS", "erp", {"payment_terms_code": "14 DAYS"})
    PaymentTerms.objects.filter(code="14 DAYS").delete()
    world.account("Proseware")

    run("CUSTOMER", direction="from_crm")

    row = OutcomeRow.objects.filter(direction="from_crm", action="fail").first()
    assert row is not None
    assert (row.reason, row.params["template"]) == ("template_missing", "TERMS")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"name": "X", "values": {"nothing": "1"}}, ("values.nothing", "unknown_field")),
        ({"name": "X", "values": {"blocked": "Maybe"}}, ("values.blocked", "invalid_option")),
        ({"name": "X", "values": {"system_id": "1"}}, ("values.system_id", "read_only_destination")),
        ({"name": "X", "values": {"balance_lcy": "1"}}, ("values.balance_lcy", "read_only_destination")),
        ({"name": "X", "values": []}, ("values", "invalid_value")),
        ({"name": "X", "filter": "nothing=1"}, ("filter", "filter_unknown_field")),
        ({"name": "X", "priority": -1}, ("priority", "out_of_range")),
        ({"name": ""}, ("name", "required")),
    ],
)
def test_wrong_templates_are_refused_at_their_field(
    world: World, values: dict[str, Any], expected: tuple[str, str]
) -> None:
    with pytest.raises(Rejected) as caught:
        templates.template_create(mapping=world.mapping("CUSTOMER"), values=values)

    first = caught.value.errors[0]
    assert (first.field, first.code) == expected


def test_an_option_mapping_has_no_templates(world: World) -> None:
    with pytest.raises(Rejected, match="option_mapping_only"):
        templates.template_create(mapping=world.mapping("PAYMENT TERMS"), values={"name": "X"})


def test_a_template_makes_a_new_version_of_its_mapping(world: World) -> None:
    before = world.mapping("CUSTOMER").version

    made = template(world, "VIP", "crm", {})
    templates.template_update(template=made, values={"priority": 3})

    assert world.mapping("CUSTOMER").version == before + 2


def test_templates_go_through_the_api(world: World) -> None:
    client = browser()
    kind = "application/json"
    body = {"mapping": "customer", "side": "crm", "name": "vip", "values": {"numberofemployees": 7, "donotemail": True}}

    made = client.post(API, body, kind).json()

    assert made["values"] == {"donotemail": "true", "numberofemployees": "7"}
    changed = client.patch(f"{API}{made['id']}/", {"values": {"description": "x"}, "priority": 2}, kind).json()
    assert (changed["values"], changed["priority"]) == ({"description": "x"}, 2)
    assert client.get(f"{API}?mapping=CUSTOMER&side=crm").json()["count"] == 1
    assert client.patch(f"{API}{made['id']}/", {"side": "erp"}, kind).status_code == 400
    assert client.post(API, {"mapping": "NONE", "name": "x"}, kind).status_code == 400
    assert browser("salesperson").delete(f"{API}{made['id']}/").status_code == 403
    assert client.delete(f"{API}{made['id']}/").status_code == 204
    assert client.get(f"{API}{made['id']}/").status_code == 404


def test_the_mapping_list_names_one_template_and_counts_several(world: World) -> None:
    template(world, "ONLY", "erp", {})
    template(world, "FIRST", "crm", {})
    template(world, "SECOND", "crm", {})

    shown = browser().get("/coupling/mappings/").content.decode()

    assert "ONLY" in shown
    assert "FIRST" not in shown
    assert ">2<" in shown


def test_values_are_entered_on_the_card(world: World) -> None:
    made = template(world, "VIP", "crm", {})
    address = f"/coupling/templates/{made.pk}/"
    client = browser()
    assert client.get(address).status_code == 200

    wrong = {"changed": "field,value", "values-new-field": "numberofemployees", "values-new-value": "many"}
    refused = client.post(f"{address}lines/values/", wrong, headers=HTMX)
    good = client.post(f"{address}lines/values/", {**wrong, "values-new-value": "12"}, headers=HTMX)

    assert "values-new-value" in refused.content.decode()
    assert good["X-Saved"] == "1"
    assert list(made.lines.values_list("field", "value")) == [("numberofemployees", "12")]


def test_a_field_is_chosen_by_its_caption(world: World) -> None:
    made = template(world, "VIP", "crm", {})
    typed = {
        "changed": "field,value",
        "values-new-field": "",
        "values-new-field__text": "Number of Employees",
        "values-new-value": "12",
    }

    browser().post(f"/coupling/templates/{made.pk}/lines/values/", typed, headers=HTMX)

    assert list(made.lines.values_list("field", flat=True)) == ["numberofemployees"]
