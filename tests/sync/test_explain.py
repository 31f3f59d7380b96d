"""Why does this record not synchronize? Each of the nine causes, produced and named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from coupling.models import Connection, Coupling
from records.writes import insert
from sync.models import Schedule
from tests.sync.scene import Scene
from tests.sync.test_worklist import skip

pytestmark = pytest.mark.django_db
ORDER = [
    "connection",
    "filter",
    "direction",
    "only_coupled",
    "coupling",
    "dependency",
    "skipped",
    "job",
    "last_result",
]


@pytest.fixture
def scene(db: Any) -> Scene:
    return Scene()


@pytest.fixture
def client(api: Callable[[str], APIClient], scene: Scene) -> APIClient:
    return api("viewer")


def explain(client: APIClient, **named: str) -> dict[str, Any]:
    response = client.get("/api/v1/explain/", {"mapping": "CUSTOMER", **named})
    assert response.status_code == 200, response.content
    return response.json()


def blocked(client: APIClient, erp_id: str) -> tuple[str, str]:
    """(gate, reason) of what blocks."""
    answer = explain(client, erp_id=erp_id)
    gate = next(gate for gate in answer["gates"] if gate["gate"] == answer["blocking"])
    assert not gate["passed"]
    assert gate["detail"]
    return gate["gate"], gate["reason"]


def test_a_pair_in_step_passes_every_gate_in_order(scene: Scene, client: APIClient) -> None:
    scene.couple()

    for named in ({"erp_id": scene.customer()}, {"crm_id": scene.account()}):
        answer = explain(client, **named)
        assert [gate["gate"] for gate in answer["gates"]] == ORDER
        assert answer["blocking"] is None, answer


def test_without_a_connection(scene: Scene, client: APIClient) -> None:
    scene.couple()
    Connection.objects.update(enabled=False)

    assert blocked(client, scene.customer()) == ("connection", "connection_disabled")


def test_outside_the_filter(scene: Scene, client: APIClient) -> None:
    scene.couple()
    scene.edit_customer(blocked=3)

    assert blocked(client, scene.customer()) == ("filter", "outside_filter")


def test_an_inactive_partner(scene: Scene, client: APIClient) -> None:
    scene.couple()
    scene.edit_account(statecode=1)

    assert blocked(client, scene.customer()) == ("filter", "blocked_or_inactive")


def test_against_the_direction(scene: Scene, client: APIClient) -> None:
    scene.couple()
    scene.mapping(direction="from_crm")

    assert blocked(client, scene.customer()) == ("direction", "direction_not_allowed")


def test_only_coupled(scene: Scene, client: APIClient) -> None:
    assert blocked(client, scene.customer()) == ("only_coupled", "only_coupled")


def test_no_living_partner(scene: Scene, client: APIClient) -> None:
    scene.couple()
    scene.remove("crm.Account", scene.account())

    assert blocked(client, scene.customer()) == ("coupling", "destination_deleted")


def test_an_uncoupled_dependency(scene: Scene, client: APIClient) -> None:
    scene.couple()
    (currency,) = insert("erp.Currency", [{"code": "NOK"}], source="setup").rows
    scene.edit_customer(currency_code=currency.pk)

    assert blocked(client, scene.customer()) == ("dependency", "dependency_not_coupled")


def test_skipped(scene: Scene, client: APIClient) -> None:
    skip(scene)

    assert blocked(client, scene.customer()) == ("skipped", "skipped_coupling")


def test_no_job_will_run(scene: Scene, client: APIClient) -> None:
    scene.couple()
    Schedule.objects.filter(mapping="CUSTOMER").update(state="on_hold", next_run_at=None)

    assert blocked(client, scene.customer()) == ("job", "schedule_on_hold")


def test_the_last_result(scene: Scene, client: APIClient) -> None:
    scene.conflict()

    assert blocked(client, scene.customer()) == ("last_result", "update_conflict")
    assert Coupling.objects.get().last_result_to_crm == "failure"


def test_what_is_not_there_is_not_found(scene: Scene, client: APIClient) -> None:
    nobody = "00000000-0000-0000-0000-000000000001"

    assert client.get("/api/v1/explain/", {"mapping": "CUSTOMER", "erp_id": nobody}).status_code == 404
    assert client.get("/api/v1/explain/", {"mapping": "CUSTOMER"}).status_code == 400
    assert client.get("/api/v1/explain/", {"mapping": "NONE", "erp_id": nobody}).status_code == 400
