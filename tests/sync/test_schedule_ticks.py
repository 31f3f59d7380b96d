"""Job queue entries under pressure: missed ticks, overlapping runs, hours, attempts, changes that another run routed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from coupling.models import Coupling, IntegrationTableMapping
from records import writes
from records.errors import Rejected
from sync import schedules
from sync.jobs import drain, run_one, sweep
from sync.jobs.claim import claim
from sync.jobs.executors import using
from sync.jobs.work import run_claimed
from sync.models import ChangeLog, Job, Schedule
from sync.services import mapping_run, schedule_run, schedule_update
from tests.cast import make_user
from tests.sync.conftest import make_mapping
from tests.sync.test_schedules import coupled_customer, now_due, pending, result

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(mapping: IntegrationTableMapping) -> Schedule:
    schedules.ensure()
    return Schedule.objects.get(mapping="CUSTOMER")


def again(entry: Schedule) -> Schedule:
    return Schedule.objects.get(pk=entry.pk)


def failing(code: str) -> Any:
    """An engine that cannot do its work."""
    from sync.jobs.errors import StoppedError
    from sync.jobs.start import Refusal

    def engine(_job: Job, _chunk: object) -> Any:
        raise StoppedError(Refusal(code))

    return engine


def test_an_hour_without_a_scheduler_is_made_up_for_by_one_run(entry: Schedule) -> None:
    pending("00000000-0000-7000-8000-000000000001")
    Schedule.objects.update(interval_minutes=5, next_run_at=timezone.now() - dt.timedelta(hours=1))

    started = [job for _ in range(3) for job in schedules.tick()]
    with using(modified=result(modified=1)):
        drain()

    assert len(started) == 1
    assert schedules.tick() == []
    assert dt.timedelta(minutes=4) < again(entry).next_run_at - timezone.now() < dt.timedelta(minutes=6)


def test_a_run_that_takes_longer_than_its_interval_is_not_joined_by_another(entry: Schedule) -> None:
    pending("00000000-0000-7000-8000-000000000001")
    Schedule.objects.update(interval_minutes=1)
    now_due()
    (job,) = schedules.tick()
    assert run_one()  # planned, and not finished

    for _minute in range(5):
        sweep()
        assert schedules.tick() == []

    assert again(entry).state == "in_process"
    assert Job.objects.count() == 1
    with using(modified=result(modified=1)):
        drain()
    assert Job.objects.get(pk=job.pk).state == "finished"
    assert again(entry).state == "ready"


def test_a_tick_beside_a_users_run_waits_behind_it(entry: Schedule, salesperson: Any) -> None:
    mine = mapping_run(user=salesperson, mapping=IntegrationTableMapping.objects.get(), mode="full").jobs[0]
    running = claim()
    assert running is not None
    now_due()

    (theirs,) = schedules.tick()
    assert Job.objects.get(pk=mine.pk).state == "in_process"
    assert run_one(only=str(theirs.pk)) is False

    run_claimed(running)
    drain()
    assert Job.objects.get(pk=theirs.pk).started_at >= Job.objects.get(pk=mine.pk).finished_at


def test_a_tick_that_finds_a_users_run_waiting_waits_for_that_one(entry: Schedule, salesperson: Any) -> None:
    pending("00000000-0000-7000-8000-000000000001")
    mapping = IntegrationTableMapping.objects.get()
    mine = mapping_run(user=salesperson, mapping=mapping, mode="modified").jobs[0]
    now_due()

    (found,) = schedules.tick()
    assert found.pk == mine.pk
    with using(modified=result(modified=1)):
        drain()

    assert again(entry).state == "ready"
    assert again(entry).next_run_at > timezone.now()


def test_run_now_during_a_run_leaves_the_entry_alive(entry: Schedule, salesperson: Any) -> None:
    pending("00000000-0000-7000-8000-000000000001")
    now_due()
    schedules.tick()
    schedule_run(user=salesperson, entry=again(entry))

    with using(modified=result(modified=1)):
        drain()

    assert again(entry).state == "ready"


@pytest.mark.parametrize("code", ["unavailable", "internal_error"])
def test_what_may_pass_is_tried_again_after_the_delay_and_then_given_up(entry: Schedule, code: str) -> None:
    Schedule.objects.update(maximum_attempts=2, rerun_delay_seconds=60)
    pending("00000000-0000-7000-8000-000000000001")

    now_due()
    schedules.tick()
    with using(modified=failing(code)):
        drain()
    first = again(entry)
    assert (first.state, first.attempts, first.error_code) == ("ready", 1, code)
    assert dt.timedelta(seconds=50) < first.next_run_at - timezone.now() < dt.timedelta(seconds=61)

    now_due()
    schedules.tick()
    with using(modified=failing(code)):
        drain()
    assert (again(entry).state, again(entry).attempts, again(entry).next_run_at) == ("error", 2, None)


def test_a_run_that_went_well_forgets_the_failed_attempts(entry: Schedule) -> None:
    Schedule.objects.update(attempts=2, error_code="unavailable")
    pending("00000000-0000-7000-8000-000000000001")
    now_due()
    schedules.tick()

    with using(modified=result(modified=1)):
        drain()

    assert (again(entry).attempts, again(entry).error_code) == (0, "")


def test_outside_its_hours_a_change_waits_for_them(entry: Schedule) -> None:
    today = timezone.now().weekday()
    days = ("mondays", "tuesdays", "wednesdays", "thursdays", "fridays", "saturdays", "sundays")
    pk = coupled_customer()
    Schedule.objects.update(
        next_run_at=timezone.now() + dt.timedelta(days=9),
        **{f"run_on_{day}": number == (today + 2) % 7 for number, day in enumerate(days)},
    )

    writes.update("erp.Customer", [writes.Edit(pk, {"city": "Oslo"})], source="page")
    sweep()

    due = again(entry).next_run_at
    assert (due.weekday(), due.hour, due.minute) == ((today + 2) % 7, 0, 0)
    assert due - timezone.now() < dt.timedelta(days=2)


def test_a_change_in_sales_wakes_as_one_in_the_erp_does(entry: Schedule) -> None:
    from tests.coupling.world import install

    install()
    account = writes.insert("crm.Account", [{"name": "Adatum"}], source="setup").single().pk
    Coupling.objects.create(pair="CUSTOMER", erp_id="00000000-0000-7000-8000-00000000000a", crm_id=account)
    ChangeLog.objects.all().delete()
    Schedule.objects.update(state="on_hold_inactive", next_run_at=None)

    writes.update("crm.Account", [writes.Edit(account, {"telephone1": "1"})], source="page")
    sweep()

    assert again(entry).state == "ready"
    assert again(entry).next_run_at - timezone.now() < dt.timedelta(seconds=10)


def test_a_change_that_another_mappings_run_has_routed_wakes_too(entry: Schedule, salesperson: Any) -> None:
    other = make_mapping("CONTACT", "erp.Contact", "crm.Contact", "contactid")
    pk = coupled_customer()
    Schedule.objects.update(state="on_hold_inactive", next_run_at=None)
    writes.update("erp.Customer", [writes.Edit(pk, {"city": "Oslo"})], source="page")

    mapping_run(user=salesperson, mapping=other, mode="modified")
    drain()  # its plan moves all changes on, so that the sweep finds none
    assert not ChangeLog.objects.exists()

    assert again(entry).state == "ready"
    assert again(entry).next_run_at - timezone.now() < dt.timedelta(seconds=10)


def test_a_thousand_edits_make_one_job(entry: Schedule) -> None:
    pk = coupled_customer()
    for number in range(20):
        writes.update("erp.Customer", [writes.Edit(pk, {"city": f"City {number}"})], source="page")
        sweep()
    Schedule.objects.update(next_run_at=timezone.now() - dt.timedelta(seconds=1))

    assert len(schedules.tick()) == 1
    assert Job.objects.count() == 1


def test_the_hours_are_edited_and_move_the_next_start(entry: Schedule) -> None:
    admin = make_user("admin")

    changed = schedule_update(
        user=admin,
        entry=entry,
        values={"starting_time": "02:00", "ending_time": "04:00", "time_zone": "Europe/Copenhagen"},
    )

    due = changed.next_run_at.astimezone(changed.recurrence.zone)
    assert (due.hour, due.minute) == (2, 0) or due.hour in (2, 3)
    assert due - timezone.now() < dt.timedelta(days=1, hours=2)


def test_the_card_moves_the_next_start_as_the_service_does(entry: Schedule) -> None:
    writes.update("sync.Schedule", [writes.Edit(str(entry.pk), {"interval_minutes": 5})], source="page").single()

    assert again(entry).next_run_at - timezone.now() < dt.timedelta(minutes=6)
    held = again(entry)
    schedules.hold(held)
    writes.update("sync.Schedule", [writes.Edit(str(entry.pk), {"interval_minutes": 9})], source="page").single()
    assert again(entry).next_run_at is None


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"starting_time": "25:00"}, "invalid_time"),
        ({"ending_time": "noon"}, "invalid_time"),
        ({"time_zone": "Europe/Atlantis"}, "invalid_time_zone"),
        ({"interval_minutes": 0}, "out_of_range"),
        ({"maximum_attempts": 0}, "out_of_range"),
        ({f"run_on_{day}": False for day in ("mondays", "tuesdays", "wednesdays", "thursdays", "fridays",
                                             "saturdays", "sundays")}, "no_day_to_run"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_at_its_field(entry: Schedule, values: dict[str, Any], code: str) -> None:
    with pytest.raises(Rejected) as refused:
        schedule_update(user=make_user("admin"), entry=entry, values=values)

    assert [(error.field, error.code) for error in refused.value.errors] == [(next(iter(values)), code)]
    assert again(entry).recurrence == entry.recurrence
