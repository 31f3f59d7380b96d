"""A coupled record is deleted: the other side shows it, and offers to restore it or to uncouple."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.test import Client

from coupling.models import Coupling
from records import db
from records.schema import model_of
from sync import changes
from sync.models import WorkItem
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


def page(client: Client, url: str, **query: Any) -> str:
    answer = client.get(url, query, headers=HTMX if query else {})
    assert answer.status_code == 200, (url, answer.status_code)
    return unescape(answer.content.decode())


def act(client: Client, scene: Scene, name: str) -> Any:
    address = f"/erp/customers/{scene.customer()}/actions/{name}/"
    return client.post(address, {"confirmed": "1"}, headers=HTMX)


def test_the_other_side_shows_it_as_soon_as_the_deletion_is_committed(
    scene: Scene, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    coupling = scene.couple()
    address = f"/erp/customers/{scene.customer()}/"
    assert "Broken" not in page(client, address)

    with django_capture_on_commit_callbacks(execute=True):
        scene.remove("crm.Account", scene.account())

    card = page(client, address)
    assert "Broken" in card
    assert "The coupled record was deleted. Restore it, or delete the coupling." in card
    assert "Broken" in page(client, "/erp/customers/", q="Adatum")
    assert WorkItem.objects.get(pk=coupling.pk).state == "broken"


def test_the_sales_side_shows_it_too(scene: Scene, client: Client, django_capture_on_commit_callbacks: Any) -> None:
    scene.couple()

    with django_capture_on_commit_callbacks(execute=True):
        scene.remove("erp.Customer", scene.customer())

    assert "Broken" in page(client, f"/crm/accounts/{scene.account()}/")
    assert "Broken" in page(client, "/crm/accounts/", q="Adatum", view="all")


def test_a_deletion_past_the_program_is_shown_after_routing(scene: Scene) -> None:
    coupling, other = scene.couple(), scene.couple("Fabrikam", "Litware")
    model_of("crm.Account").objects.filter(pk=scene.account())._raw_delete("default")

    changes.route_all()

    assert Coupling.objects.get(pk=coupling.pk).broken
    assert not Coupling.objects.get(pk=other.pk).broken


def test_a_deletion_that_is_rolled_back_marks_nothing(scene: Scene) -> None:
    coupling = scene.couple()
    db.execute("SAVEPOINT before")
    scene.remove("crm.Account", scene.account())
    db.execute("ROLLBACK TO SAVEPOINT before")

    changes.route_all()

    assert not Coupling.objects.get(pk=coupling.pk).broken


def test_the_record_is_restored_from_the_card(scene: Scene, client: Client) -> None:
    """Also where nobody has routed the deletion yet."""
    coupling = scene.couple()
    gone = scene.account()
    scene.remove("crm.Account", gone)

    answer = act(client, scene, "restore_record")

    assert "1 record was restored" in answer["HX-Trigger"]
    again = Coupling.objects.get(pk=coupling.pk)
    assert str(again.crm_id) != gone
    assert not again.broken
    assert scene.value("crm.Account", str(again.crm_id), "name") == "Adatum"
    assert "Broken" not in page(client, f"/erp/customers/{scene.customer()}/")


def test_where_nothing_was_deleted_there_is_nothing_to_restore(scene: Scene, client: Client) -> None:
    scene.couple()

    assert "was not deleted" in act(client, scene, "restore_record")["HX-Trigger"]


def test_or_it_is_uncoupled_from_the_card(scene: Scene, client: Client) -> None:
    scene.couple()
    scene.remove("crm.Account", scene.account())

    act(client, scene, "delete_coupling")

    assert not Coupling.objects.exists()
    assert model_of("erp.Customer").objects.filter(pk=scene.customer()).exists()


@pytest.mark.parametrize(("policy", "left"), [("none", "broken"), ("remove_coupling", ""), ("restore", "whole")])
def test_the_next_run_decides_by_the_mapping_as_before(scene: Scene, policy: str, left: str) -> None:
    coupling = scene.couple()
    scene.mapping(deletion_conflict=policy)
    scene.remove("crm.Account", scene.account())
    changes.route_all()

    scene.run()

    found = Coupling.objects.filter(pk=coupling.pk).first()
    assert ("" if found is None else "broken" if found.broken else "whole") == left
