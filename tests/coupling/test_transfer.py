"""Mapping sets as files, and what Use Default Synchronization Setup would take away."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from coupling.mapping_rules import document_of
from coupling.models import IntegrationTableMapping, MappingVersion
from coupling.services import mapping as services
from coupling.services.reset import losses
from coupling.services.transfer import content_of, documents_of, mappings_export, mappings_import, mappings_try
from records.errors import FieldError, Rejected, Stale
from tests.cast import make_user
from tests.coupling.world import World

API = "/api/v1/mappings"


def everything() -> dict[str, Any]:
    return {mapping.name: document_of(mapping) for mapping in IntegrationTableMapping.objects.all()}


def file_of(*names: str) -> dict[str, Any]:
    """An export as it comes back from a disk."""
    return content_of(json.dumps(mappings_export(names=names or None)).encode())


def places(errors: list[FieldError]) -> list[tuple[str, str]]:
    return [(error.field, error.code) for error in errors]


def setup_client() -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(make_user("admin"))
    return client


def test_an_export_comes_back_without_a_difference(world: World) -> None:
    content, before = file_of(), everything()

    trial = mappings_try(content)

    assert not trial.errors
    assert not trial.changed
    assert len(trial.applied) == len(before) >= 5
    assert [one.action for one in mappings_import(content=content)] == ["unchanged"] * len(before)
    assert everything() == before


def test_an_import_brings_back_what_was_changed_and_deleted(world: World) -> None:
    content, before = file_of(), everything()
    mapping = world.mapping("CUSTOMER")
    services.mapping_update(mapping=mapping, values={"update_conflict": "send"})
    services.line_delete(line=mapping.lines.get(erp_field="contact"))
    services.mapping_delete(mapping=world.mapping("CONTACT"))

    done = {one.name: one.action for one in mappings_import(content=content) if one.action != "unchanged"}

    assert done == {"CUSTOMER": "change", "CONTACT": "create"}
    assert everything() == before
    assert not world.mapping("CONTACT").user_defined
    assert MappingVersion.objects.filter(mapping="CUSTOMER", origin="import").count() == 1


def test_a_trial_writes_nothing(world: World) -> None:
    content = file_of("CUSTOMER")
    content["mappings"][0]["only_coupled"] = False
    content["mappings"][0]["fields"] = content["mappings"][0]["fields"][:3]
    before, versions = everything(), MappingVersion.objects.count()

    trial = mappings_try(content)

    assert {change.kind for change in trial.changed[0].changes} == {"changed", "removed"}
    assert everything() == before
    assert MappingVersion.objects.count() == versions


def test_all_errors_are_named_at_their_places_and_nothing_is_taken_over(world: World) -> None:
    content, before = file_of("CONTACT", "CUSTOMER"), everything()
    contact, customer = content["mappings"]
    contact["table_filter"] = "gone=1"
    customer["direction"] = "sideways"
    customer["colour"] = "red"

    trial = mappings_try(content)

    assert places(trial.errors) == [
        ("mappings[0].table_filter", "filter_unknown_field"),
        ("mappings[1].direction", "invalid_option"),
        ("mappings[1].colour", "unknown_field"),
    ]
    assert everything() == before


def test_a_wrong_line_is_named_by_its_number(world: World) -> None:
    content = file_of("CUSTOMER")
    content["mappings"][0]["fields"][4]["crm_field"] = "nmae"
    content["mappings"][0]["fields"][5]["direction"] = 7

    with pytest.raises(Rejected) as refused:
        mappings_import(content=content)

    assert places(refused.value.errors) == [("mappings[0].fields[5].direction", "invalid_option")]
    content["mappings"][0]["fields"][5]["direction"] = "to_crm"
    assert places(mappings_try(content).errors) == [("mappings[0].fields[4].crm_field", "unknown_field")]


def test_a_computed_or_read_only_destination_is_refused_in_a_file(world: World) -> None:
    content = file_of("CUSTOMER")
    lines = content["mappings"][0]["fields"]
    lines.append({"erp_field": "balance_lcy", "crm_field": "revenue"})
    lines.append({"erp_field": "last_date_modified", "crm_field": "address1_name", "enabled": True})

    found = places(mappings_try(content).errors)

    assert (f"mappings[0].fields[{len(lines) - 2}].erp_field", "not_mappable") in found
    assert (f"mappings[0].fields[{len(lines) - 1}].erp_field", "read_only_destination") in found


def test_two_mappings_of_a_file_must_not_wait_for_each_other(world: World) -> None:
    content = file_of("CONTACT", "CUSTOMER")
    content["mappings"][1]["depends_on"] = ["CONTACT"]

    found = places(mappings_try(content).errors)

    assert {code for _place, code in found} == {"depends_on_itself"}


def test_a_mapping_of_a_file_depends_on_mappings_that_there_are(world: World) -> None:
    content = file_of("CONTACT", "CUSTOMER")
    content["mappings"][1]["depends_on"] = ["CURRENCY", "NOBODY"]
    services.mapping_delete(mapping=world.mapping("CONTACT"))

    assert places(mappings_try(content).errors) == [("mappings[1].depends_on", "mapping_missing")]


@pytest.mark.parametrize(
    ("raw", "place", "code"),
    [
        (b"{\n  nothing", "file", "mapping_file_syntax"),
        (b"\xff\xfe", "file", "mapping_file_text"),
        (b"[1]", "file", "mapping_file_format"),
        (b'{"format": "other"}', "format", "mapping_file_format"),
        (b'{"format": "tandem-mappings", "version": 9}', "version", "mapping_file_version"),
        (b'{"format": "tandem-mappings", "version": 1, "mappings": []}', "mappings", "mapping_file_empty"),
        (b'{"format": "tandem-mappings", "version": 1, "mappings": [3]}', "mappings[0]", "mapping_file_object"),
        (b'{"format": "tandem-mappings", "version": 1, "mappings": [{}]}', "mappings[0].name", "mapping_file_name"),
        (
            b'{"format": "tandem-mappings", "version": 1, "mappings": [{"name": "A"}, {"name": "a"}]}',
            "mappings[1].name",
            "mapping_file_double",
        ),
        (
            b'{"format": "tandem-mappings", "version": 1, "mappings": [{"name": "A", "fields": [1]}]}',
            "mappings[0].fields[0]",
            "mapping_file_object",
        ),
    ],
)
def test_a_file_of_another_shape_is_refused_at_the_place(raw: bytes, place: str, code: str) -> None:
    with pytest.raises(Rejected) as refused:
        documents_of(content_of(raw))

    assert places(refused.value.errors) == [(place, code)]


def test_a_change_between_trial_and_import_is_not_overwritten(world: World) -> None:
    content = file_of("CUSTOMER")
    content["mappings"][0]["only_coupled"] = False
    trial = mappings_try(content)
    services.mapping_update(mapping=world.mapping("CUSTOMER"), values={"table_filter": "city=Roma"})

    with pytest.raises(Stale):
        mappings_import(content=content, seen=trial.seen)

    assert world.mapping("CUSTOMER").table_filter == "city=Roma"


def test_the_api_exports_tries_and_imports(world: World) -> None:
    client = setup_client()
    content = client.get(f"{API}/export/?names=CUSTOMER").json()
    assert [one["name"] for one in content["mappings"]] == ["CUSTOMER"]
    content["mappings"][0]["only_coupled"] = False
    body = {"content": content, "dry_run": True}

    tried = client.post(f"{API}/import/", body, content_type="application/json").json()
    assert tried["mappings"][0]["changes"] == [{"kind": "changed", "field": "only_coupled", "old": True, "new": False}]
    assert world.mapping("CUSTOMER").only_coupled

    client.post(f"{API}/import/", {"content": content}, content_type="application/json")
    assert not world.mapping("CUSTOMER").only_coupled
    content["mappings"][0]["fields"][0]["erp_field"] = "nmae"
    answer = client.post(f"{API}/import/", {"content": content}, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["errors"]["mappings[0].fields[0].erp_field"][0]["code"] == "unknown_field"


def test_the_api_lists_versions_and_restores_one(world: World) -> None:
    client = setup_client()
    first = world.mapping("CUSTOMER").version
    client.patch(f"{API}/CUSTOMER/", {"only_coupled": False}, content_type="application/json")

    versions = client.get(f"{API}/CUSTOMER/versions/").json()["results"]
    assert versions[0]["changes"] == [{"kind": "changed", "field": "only_coupled", "old": True, "new": False}]
    assert (versions[0]["changed_by"], versions[0]["present"]) == ("admin", True)

    answer = client.post(f"{API}/CUSTOMER/versions/{first}/restore/")
    assert answer.status_code == 200
    assert answer.json()["only_coupled"] is True
    assert client.post(f"{API}/CUSTOMER/versions/999/restore/").status_code == 409
    stale = client.post(f"{API}/CUSTOMER/versions/{first}/restore/", headers={"If-Match": '"1"'})
    assert stale.status_code == 412


def test_what_the_defaults_would_take_away_is_listed(world: World) -> None:
    mapping = world.mapping("CUSTOMER")
    services.mapping_update(mapping=mapping, values={"only_coupled": False})
    services.line_create(mapping=mapping, values={"erp_field": "name_2", "crm_field": "address1_name"})
    services.line_update(line=mapping.lines.get(erp_field="city"), values={"direction": "to_crm"})
    services.mapping_create(
        values={"name": "ITEMS", "erp_table": "erp.Territory", "crm_table": "crm.BusinessUnit", "direction": "to_crm"}
    )
    before = everything()

    found = {loss.name: loss for loss in losses()}

    assert set(found) == {"CUSTOMER", "ITEMS"}
    assert found["ITEMS"].action == "kept"
    kinds = [(one.kind, one.line, one.field) for one in found["CUSTOMER"].changes]
    assert ("changed", None, "only_coupled") in kinds
    assert ("removed", ("name_2", "address1_name"), "") in kinds
    assert ("changed", ("city", "address1_city"), "direction") in kinds
    assert everything() == before
    assert losses(["CONTACT"]) == []


def test_the_api_tells_the_losses_before_a_reset(world: World) -> None:
    client = setup_client()
    client.patch(f"{API}/CUSTOMER/", {"only_coupled": False}, content_type="application/json")

    found = client.get(f"{API}/reset/?names=customer").json()

    assert [(one["name"], one["action"]) for one in found["results"]] == [("CUSTOMER", "change")]
