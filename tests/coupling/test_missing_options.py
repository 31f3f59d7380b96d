"""Options that no code stands for: codes are added and listed, the record goes through; labels that codes cannot keep."""

from __future__ import annotations

from typing import Any

import pytest

from coupling.models import Coupling, OptionMapping
from coupling.services import option_mapping as options
from erp.models import Customer, PaymentTerms
from records.errors import Rejected
from records.writes import insert
from sync.models import OutcomeRow
from tests.coupling.runs import run
from tests.coupling.test_rule_pages import browser
from tests.coupling.world import World, add

pytestmark = pytest.mark.django_db


def new_option(label: str) -> int:
    row = {"entityname": "account", "attributename": "paymenttermscode", "label": label}
    return int(insert("crm.OptionValue", [row], source="api").single().get("value"))


def terms_of(account: str) -> str:
    customer = Customer.objects.get(pk=Coupling.objects.get(pair="CUSTOMER", crm_id=account).erp_id)
    return customer.payment_terms_code.code if customer.payment_terms_code else ""


def test_an_unknown_option_becomes_a_code_and_the_record_goes_through(world: World) -> None:
    value = new_option("Net 90 days end of month")
    account = world.account("Proseware", paymenttermscode=value)

    counters = run("CUSTOMER", direction="from_crm")

    assert counters["from_crm"]["failed"] == 0
    assert terms_of(account) == "NET 90 DAY"
    made = OptionMapping.objects.get(option_value=value)
    assert (made.appended, made.label) == (True, "Net 90 days end of month")
    assert PaymentTerms.objects.get(code="NET 90 DAY").description == "Net 90 days end of month"


def test_what_was_added_is_listed_for_later(world: World) -> None:
    world.account("Proseware", paymenttermscode=new_option("Net 90"))
    run("CUSTOMER", direction="from_crm")

    shown = browser().get("/coupling/option-mappings/?view=appended").content.decode()

    assert "NET 90" in shown
    (found,) = browser().get("/api/v1/option-mappings/?filter=appended=true").json()["results"]
    assert (found["erp_key"], found["appended"]) == ("NET 90", True)


def test_a_code_of_that_name_is_taken_when_it_stands_for_nothing(world: World) -> None:
    add("erp.PaymentTerms", code="NET 90")
    account = world.account("Proseware", paymenttermscode=new_option("Net 90"))

    run("CUSTOMER", direction="from_crm")

    assert terms_of(account) == "NET 90"
    assert PaymentTerms.objects.filter(code="NET 90").count() == 1


def test_a_code_that_stands_for_another_option_is_not_taken(world: World) -> None:
    code = add("erp.PaymentTerms", code="NET 90 DAY")
    options.option_mapping_create(mapping=world.mapping("PAYMENT TERMS"), erp_id=code)
    world.account("Proseware", paymenttermscode=new_option("Net 90 days end of month"))

    counters = run("CUSTOMER", direction="from_crm")

    assert counters["from_crm"]["failed"] == 1
    assert OutcomeRow.objects.filter(action="fail", reason="dependency_not_coupled").exists()


def test_a_preview_adds_no_code(world: World) -> None:
    from people.models import User
    from sync import services
    from sync.jobs import drain

    world.account("Proseware", paymenttermscode=new_option("Net 90"))

    services.mapping_run(
        user=User.objects.get(username="admin"), mapping=world.mapping("CUSTOMER"), mode="full",
        direction="from_crm", create_new=True, preview=True,
    )  # fmt: skip
    drain()

    assert not PaymentTerms.objects.filter(code="NET 90").exists()
    assert not OptionMapping.objects.filter(appended=True).exists()


def test_a_run_to_crm_adds_nothing(world: World) -> None:
    world.account("Proseware", paymenttermscode=new_option("Net 90"))

    run("CUSTOMER", direction="to_crm")

    assert not PaymentTerms.objects.filter(code="NET 90").exists()


def test_the_label_of_an_added_option_stays_what_it_is(world: World) -> None:
    value = new_option("Net 90 days end of month")
    world.account("Proseware", paymenttermscode=value)
    run("CUSTOMER", direction="from_crm")

    run("PAYMENT TERMS", mode="full_unconditional")

    mapping = world.mapping("PAYMENT TERMS")
    assert options.option_label(mapping, value) == "Net 90 days end of month"


@pytest.mark.parametrize(
    ("label", "code"), [("Net, 90", "option_comma"), ("net 30 days", ""), ("Net 120 days b", "option_beginning")]
)
def test_labels_that_codes_cannot_keep_are_refused(world: World, label: str, code: str) -> None:
    new_option("Net 120 days a")
    terms = add("erp.PaymentTerms", code="ANY")
    given: dict[str, Any] = {"mapping": world.mapping("PAYMENT TERMS"), "erp_id": terms, "label": label}

    if not code:
        assert options.option_mapping_create(**given).label == label
        return
    with pytest.raises(Rejected) as caught:
        options.option_mapping_create(**given)
    assert (caught.value.errors[0].field, caught.value.errors[0].code) == ("label", code)
