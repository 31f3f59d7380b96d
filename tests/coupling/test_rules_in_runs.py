"""Transformation rules in real runs: both directions, chains, failures, changes of a rule, rules that are refused."""

from __future__ import annotations

from typing import Any

import pytest

from coupling.models import Coupling, IntegrationFieldMapping, TransformationRule
from coupling.services import mapping as mappings
from coupling.services import transformation as rules
from crm.models import Account
from erp.models import Customer
from records.actor import acting
from records.errors import Refused, Rejected
from records.messages import text
from records.writes import Edit, update
from sync.invariants import differing_pairs
from sync.models import OutcomeRow
from tests.coupling.runs import account_of, run
from tests.coupling.world import World, add

pytestmark = pytest.mark.django_db


def rule(code: str, type_: str, next_rule: str = "", **parameters: Any) -> TransformationRule:
    with acting("admin", "api"):
        return rules.rule_create(values={"code": code, "type": type_, "parameters": parameters, "next_rule": next_rule})


def put(code: str, field: str = "name", way: str = "to_crm", *, mapping: str = "CUSTOMER", **values: Any) -> Any:
    """The rule in a field line."""
    line = IntegrationFieldMapping.objects.get(mapping__name=mapping, erp_field=field)
    with acting("admin", "api"):
        return mappings.line_update(
            line=line, values={"transformation": code, "transformation_direction": way, "enabled": True, **values}
        )


def edit(label: str, pk: Any, **values: Any) -> None:
    with acting("admin", "api"):
        update(label, [Edit(str(pk), values)], source="api").single()


def refused(work: Any, *args: Any, **kwargs: Any) -> tuple[str, str]:
    """The field and code of the first error, and its sentence must be filled in."""
    with pytest.raises(Rejected) as caught:
        work(*args, **kwargs)
    first = caught.value.errors[0]
    assert "%(" not in text(first.code, first.params)
    return first.field, first.code


@pytest.fixture
def coupled(world: World) -> World:
    """All customers with accounts of their own."""
    run("CUSTOMER", direction="to_crm")
    return world


def test_shipped_rules_are_there_from_the_start(db: Any) -> None:
    codes = set(TransformationRule.objects.values_list("code", flat=True))

    assert {"UPPERCASE", "TRIM", "FOURTH_TO_SIXTH_CHAR", "DK_DECIMAL_FORMAT", "US_DATE_FORMAT"} <= codes
    assert rules.rules_install() == 0


def test_a_rule_acts_on_new_records_to_crm(world: World) -> None:
    put("UPPERCASE")

    run("CUSTOMER", direction="to_crm")

    assert account_of(world, "Fabrikam").name == "FABRIKAM"


def test_a_rule_acts_on_new_records_from_crm(world: World) -> None:
    put("TITLECASE", "city", "from_crm")
    account = world.account("Proseware", address1_city="new york")

    run("CUSTOMER", direction="from_crm")

    coupling = Coupling.objects.get(pair="CUSTOMER", crm_id=account)
    assert Customer.objects.get(pk=coupling.erp_id).city == "New York"


def test_in_a_bidirectional_line_the_rule_acts_in_its_direction_only_and_the_pair_comes_to_rest(coupled: World) -> None:
    put("UPPERCASE")
    account = account_of(coupled, "Fabrikam")
    customer = coupled.customers["Fabrikam"]

    edit("erp.Customer", customer, name="Fabrikam Group")
    run("CUSTOMER", mode="modified")
    account.refresh_from_db()
    assert account.name == "FABRIKAM GROUP"
    assert Customer.objects.get(pk=customer).name == "Fabrikam Group"

    edit("crm.Account", account.pk, name="Fabrikam Holding")
    run("CUSTOMER", mode="modified")
    assert Customer.objects.get(pk=customer).name == "Fabrikam Holding"

    run("CUSTOMER", mode="full_unconditional")
    account.refresh_from_db()
    assert (account.name, Customer.objects.get(pk=customer).name) == ("FABRIKAM HOLDING", "Fabrikam Holding")
    again = run("CUSTOMER", mode="full_unconditional")
    assert {d: c["modified"] + c["failed"] for d, c in again.items()} == {"to_crm": 0, "from_crm": 0}
    assert list(differing_pairs()) == []


