"""The requirements S-24 to S-43 of the source documents: synchronizing by hand, one record or several, from both sides.

Each test is named after its requirement and checks what `spec/features.md` A.2 says under *Check*.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from coupling import products
from coupling.models import Connection, Coupling, IntegrationTableMapping
from coupling.services.coupling import coupling_create
from erp.models import Contact, Customer
from pages import registry
from records.actor import acting
from records.writes import insert
from sync.jobs import drain
from sync.models import Job, OutcomeRow
from tests.cast import make_user
from tests.sync.scene import Scene

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
NOW = "Synchronize Now"


@pytest.fixture
def scene(db: Any) -> Scene:
    return Scene()


def browser(name: str = "salesperson", language: str = "en") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(make_user(name))
    return client


def shown(client: Client, url: str, **query: Any) -> str:
    response = client.get(url, query, headers=HTMX if query else {})
    assert response.status_code == 200, (url, response.status_code)
    return unescape(response.content.decode())


def dialog(client: Client, *keys: str, page: str = "erp.customer.list") -> str:
    return shown(client, "/sync/now/", list=page, ids=list(keys))


def choose(client: Client, *keys: str, page: str = "erp.customer.list", **data: Any) -> Any:
    response = client.post("/sync/now/", {"list": page, "ids": list(keys), **data}, headers=HTMX)
    assert response.status_code == 200
    return response


def choices(html: str) -> list[str]:
    """The values of the radio buttons of the dialog."""
    return re.findall(r'name="direction" value="(\w+)"', html)


def action(html: str, caption: str) -> str | None:
    """The tag of the button or link with this caption."""
    found = re.search(rf"<(button|a) [^>]*>(?:<svg.*?</svg>)?<span[^>]*>{re.escape(caption)}</span>", html)
    return found.group(0) if found else None


def couple_person(scene: Scene) -> tuple[str, str]:
    """A coupled contact: a person of a coupled company."""
    scene.couple()
    company = Contact.objects.get(type=0, name="Adatum").pk
    person = {"name": "Ana Ek", "type": 1, "company_no": str(company)}
    erp = insert("erp.Contact", [person], source="api").single().pk
    crm = insert("crm.Contact", [{"firstname": "Ana", "lastname": "Ek", "parentcustomerid": scene.account(),
                                  "parentcustomeridtype": "account"}], source="api").single().pk  # fmt: skip
    with acting("salesperson", "page"):
        coupling_create(mapping=IntegrationTableMapping.objects.get(name="CONTACT"), erp_id=erp, crm_id=crm)
    return erp, crm


# To synchronize a single record


def test_s24_synchronizing_starts_from_the_card_of_customer_and_contact(scene: Scene) -> None:
    contact, _crm = couple_person(scene)

    for address in (f"/erp/customers/{scene.customer()}/", f"/erp/contacts/{contact}/"):
        assert action(shown(browser(), address), NOW)


def test_s25_synchronize_now_starts_one_job_of_kind_single_record(scene: Scene) -> None:
    scene.couple()
    before = set(Job.objects.values_list("pk", flat=True))

    choose(browser(), scene.customer(), direction="to_crm")

    (job,) = Job.objects.exclude(pk__in=before)
    assert (job.kind, job.direction, job.mapping, job.requested_by) == ("single", "to_crm", "CUSTOMER", "salesperson")


def test_s26_a_bidirectional_record_goes_the_way_that_is_chosen(scene: Scene) -> None:
    scene.couple()
    scene.edit_customer(phone_no="111")
    scene.edit_account(address1_city="Milano")
    client = browser()
    assert choices(dialog(client, scene.customer())) == ["to_crm", "from_crm", "merge"]

    choose(client, scene.customer(), direction="to_crm")
    drain()
    assert (scene.telephone(), scene.value("crm.Account", scene.account(), "address1_city")) == ("111", "Roma")

    scene.edit_account(telephone1="222")
    choose(client, scene.customer(), direction="from_crm")
    drain()
    assert scene.phone() == "222"


def test_s26_ok_without_a_choice_is_refused_at_its_place(scene: Scene) -> None:
    scene.couple()
    before = Job.objects.count()

    html = unescape(choose(browser(), scene.customer()).content.decode())

    assert "Choose the direction of the data update." in html
    assert Job.objects.count() == before


def test_s26_a_clash_is_explained_and_only_send_and_get_are_offered(scene: Scene) -> None:
    scene.couple()
    scene.edit_customer(phone_no="111")
    scene.edit_account(telephone1="222")

    html = dialog(browser(), scene.customer())

    assert choices(html) == ["to_crm", "from_crm"]
    assert "Phone No." in html
    assert not re.search(r'value="\w+" checked', html)


@pytest.mark.parametrize(("way", "forged"), [("to_crm", "from_crm"), ("from_crm", "to_crm")])
def test_s27_a_one_way_mapping_names_its_direction_and_refuses_the_other(scene: Scene, way: str, forged: str) -> None:
    scene.couple()
    scene.mapping(direction=way)
    before = Job.objects.count()
    client = browser()
    assert choices(dialog(client, scene.customer())) == [way]

    html = unescape(choose(client, scene.customer(), direction=forged).content.decode())
    assert "does not allow this direction" in html
    assert Job.objects.count() == before

    choose(client, scene.customer(), direction=way)
    assert Job.objects.count() == before + 1


def test_s28_the_options_name_both_products_and_who_is_overwritten(scene: Scene) -> None:
    scene.couple()

    html = dialog(browser(), scene.customer())

    names = products.products()
    assert f"Send data update from {names.erp} to {names.crm}" in html
    assert f"Get data update from {names.crm} to {names.erp}" in html
    assert f"Values in {names.crm} are overwritten." in html
    assert f"Values in {names.erp} are overwritten." in html


def test_s28_what_will_be_overwritten_is_shown_before_ok(scene: Scene) -> None:
    scene.couple()
    scene.edit_customer(phone_no="0941-1")
    scene.edit_account(telephone1="0941-2")

    html = dialog(browser(), scene.customer())

    rows = re.findall(r'<td class="before">(.*?)</td><td class="after">(.*?)</td>', html)
    assert rows == [("0941-2", "0941-1"), ("0941-1", "0941-2")]


# To synchronize a single record from Sales


def test_s29_accounts_and_contacts_have_forms(scene: Scene) -> None:
    _contact, crm = couple_person(scene)

    assert "Adatum" in shown(browser(), f"/crm/accounts/{scene.account()}/")
    assert "Ana" in shown(browser(), f"/crm/contacts/{crm}/")


def test_s30_both_forms_have_the_action_named_after_the_erp_product(scene: Scene) -> None:
    _contact, crm = couple_person(scene)

    for address in (f"/crm/accounts/{scene.account()}/", f"/crm/contacts/{crm}/"):
        assert action(shown(browser(), address), products.products().erp)


def ribbon(client: Client, account: str) -> Any:
    return client.post(f"/crm/accounts/{account}/actions/business_central/", headers=HTMX)


def test_s31_one_click_creates_couples_and_lands_on_the_card(scene: Scene) -> None:
    scene.mapping(only_coupled=False)

    response = ribbon(browser(), scene.account("Litware"))

    customer = Customer.objects.get(name="Litware")
    assert response["HX-Redirect"] == f"/erp/customers/{customer.pk}/"
    assert (
        Coupling.objects.get(erp_id=customer.pk).crm_id == Coupling.objects.get(crm_id=scene.account("Litware")).crm_id
    )


def test_s32_with_the_flag_nothing_is_created_and_the_flag_is_named(scene: Scene) -> None:
    before = Customer.objects.count()

    response = ribbon(browser(), scene.account("Litware"))

    assert "Synch. Only Coupled Records" in response.content.decode()
    assert Customer.objects.count() == before


@pytest.mark.parametrize("only_coupled", [True, False])
@pytest.mark.parametrize("direction", ["bidirectional", "to_crm", "from_crm"])
def test_s33_creation_in_exactly_two_of_six_cells(scene: Scene, only_coupled: bool, direction: str) -> None:
    scene.mapping(only_coupled=only_coupled, direction=direction)

    ribbon(browser(), scene.account("Litware"))

    expected = not only_coupled and direction != "to_crm"
    assert Customer.objects.filter(name="Litware").exists() is expected


def test_s34_the_flag_is_edited_on_the_mapping_and_acts_on_the_next_click(scene: Scene) -> None:
    client, mapping = browser("admin"), scene.mapping()
    address = registry.reverse("coupling.mapping.card", pk=str(mapping.pk))
    page = shown(client, address)
    assert 'name="only_coupled"' in page
    assert 'name="direction"' in page
    ribbon(client, scene.account("Litware"))
    assert not Customer.objects.filter(name="Litware").exists()

    client.post(address, {"only_coupled": "false", "changed": "only_coupled"}, headers=HTMX)
    ribbon(client, scene.account("Litware"))

    assert scene.mapping().only_coupled is False
    assert Customer.objects.filter(name="Litware").exists()


def test_s35_the_refusal_links_to_the_mapping_for_who_may_change_it(scene: Scene) -> None:
    address = registry.reverse("coupling.mapping.card", pk=str(scene.mapping().pk))

    assert address in ribbon(browser("admin"), scene.account("Litware")).content.decode()
    assert address not in ribbon(browser("salesperson"), scene.account("Litware")).content.decode()


# To synchronize several records


def test_s36_both_lists_have_rows_to_choose(scene: Scene) -> None:
    couple_person(scene)

    for address in ("/erp/customers/", "/erp/contacts/"):
        html = shown(browser(), address)
        assert html.count("data-check ") + html.count("data-check>") >= 2
        assert 'id="selection-count"' in html
        assert action(html, NOW)


def test_s37_three_records_are_one_job_with_three_results(scene: Scene) -> None:
    names = ("Adatum", "Fabrikam", "Third")
    scene.world.customer("Third")
    for customer, account in zip(names, ("Adatum", "Litware", "Adatum Nord"), strict=True):
        scene.couple(customer, account)
        scene.edit_customer(customer, phone_no=f"1{len(customer)}")
    before = set(Job.objects.values_list("pk", flat=True))

    choose(browser(), *(scene.customer(name) for name in names), direction="to_crm")
    drain()

    (job,) = Job.objects.exclude(pk__in=before)
    assert (job.kind, job.total, job.counters["to_crm"]["modified"]) == ("selected", 3, 3)
    assert OutcomeRow.objects.filter(job=job).count() == 3


def test_s38_one_question_for_the_selection_and_nothing_to_merge(scene: Scene) -> None:
    scene.couple()
    scene.couple("Fabrikam", "Litware")

    html = dialog(browser(), scene.customer(), scene.customer("Fabrikam"))

    assert choices(html) == ["to_crm", "from_crm"]
    assert "2 records" in html


def test_s38_what_is_left_out_is_told_with_its_reason(scene: Scene) -> None:
    scene.couple()
    scene.edit_customer(phone_no="1")
    scene.edit_account(telephone1="2")

    response = choose(browser(), scene.customer(), scene.customer("Fabrikam"), direction="to_crm")

    told = unescape(response.content.decode()) + response.get("HX-Trigger", "")
    assert "2 were skipped." in told
    assert "The record is not coupled." in told


def test_s38_the_dialog_promises_no_values_of_records_that_will_be_left_out(scene: Scene) -> None:
    scene.couple()
    scene.couple("Fabrikam", "Litware")
    scene.edit_customer(phone_no="1")
    scene.edit_account("Litware", telephone1="2")

    html = dialog(browser(), scene.customer(), scene.customer("Fabrikam"))

    send = html.partition('value="to_crm"')[2].partition('value="from_crm"')[0]
    assert "1 of the records was changed in" in send
    assert "It will be left out." in send
    assert "1 value will be overwritten" in send


def test_s39_a_one_way_mapping_asks_once_for_the_selection(scene: Scene) -> None:
    scene.couple()
    scene.couple("Fabrikam", "Litware")
    scene.mapping(direction="from_crm")
    keys, before = (scene.customer(), scene.customer("Fabrikam")), Job.objects.count()
    client = browser()
    assert choices(dialog(client, *keys)) == ["from_crm"]

    html = choose(client, *keys, direction="to_crm").content.decode()

    assert "does not allow this direction" in html
    assert Job.objects.count() == before


# Frame


def test_s40_help_leads_to_the_wider_topic(scene: Scene) -> None:
    html = shown(browser(), "/help/sync.work_list/")

    names = products.products()
    assert f"Using {names.crm} from {names.erp}" in html
    assert "<a " in html


@pytest.mark.parametrize("language", ["en", "en-gb", "it", "sv", "fr", "es"])
def test_s41_the_pages_follow_the_language(scene: Scene, language: str) -> None:
    assert language in dict(settings.LANGUAGES)

    html = shown(browser(language=language), "/sync/errors/")

    assert f'<html lang="{language}"' in html


def test_s42_a_localised_caption_tells_the_original_term(scene: Scene) -> None:
    html = shown(browser(language="it"), f"/erp/customers/{scene.customer()}/")

    assert f'title="{NOW}"' in html
    assert f'title="{NOW}"' not in shown(browser(language="en"), f"/erp/customers/{scene.customer()}/")


def test_s43_the_product_names_come_from_one_setting(scene: Scene) -> None:
    scene.couple()
    Connection.objects.update(erp_product_name="Harbour ERP", crm_product_name="Harbour Sales")
    products.forget()
    try:
        html = dialog(browser(), scene.customer())
        assert "Send data update from Harbour ERP to Harbour Sales" in html
        form = shown(browser(), f"/crm/accounts/{scene.account()}/")
        assert action(form, "Harbour ERP")
        assert "Business Central" not in html
    finally:
        products.forget()
