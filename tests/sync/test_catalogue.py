"""The error catalogue: no reason that the code can give is without a sentence, a cause and a next step with a link."""

from __future__ import annotations

from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from pages import registry
from records import messages
from sync.catalogue import ENTRIES, FAMILIES, entry_of, every, next_step
from sync.management.commands.error_catalogue import NAMES, markdown
from tests.cast import make_user
from tests.sync.reason_codes import ROOT, engine_codes, table_codes
from tests.sync.scene import Scene

#: Reasons of what was done, and words of the code that are no reasons.
DONE = {"changed", "created", "forced", "merged", "matched", "undone"}
REQUESTS = {
    "connection_enabled",
    "direction",
    "mapping_has_couplings",
    "transformation_breaks_line",
    "transformation_in_use",
}
DOCS = ROOT / "docs" / "administration" / "errors.md"


@pytest.mark.parametrize("code", sorted((engine_codes() | table_codes() | set(ENTRIES)) - REQUESTS))
def test_a_reason_has_a_sentence_a_cause_and_a_next_step_with_a_link(code: str) -> None:
    assert code in messages.codes(), "no sentence"
    assert messages.general(code, NAMES) not in ("", code)
    if code in DONE:
        return
    entry = entry_of(code)
    assert entry is not None, "not in sync.catalogue.entries"
    assert str(entry.cause)
    assert next_step(code)
    assert registry.reverse(entry.page).startswith("/")


def test_the_source_is_really_read() -> None:
    assert {"update_conflict", "destination_deleted", "contact_without_relation"} <= engine_codes()
    assert {"privacy_blocked_customer", "in_use"} <= table_codes()


def test_no_reason_stands_in_two_families() -> None:
    codes = [code for _entry, codes in FAMILIES for code in codes]

    assert len(codes) == len(set(codes))
    assert not set(codes) & set(ENTRIES)


def test_a_sentence_without_particulars_has_no_holes() -> None:
    assert not [reason.code for reason in every(NAMES) if "%(" in reason.text]
    assert messages.general("unknown_option") == "The option value '…' is not known."


def test_the_documentation_is_what_the_code_says() -> None:
    assert Path(DOCS).read_text("utf-8") == markdown(), "manage.py error_catalogue > docs/administration/errors.md"


def shown(name: str, query: str = "") -> str:
    client = Client()
    client.force_login(make_user(name))
    response = client.get(f"/sync/error-catalogue/{query}")
    assert response.status_code == 200
    return unescape(response.content.decode())


@pytest.mark.django_db
def test_the_page_shows_every_reason_and_counts_the_open_errors() -> None:
    scene = Scene()
    scene.conflict()

    html = shown("viewer")

    assert all(f'id="{reason.code}"' in html for reason in every())
    assert "/sync/errors/?filter=" in html
    assert html.count("/sync/errors/?filter=") == 1


@pytest.mark.django_db
def test_the_page_is_searched_in_its_texts_and_codes() -> None:
    for query in ("?q=DEPENDENCY_NOT", "?q=no partner yet"):
        html = shown("viewer", query)
        assert 'id="dependency_not_coupled"' in html
        assert 'id="too_long"' not in html
    assert "No record fits." in shown("viewer", "?q=zzzz")


@pytest.mark.django_db
def test_a_failed_record_leads_to_the_record_that_it_waits_for_and_to_the_catalogue() -> None:
    from records.writes import insert
    from sync.models import OutcomeRow

    scene: Any = Scene()
    scene.couple()
    currency = insert("erp.Currency", [{"code": "NOK"}], source="setup").single().pk
    scene.edit_customer(currency_code=currency)
    scene.run()
    row = OutcomeRow.objects.get(reason="dependency_not_coupled")
    client = Client()
    client.force_login(make_user("viewer"))

    html = unescape(client.get(f"/sync/job-records/{row.pk}/").content.decode())

    assert registry.address_of("erp.Currency", currency) in html
    assert "/sync/error-catalogue/#dependency_not_coupled" in html
