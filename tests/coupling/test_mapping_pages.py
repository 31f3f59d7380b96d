"""The pages of mapping administration: versions, files, defaults."""

from __future__ import annotations

import json
import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from coupling.mapping_rules import document_of
from coupling.services import mapping as services
from coupling.services.transfer import mappings_export
from tests.cast import make_user
from tests.coupling.world import World

HTMX = {"HX-Request": "true"}
PAGES = "/coupling/mappings"


def browser(name: str = "admin") -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(make_user(name))
    return client


def hidden(answer: Any) -> dict[str, str]:
    """The hidden fields of a dialog with their values."""
    import html

    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.content.decode())
    return {name: html.unescape(value) for name, value in found}


def test_the_versions_page_says_who_changed_what(world: World) -> None:
    client = browser()
    mapping = world.mapping("CUSTOMER")
    client.patch("/api/v1/mappings/CUSTOMER/", {"update_conflict": "send"}, content_type="application/json")

    said = client.get(f"{PAGES}/{mapping.pk}/versions/").content.decode()

    assert "Resolve Update Conflicts" in said
    assert "Send update to integration table" in said
    assert "admin" in said
    assert f"Restore version {mapping.version}" in said
    assert "Restore version" not in browser("viewer").get(f"{PAGES}/{mapping.pk}/versions/").content.decode()


def test_a_mapping_that_makes_deleted_records_again_says_so(world: World) -> None:
    client = browser()
    page = f"{PAGES}/{world.mapping('CUSTOMER').pk}/"
    for deletion, only_coupled, is_said in (
        ("remove_coupling", True, False),
        ("restore", False, False),
        ("remove_coupling", False, True),
    ):
        values = {"deletion_conflict": deletion, "only_coupled": only_coupled}
        client.patch("/api/v1/mappings/CUSTOMER/", values, content_type="application/json")

        assert ("Deleted records may be created again" in client.get(page).content.decode()) is is_said, values


def test_restoring_is_asked_with_what_would_change(world: World) -> None:
    client = browser()
    mapping = world.mapping("CUSTOMER")
    before = document_of(mapping)
    services.line_delete(line=mapping.lines.get(erp_field="contact"))

    question = client.get(
        f"{PAGES}/restore/?list=coupling.mapping.list&ids={mapping.pk}&version={mapping.version}", headers=HTMX
    )
    assert "Primary Contact" in question.content.decode() or "added" in question.content.decode()
    client.post(f"{PAGES}/restore/", hidden(question), headers=HTMX)

    assert document_of(world.mapping("CUSTOMER")) == before


def test_restoring_after_somebody_elses_change_is_refused(world: World) -> None:
    client = browser()
    mapping = world.mapping("CUSTOMER")
    before = mapping.table_filter
    services.mapping_update(mapping=mapping, values={"only_coupled": False})
    question = client.get(
        f"{PAGES}/restore/?list=coupling.mapping.list&ids={mapping.pk}&version={mapping.version}", headers=HTMX
    )
    services.mapping_update(mapping=world.mapping("CUSTOMER"), values={"table_filter": "city=Roma"})

    answer = client.post(f"{PAGES}/restore/", hidden(question), headers=HTMX)

    assert "Another user has changed" in answer.content.decode()
    assert world.mapping("CUSTOMER").table_filter == "city=Roma"
    client.post(f"{PAGES}/restore/", hidden(answer), headers=HTMX)
    assert world.mapping("CUSTOMER").table_filter == before


def test_an_exported_file_is_imported_after_its_differences_were_shown(world: World) -> None:
    client = browser()
    file = client.get(f"{PAGES}/export/?names=CUSTOMER")
    assert "attachment" in file["Content-Disposition"]
    content = json.loads(file.content)
    content["mappings"][0]["only_coupled"] = False
    upload = SimpleUploadedFile("mappings.json", json.dumps(content).encode(), "application/json")

    shown = client.post(f"{PAGES}/import/", {"file": upload}, headers=HTMX)
    assert "Synch. Only Coupled Records" in shown.content.decode()
    assert world.mapping("CUSTOMER").only_coupled
    done = client.post(f"{PAGES}/import/", hidden(shown), headers=HTMX)

    assert "1 mapping has been imported" in done["HX-Trigger"]
    assert not world.mapping("CUSTOMER").only_coupled


def test_errors_of_a_file_are_shown_at_their_places(world: World) -> None:
    client = browser()
    content = mappings_export(names=["CUSTOMER"])
    content["mappings"][0]["fields"][2]["erp_field"] = "nmae"
    upload = SimpleUploadedFile("mappings.json", json.dumps(content).encode(), "application/json")

    said = client.post(f"{PAGES}/import/", {"file": upload}, headers=HTMX).content.decode()

    assert "mappings[0].fields[2].erp_field" in said
    assert "cannot be imported" in said


def test_a_file_that_is_no_mapping_set_is_refused_politely(world: World) -> None:
    client = browser()
    for raw in (b"no json", b"{}", b"\xff", b"[]"):
        upload = SimpleUploadedFile("x.json", raw, "application/json")
        assert 'role="alert"' in client.post(f"{PAGES}/import/", {"file": upload}, headers=HTMX).content.decode()
    forged = client.post(f"{PAGES}/import/", {"content": "[", "seen": "{}"}, headers=HTMX)
    assert forged.status_code == 200
    assert "cannot be imported" in forged.content.decode()


def test_use_defaults_lists_what_would_be_lost(world: World) -> None:
    client = browser()
    mapping = world.mapping("CUSTOMER")
    services.mapping_update(mapping=mapping, values={"only_coupled": False})
    services.line_create(mapping=mapping, values={"erp_field": "name_2", "crm_field": "address1_name"})

    question = client.get(f"{PAGES}/reset/", headers=HTMX).content.decode()
    assert "Synch. Only Coupled Records" in question
    assert "Name 2" in question
    assert "CONTACT" not in question
    client.post(f"{PAGES}/reset/", headers=HTMX)

    assert world.mapping("CUSTOMER").only_coupled
    assert "nothing would be lost" in client.get(f"{PAGES}/reset/", headers=HTMX).content.decode()


def test_use_defaults_for_chosen_mappings_leaves_the_others(world: World) -> None:
    client = browser()
    for name in ("CUSTOMER", "CONTACT"):
        services.mapping_update(mapping=world.mapping(name), values={"update_conflict": "get"})
    chosen = {"list": "coupling.mapping.list", "ids": str(world.mapping("CUSTOMER").pk)}

    assert "CONTACT" not in client.get(f"{PAGES}/reset/", chosen, headers=HTMX).content.decode()
    client.post(f"{PAGES}/reset/", chosen, headers=HTMX)

    assert world.mapping("CUSTOMER").update_conflict == "none"
    assert world.mapping("CONTACT").update_conflict == "get"
