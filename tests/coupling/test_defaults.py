"""The shipped mappings: what is installed, put back, and left out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks

from coupling import registry
from coupling.models import IntegrationTableMapping
from coupling.services import connection as connections
from coupling.services import mapping as mappings
from coupling.services.defaults import mappings_install, mappings_reset
from tests.coupling.world import World, declared, expected, install

TRUNCATED = {"name", "contact", "address", "address_2", "city", "county", "fax_no", "phone_no", "mobile_phone_no"}


def without_pair() -> set[str]:
    """Lines of CUSTOMER that start disabled because the folder of the pair that they look through is gone."""
    lines = {
        "CURRENCY": "currency_code",
        "PAYMENT TERMS": "payment_terms_code",
        "SHIPMENT METHOD": "shipment_method_code",
        "SHIPPING AGENT": "shipping_agent_code",
    }
    return {field for name, field in lines.items() if name not in declared()}


def lines_of(name: str) -> list[tuple[str, str, str]]:
    lines = IntegrationTableMapping.objects.get(name=name).lines.order_by("no")
    return [(line.erp_field, line.crm_field, line.direction) for line in lines]


def test_customer_lines_stand_in_the_shipped_order(world: World) -> None:
    lines = lines_of("CUSTOMER")

    assert lines[:4] == [
        ("name", "name", "bidirectional"),
        ("contact", "address1_primarycontactname", "bidirectional"),
        ("address", "address1_line1", "bidirectional"),
        ("address_2", "address1_line2", "bidirectional"),
    ]
    assert lines[-1] == ("", "customertypecode", "to_crm")
    assert len(lines) == 21


def test_customer_lines_have_the_shipped_flags(world: World) -> None:
    lines = {(x.erp_field or x.crm_field): x for x in world.mapping("CUSTOMER").lines.all()}

    assert {name for name, x in lines.items() if x.truncate} == TRUNCATED
    assert {name for name, x in lines.items() if not x.enabled} == {"no", "mobile_phone_no", *without_pair()}
    assert {name for name, x in lines.items() if not x.validate_erp} == {
        "contact",
        "country_region_code",
        "customertypecode",
    }
    assert lines["primary_contact_no"].clear_on_failure
    assert (lines["customertypecode"].constant, lines["customertypecode"].only_new) == ("3", True)


def test_customer_has_the_shipped_settings(world: World) -> None:
    mapping = world.mapping("CUSTOMER")

    assert mapping.direction == "bidirectional"
    assert mapping.only_coupled
    assert mapping.table_filter == "blocked=0"
    assert mapping.integration_table_filter == "statecode=0,customertypecode=3,bcbi_companyid={company}|''"
    assert mapping.depends_on == ["CURRENCY", "PAYMENT TERMS", "SHIPMENT METHOD", "SHIPPING AGENT"]
    assert (mapping.update_conflict, mapping.deletion_conflict) == ("none", "none")
    assert not mapping.create_new_in_case_of_no_match


@pytest.mark.parametrize("name", expected("CURRENCY", "PAYMENT TERMS", "SHIPMENT METHOD", "SHIPPING AGENT"))
def test_reference_mappings_create_and_synchronize_after_coupling(world: World, name: str) -> None:
    mapping = world.mapping(name)

    assert mapping.direction == "to_crm"
    assert mapping.create_new_in_case_of_no_match
    assert mapping.synch_after_bulk_coupling
    assert mapping.is_option == (name != "CURRENCY")


def test_person_brings_salespeople_and_owner_lines(db: Any) -> None:
    install(ownership="person")

    connections.connection_enable(install_defaults=True)

    assert lines_of("CUSTOMER")[:2] == [("", "owneridtype", "to_crm"), ("salesperson_code", "ownerid", "to_crm")]
    owner = IntegrationTableMapping.objects.get(name="CONTACT").lines.get(crm_field="ownerid")
    assert owner.not_null
    assert IntegrationTableMapping.objects.get(name="CUSTOMER").depends_on[0] == "SALESPEOPLE"
    assert lines_of("SALESPEOPLE")[0] == ("e_mail", "internalemailaddress", "from_crm")


def test_changing_the_ownership_model_fits_the_mappings(world: World) -> None:
    connections.connection_disable()

    connections.connection_save(values={"ownership_model": "person"})

    assert lines_of("CUSTOMER")[:2] == [("", "owneridtype", "to_crm"), ("salesperson_code", "ownerid", "to_crm")]
    assert len(lines_of("CUSTOMER")) == 23
    assert world.mapping("CUSTOMER").depends_on[0] == "SALESPEOPLE"

    connections.connection_save(values={"ownership_model": "team"})

    assert len(lines_of("CUSTOMER")) == 21
    assert world.mapping("CUSTOMER").depends_on[0] == "CURRENCY"
    assert not IntegrationTableMapping.objects.filter(name="SALESPEOPLE").exists()


def test_installing_again_leaves_changes_alone(world: World) -> None:
    mappings.mapping_update(mapping=world.mapping("CUSTOMER"), values={"only_coupled": False})

    made = mappings_install()

    assert made == []
    assert not world.mapping("CUSTOMER").only_coupled


def test_reset_puts_everything_back(world: World) -> None:
    customer = world.mapping("CUSTOMER")
    mappings.mapping_update(
        mapping=customer, values={"only_coupled": False, "table_filter": "no=1*", "update_conflict": "merge"}
    )
    mappings.line_delete(line=customer.lines.get(erp_field="city"))
    mappings.mapping_delete(mapping=world.mapping("CONTACT"))
    before = world.mapping("CUSTOMER").version

    mappings_reset()

    customer = world.mapping("CUSTOMER")
    assert (customer.only_coupled, customer.table_filter, customer.update_conflict) == (True, "blocked=0", "none")
    assert len(lines_of("CUSTOMER")) == 21
    assert customer.version > before
    assert world.mapping("CONTACT").lines.count() == 19


def test_reset_of_one_mapping_leaves_the_others(world: World) -> None:
    for name in ("CUSTOMER", "CONTACT"):
        mappings.mapping_update(mapping=world.mapping(name), values={"only_coupled": False})

    mappings_reset(names=["CUSTOMER"])

    assert world.mapping("CUSTOMER").only_coupled
    assert not world.mapping("CONTACT").only_coupled


def test_the_declared_pairs_pass_the_system_check() -> None:
    assert [error for error in run_checks() if error.id.startswith("coupling.")] == []


PAIR = """
from coupling.declare import Line, TableMapping

