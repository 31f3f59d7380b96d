"""Editing mappings and field lines: validation, versions, snapshots."""

from __future__ import annotations

from typing import Any

import pytest

from coupling.models import Coupling, IntegrationTableMapping, MappingVersion
from coupling.plans import base_keys
from coupling.services import mapping as services
from people.models import AuditEntry
from records.errors import Refused, Rejected, Stale
from tests.coupling.world import World


def refused(call: Any) -> set[tuple[str, str]]:
    with pytest.raises(Rejected) as rejected:
        call()
    return {(error.field, error.code) for error in rejected.value.errors}


def update(world: World, mapping: str, /, **values: Any) -> set[tuple[str, str]]:
    return refused(lambda: services.mapping_update(mapping=world.mapping(mapping), values=values))


def add_line(world: World, name: str, **values: Any) -> set[tuple[str, str]]:
    values = {"enabled": True, **values}
    return refused(lambda: services.line_create(mapping=world.mapping(name), values=values))


def test_a_change_makes_a_new_version_and_keeps_the_old_lines(world: World) -> None:
    mapping = world.mapping("CUSTOMER")
    first = mapping.version
    old_keys = base_keys("CUSTOMER", first)

    services.line_delete(line=mapping.lines.get(erp_field="contact"))

    second = world.mapping("CUSTOMER").version
    assert second == first + 1
    assert base_keys("CUSTOMER", first) == old_keys
    assert base_keys("CUSTOMER", second) == [key for key in old_keys if key != "contact"]


def test_a_change_that_changes_nothing_makes_no_version(world: World) -> None:
    mapping = world.mapping("CUSTOMER")

    services.mapping_update(mapping=mapping, values={"only_coupled": True})

    assert world.mapping("CUSTOMER").version == mapping.version
    assert world.mapping("CUSTOMER").row_version == mapping.row_version


def test_versions_go_on_when_a_mapping_is_made_again(world: World) -> None:
    last = world.mapping("CONTACT").version
    services.mapping_delete(mapping=world.mapping("CONTACT"))

    made = services.mapping_create(values={"name": "contact", "erp_table": "erp.Contact", "crm_table": "crm.Contact"})

    assert made.name == "CONTACT"
    assert made.crm_key_field == "contactid"
    assert made.version == last + 1
    assert MappingVersion.objects.filter(mapping="CONTACT", version=made.version).exists()


def test_a_change_is_audited_with_what_differs(world: World) -> None:
    services.mapping_update(mapping=world.mapping("CUSTOMER"), values={"only_coupled": False})

    entry = AuditEntry.objects.filter(action="mapping_update").latest("id")
    assert (entry.target, entry.old, entry.new) == ("CUSTOMER", {"only_coupled": True}, {"only_coupled": False})


def test_a_stale_version_is_refused(world: World) -> None:
    mapping = world.mapping("CUSTOMER")
    services.mapping_update(mapping=mapping, values={"only_coupled": False})

    with pytest.raises(Stale):
        services.mapping_update(mapping=mapping, values={"only_coupled": True}, row_version=mapping.row_version)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("blocked=", "filter_value_expected"),
        ("colour=red", "filter_unknown_field"),
        ("blocked=maybe", "filter_value"),
        ("balance_lcy=>0", "filter_unknown_field"),
        ("coupled_to_dataverse=true", "filter_calculated_field"),
    ],
)
def test_a_filter_that_cannot_work_is_refused(world: World, text: str, code: str) -> None:
    assert update(world, "CUSTOMER", table_filter=text) == {("table_filter", code)}


def test_a_filter_may_name_the_company(world: World) -> None:
    services.mapping_update(
        mapping=world.mapping("CUSTOMER"), values={"integration_table_filter": "bcbi_companyid={company}"}
    )

    assert world.mapping("CUSTOMER").integration_table_filter == "bcbi_companyid={company}"


def test_tables_and_name_of_a_mapping_are_fixed(world: World) -> None:
    assert update(world, "CUSTOMER", name="OTHER", erp_table="erp.Contact") == {
        ("name", "insert_only"),
        ("erp_table", "insert_only"),
    }


def test_a_direction_needs_a_line_that_carries_it(world: World) -> None:
    assert update(world, "CURRENCY", direction="from_crm") == {("direction", "direction_without_line")}
    assert update(world, "CURRENCY", direction="bidirectional") == {("direction", "direction_without_line")}

    services.mapping_update(mapping=world.mapping("CUSTOMER"), values={"direction": "from_crm"})

    assert world.mapping("CUSTOMER").direction == "from_crm"


def test_an_option_mapping_goes_one_way_with_all_its_lines(world: World) -> None:
    assert update(world, "PAYMENT TERMS", direction="bidirectional") == {("direction", "option_not_bidirectional")}

    services.mapping_update(mapping=world.mapping("PAYMENT TERMS"), values={"direction": "from_crm"})
    line = world.mapping("PAYMENT TERMS").lines.get()
    assert line.direction == "from_crm"

    services.line_update(line=line, values={"direction": "to_crm"})
    assert world.mapping("PAYMENT TERMS").direction == "to_crm"


def test_a_mapping_does_not_wait_for_itself(world: World) -> None:
    found = update(world, "CURRENCY", depends_on=["CUSTOMER"])

    assert found == {("depends_on", "depends_on_itself")}


def test_a_mapping_does_not_wait_for_one_that_nobody_knows(world: World) -> None:
    assert update(world, "CURRENCY", depends_on=["NOBODY"]) == {("depends_on", "mapping_missing")}
    IntegrationTableMapping.objects.filter(name="CURRENCY").update(depends_on=["GONE"])

    values = {"depends_on": ["GONE", "SALESPEOPLE"]}
    services.mapping_update(mapping=world.mapping("CURRENCY"), values=values)

    assert world.mapping("CURRENCY").depends_on == values["depends_on"], "what it had, and a default one"


