"""New Mapping: from two tables to a mapping with its lines, without losing anything on the way."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from coupling.models import IntegrationTableMapping, MappingVersion, OptionMapping
from coupling.services import mapping as services
from coupling.services.template import template_create
from coupling.wizard import Draft
from crm.models import OptionValue
from records.errors import Rejected
from records.messages import text
from tests.coupling.runs import run
from tests.coupling.test_mapping_pages import HTMX, PAGES, browser
from tests.coupling.world import World, add

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
    values = step(client, fields)
    assert here(values) == "values"
    review = step(client, values)
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
    review = step(client, step(client, step(client, step(client, None, step="tables", **TABLES))))
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


def test_new_records_get_values_and_those_of_a_template_that_exists(world: World) -> None:
    template_create(
        mapping=world.mapping("CUSTOMER"), values={"side": "crm", "name": "NORTH", "values": {"address1_city": "Oslo"}}
    )
    draft = Draft.of_data({"step": "values", "erp_table": "erp.Territory", "crm_table": "crm.Account"})
    (other,) = draft.new_records[1].templates()
    assert other[1] == "CUSTOMER: NORTH"
    draft.new_records[1].copy(other[0])
    assert draft.new_records[1].given == {"address1_city": "Oslo"}

    client = browser()
    start = {**TABLES, "only_coupled": "0", "crm_table": "crm.Account"}
    values = step(client, step(client, step(client, None, step="tables", **start)))
    assert here(values) == "values"
    more = step(client, values, "add-crm", **{"add-crm": "customertypecode"})
    at = next(n for n, v in controls(more).items() if v == "customertypecode").removesuffix("-field")
    assert '<option value="3">Customer</option>' in more.content.decode()
    assert 'id="id_add_crm_error"' in step(client, more, "add-crm").content.decode()
    bad = step(client, more, **{at: "9x"})
    assert here(bad) == "values"
    assert f'id="id_{at}-error"' in bad.content.decode()
    review = step(client, more, **{at: "3"})
    assert here(review) == "review"
    assert "<td>Relationship Type</td><td>Customer</td>" in review.content.decode()
    step(client, review)

    made = IntegrationTableMapping.objects.get(name="TERRITORY")
    (template,) = made.templates.all()
    assert (template.side, template.name) == ("crm", "DEFAULT")
    assert dict(template.lines.values_list("field", "value")) == {"customertypecode": "3"}


def test_what_new_records_need_is_asked_for(world: World) -> None:
    sent = {**TABLES, "step": "fields", "only_coupled": "0", "pair-0": "code|parentbusinessunitid", "pair-0-on": "1"}
    draft = Draft.of_data(sent)
    draft.ask()

    assert "name" in draft.new_records[1].values
    draft.new_records[1].values["name"] = "North"
    assert "name" not in [info.name for info in draft.missing]


OPTIONS = {"kind": "options", "erp_table": "erp.Territory", "option_set": "crm.Account.paymenttermscode",
           "direction": "to_crm", "only_coupled": "0"}  # fmt: skip


@pytest.fixture
def free_set(world: World) -> World:
    """The option set of payment terms has no mapping any more."""
    services.mapping_delete(mapping=world.mapping("PAYMENT TERMS"))
    return world


def test_an_option_mapping_is_made_and_its_codes_become_options(free_set: World) -> None:
    client = browser()
    area = add("erp.Territory", code="NORTH", name="Norrland")

    filters = step(client, None, step="tables", **OPTIONS)
    assert here(filters) == "filters"
    review = step(client, filters)
    assert here(review) == "review"
    step(client, review)

    made = IntegrationTableMapping.objects.get(name="TERRITORY")
    assert (made.is_option, made.crm_table, made.crm_key_field) == (True, "crm.Account", "paymenttermscode")
    line = made.lines.get()
    assert (line.erp_field, line.crm_field, line.match, line.enabled) == ("code", "paymenttermscode", True, True)
    run("TERRITORY", direction="to_crm")
    option = OptionMapping.objects.get(mapping=made, erp_id=area)
    assert OptionValue.objects.get(entityname="account", value=option.option_value).label == "NORTH"
    page = client.get("/erp/territories/?view=coupled").content.decode()
    assert ("Norrland" in page, "Set Up Coupling" in page, "Create in Dynamics" in page) == (True, True, False)
    assert "Why does this record not synchronize?" not in page, "codes have no gates"


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"direction": "bidirectional"}, "direction", "option_not_bidirectional"),
        ({"erp_table": "erp.ShipmentMethod"}, "erp_table", "required"),
        ({"erp_table": "erp.Customer"}, "erp_table", "required"),
        ({"option_set": "crm.Account.address1_freighttermscode"}, "option_set", "required"),
        ({"option_set": "crm.Contact.paymenttermscode"}, "option_set", "required"),
        ({"option_set": "crm.Contact.lastname"}, "option_set", "required"),
    ],
)
def test_an_option_mapping_takes_free_codes_and_a_free_option_set_one_way(
    free_set: World, changed: dict[str, str], field: str, code: str
) -> None:
    draft = Draft.of_data({"step": "tables", **OPTIONS, **changed})

    assert not draft.check()
    assert (draft.errors[field].code) == code


def test_an_option_set_that_is_missing_is_named_as_the_page_names_it(free_set: World) -> None:
    draft = Draft.of_data({"step": "tables", **OPTIONS, "option_set": ""})

    draft.check()

    error = draft.errors["option_set"]
    assert text(error.code, error.params) == "Option Set must have a value."


def test_options_of_contacts_are_those_of_accounts_and_not_mapped_again(world: World) -> None:
    head = {"name": "TWICE", "erp_table": "erp.PaymentTerms", "crm_table": "crm.Contact", "direction": "to_crm"}

    with pytest.raises(Rejected) as refused:
        services.mapping_create(values={**head, "crm_key_field": "paymenttermscode"})

    found = [(e.field, e.code) for e in refused.value.errors]
    assert found == [("crm_key_field", "not_a_key_field"), ("crm_key_field", "mapping_exists")]
