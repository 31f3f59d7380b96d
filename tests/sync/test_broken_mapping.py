"""A mapping that names what is gone: a clear error at the place, the others go on, nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest

from coupling.models import IntegrationFieldMapping, IntegrationTableMapping
from coupling.services import mapping as mappings
from records.messages import text
from records.writes import insert
from sync.models import Job, Pending
from sync.services import mapping_run, sync_modified_all
from tests.coupling.test_mapping_pages import browser
from tests.sync.scene import Scene


@pytest.fixture
def scene(db: Any) -> Scene:
    found = Scene()
    found.couple()
    return found


def message(job: Job) -> str:
    return text(job.message_code, job.message_params)


def test_a_filter_on_a_removed_field_stops_only_its_mapping(scene: Scene) -> None:
    before = scene.mapping().table_filter
    scene.mapping(table_filter="gone=1")
    scene.edit_customer(phone_no="777")
    scene.work()

    started = sync_modified_all(user=scene.user)
    scene.work()

    jobs = {job.mapping: Job.objects.get(pk=job.pk) for job in started.jobs}
    assert jobs["CUSTOMER"].state == "failed"
    assert "Table Filter cannot be used (gone)" in message(jobs["CUSTOMER"])
    assert {job.state for name, job in jobs.items() if name != "CUSTOMER"} == {"finished"}
    assert Pending.objects.filter(mapping="CUSTOMER", side="erp", record=scene.customer()).exists()
    scene.mapping(table_filter=before)
    scene.run()
    assert scene.telephone() == "777"


def test_a_line_on_a_removed_field_is_named(scene: Scene) -> None:
    IntegrationFieldMapping.objects.filter(mapping=scene.mapping(), crm_field="fax").update(crm_field="gone")

    job = scene.run("full")

    assert job.state == "failed"
    assert job.message_code == "mapping_line_broken"
    assert "'gone'" in message(job)
    card = browser().get(f"/coupling/mappings/{scene.mapping().pk}/").content.decode()
    assert "cannot run" in card


def test_pages_of_records_go_on_beside_a_broken_mapping(scene: Scene) -> None:
    IntegrationFieldMapping.objects.filter(mapping=scene.mapping(), crm_field="fax").update(crm_field="gone")
    scene.mapping(table_filter="gone=1", integration_table_filter="name=")

    for address in (f"/erp/customers/{scene.customer()}/", "/erp/customers/", f"/crm/accounts/{scene.account()}/"):
        assert browser().get(address).status_code == 200, address


def test_a_disabled_line_on_a_removed_field_does_not_hurt(scene: Scene) -> None:
    IntegrationFieldMapping.objects.filter(mapping=scene.mapping(), crm_field="fax").update(
        crm_field="gone", enabled=False
    )

    assert scene.run("full").state == "finished"


def test_a_constant_that_does_not_fit_is_named(scene: Scene) -> None:
    IntegrationFieldMapping.objects.filter(mapping=scene.mapping(), crm_field="customertypecode").update(constant="x y")

    job = scene.run("full")

    assert (job.state, job.message_code) == ("failed", "mapping_constant_broken")


def test_an_option_without_a_mapping_fails_the_record_that_needs_it(scene: Scene) -> None:
    mapping = IntegrationTableMapping.objects.get(name="SHIPMENT METHOD")
    mappings.mapping_delete(mapping=mapping)
    method = insert("erp.ShipmentMethod", [{"code": "OWN", "description": "Own van"}], source="page").single().pk
    scene.couple("Fabrikam", "Litware")
    scene.edit_customer(shipment_method_code=method, phone_no="777")
    scene.edit_customer("Fabrikam", phone_no="888")

    job = scene.run()

    assert job.state == "finished"
    assert scene.telephone("Litware") == "888"
    assert scene.telephone() != "777"
    assert Pending.objects.get(mapping="CUSTOMER", record=scene.customer()).reason == "tables_not_mapped"


def test_a_mapping_deleted_before_its_job_starts_ends_the_job_with_a_reason(scene: Scene) -> None:
    own = mappings.mapping_create(
        values={"name": "AREAS", "erp_table": "erp.Territory", "crm_table": "crm.BusinessUnit", "direction": "to_crm"}
    )
    started = mapping_run(user=scene.user, mapping=own, mode="full")
    mappings.mapping_delete(mapping=own)

    scene.work()

    job = Job.objects.get(pk=started.jobs[0].pk)
    assert (job.state, job.message_code) == ("failed", "mapping_missing")
