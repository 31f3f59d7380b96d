"""Job queue entries: due once, woken by changes, on hold without a connection."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from coupling.models import Connection, Coupling, IntegrationTableMapping
from coupling.signals import connection_changed, mappings_changed
from people.models import User
from records import writes
from sync import schedules
from sync.jobs import drain, sweep
from sync.jobs.executors import using
from sync.jobs.results import COUNTERS, Done
from sync.models import ChangeLog, Job, Pending, Schedule
from sync.services import schedule_run
from tests.cast import make_user
from tests.sync.conftest import make_mapping

pytestmark = pytest.mark.django_db

AGO = dt.timedelta(seconds=1)


@pytest.fixture
def entry(mapping: IntegrationTableMapping) -> Schedule:
    schedules.ensure()
    return Schedule.objects.get(mapping="CUSTOMER")


def now_due(**values: object) -> None:
    Schedule.objects.update(state="ready", next_run_at=timezone.now() - AGO, **values)


def result(**counts: int):
    """An engine that counts this."""

    def engine(job: Job, chunk: object) -> Done:
        return Done({"to_crm": {**dict.fromkeys(COUNTERS, 0), **counts}}, 1)

    return engine


def pending(record: str, **values: object) -> None:
    Pending.objects.create(mapping="CUSTOMER", side="erp", record=record, **values)


def run_scheduled(**counts: int) -> Job:
    """One tick and all of its work."""
    pending("00000000-0000-7000-8000-000000000001")
    now_due()
    (job,) = schedules.tick()
    with using(modified=result(**counts)):
        drain()
    return Job.objects.get(pk=job.pk)


def test_entries_follow_the_mappings(connected) -> None:
    make_mapping("CUSTOMER", "erp.Customer", "crm.Account", "accountid")
    mappings_changed.send(None, names=["CUSTOMER"])
    entry = Schedule.objects.get()
    assert (entry.mapping, entry.interval_minutes, entry.inactivity_minutes, entry.state) == (
        "CUSTOMER",
        30,
        720,
        "ready",
    )

    IntegrationTableMapping.objects.all().delete()
    mappings_changed.send(None, names=["CUSTOMER"])
    assert not Schedule.objects.exists()


def test_a_tick_starts_one_job_as_the_integration_user(entry) -> None:
    now_due()

    (job,) = schedules.tick()
    assert schedules.tick() == []

    assert (job.kind, job.requested_by, job.by_user, job.whole) == ("modified", "integration", False, True)
    entry.refresh_from_db()
    assert (entry.state, entry.last_job, entry.next_run_at) == ("in_process", job.pk, None)


def test_a_run_that_did_something_is_followed_by_the_next_after_the_interval(entry) -> None:
    run_scheduled(modified=1)

    entry.refresh_from_db()
    assert entry.state == "ready"
    assert dt.timedelta(minutes=29) < entry.next_run_at - timezone.now() < dt.timedelta(minutes=31)


def test_a_run_that_found_nothing_puts_the_entry_on_hold_for_the_inactivity_time(entry) -> None:
    run_scheduled(unchanged=1, skipped=1)

    entry.refresh_from_db()
    assert entry.state == "on_hold_inactive"
    assert entry.next_run_at - timezone.now() > dt.timedelta(minutes=719)


def test_inactivity_0_sleeps_until_something_changes(entry) -> None:
    Schedule.objects.update(inactivity_minutes=0)
    run_scheduled()

    entry.refresh_from_db()
    assert (entry.state, entry.next_run_at) == ("on_hold_inactive", None)


def test_a_job_that_failed_puts_the_entry_in_error(entry) -> None:
    now_due()
    (job,) = schedules.tick()
    IntegrationTableMapping.objects.update(direction="to_crm")

    drain()

    entry.refresh_from_db()
    assert Job.objects.get(pk=job.pk).state == "failed"
    assert (entry.state, entry.error_code) == ("error", "direction_not_allowed")


def test_due_entries_start_in_dependency_order(connected) -> None:
    make_mapping("A LAST", "erp.Customer", "crm.Account", "accountid", depends_on=["Z FIRST"])
    make_mapping("Z FIRST", "erp.Contact", "crm.Contact", "contactid")
    schedules.ensure()
    now_due()

    jobs = {job.mapping: job for job in schedules.tick()}

    assert jobs["A LAST"].after == [str(jobs["Z FIRST"].pk)]
    assert jobs["Z FIRST"].after == []


@pytest.mark.parametrize("state", ["ready", "on_hold_inactive"])
def test_a_change_of_a_coupled_record_wakes_the_entry_within_seconds(entry, state: str) -> None:
    pk = coupled_customer()
    Schedule.objects.update(state=state, next_run_at=timezone.now() + dt.timedelta(hours=1))

    writes.update("erp.Customer", [writes.Edit(pk, {"city": "Oslo"})], source="page")
    sweep()

    entry.refresh_from_db()
    assert entry.state == "ready"
    assert entry.next_run_at - timezone.now() < dt.timedelta(seconds=10)


def test_an_uncoupled_record_wakes_only_a_mapping_that_creates(entry, mapping) -> None:
    later = timezone.now() + dt.timedelta(hours=1)
    Schedule.objects.update(next_run_at=later)

    writes.insert("erp.Customer", [{"no": "C2", "name": "New"}], source="page")
    sweep()
    entry.refresh_from_db()
    assert entry.next_run_at == later

    IntegrationTableMapping.objects.update(only_coupled=False)
    writes.insert("erp.Customer", [{"no": "C3", "name": "New"}], source="page")
    sweep()
    entry.refresh_from_db()
    assert entry.next_run_at < later


def test_events_switched_off_wake_nothing(entry) -> None:
    IntegrationTableMapping.objects.update(disable_event_job_resch=True)
    pk = coupled_customer()
    later = timezone.now() + dt.timedelta(hours=1)
    Schedule.objects.update(next_run_at=later)

    writes.update("erp.Customer", [writes.Edit(pk, {"city": "Oslo"})], source="page")
    sweep()

    entry.refresh_from_db()
    assert entry.next_run_at == later


def test_an_entry_on_hold_is_started_by_no_change(entry) -> None:
    pk = coupled_customer()
    schedules.hold(entry)

    writes.update("erp.Customer", [writes.Edit(pk, {"city": "Oslo"})], source="page")
    sweep()

    entry.refresh_from_db()
    assert (entry.state, entry.next_run_at) == ("on_hold", None)
    assert not Job.objects.exists()


def test_a_pause_that_is_over_wakes_the_entry(entry) -> None:
    Schedule.objects.update(next_run_at=timezone.now() + dt.timedelta(hours=1))
    pk = coupled_customer()
    pending(pk, reason="locked", not_before=timezone.now() - AGO)

    sweep()

    entry.refresh_from_db()
    assert entry.next_run_at - timezone.now() < dt.timedelta(seconds=10)


def test_a_permanent_failure_that_waits_wakes_nothing(entry) -> None:
    later = timezone.now() + dt.timedelta(hours=1)
    Schedule.objects.update(next_run_at=later)
    pending(coupled_customer(), reason="too_long")

    schedules.wake({"CUSTOMER": 1})

    entry.refresh_from_db()
    assert entry.next_run_at == later


def test_without_a_connection_entries_are_held_and_come_back_with_it(entry) -> None:
    make_mapping("MINE", "erp.Contact", "crm.Contact", "contactid")
    schedules.ensure()
    mine = Schedule.objects.get(mapping="MINE")
    schedules.hold(mine)

    Connection.objects.update(enabled=False)
    connection_changed.send(None, enabled=False)
    assert set(Schedule.objects.values_list("state", flat=True)) == {"on_hold"}
    Connection.objects.update(enabled=True)
    connection_changed.send(None, enabled=True)

    assert dict(Schedule.objects.values_list("mapping", "state")) == {"CUSTOMER": "ready", "MINE": "on_hold"}


def test_a_manual_run_works_on_hold_and_leaves_the_state(entry, salesperson) -> None:
    schedules.hold(entry)

    started = schedule_run(user=salesperson, entry=entry)
    with using(modified=result(modified=1)):
        drain()

    entry.refresh_from_db()
    assert Job.objects.get(pk=started.jobs[0].pk).state == "finished"
    assert (entry.state, entry.last_job) == ("on_hold", started.jobs[0].pk)


def coupled_customer() -> str:
    """A customer with a coupling that changed nothing yet."""
    pk = writes.insert("erp.Customer", [{"no": "C1", "name": "Adatum"}], source="setup").single().pk
    Coupling.objects.create(pair="CUSTOMER", erp_id=pk, crm_id="00000000-0000-7000-8000-00000000000a")
    ChangeLog.objects.all().delete()
    return pk


def test_one_job_of_a_category_runs_at_a_time_and_the_others_say_that_they_wait(
    mapping: IntegrationTableMapping, engine: Any, api: Any
) -> None:
    make_mapping("CONTACT", "erp.Contact", "crm.Contact", "contactid")
    schedules.ensure()
    Schedule.objects.update(category="NIGHT", next_run_at=timezone.now())
    first, second = schedules.tick()
    Job.objects.filter(pk=first.pk).update(state="in_process")

    assert drain(only=str(second.pk)) == 0
    shown = {e["mapping"]: e["is_waiting"] for e in api("admin").get("/api/v1/schedules/").json()["results"]}
    assert shown == {first.mapping: False, second.mapping: True}
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(make_user("admin"))
    assert client.get("/sync/schedules/").content.decode().count("Waiting") >= 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=second.pk).update(state="in_process")
    Job.objects.filter(pk=first.pk).update(state="finished", finished_at=timezone.now())

    assert drain(only=str(second.pk)) > 0


def test_an_entry_that_runs_very_often_is_warned_of(mapping: IntegrationTableMapping, api: Any) -> None:
    schedules.ensure()
    entry = Schedule.objects.get()
    address = f"/api/v1/schedules/{entry.pk}/"

    assert api("admin").patch(address, {"interval_minutes": 5}).json()["warnings"] == []
    (warning,) = api("admin").patch(address, {"interval_minutes": 4}).json()["warnings"]

    assert warning["code"] == "runs_too_often"
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(make_user("admin"))
    assert "Runs more often than every 5 minutes" in client.get(f"/sync/schedules/{entry.pk}/").content.decode()


def test_a_connection_whose_user_was_disabled_is_switched_off_with_the_reason(entry) -> None:
    user = make_user("salesperson")
    Connection.objects.update(user_name=user.username)
    now_due()
    User.objects.filter(pk=user.pk).update(active=False)

    assert schedules.tick() == []

    connection = Connection.load()
    assert (connection.enabled, connection.disabled_code) == (False, "credentials")
    assert user.username in connection.disabled_reason
    assert Schedule.objects.get().state == "on_hold"
    User.objects.filter(pk=user.pk).update(active=True, permission_sets=["view"])
    Connection.objects.update(enabled=True)
    now_due()
    schedules.tick()
    assert Connection.load().disabled_code == "privilege"
