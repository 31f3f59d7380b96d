"""What records refer to that has to be coupled first: told all at once, coupled in dependency order by one press."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from coupling.models import Coupling, IntegrationTableMapping, OptionMapping
from records.writes import insert
from sync.models import Job, OutcomeRow
from sync.partners import Missing, missing_partners
from sync.services import partners_couple, sync_now
from tests.cast import make_user
from tests.coupling.world import add
from tests.sync.scene import Scene
from tests.sync.test_dependencies import new_person, new_sales_person, run

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def scene(db: Any) -> Scene:
    """Adatum with a currency and payment terms that nobody has coupled."""
    found = Scene()
    currency = add("erp.Currency", code="NOK")
    (terms,) = insert("erp.PaymentTerms", [{"code": "SPECIAL"}], source="setup").rows
    rate = {"currency_code": currency, "starting_date": "2020-01-01"}
    add("erp.CurrencyExchangeRate", exchange_rate_amount=100, relational_exch_rate_amount=70, **rate)
    found.edit_customer(currency_code=currency, payment_terms_code=terms.pk)
    return found


def of(name: str, side: str, *keys: str) -> list[Missing]:
    return missing_partners(IntegrationTableMapping.objects.get(name=name), side, keys)


def told(found: list[Missing]) -> list[tuple[str, str]]:
    return [(one.mapping, one.name) for one in found]


def test_everything_that_is_missing_is_told_at_once_in_dependency_order(scene: Scene) -> None:
    person = new_person(scene, "Adatum", "Ek")

    assert told(of("CONTACT", "erp", person)) == [
        ("CURRENCY", "NOK"),
        ("PAYMENT TERMS", "SPECIAL"),
        ("CUSTOMER", "Adatum"),
    ]
    (currency, _terms, customer) = of("CONTACT", "erp", person)
    assert currency.needed_by == ("@erp.Customer.currency_code",)
    assert (currency.matches, currency.creates) == (True, True)
    assert (customer.matches, customer.creates) == (False, True), "no line of the mapping is used for matching"


def test_a_look_up_that_may_stay_blank_until_later_is_not_missing(scene: Scene) -> None:
    person = new_person(scene, "Fabrikam", "Ek")
    scene.edit_customer("Fabrikam", primary_contact_no=person)

    assert of("CUSTOMER", "erp", scene.customer("Fabrikam")) == [], "the contact waits for the customer, not it for him"


def test_a_person_of_the_sales_side_needs_the_account(scene: Scene) -> None:
    person = new_sales_person(scene.account("Litware"), "Berg")

    assert told(of("CONTACT", "crm", person)) == [("CUSTOMER", "Litware")]


def test_one_press_couples_them_in_order_and_the_record_follows(scene: Scene) -> None:
    person = new_person(scene, "Adatum", "Ek")

    started = partners_couple(user=scene.user, mapping="CONTACT", erp_ids=[person])
    assert [job.mapping for job in started.jobs] == ["CURRENCY", "PAYMENT TERMS", "CUSTOMER"]
    assert [job.after for job in started.jobs] == [[], [str(started.jobs[0].pk)], [str(started.jobs[1].pk)]]
    scene.work()

    assert of("CONTACT", "erp", person) == []
    assert OptionMapping.objects.get(mapping__name="PAYMENT TERMS", label="SPECIAL")
    assert not OutcomeRow.objects.filter(action="fail").exists()
    assert {str(job.run_id) for job in Job.objects.all()} == {started.jobs[0].run_id}, "one run, with all its logs"
    sync_now(user=scene.user, mapping="CONTACT", direction="to_crm", erp_ids=[person], create_new=True)
    scene.work()
    assert Coupling.objects.filter(pair="CONTACT", erp_id=person).exists()


def test_a_match_comes_before_a_new_record_and_what_waits_begins_after_both(scene: Scene) -> None:
    lines = IntegrationTableMapping.objects.get(name="CUSTOMER").lines
    lines.filter(erp_field="name").update(match=True)
    people = [new_person(scene, name, "Ek") for name in ("Adatum", "Fabrikam")]

    started = partners_couple(user=scene.user, mapping="CONTACT", erp_ids=people)
    scene.work()

    assert str(Coupling.objects.get(pair="CUSTOMER", erp_id=scene.customer()).crm_id) == scene.account()
    assert Coupling.objects.filter(pair="CUSTOMER", erp_id=scene.customer("Fabrikam")).exists(), "made"
    currency, terms, _customers = started.jobs
    created = Job.objects.get(caused_by=currency.pk, kind="single")
    assert str(created.pk) in Job.objects.get(pk=terms.pk).after


def test_what_cannot_be_coupled_is_told_with_its_reason(scene: Scene) -> None:
    person = new_person(scene, "Fabrikam", "Ek")
    scene.edit_customer("Fabrikam", blocked=3)

    (customer,) = of("CONTACT", "erp", person)
    assert customer.obstacle is not None
    assert customer.obstacle.code == "outside_filter"
    started = partners_couple(user=scene.user, mapping="CONTACT", erp_ids=[person])
    assert (started.jobs, [left.code for left in started.failed]) == ([], ["outside_filter"])


def test_a_record_that_lost_its_partner_is_left_to_the_work_list(scene: Scene) -> None:
    scene.couple("Fabrikam", "Litware")
    person = new_person(scene, "Fabrikam", "Ek")
    scene.remove("crm.Account", scene.account("Litware"))
    run(scene, "CUSTOMER")

    (customer,) = of("CONTACT", "erp", person)
    assert customer.obstacle is not None
    assert customer.obstacle.code == "destination_deleted"


@pytest.fixture
def client(api: Callable[[str], APIClient], scene: Scene) -> APIClient:
    return api("salesperson")


def test_the_api_tells_and_couples(scene: Scene, client: APIClient) -> None:
    found = client.get("/api/v1/missing-partners/", {"mapping": "CUSTOMER", "erp_id": scene.customer()}).json()
    assert [(one["mapping"], one["name"]) for one in found["results"]] == [
        ("CURRENCY", "NOK"),
        ("PAYMENT TERMS", "SPECIAL"),
    ]
    assert found["results"][0]["needed_by"] == ["erp.Customer.currency_code"]
    assert found["results"][0]["obstacle"] is None

    body = {"mapping": "CUSTOMER", "erp_ids": [scene.customer()]}
    answer = client.post("/api/v1/missing-partners/couple/", body, format="json")
    assert answer.status_code == 202, answer.content
    assert (len(answer.json()["jobs"]), answer.json()["scheduled"]) == (2, 2)
    scene.work()
    again = client.post("/api/v1/missing-partners/couple/", body, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "no_missing_partners")
    assert client.get("/api/v1/missing-partners/", {"mapping": "CUSTOMER"}).status_code == 400


def browser(name: str) -> Client:
    found = Client(headers={"Accept-Language": "en", **HTMX})
    found.force_login(make_user(name))
    return found


def shown(answer: Any) -> str:
    assert answer.status_code == 200
    return unescape(answer.content.decode())


@pytest.mark.parametrize("address", ["/sync/now/", "/sync/explain/", "/coupling/set-up/preview/"])
def test_the_dialogs_list_them_with_one_button(scene: Scene, address: str) -> None:
    scene.couple(direction="")
    record = {"list": "erp.customer.list", "ids": scene.customer(), "create_new": "on"}

    html = shown(browser("salesperson").get(address, record))

    assert html.index("NOK") < html.index("SPECIAL")
    assert "2 records have to be coupled before the data can go to" in html
    assert html.count('hx-post="/sync/partners/"') == 1


def test_who_may_only_view_gets_the_list_without_the_button(scene: Scene) -> None:
    viewer, record = browser("viewer"), {"list": "erp.customer.list", "ids": scene.customer()}

    html = shown(viewer.get("/sync/explain/", record))

    assert "NOK" in html
    assert "/sync/partners/" not in html
    assert viewer.post("/sync/partners/", {"mapping": "CUSTOMER", "keys": scene.customer()}).status_code == 403


def test_the_button_is_followed_until_the_dialog_shows_itself_anew(scene: Scene) -> None:
    user = browser("salesperson")
    scene.couple(direction="")

    answer = user.post("/sync/partners/", {"mapping": "CUSTOMER", "side": "erp", "keys": scene.customer()})
    address = re.search(r'hx-get="(/sync/partners/\?run=[^"]+)"', shown(answer))
    assert address
    scene.work()
    ended = user.get(address[1])

    assert "The coupling has ended." in shown(ended)
    assert ended["HX-Trigger-After-Swap"] == '{"partnersCoupled": {}}'
    dialog = shown(user.get("/sync/now/", {"list": "erp.customer.list", "ids": scene.customer()}))
    assert "/sync/partners/" not in dialog
    assert '<td class="after">SPECIAL</td>' in dialog, "an option is told by its label"
