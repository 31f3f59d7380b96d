"""Plans: conversions of the default lines, look-ups in batches, context for hooks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from coupling.models import Coupling, OptionMapping
from coupling.plan import Direction, FieldPlan, MappingPlan, Problem
from coupling.plans import plan_for
from coupling.services import connection as connections
from coupling.services import mapping as mappings
from coupling.services.option_mapping import option_mapping_create
from crm.models import TransactionCurrency
from erp.models import CountryRegion
from tests.coupling.world import World, add, build


def line(plan: MappingPlan, key: str) -> FieldPlan:
    return next(f for f in plan.fields if f.key == key)


def country(code: str) -> str:
    return str(CountryRegion.objects.get(code=code).pk)


def test_disabled_lines_and_lines_of_the_other_direction_are_left_out(world: World) -> None:
    mappings.mapping_update(mapping=world.mapping("CUSTOMER"), values={"direction": "from_crm"})

    plan = plan_for("CUSTOMER")

    keys = [f.key for f in plan.fields]
    assert "mobile_phone_no" not in keys
    assert "credit_limit_lcy" not in keys
    assert {f.direction for f in plan.fields} == {Direction.FROM_CRM}


def test_the_base_keys_of_a_version_are_those_of_its_plan(world: World) -> None:
    plan = plan_for("CUSTOMER")

    assert plan.base_keys is not None
    assert plan.base_keys(plan.version) == [f.key for f in plan.base_fields]


def test_countries_pass_as_code_and_come_back_by_any_name(world: World) -> None:
    passage = line(plan_for("CUSTOMER"), "country_region_code")

    assert passage.to_crm.lookup([country("DE")]) == {country("DE"): "DE"}
    found = passage.from_crm.lookup(["Germany", "de", "USA", "Great Britain", "Atlantis"])
    assert found["Germany"] == found["de"] == country("DE")
    assert (found["USA"], found["Great Britain"]) == (country("US"), country("GB"))
    assert (found["Atlantis"].code, found["Atlantis"].params["value"]) == ("code_not_found", "Atlantis")


def test_the_local_currency_is_blank_in_the_erp(world: World) -> None:
    euro = str(TransactionCurrency.objects.get(isocurrencycode="EUR").pk)
    passage = line(plan_for("CUSTOMER"), "currency_code")

    assert passage.to_crm.blank == euro
    assert passage.from_crm.lookup([euro]) == {euro: None}
    assert passage.equal(None, euro)
    assert passage.equal(None, None)


def test_other_currencies_pass_through_their_couplings(world: World) -> None:
    dollar, krona = add("erp.Currency", code="USD"), add("erp.Currency", code="SEK")
    partner = add(
        "crm.TransactionCurrency", isocurrencycode="USD", currencyname="US Dollar", currencysymbol="$", exchangerate=2
    )
    Coupling.objects.create(pair="CURRENCY", erp_id=dollar, crm_id=partner)

    passage = line(plan_for("CUSTOMER"), "currency_code")

    found = passage.to_crm.lookup([dollar, krona])
    assert found[dollar] == partner
    assert isinstance(found[krona], Problem)
    assert (found[krona].code, found[krona].params["value"]) == ("dependency_not_coupled", "SEK")
    assert passage.from_crm.lookup([partner]) == {partner: dollar}


def test_option_values_pass_through_option_mappings(world: World) -> None:
    terms = add("erp.PaymentTerms", code="30D")
    unmapped = add("erp.PaymentTerms", code="60D")
    option_mapping_create(mapping=world.mapping("PAYMENT TERMS"), erp_id=terms, option_value=1)

    passage = line(plan_for("CUSTOMER"), "payment_terms_code")

    assert passage.to_crm.lookup([terms, unmapped])[terms] == 1
    assert passage.to_crm.lookup([unmapped])[unmapped].code == "dependency_not_coupled"
    assert passage.from_crm.lookup([1]) == {1: terms}
    assert passage.from_crm.lookup([4])[4].code == "dependency_not_coupled"


def test_a_lookup_asks_one_query_for_a_whole_chunk(world: World) -> None:
    currencies = [add("erp.Currency", code=f"X{n:02d}") for n in range(30)]
    for key in currencies:
        Coupling.objects.create(pair="CURRENCY", erp_id=key, crm_id=key)
    passage = line(plan_for("CUSTOMER"), "currency_code")

    with CaptureQueriesContext(connection) as queries:
        passage.to_crm.lookup(currencies)

    assert len(queries) == 1


def test_cut_texts_are_equal_to_what_they_were_cut_from(world: World) -> None:
    passage = line(plan_for("CUSTOMER"), "city")

    assert passage.from_crm.truncate
    assert passage.from_crm.max_length == 30
    assert passage.equal("A" * 30, "A" * 40)
    assert not passage.equal("A" * 29, "A" * 40)


def test_codes_are_compared_in_capitals(world: World) -> None:
    passage = line(plan_for("CUSTOMER"), "post_code")

    assert passage.from_crm.convert(" sw1a 1aa ") == "SW1A 1AA"
    assert passage.equal("SW1A 1AA", "sw1a 1aa")


def test_numbers_are_never_blank_in_the_erp(world: World) -> None:
    passage = line(plan_for("CUSTOMER"), "credit_limit_lcy")

    assert passage.from_crm.blank == Decimal(0)


def test_constants_are_stored_values(world: World) -> None:
    assert line(plan_for("CUSTOMER"), "customertypecode").constant == 3
    assert line(plan_for("CONTACT"), "type").constant == 1
    assert line(plan_for("CONTACT"), "parentcustomeridtype").constant == "account"


def test_owner_lines_exist_with_ownership_person_only(db: Any) -> None:
    world = build(ownership="person")
    seller = add("erp.SalespersonPurchaser", code="PS", name="Peter")
    user = add("crm.SystemUser", firstname="Peter", lastname="S", domainname="peter")
    Coupling.objects.create(pair="SALESPEOPLE", erp_id=seller, crm_id=user)

    passage = line(plan_for("CUSTOMER"), "salesperson_code")

    assert passage.to_crm.lookup([seller]) == {seller: user}
    assert passage.not_null
    assert passage.depends_on == "SALESPEOPLE"
    assert world.mapping("SALESPEOPLE").direction == "from_crm"


def test_an_owner_line_has_no_effect_with_ownership_team(world: World) -> None:
    connections.connection_disable()
    connections.connection_save(values={"ownership_model": "person"})
    mappings.line_update(line=world.mapping("CUSTOMER").lines.get(crm_field="ownerid"), values={"truncate": True})
    connections.connection_save(values={"ownership_model": "team"})

    assert "salesperson_code" not in [f.key for f in plan_for("CUSTOMER").fields]


def test_filters_know_the_company(world: World) -> None:
    plan = plan_for("CUSTOMER")
    inside = {"statecode": 0, "customertypecode": 3, "bcbi_companyid": plan.context["company_id"]}

    assert plan.crm_matches is not None
    assert plan.crm_matches(inside)
    assert plan.crm_matches({**inside, "bcbi_companyid": None})
    assert not plan.crm_matches({**inside, "bcbi_companyid": "00000000-0000-7000-8000-00000000dead"})
    assert plan.erp_matches is not None
    assert not plan.erp_matches({"blocked": 3})


def test_an_option_mapping_plan_writes_labels(world: World) -> None:
    plan = plan_for("PAYMENT TERMS")

    assert plan.option is not None
    assert (plan.option.entity, plan.option.attribute) == ("account", "paymenttermscode")
    assert [(f.erp, f.crm) for f in plan.fields] == [("code", "label")]


def test_writes_that_nobody_else_reads_are_quiet(world: World) -> None:
    assert plan_for("CUSTOMER").context["quiet_to_crm"]
    assert plan_for("PAYMENT TERMS").context["quiet_from_crm"]


def test_customers_wait_for_their_primary_contacts(world: World) -> None:
    dependents = plan_for("CONTACT").context["dependents"]

    erp, crm = (
        ("erp_customer", "system_id", "primary_contact_no_id"),
        ("crm_account", "accountid", "primarycontactid_id"),
    )
    assert dependents == [("CUSTOMER", erp, crm)]


def test_a_plan_costs_a_constant_number_of_queries(world: World) -> None:
    with CaptureQueriesContext(connection) as queries:
        plan_for("CUSTOMER")

    assert len(queries) <= 14
    assert OptionMapping.objects.count() == 0
