"""Deleting a coupled record: the dialog names its partner and asks what becomes of the coupling."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.test import Client

from coupling.models import Connection, Coupling
from records.schema import model_of
from sync.models import Job
from tests.cast import make_user
from tests.sync.scene import Scene

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def scene(db: Any) -> Scene:
    return Scene()


@pytest.fixture
def client() -> Client:
    found = Client(headers={"Accept-Language": "en"})
    found.force_login(make_user("salesperson"))
    return found


def ask(client: Client, address: str) -> str:
    return unescape(client.get(f"{address}delete/", headers=HTMX).content.decode())


def remove(client: Client, address: str, choice: str) -> Any:
    given = {"confirmed": "1", "coupled_records": choice}
    answer = client.post(f"{address}delete/", given, headers=HTMX)
    assert answer.status_code == 200
    return answer


def card(scene: Scene) -> str:
    return f"/erp/customers/{scene.customer()}/"


def exists(label: str, pk: str) -> bool:
    return bool(model_of(label).objects.filter(pk=pk).exists())


def test_the_question_names_the_partner_and_the_rule_of_the_mapping(scene: Scene, client: Client) -> None:
    assert "coupled" not in ask(client, card(scene))
    scene.couple()
    scene.mapping(deletion_conflict="restore")

    asked = ask(client, card(scene))

    assert "The record is coupled with Adatum" in asked
    assert "The next run creates the record again." in asked
    assert "Delete both records" in asked


def test_a_partner_whose_name_ends_with_a_stop_ends_the_sentence(scene: Scene, client: Client) -> None:
    scene.world.customer("Romero S.L.")
    scene.world.account("Romero S.L.")
    scene.couple("Romero S.L.", "Romero S.L.")

    assert "is coupled with Romero S.L.<" in ask(client, f"/erp/customers/{scene.customer('Romero S.L.')}/")


def test_without_a_connection_nothing_is_asked(scene: Scene, client: Client) -> None:
    scene.couple()
    Connection.objects.update(enabled=False)

    assert "Delete both records" not in ask(client, card(scene))


def test_leaving_it_to_the_mapping_keeps_the_coupling(scene: Scene, client: Client) -> None:
    coupling = scene.couple()

    remove(client, card(scene), "rule")

    assert Coupling.objects.filter(pk=coupling.pk).exists()
    assert exists("crm.Account", scene.account())


def test_the_coupling_goes_with_the_record_and_the_partner_stays(scene: Scene, client: Client) -> None:
    scene.couple()

    remove(client, card(scene), "uncouple")

    assert not Coupling.objects.exists()
    assert not exists("erp.Customer", scene.customer())
    assert exists("crm.Account", scene.account())


@pytest.mark.parametrize("side", ["erp", "crm"])
def test_both_records_go_and_the_log_tells(scene: Scene, client: Client, side: str) -> None:
    scene.couple()

    remove(client, card(scene) if side == "erp" else f"/crm/accounts/{scene.account()}/", "both")

    assert not Coupling.objects.exists()
    assert not exists("erp.Customer", scene.customer())
    assert not exists("crm.Account", scene.account())
    assert Job.objects.latest("requested_at").kind == "uncoupling"


def test_what_was_done_is_told_on_the_page_that_follows(scene: Scene, client: Client) -> None:
    answer = remove(client, card(scene), "")

    assert "1 record deleted." in client.get(answer["HX-Redirect"]).content.decode()
