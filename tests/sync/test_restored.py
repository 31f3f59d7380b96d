"""A database that is another one than before: scheduled runs wait until everything was compared."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from people.models import AuditEntry
from sync import restored, schedules
from sync.jobs import cancel, drain
from sync.models import DatabaseMark, Job, OutcomeRow, Schedule
from tests.coupling.world import World, build
from tests.sync.test_run import edit, partner, run
from tests.sync.test_schedules import now_due

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: Any, salesperson: Any) -> World:
    world = build()
    run(salesperson, "full", create_new=True, direction="to_crm")
    drain()
    schedules.ensure()
    Schedule.objects.exclude(mapping="CUSTOMER").update(state="on_hold", next_run_at=None)
    restored.check()
    return world


def put_back() -> None:
    """What a restore looks like: the mark came along, the tables have other numbers."""
    mark = DatabaseMark.objects.get()
    DatabaseMark.objects.update(identity={**mark.identity, "crm_account": "1"})


def test_the_same_database_is_no_other_one(world: World) -> None:
    assert not restored.check()
    assert {"cluster", "database", "erp_customer", "crm_account"} <= set(DatabaseMark.objects.get().identity)


def test_a_table_that_is_new_says_nothing(world: World) -> None:
    mark = DatabaseMark.objects.get()
    known = {name: number for name, number in mark.identity.items() if name != "crm_account"}
    DatabaseMark.objects.update(identity={**known, "gone": "1"})

    assert not restored.check()
    assert DatabaseMark.objects.get().identity == mark.identity


@pytest.mark.parametrize("what", ["cluster", "database", "crm_account"])
def test_another_number_awaits_a_comparison(world: World, what: str) -> None:
    mark = DatabaseMark.objects.get()
    DatabaseMark.objects.update(identity={**mark.identity, what: "1"})

    assert restored.check()
    assert restored.check(), "still"
    assert DatabaseMark.is_comparison_awaited()


def test_scheduled_runs_wait_and_go_on_after_the_comparison(world: World, salesperson: Any) -> None:
    put_back()
    restored.check()
    now_due()
    assert schedules.tick() == []

    edit("crm.Account", str(partner(world.customers["Adatum"]).pk), address1_city="Later")
    restored.compare_everything(user=salesperson)
    drain()
    assert not restored.check()

    rows = OutcomeRow.objects.filter(job__preview=True, job__mapping="CUSTOMER")
    assert [str(row.erp_id) for row in rows] == [world.customers["Adatum"]]
    assert "CUSTOMER" in {job.mapping for job in schedules.tick()}
    assert Schedule.objects.get(mapping="CUSTOMER").state == "in_process"


def test_a_comparison_that_was_cancelled_is_none(world: World, salesperson: Any) -> None:
    put_back()
    restored.check()
    restored.compare_everything(user=salesperson)
    for job in Job.objects.filter(finished_at=None):
        cancel(job)

    assert restored.check()
    assert DatabaseMark.objects.get().compare_run is None


def test_who_may_say_that_it_is_not_needed(world: World, salesperson: Any, admin: Any) -> None:
    put_back()
    restored.check()
    with pytest.raises(PermissionDenied):
        restored.comparison_not_needed(user=salesperson)

    restored.comparison_not_needed(user=admin)

    assert not DatabaseMark.is_comparison_awaited()
    assert AuditEntry.objects.filter(action="comparison_not_needed").count() == 1


def test_the_review_says_so_and_offers_it(world: World, admin: Any, client: Client) -> None:
    client.force_login(admin)
    put_back()
    restored.check()

    page = client.get("/sync/full-sync/").content.decode()
    assert "restored from a backup" in page
    assert "/sync/full-sync/compare/" in page
    assert client.get("/api/v1/full-sync/comparison/").json() == {"awaited": True}

    assert client.post("/api/v1/full-sync/compare/").status_code == 202
    assert client.post("/api/v1/full-sync/comparison-not-needed/").json() == {"awaited": False}
    assert "restored from a backup" not in client.get("/sync/full-sync/").content.decode()