def test_a_dependency_without_a_mapping_does_not_hurt(world: World) -> None:
    services.mapping_update(mapping=world.mapping("CUSTOMER"), values={"depends_on": ["vendor", "VENDOR"]})

    assert world.mapping("CUSTOMER").depends_on == ["VENDOR"]


def test_unknown_values_and_names_are_refused_and_information_is_ignored(world: World) -> None:
    assert update(world, "CUSTOMER", direction="sideways", colour="red") == {
        ("direction", "invalid_option"),
        ("colour", "unknown_field"),
    }

    services.mapping_update(mapping=world.mapping("CUSTOMER"), values={"version": 99, "pending_count": 3})

    assert world.mapping("CUSTOMER").version < 99


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"erp_table": "erp.Nothing", "crm_table": "crm.Account"}, ("erp_table", "unknown_table")),
        ({"erp_table": "crm.Account", "crm_table": "crm.Account"}, ("erp_table", "wrong_side")),
        ({"erp_table": "erp.Customer", "crm_table": "crm.Account"}, ("crm_table", "mapping_exists")),
        (
            {"erp_table": "erp.Territory", "crm_table": "crm.Team", "crm_key_field": "name"},
            ("crm_key_field", "not_a_key_field"),
        ),
    ],
)
def test_a_new_mapping_needs_tables_without_one(world: World, values: dict[str, str], found: tuple[str, str]) -> None:
    assert refused(lambda: services.mapping_create(values={"name": "NEW", **values})) == {found}


def test_a_mapping_with_couplings_stays(world: World) -> None:
    Coupling.objects.create(pair="CUSTOMER", erp_id=world.customers["Adatum"], crm_id=world.accounts["Adatum"])

    with pytest.raises(Refused) as refusal:
        services.mapping_delete(mapping=world.mapping("CUSTOMER"))

    assert refusal.value.code == "mapping_has_couplings"


def test_a_new_line_comes_last_and_starts_disabled(world: World) -> None:
    mapping = world.mapping("CUSTOMER")

    line = services.line_create(mapping=mapping, values={"erp_field": "name_2", "crm_field": "address1_name"})

    assert not line.enabled
    assert line.no == max(mapping.lines.values_list("no", flat=True))


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"erp_field": "nmae", "crm_field": "name"}, ("erp_field", "unknown_field")),
        ({"erp_field": "name_2", "crm_field": "nmae"}, ("crm_field", "unknown_field")),
        ({}, ("erp_field", "line_without_field")),
        ({"erp_field": "balance_lcy", "crm_field": "revenue"}, ("erp_field", "not_mappable")),
        ({"erp_field": "system_id", "crm_field": "address1_name"}, ("crm_field", "type_mismatch")),
        (
            {"erp_field": "name_2", "crm_field": "address1_name", "not_null": True},
            ("not_null", "not_null_guid_only"),
        ),
        ({"erp_field": "name_2", "crm_field": "name"}, ("crm_field", "duplicate_line")),
        ({"erp_field": "territory_code", "crm_field": "defaultpricelevelid"}, ("crm_field", "type_mismatch")),
        ({"erp_field": "territory_code", "crm_field": "parentaccountid"}, ("crm_field", "tables_not_mapped")),
        ({"erp_field": "last_date_modified", "crm_field": "address1_name"}, ("erp_field", "read_only_destination")),
        (
            {"erp_field": "name_2", "crm_field": "address1_name", "constant": "x"},
            ("constant", "constant_with_both_fields"),
        ),
        ({"crm_field": "address1_name"}, ("constant", "line_without_constant")),
        ({"crm_field": "industrycode", "constant": "fishing"}, ("constant", "invalid_option")),
        (
            {"crm_field": "industrycode", "constant": "1", "direction": "from_crm"},
            ("direction", "constant_direction"),
        ),
        (
            {"erp_field": "name_2", "crm_field": "address1_name", "transformation": "UPPER"},
            ("transformation", "unknown_transformation"),
        ),
        ({"erp_field": "name_2", "crm_field": "address1_name", "colour": 1}, ("colour", "unknown_field")),
        (
            {"erp_field": "name_2", "crm_field": "address1_name", "match_priority": -1},
            ("match_priority", "out_of_range"),
        ),
    ],
)
def test_a_line_that_cannot_work_is_refused(world: World, values: dict[str, Any], found: tuple[str, str]) -> None:
    assert found in add_line(world, "CUSTOMER", **values)


def test_not_null_excludes_clearing(world: World) -> None:
    line = world.mapping("CUSTOMER").lines.get(erp_field="primary_contact_no")

    found = refused(lambda: services.line_update(line=line, values={"not_null": True}))

    assert found == {("clear_on_failure", "not_null_or_clear")}


def test_a_constant_gets_the_only_direction_it_can_have(world: World) -> None:
    line = services.line_create(
        mapping=world.mapping("CUSTOMER"), values={"crm_field": "creditonhold", "constant": False}
    )

    assert (line.direction, line.constant, line.transformation_direction) == ("to_crm", "false", "to_crm")


def test_two_lines_with_the_same_erp_field_have_keys_of_both(world: World) -> None:
    services.line_create(
        mapping=world.mapping("CUSTOMER"),
        values={"erp_field": "name", "crm_field": "address1_name", "direction": "to_crm", "enabled": True},
    )

    keys = base_keys("CUSTOMER", world.mapping("CUSTOMER").version)

    assert "name>name" in keys
    assert "name>address1_name" in keys
