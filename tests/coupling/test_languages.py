"""What a value means does not depend on the language of who types it, who looks at it and who runs it."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from coupling.conversions import Ends, Known, convert_fields
from coupling.kept import kept_filter
from coupling.models import ConfigTemplateLine
from coupling.plan import ConversionError
from coupling.plans import plan_for
from coupling.services.mapping import line_create, mapping_update
from coupling.services.template import template_create
from coupling.soundness import fault_of
from records.filters import FilterError, check
from records.option_names import find, kept, stored_text
from records.schema import schema
from tests.coupling.world import World

BLOCKED = schema("erp.Customer")["blocked"]
LANGUAGES = ("en", "sv")


@pytest.mark.parametrize(("word", "typed", "stored"), [("faktura", 2, None), ("invoice", 2, 2), ("", 0, 0)])
def test_a_caption_of_the_readers_language_means_something_only_where_it_is_typed(
    word: str, typed: int, stored: int | None
) -> None:
    with translation.override("sv"):
        assert find(BLOCKED.field, word) == typed
        with stored_text():
            assert find(BLOCKED.field, word) == stored


@pytest.mark.parametrize(
    ("word", "expected"), [("Faktura", "Invoice"), ("invoice", "invoice"), ("2", "2"), ("Fakt", "Fakt")]
)
def test_a_typed_word_is_kept_as_the_name_of_the_member(word: str, expected: str) -> None:
    with translation.override("sv"):
        assert kept(BLOCKED.field, word) == expected


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("blocked=Faktura|leverera,name=Faktura", "blocked=Invoice|Ship,name=Faktura"),
        ("blocked=<>Alla", "blocked=<>All"),
        ("blocked = invoice", "blocked = invoice"),
        ("blocked=", "blocked="),
    ],
)
def test_a_filter_is_kept_in_words_that_everybody_reads_alike(typed: str, stored: str) -> None:
    with translation.override("sv"):
        assert kept_filter(typed, "erp.Customer") == stored


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_that_arrives_in_a_run_is_read_alike_in_every_language(language: str) -> None:
    erp, crm = schema("erp.Customer"), schema("crm.Account")
    conversion = convert_fields(Ends(erp, crm, BLOCKED, crm["name"]), Known(), None, truncate=False).from_crm  # type: ignore[arg-type]
    assert conversion.convert is not None

    with translation.override(language):
        assert conversion.convert("Invoice") == 2
        with pytest.raises(ConversionError):
            conversion.convert("Faktura")


@pytest.mark.django_db
def test_what_a_swedish_administrator_stores_a_worker_reads_as_meant(world: World) -> None:
    mapping = world.mapping("CUSTOMER")
    with translation.override("sv"):
        mapping_update(mapping=mapping, values={"table_filter": "blocked=Faktura"})
        values: dict[str, Any] = {"erp_field": "partner_type", "constant": "Företag"}
        line = line_create(mapping=world.mapping("CUSTOMER"), values=values)
        given = {"side": "erp", "name": "T", "values": {"blocked": "Leverera"}}
        template_create(mapping=world.mapping("CUSTOMER"), values=given)

    line.refresh_from_db()
    assert (line.constant, world.mapping("CUSTOMER").table_filter) == ("Company", "blocked=Invoice")
    assert ConfigTemplateLine.objects.get().value == "Ship"
    for language in LANGUAGES:
        with translation.override(language):
            plan = plan_for("CUSTOMER")
            assert plan.erp_matches is not None
            assert plan.erp_matches({"blocked": 2})
            assert [t.values for ts in plan.templates.values() for t in ts] == [{"blocked": 1}]
            assert fault_of(world.mapping("CUSTOMER")) is None


def test_the_filter_of_a_list_still_takes_the_words_of_the_user() -> None:
    with translation.override("sv"):
        assert check("blocked=Faktura", "erp.Customer")
    with translation.override("en"), pytest.raises(FilterError):
        check("blocked=Faktura", "erp.Customer")
