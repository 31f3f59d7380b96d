"""The log is kept as long as its policies say; what an error or another job refers to stays, whatever its age."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from people.models import AuditEntry
from records.errors import Rejected
from sync import retention
from sync.jobs import drain, sweep
from sync.models import Chunk, FailureNotice, Job, OutcomeRow, RetentionPolicy
from sync.services import job_undo, jobs_delete, jobs_delete_entries, retention_apply, retention_update
from tests.cast import make_user
from tests.sync.scene import Scene
from tests.sync.test_worklist import skip

pytestmark = pytest.mark.django_db
NUMBERS = itertools.count()


@pytest.fixture
def scene(db: Any) -> Scene:
    retention.install()
    return Scene()


def policy(log: str = "clean", **values: Any) -> RetentionPolicy:
    RetentionPolicy.objects.filter(log=log).update(**values)
    return RetentionPolicy.objects.get(log=log)


def age(job: Job, days: int) -> Job:
    then = timezone.now() - dt.timedelta(days=days)
    Job.objects.filter(pk=job.pk).update(requested_at=then, started_at=then, finished_at=then)
    return job


def is_there(job: Job) -> bool:
    return Job.objects.filter(pk=job.pk).exists()


def clean_job(scene: Scene, days: int = 100) -> Job:
    scene.edit_customer(city=f"City {next(NUMBERS)}")
    job = scene.run()
    assert OutcomeRow.objects.filter(job=job).exists()
    return age(job, days)


def test_every_part_of_the_log_has_a_policy_of_a_month_or_a_week(scene: Scene) -> None:
    assert dict(RetentionPolicy.objects.values_list("log", "days")) == {"clean": 31, "failed": 31, "previews": 7}


def test_a_policy_lets_go_what_is_older_with_all_that_belongs_to_it(scene: Scene) -> None:
    scene.couple()
    old, young = clean_job(scene, 32), clean_job(scene, 30)
    for job in (old, young):
        FailureNotice.objects.create(user_name="admin", job=job.pk)

    deleted, kept = retention_apply(user=make_user("admin"), policy=policy())

    assert (deleted, kept) == (1, 0)
    assert list(FailureNotice.objects.values_list("job", flat=True)) == [young.pk]
    assert not is_there(old)
    assert is_there(young)
    assert not OutcomeRow.objects.filter(job_id=old.pk).exists()
    assert not Chunk.objects.filter(job_id=old.pk).exists()
    assert OutcomeRow.objects.filter(job=young).exists()
    assert AuditEntry.objects.filter(action="retention_apply").exists()


def test_each_policy_knows_its_own_jobs(scene: Scene) -> None:
    scene.couple()
    clean = clean_job(scene)
    preview = age(scene.run("full", preview=True), 100)
    scene.edit_customer(phone_no="111")
    scene.edit_account(telephone1="222")
    failed = age(scene.run(), 100)
    now = timezone.now()

    found = {log: set(retention.expired(policy(log), now)) for log in ("clean", "failed", "previews")}

    assert found == {"clean": {clean}, "failed": {failed}, "previews": {preview}}


def test_a_job_that_an_unsolved_error_names_is_kept_until_it_is_solved(scene: Scene) -> None:
    coupling = skip(scene)
    named = {str(coupling.last_job_to_crm), str(coupling.last_job_from_crm)} - {"None"}
    for job in Job.objects.all():
        age(job, 100)

    _deleted, kept = jobs_delete_entries(user=make_user("admin"), older_than_days=31)

    assert kept == len(named)
    assert {str(pk) for pk in Job.objects.values_list("pk", flat=True)} == named

    scene.edit_account(name="Short")
    from sync.worklist import actions

    actions.retry(ids=[str(coupling.pk)], user_name="salesperson")
    scene.work()
    deleted, kept = jobs_delete_entries(user=make_user("admin"), older_than_days=31)
    assert (deleted, kept) == (len(named), 0)


def test_a_failed_record_without_a_coupling_keeps_its_job(scene: Scene) -> None:
    scene.world.mapping("CUSTOMER").lines.filter(erp_field="name").update(truncate=False)
    scene.edit_account("Litware", name="N" * 150)
    job = age(scene.run("full", create_new=True, direction="from_crm"), 100)

    jobs_delete_entries(user=make_user("admin"), older_than_days=31)

    assert is_there(job)


def test_what_was_taken_back_stays_as_long_as_the_job_that_took_it_back(scene: Scene) -> None:
    scene.couple()
    job = clean_job(scene)
    undo = job_undo(user=scene.user, job=job).jobs[0]
    drain()
    admin = make_user("admin")

    assert jobs_delete(user=admin, ids=[str(job.pk)]) == (0, 1)
    assert is_there(job)

    assert jobs_delete(user=admin, ids=[str(job.pk), str(undo.pk)]) == (2, 0)
    assert not is_there(job)


def test_a_job_that_has_not_ended_is_kept_with_the_one_that_caused_it(scene: Scene) -> None:
    scene.couple()
    first = clean_job(scene)
    waiting = scene.run()
    Job.objects.filter(pk=waiting.pk).update(state="ready", finished_at=None, caused_by=first.pk)

    assert jobs_delete(user=make_user("admin"), ids=[str(first.pk), str(waiting.pk)]) == (0, 2)


def test_a_policy_is_applied_at_night_by_one_worker_and_once(scene: Scene) -> None:
    scene.couple()
    old = clean_job(scene)
    policy(due_at=timezone.now() - dt.timedelta(minutes=1))

    sweep()

    assert not is_there(old)
    applied = policy()
    assert (applied.deleted, applied.due_at.hour, applied.due_at > timezone.now()) == (1, 2, True)
    again = clean_job(scene)
    sweep()
    assert is_there(again)


def test_a_policy_that_is_off_deletes_nothing_by_itself(scene: Scene) -> None:
    scene.couple()
    old = clean_job(scene)
    policy(due_at=timezone.now() - dt.timedelta(minutes=1), enabled=False)

    sweep()

    assert is_there(old)


@pytest.mark.parametrize("days", [0, 6, 3651])
def test_a_period_that_is_too_short_is_refused_at_its_field(scene: Scene, days: int) -> None:
    with pytest.raises(Rejected) as refused:
        retention_update(user=make_user("admin"), policy=policy(), values={"days": days})

    assert [(error.field, error.code) for error in refused.value.errors] == [("days", "out_of_range")]


def test_the_api_reads_changes_and_applies_policies(scene: Scene, api: Callable[[str], APIClient]) -> None:
    scene.couple()
    clean_job(scene, 20)
    admin = api("admin")
    address = f"/api/v1/retention-policies/{policy().pk}/"

    assert [row["log"] for row in admin.get("/api/v1/retention-policies/").json()["results"]] == [
        "clean",
        "failed",
        "previews",
    ]
    assert admin.patch(address, {"days": 14}).json()["days"] == 14
    assert admin.post(f"{address}apply/").json() == {"deleted": 1, "kept": 0}
    assert api("salesperson").post(f"{address}apply/").status_code == 403
    assert admin.post("/api/v1/jobs/delete-entries/", {"ids": ["x"]}).status_code == 400


def test_chosen_jobs_are_deleted_from_the_list_by_an_administrator_only(scene: Scene) -> None:
    from tests.sync.test_pages import act, browser, told

    scene.couple()
    job = clean_job(scene)

    answer = act(browser("admin"), "sync.job.list", "delete_chosen", str(job.pk))

    assert "1 entries were deleted, 0 were kept." in told(answer)
    assert not is_there(job)
    refused = browser("salesperson").post(
        "/sync/jobs/actions/delete_chosen/", {"list": "sync.job.list", "ids": [str(job.pk)], "confirmed": "1"}
    )
    assert refused.status_code == 403