MAPPING = TableMapping(
    name="TERRITORY", erp_table="erp.Territory", crm_table="crm.Team", crm_key_field="teamid",
    lines=(Line(erp_field="{field}", crm_field="name", match=True),),
)
"""


def outside_pair(folder: Path, name: str, field: str) -> None:
    package = folder / name
    package.mkdir()
    (package / "__init__.py").write_text('"""A pair from elsewhere."""\n')
    (package / "mapping.py").write_text(PAIR.format(field=field))


def test_a_pair_from_outside_needs_one_setting(
    world: World, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside_pair(tmp_path, "outside_pair", "name")
    monkeypatch.syspath_prepend(str(tmp_path))
    settings.TANDEM_PAIRS = [*settings.TANDEM_PAIRS, "outside_pair"]

    made = mappings_install()

    assert [m.name for m in made] == ["TERRITORY"]
    assert [error for error in run_checks() if error.id.startswith("coupling.")] == []
    sys.modules.pop("outside_pair.mapping", None)


def test_a_misspelt_field_of_a_pair_fails_in_the_system_check(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside_pair(tmp_path, "misspelt_pair", "nmae")
    monkeypatch.syspath_prepend(str(tmp_path))
    settings.TANDEM_PAIRS = [*settings.TANDEM_PAIRS, "misspelt_pair"]

    errors = [error for error in run_checks() if error.id == "coupling.E002"]

    assert len(errors) == 1
    assert "misspelt_pair: TERRITORY, line nmae" in errors[0].msg


def test_a_missing_pair_fails_in_the_system_check(settings: Any) -> None:
    settings.TANDEM_PAIRS = ["coupling.pairs.nowhere"]

    assert [error.id for error in run_checks() if error.id.startswith("coupling.")] == ["coupling.E001"]


def test_without_a_pair_its_lines_start_disabled(db: Any, settings: Any) -> None:
    settings.TANDEM_PAIRS = [p for p in settings.TANDEM_PAIRS if not p.endswith("shipping_agent")]
    install()

    connections.connection_enable(install_defaults=True)

    assert not IntegrationTableMapping.objects.filter(name="SHIPPING AGENT").exists()
    line = IntegrationTableMapping.objects.get(name="CUSTOMER").lines.get(erp_field="shipping_agent_code")
    assert not line.enabled
    assert [error for error in run_checks() if error.id.startswith("coupling.")] == []


def test_every_pair_folder_is_in_the_setting(settings: Any) -> None:
    folders = {path.parent.name for path in Path(registry.__file__).parent.glob("pairs/*/mapping.py")}

    assert {p.rpartition(".")[2] for p in settings.TANDEM_PAIRS} >= folders
