"""Field lines on the card of a mapping: chosen from hits, moved, and edited by two people at once."""

from __future__ import annotations

from typing import Any

from coupling.conversions import Known
from coupling.mapping_rules import known_mappings
from coupling.models import IntegrationFieldMapping
from coupling.services import mapping as services
from coupling.suggestions import suggest
from records.schema import schema
from tests.coupling.test_mapping_pages import HTMX, PAGES, browser
from tests.coupling.world import World


def address(world: World, line: IntegrationFieldMapping | None = None) -> str:
    where = f"{PAGES}/{world.mapping('CUSTOMER').pk}/lines/fields/"
    return f"{where}{line.pk}/" if line else where


def line_of(world: World, erp_field: str) -> IntegrationFieldMapping:
    return world.mapping("CUSTOMER").lines.get(erp_field=erp_field)


def save(line: IntegrationFieldMapping, **values: Any) -> dict[str, str]:
    prefix = f"fields-{line.pk}-"
    names = ",".join(dict.fromkeys(name.removesuffix("__text") for name in values))
    sent = {prefix + name: str(value) for name, value in values.items()}
    return {**sent, "changed": names, "row_version": str(line.row_version)}


def test_the_picker_offers_captions_and_names_and_what_fits_first(world: World) -> None:
    mapping = world.mapping("CUSTOMER")

    said = browser().get(f"{PAGES}/{mapping.pk}/fields/crm/?q=credit&other=credit_limit_lcy").content.decode()

    assert 'data-value="creditlimit"' in said
    assert said.index('data-value="creditlimit"') < said.index("cannot be converted")
    assert "balance_lcy" not in browser().get(f"{PAGES}/{mapping.pk}/fields/erp/?q=balance").content.decode()
    assert browser().get(f"{PAGES}/{mapping.pk}/fields/other/").status_code == 404


def test_the_card_shows_captions_and_stores_names(world: World) -> None:
    client, line = browser(), line_of(world, "contact")
    card = client.get(f"{PAGES}/{world.mapping('CUSTOMER').pk}/").content.decode()
    assert 'value="Contact"' in card
    assert f'id="move-up-{line.pk}"' in card

    client.post(address(world, line), save(line, erp_field="name_2"), headers=HTMX)

    line.refresh_from_db()
    assert line.erp_field == "name_2"


def test_a_caption_typed_without_choosing_is_understood(world: World) -> None:
    client, line = browser(), line_of(world, "contact")

    client.post(address(world, line), save(line, erp_field="", erp_field__text="name 2"), headers=HTMX)

    line.refresh_from_db()
    assert line.erp_field == "name_2"
    answer = client.post(address(world, line), save(line, erp_field="", erp_field__text="no such"), headers=HTMX)
    assert f'data-error-of="fields-{line.pk}-erp_field"' in answer.content.decode()


def test_the_second_of_two_administrators_loses_nothing(world: World) -> None:
    line = line_of(world, "contact")
    browser().post(address(world, line), save(line, direction="to_crm"), headers=HTMX)

    answer = browser("admin").post(address(world, line), save(line, constant="", erp_field="name_2"), headers=HTMX)

    said = answer.content.decode()
    assert "Changed by another user" in said
    assert "name_2" in said
    assert answer["X-Saved"] == "0"
    line.refresh_from_db()
    assert (line.direction, line.erp_field) == ("to_crm", "contact")
    browser().post(address(world, line), save(line, erp_field="name_2"), headers=HTMX)
    line.refresh_from_db()
    assert (line.direction, line.erp_field) == ("to_crm", "name_2")


def test_a_line_that_somebody_changed_is_not_deleted_unseen(world: World) -> None:
    line = line_of(world, "contact")
    seen = line.row_version
    services.line_update(line=line, values={"direction": "to_crm"})

    answer = browser().delete(f"{address(world, line)}?row_version={seen}", headers=HTMX)

    assert "Another user has changed" in answer["HX-Trigger"]
    assert IntegrationFieldMapping.objects.filter(pk=line.pk).exists()


def test_lines_are_moved_and_the_ends_stay(world: World) -> None:
    client = browser()
    order = list(world.mapping("CUSTOMER").lines.order_by("no"))
    version = world.mapping("CUSTOMER").version

    client.post(f"{address(world, order[2])}move/", {"step": "-1"}, headers=HTMX)
    client.post(f"{address(world, order[0])}move/", {"step": "-1"}, headers=HTMX)

    found = [line.pk for line in world.mapping("CUSTOMER").lines.order_by("no")]
    assert found == [order[0].pk, order[2].pk, order[1].pk, *(line.pk for line in order[3:])]
    assert world.mapping("CUSTOMER").version == version + 1
    assert browser("viewer").post(f"{address(world, order[2])}move/", {"step": "1"}, headers=HTMX).status_code == 403


def test_the_api_moves_a_line(world: World) -> None:
    line = world.mapping("CUSTOMER").lines.order_by("no")[1]
    where = f"/api/v1/mappings/CUSTOMER/fields/{line.pk}/move/"

    answer = browser().post(where, {"step": -1}, content_type="application/json")

    assert answer.json()["no"] == 1
    assert browser().post(where, {"step": 5}, content_type="application/json").status_code == 400


def test_suggestions_pair_fields_that_mean_the_same(world: World) -> None:
    found = suggest(schema("erp.Customer"), schema("crm.Account"), known_mappings())

    pairs = {(one.erp.name, one.crm.name): one for one in found}
    assert {("name", "name"), ("city", "address1_city"), ("home_page", "websiteurl")} <= set(pairs)
    assert ("phone_no", "telephone1") in pairs
    assert ("currency_code", "transactioncurrencyid") in pairs
    assert all(one.direction in ("bidirectional", "to_crm", "from_crm") for one in found)
    assert len({one.erp.name for one in found}) == len(found) == len({one.crm.name for one in found})


def test_suggestions_leave_out_what_is_mapped_and_what_cannot_be_converted(world: World) -> None:
    found = suggest(schema("erp.Customer"), schema("crm.Account"), Known(), used=[("name", "name")])

    names = {one.erp.name for one in found}
    assert "name" not in names
    assert "currency_code" not in names  # without a mapping of currencies there is no way to translate it
