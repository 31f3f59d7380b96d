"""Records that a wider filter or a changed flag lets in, found and put to work."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from coupling.models import Coupling
from coupling.services import mapping as mappings
from sync import let_in
from sync.models import Pending
from tests.cast import make_user
from tests.sync.scene import Scene


@pytest.fixture
def scene(db: Any) -> Scene:
    """Everything that waited has been looked at and left uncoupled."""
    found = Scene()
    found.run()
    return found


def change(scene: Scene, **values: Any) -> None:
    mappings.mapping_update(mapping=scene.mapping(), values=values)


def test_a_change_made_outside_the_filter_goes_over_when_the_filter_is_widened(scene: Scene) -> None:
    scene.couple()
    change(scene, table_filter="city=Milano")
    scene.edit_customer(phone_no="777")
    scene.run()
    assert not Pending.objects.filter(mapping="CUSTOMER").exists()
    assert let_in.count(scene.mapping()) == 0

    change(scene, table_filter="city=Roma")
    assert let_in.count(scene.mapping()) == 1
    total, _started = let_in.let_in(user=scene.user, mapping=scene.mapping())
    scene.work()

    assert total == 1
    assert scene.telephone() == "777"
    assert let_in.count(scene.mapping()) == 0


def test_uncoupled_records_are_let_in_when_the_mapping_may_create(scene: Scene) -> None:
    change(scene, direction="to_crm", table_filter="")
    assert let_in.count(scene.mapping()) == 0

    change(scene, only_coupled=False)
    assert let_in.count(scene.mapping()) == 2
    let_in.let_in(user=scene.user, mapping=scene.mapping())
    scene.work()

    assert Coupling.objects.filter(pair="CUSTOMER").count() == 2
    assert let_in.count(scene.mapping()) == 0


def test_what_waits_already_is_not_offered_again(scene: Scene) -> None:
    change(scene, direction="to_crm", table_filter="", only_coupled=False)
    Pending.objects.create(mapping="CUSTOMER", side="erp", record=scene.customer("Fabrikam"))

    assert let_in.count(scene.mapping()) == 1


def test_a_mapping_that_cannot_run_offers_nothing(scene: Scene) -> None:
    scene.mapping(table_filter="gone=1", only_coupled=False)

    assert let_in.count(scene.mapping()) == 0


def test_the_api_counts_and_starts(scene: Scene) -> None:
    change(scene, direction="to_crm", table_filter="", only_coupled=False)
    client = Client()
    client.force_login(make_user("salesperson"))

    assert client.get("/api/v1/mappings/CUSTOMER/let-in/").json() == {"count": 2}
    answer = client.post("/api/v1/mappings/CUSTOMER/let-in/", {}, content_type="application/json")

    assert answer.status_code == 202
    assert len(answer.json()["jobs"]) == 1
    viewer = Client()
    viewer.force_login(make_user("viewer"))
    assert viewer.post("/api/v1/mappings/CUSTOMER/let-in/").status_code == 403


def test_the_dialog_says_how_many_and_starts_them(scene: Scene) -> None:
    change(scene, direction="to_crm", table_filter="", only_coupled=False)
    client = Client(headers={"Accept-Language": "en", "HX-Request": "true"})
    client.force_login(make_user("salesperson"))
    chosen = {"list": "coupling.mapping.list", "ids": str(scene.mapping().pk)}

    assert '<td class="number">2</td>' in client.get("/sync/run-let-in/", chosen).content.decode()
    client.post("/sync/run-let-in/", chosen)
    scene.work()

    assert Coupling.objects.filter(pair="CUSTOMER").count() == 2
