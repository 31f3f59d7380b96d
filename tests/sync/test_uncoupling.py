"""Deleting couplings in the background: of a mapping, of chosen rows, of codes; with what goes with them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from coupling.models import Coupling, OptionMapping
from records import writes
from records.schema import model_of
from sync.jobs import drain
from sync.models import Job, OutcomeRow
from sync.services import job_undo, mapping_uncouple
from tests.cast import make_user
from tests.coupling.world import add
from tests.sync.scene import Scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(db: Any) -> Scene:
    return Scene()


def uncouple(scene: Scene, name: str = "CUSTOMER", **options: Any) -> Job:
    (job,) = mapping_uncouple(user=scene.user, mapping=scene.world.mapping(name), **options).jobs
    drain()
    return Job.objects.get(pk=job.pk)


def company_of(account: str) -> Any:
    return model_of("crm.Account").objects.get(pk=account).bcbi_companyid_id


def test_all_couplings_of_a_mapping_go_with_the_company_id_and_with_a_log(scene: Scene) -> None:
    scene.couple()
    scene.couple("Fabrikam", "Litware")
    assert company_of(scene.account())

    job = uncouple(scene)

    assert (job.state, job.total, job.counters[""]["uncoupled"]) == ("finished", 2, 2)
    assert not Coupling.objects.exists()
    assert company_of(scene.account()) is None
    rows = OutcomeRow.objects.filter(job=job, action="uncouple").values_list("crm_name", flat=True)
    assert sorted(rows) == ["Adatum", "Fabrikam"], "Litware is called what its customer is called"


def test_rows_that_an_old_coupling_left_behind_lose_the_company_id_too(scene: Scene) -> None:
    scene.couple()
    ours = company_of(scene.account())
    model_of("crm.Account").objects.filter(pk=scene.account("Adatum Nord")).update(bcbi_companyid=ours)

    uncouple(scene, erp_ids=[scene.customer()])
    assert company_of(scene.account("Adatum Nord")) == ours, "named records leave others alone"
    uncouple(scene)

    assert company_of(scene.account("Adatum Nord")) is None


def test_rows_that_are_coupled_under_another_mapping_keep_it(scene: Scene) -> None:
    scene.couple()
    Coupling.objects.update(pair="OTHER")

    uncouple(scene)

    assert company_of(scene.account())


def test_codes_are_taken_off_their_options_and_the_options_stay(scene: Scene) -> None:
    code = add("erp.PaymentTerms", code="30TEST", description="x")
    values = {"entityname": "account", "attributename": "paymenttermscode", "value": 100000777, "label": "30TEST"}
    writes.insert("crm.OptionValue", [values], source="api").single()
    mapping = scene.world.mapping("PAYMENT TERMS")
    OptionMapping.objects.create(mapping=mapping, erp_id=code, option_value=100000777, label="30TEST")

    job = uncouple(scene, "PAYMENT TERMS")

    assert job.counters[""]["uncoupled"] == 1
    assert not OptionMapping.objects.exists()
    assert model_of("crm.OptionValue").objects.filter(label="30TEST").exists()
    assert OutcomeRow.objects.get(job=job).erp_key == "30TEST"
    (undo,) = job_undo(user=scene.user, job=job).jobs
    drain()
    assert Job.objects.get(pk=undo.pk).counters[""]["coupled"] == 1
    assert OptionMapping.objects.get().option_value == 100000777


def test_several_rows_of_the_work_list_are_uncoupled_in_the_background(scene: Scene) -> None:
    couplings = [scene.couple(), scene.couple("Fabrikam", "Litware")]
    Coupling.objects.update(skipped=True)
    client = Client(headers={"HX-Request": "true", "Accept-Language": "en"})
    client.force_login(make_user("salesperson"))
    sent = {"list": "sync.work_list", "ids": [str(c.pk) for c in couplings], "confirmed": "1"}

    answer = client.post("/sync/errors/actions/delete_coupling/", sent)

    assert "2 couplings are being deleted" in answer["HX-Trigger"]
    assert Coupling.objects.count() == 2
    drain()
    assert not Coupling.objects.exists()
