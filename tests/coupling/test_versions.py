"""Versions of a mapping: who changed what, and going back."""

from __future__ import annotations

import pytest

from coupling.documents import differences
from coupling.mapping_rules import document_of
from coupling.models import MappingVersion
from coupling.plans import base_keys
from coupling.services import mapping as services
from coupling.services.documents import mapping_restore
from people.models import AuditEntry
from records.actor import acting
from records.errors import Refused, Rejected, Stale
from tests.coupling.world import World


def test_a_version_says_who_made_it_and_by_what_way(world: World) -> None:
    with acting("alice", "api"):
        services.mapping_update(mapping=world.mapping("CUSTOMER"), values={"only_coupled": False})

    kept = MappingVersion.objects.get(mapping="CUSTOMER", version=world.mapping("CUSTOMER").version)
    assert (kept.changed_by, kept.source, kept.origin) == ("alice", "api", "")
    assert MappingVersion.objects.filter(mapping="CUSTOMER", origin="install").count() == 1


def test_a_restored_version_brings_back_values_lines_and_their_order(world: World) -> None:
    mapping = world.mapping("CUSTOMER")
    first, before = mapping.version, document_of(mapping)
    services.mapping_update(mapping=mapping, values={"only_coupled": False, "table_filter": "city=Roma"})
    services.line_delete(line=mapping.lines.get(erp_field="contact"))
    services.line_update(line=mapping.lines.get(erp_field="city"), values={"direction": "to_crm"})
    services.line_create(mapping=mapping, values={"erp_field": "name_2", "crm_field": "address1_name"})
    changed = world.mapping("CUSTOMER")

    restored = mapping_restore(mapping=changed, version=first, row_version=changed.row_version)

    assert document_of(restored) == before
    assert restored.version == changed.version + 1
    assert base_keys("CUSTOMER", restored.version) == base_keys("CUSTOMER", first)
    kept = MappingVersion.objects.get(mapping="CUSTOMER", version=restored.version)
    assert (kept.origin, kept.origin_version) == ("restore", first)
    assert AuditEntry.objects.filter(action="mapping_restore", target="CUSTOMER").exists()


def test_restoring_keeps_the_lines_that_stay(world: World) -> None:
    mapping = world.mapping("CUSTOMER")
    kept = mapping.lines.get(erp_field="city").pk
    services.line_delete(line=mapping.lines.get(erp_field="contact"))

    mapping_restore(mapping=world.mapping("CUSTOMER"), version=mapping.version)

    assert world.mapping("CUSTOMER").lines.get(erp_field="city").pk == kept


def test_restoring_what_is_there_already_makes_no_version(world: World) -> None:
    mapping = world.mapping("CUSTOMER")

    restored = mapping_restore(mapping=mapping, version=mapping.version)

    assert restored.version == mapping.version


def test_restoring_over_somebody_elses_change_is_refused(world: World) -> None:
    read = world.mapping("CUSTOMER")
    services.mapping_update(mapping=world.mapping("CUSTOMER"), values={"only_coupled": False})
    services.mapping_update(mapping=world.mapping("CUSTOMER"), values={"table_filter": "city=Roma"})

    with pytest.raises(Stale):
        mapping_restore(mapping=world.mapping("CUSTOMER"), version=read.version, row_version=read.row_version)

    assert world.mapping("CUSTOMER").table_filter == "city=Roma"


def test_a_version_that_would_not_work_today_is_refused_at_its_place(world: World) -> None:
    mapping = world.mapping("CUSTOMER")
    services.line_delete(line=mapping.lines.get(erp_field="contact"))
    kept = MappingVersion.objects.get(mapping="CUSTOMER", version=mapping.version)
    place = [line["erp_field"] for line in kept.snapshot["lines"]].index("contact")
    kept.snapshot["lines"][place]["crm_field"] = "gone_since"
    kept.save()
    before = document_of(world.mapping("CUSTOMER"))

    with pytest.raises(Rejected) as refused:
        mapping_restore(mapping=world.mapping("CUSTOMER"), version=mapping.version)

    assert [(e.field, e.code) for e in refused.value.errors] == [
        (f"mappings[0].fields[{place}].crm_field", "unknown_field")
    ]
    assert document_of(world.mapping("CUSTOMER")) == before


def test_a_version_that_does_not_exist_is_refused(world: World) -> None:
    with pytest.raises(Refused) as refused:
        mapping_restore(mapping=world.mapping("CUSTOMER"), version=999)

    assert refused.value.code == "version_missing"


def test_differences_name_lines_fields_and_values() -> None:
    def line(erp: str, crm: str, **values: object) -> dict[str, object]:
        return {"erp_field": erp, "crm_field": crm, "enabled": True, **values}

    old = {"mapping": {"direction": "to_crm", "ownership": "team"}, "lines": [line("a", "x"), line("b", "y")]}
    new = {
        "mapping": {"direction": "bidirectional", "ownership": "person"},
        "lines": [line("c", "z"), line("b", "y", enabled=False)],
    }

    found = [(d.kind, d.line, d.field, d.old, d.new) for d in differences(old, new)]

    assert found == [
        ("changed", None, "direction", "to_crm", "bidirectional"),
        ("removed", ("a", "x"), "", None, None),
        ("added", ("c", "z"), "", None, None),
        ("changed", ("b", "y"), "enabled", True, False),
    ]
    assert [
        d.kind
        for d in differences({"lines": [line("a", "x"), line("b", "y")]}, {"lines": [line("b", "y"), line("a", "x")]})
    ] == ["order"]