def test_an_unconditional_run_applies_a_rule_to_values_that_were_equal_without_it(coupled: World) -> None:
    put("UPPERCASE", "name", "from_crm")

    first = run("CUSTOMER", mode="full_unconditional", create_new=False)
    second = run("CUSTOMER", mode="full_unconditional", create_new=False)

    assert Customer.objects.get(pk=coupled.customers["Adatum"]).name == "ADATUM"
    assert account_of(coupled, "Adatum").name == "Adatum"
    assert (first["from_crm"]["modified"], first["to_crm"]["modified"]) == (2, 0)
    assert (second["from_crm"]["modified"], second["to_crm"]["modified"]) == (0, 0)
    assert second["to_crm"]["unchanged"] == 2


def test_a_rule_in_a_one_way_line_is_seen_by_the_sieve(coupled: World) -> None:
    put("UPPERCASE", direction="to_crm")

    counters = run("CUSTOMER", direction="to_crm", mode="full_unconditional")

    assert counters["to_crm"]["modified"] == 2
    assert account_of(coupled, "Fabrikam").name == "FABRIKAM"
    assert run("CUSTOMER", direction="to_crm", mode="full_unconditional")["to_crm"]["unchanged"] == 2


def test_any_rule_may_stand_in_a_one_way_line(coupled: World) -> None:
    rule("INITIAL", "substring", next_rule="LOWERCASE", start_position=2, length=3)
    put("INITIAL", "name", direction="to_crm")

    run("CUSTOMER", direction="to_crm", mode="full_unconditional")

    assert account_of(coupled, "Fabrikam").name == "abr"


def test_numbers_are_rounded_on_their_way(coupled: World) -> None:
    rule("HUNDREDS", "round", precision="100", direction="down")
    put("HUNDREDS", "credit_limit_lcy")
    edit("erp.Customer", coupled.customers["Fabrikam"], credit_limit_lcy="1280.50")

    run("CUSTOMER", mode="modified")

    assert account_of(coupled, "Fabrikam").creditlimit == 1200


def test_a_code_that_is_text_on_the_other_side_can_be_looked_up(coupled: World) -> None:
    rule("COUNTRY_NAME", "field_lookup", table="erp.CountryRegion", source_field="code", target_field="name",
         rule="original_if_blank")  # fmt: skip
    put("COUNTRY_NAME", "country_region_code")
    from erp.models import CountryRegion

    denmark = CountryRegion.objects.get(code="DK")
    edit("erp.Customer", coupled.customers["Fabrikam"], country_region_code=str(denmark.pk))

    run("CUSTOMER", mode="modified")

    account = account_of(coupled, "Fabrikam")
    assert account.address1_country == denmark.name
    edit("crm.Account", account.pk, address1_country="Sweden")
    run("CUSTOMER", mode="modified")
    assert Customer.objects.get(pk=coupled.customers["Fabrikam"]).country_region_code.code == "SE"
    assert list(differing_pairs()) == []


def test_a_value_that_a_rule_cannot_transform_fails_its_record_only(coupled: World) -> None:
    rule("US_DAY", "date_formatting", culture="en-US")
    put("US_DAY", "fax_no", direction="to_crm")
    edit("erp.Customer", coupled.customers["Adatum"], fax_no="soon")
    edit("erp.Customer", coupled.customers["Fabrikam"], fax_no="5/3/2026")

    counters = run("CUSTOMER", direction="to_crm", mode="modified")

    assert (counters["to_crm"]["failed"], counters["to_crm"]["modified"]) == (1, 1)
    assert account_of(coupled, "Fabrikam").fax == "2026-05-03"
    row = OutcomeRow.objects.get(action="fail", reason="transformation_failed")
    assert (row.params["rule"], row.params["value"], row.params["field"]) == ("US_DAY", "soon", "fax")
    sentence = text(row.reason, row.params)
    assert "US_DAY" in sentence
    assert "soon" in sentence
    assert "%(" not in sentence


