"""Pages of tables that no pair knows: nothing of couplings until somebody maps them, then everything."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from coupling.models import Coupling
from coupling.services.documents import documents_apply
from records.schema import model_of
from records.writes import insert
from tests.cast import make_user
from tests.sync.scene import Scene

HEAD = {"name": "AREAS", "erp_table": "erp.Territory", "crm_table": "crm.BusinessUnit", "direction": "to_crm"}
LINE = {"erp_field": "name", "crm_field": "name", "direction": "to_crm"}
LIST = "/erp/territories/"


@pytest.fixture
def scene(db: Any) -> Scene:
    return Scene()


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return str(response.content.decode())


def test_a_table_that_somebody_maps_gets_the_actions_of_couplings(scene: Scene) -> None:
    area = insert("erp.Territory", [{"code": "N", "name": "Norrland"}], source="page").single().pk
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(make_user("admin"))
    before = page(client, LIST)
    assert "Set Up Coupling" not in before
    assert "Synchronize Now" not in before
    assert "Not Coupled" not in before
    insert("erp.Territory", [{"code": "S", "name": "Svealand"}], source="page")

    documents_apply([{"mapping": {**HEAD, "only_coupled": True}, "lines": [LINE]}], origin="wizard")

    after = page(client, LIST)
    for caption in ("Set Up Coupling", "Synchronize Now", "Delete Coupling", "Match-Based Coupling"):
        assert caption in after
    sent = {"table": "erp.Territory", "ids": area, "create_new": "on", "synchronize": "no"}
    assert client.post("/coupling/set-up/", sent, headers={"HX-Request": "true"}).status_code == 200
    scene.work()
    unit = model_of("crm.BusinessUnit").objects.get(name="Norrland")
    assert Coupling.objects.get(pair="AREAS", erp_id=area).crm_id == unit.pk
    assert '<span class="chip ok"' in page(client, LIST)
    assert '<span class="chip ok"' in page(client, f"/erp/territories/{area}/")
    coupled, other = page(client, f"{LIST}?view=coupled"), page(client, f"{LIST}?view=not_coupled")
    assert ("Norrland" in coupled, "Svealand" in coupled) == (True, False)
    assert ("Norrland" in other, "Svealand" in other) == (False, True)
    found = client.get("/api/v1/erp/territories/", {"filter": "coupled_to_dataverse=true"}).json()["results"]
    assert [row["code"] for row in found] == ["N"]
    assert "Set Up Coupling" in page(client, f"/crm/businessunits/{unit.pk}/")
