"""The question at the end of a full synchronization that was allowed to create records."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from sync import full_sync
from sync.models import Job
from tests.cast import make_user
from tests.sync.scene import Scene

pytestmark = pytest.mark.django_db
QUESTION = "Should scheduled jobs create records, too"


@pytest.fixture
def scene(db: Any) -> Scene:
    return Scene()


def page(job: Job, name: str = "admin") -> str:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(make_user(name))
    return client.get(f"/sync/jobs/{job.pk}/").content.decode()


@pytest.mark.parametrize(("answer", "only_coupled"), [("yes", False), ("no", True)])
def test_it_is_asked_once_and_yes_lets_scheduled_jobs_create_records(
    scene: Scene, answer: str, only_coupled: bool
) -> None:
    job = scene.run("full", create_new=True)
    version = scene.mapping().version
    assert QUESTION in page(job)
    assert "Administrators answer this." in page(job, "salesperson")
    client = Client()
    client.force_login(make_user("admin"))

    client.post(f"/sync/jobs/{job.pk}/follow-up/{answer}/", headers={"HX-Request": "true"})

    assert (scene.mapping().only_coupled, scene.mapping().version > version) == (only_coupled, not only_coupled)
    assert QUESTION not in page(job)


def test_it_is_asked_for_a_full_synchronization_of_several_mappings_as_a_whole(scene: Scene, api: Any) -> None:
    parent = full_sync.start(
        user_name="salesperson", mappings=["CUSTOMER", "CONTACT"], recommendation="full_synchronization"
    )
    scene.work()
    child = Job.objects.get(parent=parent.pk, mapping="CUSTOMER", kind="full")
    assert "CONTACT, CUSTOMER" in page(parent)
    assert QUESTION not in page(child)
    address = f"/api/v1/jobs/{parent.pk}/follow-up/"

    assert api("salesperson").post(address, {"create_new": True}).status_code == 403
    assert api("admin").post(address, {}).status_code == 400
    assert api("admin").post(address, {"create_new": True}).json()["follow_up"] == "yes"

    assert api("admin").post(address, {"create_new": True}).json()["code"] == "no_follow_up"
    assert not scene.mapping().only_coupled


def test_nothing_is_asked_after_previews_and_runs_that_could_not_create(scene: Scene) -> None:
    assert QUESTION not in page(scene.run("full", create_new=True, preview=True))
    assert QUESTION not in page(scene.run("full"))
