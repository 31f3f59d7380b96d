"""Pages of connection, mappings and couplings, and what is added to the pages of both sides."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from coupling.models import Coupling, IntegrationTableMapping, OptionMapping
from coupling.services import connection as connections
from coupling.services.coupling import coupling_create
from tests.cast import make_user
from tests.coupling.world import World, add

HTMX = {"HX-Request": "true"}


def browser(name: str = "salesperson") -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(make_user(name))
    return client


def couple(world: World, customer: str = "Adatum", account: str = "Adatum") -> Coupling:
    return coupling_create(
        mapping=world.mapping("CUSTOMER"), erp_id=world.customers[customer], crm_id=world.accounts[account]
    )


def dialog(client: Client, world: World, customer: str = "Adatum", **data: Any) -> Any:
    url = f"/coupling/set-up/?list=erp.customer.list&ids={world.customers[customer]}"
    if not data:
        return client.get(url, headers=HTMX)
    data = {"list": "erp.customer.list", "ids": world.customers[customer], **data}
    return client.post("/coupling/set-up/", data, headers=HTMX)


@pytest.mark.parametrize(
    "path",
    [
        "/connection-setup/",
        "/coupling/mappings/",
        "/coupling/couplings/",
        "/coupling/option-mappings/",
        "/connection-setup/enable/",
        "/connection-setup/secret/",
    ],
)
def test_every_page_opens(world: World, path: str) -> None:
    couple(world)

    answer = browser("admin").get(path)

    assert answer.status_code == 200


def test_while_the_connection_is_enabled_only_the_names_can_be_changed(world: World) -> None:
    shown = browser("admin").get("/connection-setup/").content.decode()
    assert 'name="erp_product_name"' in shown
    assert 'name="address"' not in shown

    connections.connection_disable()

    assert 'name="address"' in browser("admin").get("/connection-setup/").content.decode()


def test_connection_setup_is_for_administrators(world: World) -> None:
    assert browser("salesperson").get("/connection-setup/").status_code == 403


def test_a_mapping_card_shows_its_lines(world: World) -> None:
    mapping = world.mapping("CUSTOMER")

    answer = browser("admin").get(f"/coupling/mappings/{mapping.pk}/")

    assert answer.status_code == 200
    assert "telephone1" in answer.content.decode()


def test_saving_a_mapping_on_its_card_makes_a_version(world: World) -> None:
    mapping = world.mapping("CUSTOMER")
    data = {"changed": "only_coupled", "row_version": mapping.row_version, "only_coupled": ""}

    answer = browser("admin").post(f"/coupling/mappings/{mapping.pk}/", data, headers=HTMX)

    assert answer.headers["X-Saved"] == "1"
    assert not world.mapping("CUSTOMER").only_coupled
    assert world.mapping("CUSTOMER").version == mapping.version + 1


def test_a_line_is_edited_in_place_with_its_error(world: World) -> None:
    mapping = world.mapping("CUSTOMER")
    line = mapping.lines.get(erp_field="contact")
    prefix = f"fields-{line.pk}-"
    url = f"/coupling/mappings/{mapping.pk}/lines/fields/{line.pk}/"
    admin = browser("admin")

    bad = admin.post(url, {"changed": "crm_field", f"{prefix}crm_field": "nothing"}, headers=HTMX)
    good = admin.post(url, {"changed": "truncate", f"{prefix}truncate": ""}, headers=HTMX)

    assert "There is no field &#x27;nothing&#x27;." in bad.content.decode()
    assert good.headers["X-Saved"] == "1"
    assert not mapping.lines.get(pk=line.pk).truncate


def test_enabling_asks_for_the_defaults(world: World) -> None:
    connections.connection_disable()
    IntegrationTableMapping.objects.filter(name="CONTACT").delete()
    admin = browser("admin")

    assert "default mappings" in admin.get("/connection-setup/enable/", headers=HTMX).content.decode()
    admin.post("/connection-setup/enable/", {"install_defaults": "on"}, headers=HTMX)

    assert connections.Connection.load().enabled
    assert IntegrationTableMapping.objects.filter(name="CONTACT").exists()


def test_what_is_wrong_stays_in_the_dialog(world: World) -> None:
    connections.connection_disable()
    connections.connection_save(values={"secret": "wrong"})

    answer = browser("admin").post("/connection-setup/enable/", {}, headers=HTMX)

    assert "could not sign in" in answer.content.decode()
    assert not connections.Connection.load().enabled


def test_the_secret_never_comes_back(world: World) -> None:
    connections.connection_disable()
    admin = browser("admin")
    admin.post("/connection-setup/secret/", {"secret": "canary-4711"}, headers=HTMX)

    for path in ("/connection-setup/", "/connection-setup/secret/"):
        assert "canary" not in admin.get(path).content.decode()


def test_the_dialog_offers_the_best_match_with_its_values(world: World) -> None:
    page = dialog(browser(), world).content.decode()

    assert f'value="{world.accounts["Adatum"]}" checked' in page
    assert "best match" in page
    assert "Adatum Nord" in page
    assert "info@adatum.example" in page


def test_ok_couples(world: World) -> None:
    answer = dialog(browser(), world, crm_id=world.accounts["Litware"], synchronize="no")

    assert "closeDialog" in answer.headers["HX-Trigger"]
    assert str(Coupling.objects.get().crm_id) == world.accounts["Litware"]


def test_ok_with_nothing_chosen_says_so_at_the_field(world: World) -> None:
    answer = dialog(browser(), world, synchronize="no")

    assert "Choose a record, or choose to create a new one." in answer.content.decode()
    assert not Coupling.objects.exists()


def test_another_partner_needs_a_confirmation(world: World) -> None:
    couple(world)
    client = browser()

    asked = dialog(client, world, crm_id=world.accounts["Litware"], synchronize="no")
    assert "Confirm that this coupling is to be replaced." in asked.content.decode()
    dialog(client, world, crm_id=world.accounts["Litware"], synchronize="no", replace="on")

    assert str(Coupling.objects.get().crm_id) == world.accounts["Litware"]


def test_the_dialog_shows_the_present_partner(world: World) -> None:
    couple(world, "Fabrikam", "Litware")

    page = dialog(browser(), world, "Fabrikam").content.decode()

    assert "Choosing another record replaces this coupling." in page
    assert f"/crm/accounts/{world.accounts['Litware']}/" in page


def test_search_narrows_the_offers(world: World) -> None:
    url = "/coupling/set-up/candidates/?list=erp.customer.list&q=lit&ids=" + world.customers["Adatum"]

    page = browser().get(url, headers=HTMX).content.decode()

    assert "Litware" in page
    assert "Adatum" not in page


def test_the_preview_shows_what_is_overwritten(world: World) -> None:
    url = f"/coupling/set-up/preview/?list=erp.customer.list&ids={world.customers['Adatum']}&crm_id={world.accounts['Adatum Nord']}"

    page = browser().get(url + "&synchronize=use_erp", headers=HTMX).content.decode()

    assert "<del>Milano</del> <ins>Roma</ins>" in page


def test_codes_are_coupled_with_options(world: World) -> None:
    terms = add("erp.PaymentTerms", code="30D")
    client = browser()
    data = {"list": "erp.payment_terms.list", "ids": terms}

    assert "Net 30" in client.get("/coupling/set-up/", data, headers=HTMX).content.decode()
    client.post("/coupling/set-up/", {**data, "crm_id": "1"}, headers=HTMX)

    assert OptionMapping.objects.get(erp_id=terms).option_value == 1


def test_the_card_says_that_it_is_coupled_and_with_what(world: World) -> None:
    couple(world)

    erp = browser().get(f"/erp/customers/{world.customers['Adatum']}/").content.decode()
    crm = browser().get(f"/crm/accounts/{world.accounts['Adatum']}/").content.decode()

    assert f"/crm/accounts/{world.accounts['Adatum']}/" in erp
    assert f"/erp/customers/{world.customers['Adatum']}/" in crm
    assert "Coupled" in erp
    assert "Coupled" in crm


def test_lists_filter_by_coupled(world: World) -> None:
    couple(world)

    page = browser().get("/erp/customers/?view=not_coupled").content.decode()

    assert "Fabrikam" in page
    assert "Adatum" not in page


def test_deleting_a_coupled_record_mentions_the_coupling(world: World) -> None:
    couple(world)

    page = browser().get(f"/erp/customers/{world.customers['Adatum']}/delete/", headers=HTMX).content.decode()

    assert "is coupled" in page


def test_delete_coupling_from_the_card_acts_at_once(world: World) -> None:
    couple(world)
    url = f"/erp/customers/{world.customers['Adatum']}/actions/delete_coupling/"
    client = browser()

    assert "Delete the couplings" in client.get(url, headers=HTMX).content.decode()
    client.post(url, {"confirmed": "1"}, headers=HTMX)

    assert not Coupling.objects.exists()


def test_open_leads_to_the_other_side(world: World) -> None:
    couple(world)

    answer = browser("viewer").get(f"/erp/customers/{world.customers['Adatum']}/actions/open_coupled/")

    assert answer.url == f"/crm/accounts/{world.accounts['Adatum']}/"


def test_product_names_in_captions_are_a_setting(world: World) -> None:
    connections.connection_save(values={"crm_product_name": "Harbour Sales"})

    page = browser().get(f"/erp/customers/{world.customers['Adatum']}/").content.decode()

    assert "Harbour Sales" in page
    assert "Dynamics 365 Sales" not in page


def test_the_card_learns_its_new_version_when_a_line_is_saved(world: World) -> None:
    mapping = world.mapping("CUSTOMER")
    line = mapping.lines.get(erp_field="contact")
    url = f"/coupling/mappings/{mapping.pk}/lines/fields/{line.pk}/"

    answer = browser("admin").post(url, {"changed": "truncate", f"fields-{line.pk}-truncate": ""}, headers=HTMX)

    assert int(answer.headers["X-Record-Version"]) == world.mapping("CUSTOMER").row_version > mapping.row_version


@pytest.mark.parametrize(
    ("typed", "refused"),
    [
        ("contact", "A mapping cannot depend on itself (CUSTOMER &gt; CONTACT &gt; CUSTOMER)."),
        ("CURRENCY|NOBODY", "There is no mapping &#x27;NOBODY&#x27;."),
        (" currency ; payment terms|CURRENCY", ""),
    ],
)
def test_what_a_mapping_depends_on_is_put_in_on_its_card(world: World, typed: str, refused: str) -> None:
    mapping, client = world.mapping("CUSTOMER"), browser("admin")
    address = f"/coupling/mappings/{mapping.pk}/"
    assert 'value="CURRENCY|PAYMENT TERMS|SHIPMENT METHOD|SHIPPING AGENT"' in client.get(address).content.decode()

    data = {"changed": "depends_on", "row_version": mapping.row_version, "depends_on": typed}
    answer = client.post(address, data, headers=HTMX)

    assert answer.headers["X-Saved"] == ("0" if refused else "1")
    assert refused in answer.content.decode()
    if refused:
        assert 'data-error-of="depends_on"' in answer.content.decode()
    assert len(world.mapping("CUSTOMER").depends_on) == (4 if refused else 2)


def test_a_mapping_card_names_its_tables_in_the_language_of_the_user(world: World) -> None:
    client = browser("admin")

    html = client.get(f"/coupling/mappings/{world.mapping('CUSTOMER').pk}/", headers={"Accept-Language": "sv"})

    assert "erp.Customer" not in html.content.decode()
    assert ">Kunder<" in html.content.decode()


def test_the_look_up_of_a_dependency_offers_mappings(world: World) -> None:
    address = "/lookup/coupling.IntegrationTableMapping/depends_on/?page=coupling.mapping.card&q=curr"

    assert 'data-value="CURRENCY"' in browser("admin").get(address).content.decode()


def test_tell_me_offers_the_actions_of_a_page_in_the_order_of_their_menu(world: World) -> None:
    found = browser().get("/tell-me/?q=coupling&page=erp.customer.list").content.decode()

    assert found.index("Set Up Coupling") < found.index("Delete Coupling")
