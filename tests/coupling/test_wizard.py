"""New Mapping: from two tables to a mapping with its lines, without losing anything on the way."""

from __future__ import annotations

import html
import re
from typing import Any

from coupling.models import IntegrationTableMapping, MappingVersion
from coupling.services import mapping as services
from coupling.wizard import Draft
from tests.coupling.test_mapping_pages import HTMX, PAGES, browser
from tests.coupling.world import World

WIZARD = f"{PAGES}/new-mapping/"
TABLES = {"erp_table": "erp.Territory", "crm_table": "crm.BusinessUnit", "direction": "to_crm", "only_coupled": "1"}


def controls(answer: Any) -> dict[str, str]:
    """What the step would send: hidden fields, texts, ticks and chosen options."""
    said = answer.content.decode()
    found = {n: html.unescape(v) for n, v in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', said)}
    found |= {
        n: html.unescape(v) for n, v in re.findall(r'<input type="text" name="([^"]+)" [^>]*?value="([^"]*)"', said)
    }
    found |= dict(re.findall(r'<input type="checkbox" name="([^"]+)" value="([^"]*)" checked', said))
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', said, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return {name: value for name, value in found.items() if name not in ("list", "table", "ids", "csrfmiddlewaretoken")}


def step(client: Any, before: Any, go: str = "next", **values: str) -> Any:
    sent = controls(before) if before is not None else {}
    return client.post(WIZARD, {**sent, **values, "go": go}, headers=HTMX)


def here(answer: Any) -> str:
    found = re.search(r'name="step" value="(\w+)"', answer.content.decode())
    return found[1] if found else ""


def test_the_wizard_makes_a_mapping_step_by_step(world: World) -> None:
    client = browser()
    first = client.get(WIZARD, headers=HTMX)
    assert here(first) == "tables"

    filters = step(client, first, **TABLES)
    assert here(filters) == "filters"
    fields = step(client, filters)
    assert here(fields) == "fields"
    assert "pair-0" in controls(fields)
    review = step(client, fields)
    assert here(review) == "review"
    assert "TERRITORY" in review.content.decode()
    done = step(client, review)

    made = IntegrationTableMapping.objects.get(name="TERRITORY")
    assert done["HX-Redirect"].endswith(f"{made.pk}/")
    assert (made.erp_table, made.crm_table, made.direction) == ("erp.Territory", "crm.BusinessUnit", "to_crm")
    assert made.user_defined
    assert made.lines.filter(enabled=True, erp_field="name", crm_field="name").exists()
    assert MappingVersion.objects.get(mapping="TERRITORY").origin == "wizard"


def test_only_pairs_without_a_mapping_are_offered(world: World) -> None:
    client = browser()

    offered = step(client, client.get(WIZARD, headers=HTMX), "tables", erp_table="erp.Customer").content.decode()
    refused = step(client, None, step="tables", **{**TABLES, "erp_table": "erp.Customer", "crm_table": "crm.Account"})

    assert 'value="crm.Contact"' in offered
    assert 'value="crm.Account"' not in offered
    assert here(refused) == "tables"
    assert "already mapped by CUSTOMER" in refused.content.decode()


def test_going_back_keeps_what_was_chosen(world: World) -> None:
    client = browser()
    filters = step(client, step(client, None, step="tables", **TABLES))
    unticked = {name: value for name, value in controls(filters).items() if name != "pair-0-on"}
    back = client.post(WIZARD, {**unticked, "go": "back"}, headers=HTMX)
    again = step(client, back)

    assert here(back) == "filters"
    assert here(again) == "fields"
    assert "pair-0" in controls(again)
    assert "pair-0-on" not in controls(again)


def test_a_pair_is_added_and_one_that_cannot_be_is_refused(world: World) -> None:
    client = browser()
    fields = step(client, step(client, None, step="tables", **TABLES))
    count = len([name for name in controls(fields) if re.fullmatch(r"pair-\d+", name)])

    more = step(client, fields, "add", add_erp="code", add_crm="name")
    assert len([name for name in controls(more) if re.fullmatch(r"pair-\d+", name)]) == count + 1
    bad = step(client, more, "add", add_erp="code", add_crm="parentbusinessunitid").content.decode()

    assert 'role="alert"' in bad
    assert 'role="alert"' in step(client, more, "add").content.decode()


def test_a_filter_that_cannot_work_keeps_the_step(world: World) -> None:
    client = browser()
    filters = step(client, None, step="tables", **TABLES)

    bad = step(client, filters, **{"table_filter-mode": "text", "table_filter-text": "gone=1"})

    assert here(bad) == "filters"
    assert 'role="alert"' in bad.content.decode()


def test_a_name_that_is_taken_is_refused(world: World) -> None:
    refused = step(browser(), None, step="tables", name="customer", **TABLES)

    assert here(refused) == "tables"
    assert 'id="id_name_error"' in refused.content.decode()


def test_somebody_elses_mapping_of_the_same_tables_is_not_doubled(world: World) -> None:
    client = browser()
    review = step(client, step(client, step(client, None, step="tables", **TABLES)))
    assert here(review) == "review"
    services.mapping_create(
        values={"name": "THEIRS", **{k: TABLES[k] for k in ("erp_table", "crm_table", "direction")}}
    )

    answer = step(client, review)

    assert 'role="alert"' in answer.content.decode()
    assert not IntegrationTableMapping.objects.filter(name="TERRITORY").exists()


def test_lines_that_write_the_same_field_are_refused_at_their_place(world: World) -> None:
    draft = Draft.of_data(
        {
            **TABLES,
            "step": "fields",
            "name": "X",
            "pair-0": "name|name",
            "pair-0-on": "1",
            "pair-0-direction": "to_crm",
            "pair-1": "code|name",
            "pair-1-on": "1",
            "pair-1-direction": "to_crm",
        }
    )

    assert not draft.check()
    assert {name: error.code for name, error in draft.errors.items()} == {
        "line-0": "duplicate_line",
        "line-1": "duplicate_line",
    }


def test_what_new_records_need_is_told(world: World) -> None:
    draft = Draft.of_data(
        {**TABLES, "step": "review", "only_coupled": "0", "pair-0": "code|parentbusinessunitid", "pair-0-on": "1"}
    )

    assert "name" in [info.name for info in draft.missing]


def test_forged_steps_and_tables_do_no_harm(world: World) -> None:
    client = browser()
    for sent in (
        {"step": "review", "go": "next"},
        {"step": "fields", "go": "add", "erp_table": "people.User", "crm_table": "x"},
        {"step": "nowhere", "go": "back"},
        {"step": "fields", "go": "next", "pair-0": "|", "pair-0-on": "1", **TABLES},
    ):
        assert client.post(WIZARD, sent, headers=HTMX).status_code == 200, sent
    assert browser("salesperson").get(WIZARD, headers=HTMX).status_code == 403