def test_a_result_that_is_too_long_is_rejected_like_any_value(coupled: World) -> None:
    rule("TIMES_TEN", "replace", find="0", replace="0123456789")
    put("TIMES_TEN", "phone_no", direction="to_crm", truncate=False)
    edit("erp.Customer", coupled.customers["Fabrikam"], phone_no="00000000")

    run("CUSTOMER", direction="to_crm", mode="modified")

    assert OutcomeRow.objects.get(action="fail").reason == "too_long"


def test_an_unstable_rule_is_refused_in_a_bidirectional_line_and_the_message_shows_why(world: World) -> None:
    rule("LONGER", "replace", find="a", replace="aa")

    with pytest.raises(Rejected) as caught:
        put("LONGER")

    error = caught.value.errors[0]
    assert (error.field, error.code) == ("transformation", "transformation_not_stable")
    assert "LONGER" in text(error.code, error.params)
    put("LONGER", direction="to_crm")
    assert refused(put, "LONGER", direction="bidirectional") == ("transformation", "transformation_not_stable")


def test_values_that_are_there_count_as_samples(world: World) -> None:
    rule("ODD", "regex_replace", pattern="^Fabri", replace="Fabri Fabri")

    assert refused(put, "ODD") == ("transformation", "transformation_not_stable")


@pytest.mark.parametrize(
    ("code", "field", "values", "expected"),
    [
        ("NONE", "name", {}, "unknown_transformation"),
        ("UNIXTIMESTAMP", "name", {}, "transformation_one_way_type"),
        ("UPPERCASE", "currency_code", {}, "transformation_on_lookup"),
        ("UPPERCASE", "payment_terms_code", {}, "transformation_on_lookup"),
    ],
)
def test_rules_that_do_not_fit_a_line_are_refused(
    world: World, code: str, field: str, values: dict[str, Any], expected: str
) -> None:
    assert refused(put, code, field, **values) == ("transformation", expected)


def test_a_constant_and_an_option_mapping_take_no_rule(world: World) -> None:
    constant = IntegrationFieldMapping.objects.get(mapping__name="CUSTOMER", crm_field="customertypecode")

    assert (
        refused(mappings.line_update, line=constant, values={"transformation": "TRIM"})[1]
        == "transformation_with_constant"
    )
    found = refused(put, "TRIM", "code", mapping="PAYMENT TERMS")
    assert found == ("transformation", "transformation_in_option_mapping")


def test_the_direction_of_a_one_way_line_is_that_of_its_rule(world: World) -> None:
    line = put("TRIM", "name", "from_crm", direction="to_crm")

    assert line.transformation_direction == "to_crm"


def test_a_mapping_cannot_turn_bidirectional_over_an_unstable_rule(world: World) -> None:
    customer = world.mapping("CUSTOMER")
    mappings.mapping_update(mapping=customer, values={"direction": "to_crm"})
    put("FOURTH_TO_SIXTH_CHAR")

    found = refused(mappings.mapping_update, mapping=world.mapping("CUSTOMER"), values={"direction": "bidirectional"})

    assert found == ("direction", "transformation_not_stable")


def test_a_rule_in_use_cannot_be_deleted_and_the_message_names_the_lines(world: World) -> None:
    put("TRIM")
    rule("FIRST", "uppercase", next_rule="LOWERCASE")

    with pytest.raises(Refused) as caught:
        rules.rule_delete(rule=TransformationRule.objects.get(code="TRIM"))
    assert "CUSTOMER: Name - Account Name" in text(caught.value.code, caught.value.params)
    with pytest.raises(Refused, match="FIRST"):
        rules.rule_delete(rule=TransformationRule.objects.get(code="LOWERCASE"))

    rules.rule_delete(rule=TransformationRule.objects.get(code="UPPERCASE"))
    assert not TransformationRule.objects.filter(code="UPPERCASE").exists()


