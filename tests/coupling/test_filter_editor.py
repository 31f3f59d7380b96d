"""The editor of table filters: rows, text, what it says, and storing it."""

from __future__ import annotations

from typing import Any

import pytest

from coupling.models import Coupling
from coupling.selectors.filters import coupled_outside, say
from coupling.services import mapping as services
from tests.coupling.test_mapping_pages import HTMX, PAGES, browser
from tests.coupling.world import World

EDITOR = "/coupling/filter-editor/"


def rows(*conditions: tuple[str, ...], prefix: str = "table_filter") -> dict[str, str]:
    """The controls of an editor in the mode of rows."""
    found = {f"{prefix}-mode": "rows"}
    for at, condition in enumerate(conditions):
        for name, value in zip(("field", "operator", "value", "to"), condition, strict=False):
            found[f"{prefix}-{at}-{name}"] = value
    return found


def edit(what: str, data: dict[str, str], table: str = "erp.Customer", name: str = "admin") -> Any:
    sent = {"editor": "table_filter", "editor_table": table, "do": what, **data}
    return browser(name).post(EDITOR, sent, headers=HTMX)


def store(world: World, data: dict[str, str], **more: Any) -> Any:
    chosen = {"list": "coupling.mapping.list", "ids": str(world.mapping("CUSTOMER").pk)}
    return browser().post(f"{PAGES}/table-filter/", {**chosen, **data, **more}, headers=HTMX)


def test_a_stored_filter_opens_as_rows_with_count_and_sentence(world: World) -> None:
    services.mapping_update(mapping=world.mapping("CUSTOMER"), values={"table_filter": "city=Roma"})
    chosen = f"list=coupling.mapping.list&ids={world.mapping('CUSTOMER').pk}"

    said = browser().get(f"{PAGES}/table-filter/?{chosen}", headers=HTMX).content.decode()

    assert '<option value="city" selected>' in said
    assert 'value="Roma"' in said
    assert "1 of 2" in said
    assert "City is Roma" in said


def test_the_editor_counts_while_somebody_types(world: World) -> None:
    said = edit("say", rows(("name", "contains", "fab"))).content.decode()

    assert "1 of 2" in said
    assert 'role="alert"' in edit("say", rows(("name", "is", ""))).content.decode()
    assert 'role="alert"' in edit("say", rows(("gone", "is", "1"))).content.decode()


def test_ranges_of_numbers_in_text_fields_carry_a_hint(world: World) -> None:
    hint = "compared letter by letter"

    assert hint in edit("say", rows(("no", "between", "10000", "10042"))).content.decode()
    assert hint not in edit("say", rows(("credit_limit_lcy", "between", "1", "2"))).content.decode()
    assert hint not in edit("say", rows(("no", "is", "10000"))).content.decode()


def test_rows_become_text_and_text_becomes_rows(world: World) -> None:
    as_text = edit("text", rows(("name", "contains", "fab"), ("city", "blank"))).content.decode()
    assert "name=@*fab*,city=&#x27;&#x27;" in as_text
    assert "<textarea" in as_text

    text = {"table_filter-mode": "text", "table_filter-text": "no=1..2,city=Roma|Milano"}
    as_rows = edit("rows", text).content.decode()
    assert 'value="Roma|Milano"' in as_rows
    assert '<option value="between" selected>' in as_rows
    assert "<textarea" in edit("rows", {**text, "table_filter-text": "no="}).content.decode()


def test_rows_are_added_and_removed(world: World) -> None:
    two = edit("add", rows(("name", "is", "x"))).content.decode()
    assert "table_filter-1-field" in two
    assert (
        "table_filter-1-field" not in edit("remove:0", rows(("name", "is", "x"), ("city", "is", "y"))).content.decode()
    )


def test_an_option_is_chosen_by_its_caption_and_stays_as_it_was_written(world: World) -> None:
    said = edit("field", rows(("blocked", "is", "Ship"))).content.decode()

    assert '<option value="Ship" selected>' in said
    assert '<option value="2">' in said


def test_the_filter_of_rows_is_stored(world: World) -> None:
    answer = store(world, rows(("city", "is", "Roma"), ("name", "begins", "a")))

    assert "The filter is stored" in answer["HX-Trigger"]
    assert world.mapping("CUSTOMER").table_filter == "city=Roma,name=@a*"


@pytest.mark.parametrize(
    "data",
    [
        rows(("city", "is", "")),
        {"table_filter-mode": "text", "table_filter-text": "colour=red"},
        {"table_filter-mode": "text", "table_filter-text": "balance_lcy=1"},
    ],
)
def test_a_filter_that_cannot_work_stays_open_with_the_reason(world: World, data: dict[str, str]) -> None:
    before = world.mapping("CUSTOMER").table_filter

    answer = store(world, data)

    assert 'role="alert"' in answer.content.decode()
    assert world.mapping("CUSTOMER").table_filter == before


def test_a_filter_over_somebody_elses_change_is_refused(world: World) -> None:
    seen = world.mapping("CUSTOMER").row_version
    services.mapping_update(mapping=world.mapping("CUSTOMER"), values={"table_filter": "city=Milano"})

    answer = store(world, rows(("city", "is", "Roma")), row_version=seen)

    assert "Another user has changed" in answer.content.decode()
    assert 'value="Roma"' in answer.content.decode()
    assert world.mapping("CUSTOMER").table_filter == "city=Milano"


def test_coupled_records_that_leave_the_filter_are_counted(world: World) -> None:
    Coupling.objects.create(pair="CUSTOMER", erp_id=world.customers["Adatum"], crm_id=world.accounts["Adatum"])

    assert coupled_outside("CUSTOMER", "erp.Customer", "city=Roma") == 0
    assert coupled_outside("CUSTOMER", "erp.Customer", "city=Milano") == 1
    assert coupled_outside("CUSTOMER", "crm.Account", "bcbi_companyid={company}") == 1
    assert say("erp.Customer", "city=Milano", "CUSTOMER").coupled_outside == 1
    said = edit("say", {**rows(("city", "is", "Milano")), "editor_mapping": "CUSTOMER"}).content.decode()
    assert "1 coupled record is outside this filter" in said


def test_the_editor_is_for_administrators_and_known_tables(world: World) -> None:
    assert edit("say", rows(), name="salesperson").status_code == 403
    assert edit("say", rows(), table="people.User").status_code == 404
    assert edit("say", rows(), table="erp.Nothing").status_code == 404
