"""A mapping that an administrator made for two tables that no pair folder knows: it runs like the others."""

from __future__ import annotations

from typing import Any

import pytest

from coupling.models import Coupling, IntegrationTableMapping
from coupling.services.documents import documents_apply
from records.schema import model_of
from records.writes import insert
from sync.models import Job, Schedule
from sync.services import mapping_run
from tests.sync.scene import Scene


@pytest.fixture
def scene(db: Any) -> Scene:
    return Scene()


def test_a_mapping_of_any_two_tables_creates_and_updates(scene: Scene) -> None:
    head = {"name": "AREAS", "erp_table": "erp.Territory", "crm_table": "crm.BusinessUnit", "direction": "to_crm"}
    line = {"erp_field": "name", "crm_field": "name", "direction": "to_crm"}
    documents_apply([{"mapping": {**head, "only_coupled": False}, "lines": [line]}], origin="wizard")
    area = insert("erp.Territory", [{"code": "N", "name": "Norrland"}], source="page").single().pk
    mapping = IntegrationTableMapping.objects.get(name="AREAS")

    started = mapping_run(user=scene.user, mapping=mapping, mode="modified")
    scene.work()

    assert Job.objects.get(pk=started.jobs[0].pk).state == "finished"
    units = model_of("crm.BusinessUnit").objects
    assert units.filter(name="Norrland").exists()
    assert Coupling.objects.filter(pair="AREAS", erp_id=area).exists()
    assert Schedule.objects.filter(mapping="AREAS").exists()
    scene.edit("erp.Territory", area, name="Lappland")
    mapping_run(user=scene.user, mapping=mapping, mode="modified")
    scene.work()
    assert units.filter(name="Lappland").exists()