def test_changing_a_rule_in_use_makes_a_new_version_of_the_mapping_and_acts_at_once(coupled: World) -> None:
    changed = rule("SHORT", "replace", find="Limited", replace="Ltd")
    put("SHORT", direction="to_crm")
    before = coupled.mapping("CUSTOMER").version

    rules.rule_update(rule=changed, values={"parameters": {"find": "Fabrikam", "replace": "Fab"}})

    assert coupled.mapping("CUSTOMER").version == before + 1
    run("CUSTOMER", direction="to_crm", mode="full_unconditional")
    assert account_of(coupled, "Fabrikam").name == "Fab"


def test_a_rule_in_use_cannot_be_changed_into_one_that_its_lines_cannot_use(world: World) -> None:
    inner = rule("INNER", "replace", find="b", replace="c")
    rule("OUTER", "trim", next_rule="INNER")
    put("OUTER")

    wrong = {"parameters": {"find": "b", "replace": "bb"}}

    assert refused(rules.rule_update, rule=inner, values=wrong)[1] == "transformation_breaks_line"
    inner.refresh_from_db()
    assert inner.replace_value == "c"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"code": "X", "type": "regex_match", "parameters": {"pattern": "("}}, ("find_value", "invalid_pattern")),
        ({"code": "X", "type": "replace", "parameters": {}}, ("parameters.find", "parameter_missing")),
        ({"code": "X", "type": "trim", "next_rule": "X"}, ("next_rule", "rule_cycle")),
        ({"code": "X", "type": "trim", "next_rule": "NONE"}, ("next_rule", "unknown_transformation")),
        ({"code": "X", "type": "rot13"}, ("type", "invalid_option")),
        ({"code": "", "type": "trim"}, ("code", "required")),
        ({"code": "TRIM", "type": "trim"}, ("code", "unique_violation")),
        ({"code": "X", "type": "trim", "parameters": {"find": "a"}}, ("parameters.find", "unknown_field")),
        ({"code": "X", "type": "substring", "parameters": {"length": -1}}, ("parameters.length", "out_of_range")),
    ],
)
def test_wrong_rules_are_refused_at_their_field(db: Any, values: dict[str, Any], expected: tuple[str, str]) -> None:
    assert refused(rules.rule_create, values=values) == expected


def test_blanks_at_the_end_of_a_parameter_are_kept(db: Any) -> None:
    made = rule("BLANKS", "regex_replace", pattern=r"\s+", replace=" ")

    assert made.replace_value == " "
    assert rules.rule_try("BLANKS", ["a  b", ""]) == ["a b", ""]


def test_a_base_stored_under_another_rule_counts_as_unknown(coupled: World) -> None:
    """Both sides changed, the rule too: who changed the name cannot be told, so it is a conflict under Merge."""
    put("UPPERCASE")
    mappings.mapping_update(mapping=coupled.mapping("CUSTOMER"), values={"update_conflict": "merge"})
    account = account_of(coupled, "Fabrikam")
    edit("erp.Customer", coupled.customers["Fabrikam"], phone_no="1")
    edit("crm.Account", account.pk, name="Fabrikam Sales")

    counters = run("CUSTOMER", mode="modified")

    assert counters["to_crm"]["failed"] == 1
    assert OutcomeRow.objects.filter(reason="update_conflict").exists()


def test_two_lines_may_use_the_same_rule(world: World) -> None:
    put("UPPERCASE")
    put("UPPERCASE", "city")
    add("erp.Customer", name="Lucerne", city="bern")

    run("CUSTOMER", direction="to_crm")

    assert Account.objects.filter(name="LUCERNE", address1_city="BERN").exists()
