"""The ribbon action of the Sales side: the truth table of S-32 and S-33, and what it opens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from coupling.models import Connection, Coupling
from erp.models import Customer
from sync.models import Job
from tests.cast import make_user
from tests.sync.scene import Scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(db: Any) -> Scene:
    return Scene()


@pytest.fixture
def client(api: Callable[[str], APIClient], scene: Scene) -> APIClient:
    return api("salesperson")


def press(client: APIClient, account: str) -> Any:
    return client.post(f"/api/v1/crm/accounts/{account}/business-central/")


@pytest.mark.parametrize("only_coupled", [True, False])
@pytest.mark.parametrize("direction", ["bidirectional", "to_crm", "from_crm"])
def test_creation_in_exactly_two_of_six_cells(
    scene: Scene, client: APIClient, only_coupled: bool, direction: str
) -> None:
    scene.mapping(only_coupled=only_coupled, direction=direction)
    before = Customer.objects.count()

    response = press(client, scene.account("Litware"))

    if not only_coupled and direction in ("bidirectional", "from_crm"):
        assert response.status_code == 200, response.content
        answer = response.json()
        assert (answer["erp_table"], answer["created"]) == ("erp.Customer", True)
        assert Customer.objects.get(pk=answer["erp_id"]).name == "Litware"
        assert str(Coupling.objects.get(crm_id=scene.account("Litware")).erp_id) == answer["erp_id"]
    else:
        assert response.status_code == 409
        assert response.json()["code"] == ("only_coupled" if only_coupled else "direction_not_allowed")
        assert "CUSTOMER" in response.json()["detail"]
        assert Customer.objects.count() == before


def test_the_refusal_names_the_flag(scene: Scene, client: APIClient) -> None:
    assert "Synch. Only Coupled Records" in press(client, scene.account("Litware")).json()["detail"]


def test_a_coupled_account_opens_its_customer_whatever_the_flag(scene: Scene, client: APIClient) -> None:
    scene.couple()
    jobs = Job.objects.count()

    answer = press(client, scene.account()).json()

    assert answer == {"erp_table": "erp.Customer", "erp_id": scene.customer(), "created": False}
    assert Job.objects.count() == jobs


def test_the_change_of_the_flag_acts_on_the_next_click(scene: Scene, client: APIClient) -> None:
    assert press(client, scene.account("Litware")).status_code == 409
    scene.mapping(only_coupled=False)

    assert press(client, scene.account("Litware")).json()["created"] is True
    assert press(client, scene.account("Litware")).json()["created"] is False


def test_a_record_outside_the_filter_is_refused(scene: Scene, client: APIClient) -> None:
    scene.mapping(only_coupled=False)
    scene.edit_account("Litware", customertypecode=11)

    assert press(client, scene.account("Litware")).json()["code"] == "outside_filter"


def test_creating_needs_more_than_the_right_to_look(api: Callable[[str], APIClient], scene: Scene) -> None:
    scene.couple()
    scene.mapping(only_coupled=False)

    assert press(api("viewer"), scene.account()).status_code == 200
    assert press(api("viewer"), scene.account("Litware")).status_code == 403
    assert Coupling.objects.count() == 1


def test_who_may_look_opens_the_coupled_record_from_the_form(scene: Scene) -> None:
    scene.couple()
    viewer = Client()
    viewer.force_login(make_user("viewer"))
    scene.mapping(only_coupled=False)

    def click(account: str) -> Any:
        return viewer.post(f"/crm/accounts/{account}/actions/business_central/", headers={"HX-Request": "true"})

    assert click(scene.account())["HX-Redirect"] == f"/erp/customers/{scene.customer()}/"
    assert click(scene.account("Litware")).status_code == 403


def test_no_connection_no_action(scene: Scene, client: APIClient) -> None:
    Connection.objects.update(enabled=False)

    assert press(client, scene.account("Litware")).json()["code"] == "connection_disabled"


def test_unknown_tables_and_records_are_not_found(scene: Scene, client: APIClient) -> None:
    nobody = "00000000-0000-0000-0000-000000000001"

    assert press(client, nobody).status_code == 404
    assert client.post(f"/api/v1/crm/nothing/{scene.account()}/business-central/").status_code == 404
    assert client.post("/api/v1/crm/accounts/x/business-central/").status_code == 404
