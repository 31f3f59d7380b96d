"""Each invariant has been seen red: a planted violation is found, and only by its own check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from coupling.models import Coupling
from records.ids import uuid7
from sync import invariants
from sync.jobs import drain
from sync.models import ChangeLog, Chunk, Job, OutcomeRow, Pending
from sync.services import job_undo, mapping_run, mapping_uncouple
from tests.coupling.world import World, build
from tests.sync.test_run import edit, mapping

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: Any, salesperson: Any) -> World:
    """Two customers, synchronized."""
    world = build()
    mapping_run(user=salesperson, mapping=mapping(), mode="full", create_new=True)
    drain()
    return world


def sql(statement: str, *params: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def test_a_sound_installation_violates_nothing(world: World) -> None:
    assert invariants.check(drain_seconds=0) == []


def coupled_twice(world: World) -> None:
    sql("ALTER TABLE coupling_coupling DROP CONSTRAINT coupling_erp_once_per_pair")
    first = Coupling.objects.get(erp_id=world.customers["Adatum"])
    Coupling.objects.create(pair="CUSTOMER", erp_id=first.erp_id, crm_id=uuid7())


def created_without_coupling(world: World) -> None:
    Coupling.objects.filter(erp_id=world.customers["Adatum"]).delete()


def differing_pair(world: World) -> None:
    sql("ALTER TABLE crm_account DISABLE TRIGGER ALL")
    sql("UPDATE crm_account SET address1_city = 'Atlantis', row_version = row_version WHERE name = 'Fabrikam'")
    ChangeLog.objects.all().delete()


def unrouted_change(world: World) -> None:
    ChangeLog.objects.create(
        label="erp.Customer", record=world.customers["Adatum"], operation="U", logged_at="2000-01-01T00:00Z"
    )


def untaken_change(world: World) -> None:
    Pending.objects.create(
        mapping="CUSTOMER", side="erp", record=world.customers["Adatum"], queued_at="2000-01-01T00:00Z"
    )


def missing_row(world: World) -> None:
    OutcomeRow.objects.filter(action="insert").first().delete()


def abandoned_chunk(world: World) -> None:
    job = Job.objects.create(
        kind="full", mapping="OTHER", direction="to_crm", state="in_process", started_at="2000-01-01T00:00Z"
    )
    Chunk.objects.create(job=job, state="running", lease_until="2000-01-01T00:00Z")


def overlapping_runs(world: World) -> None:
    job = Job.objects.get(kind="full", whole=True)
    Job.objects.create(
        kind="modified",
        whole=True,
        mapping="CUSTOMER",
        state="finished",
        started_at=job.started_at,
        finished_at=job.finished_at,
    )


@pytest.mark.parametrize(
    ("plant", "invariant"),
    [
        (coupled_twice, "I1"),
        (created_without_coupling, "I2"),
        (differing_pair, "I3"),
        (unrouted_change, "I4"),
        (untaken_change, "I4"),
        (missing_row, "I5"),
        (abandoned_chunk, "I6"),
        (overlapping_runs, "I10"),
    ],
)
def test_a_planted_violation_is_found(world: World, plant: Callable[[World], None], invariant: str) -> None:
    plant(world)

    assert {v.invariant for v in invariants.check(drain_seconds=60)} == {invariant}


def test_a_lost_edit_is_found_and_a_recorded_one_is_none(world: World) -> None:
    key = world.customers["Adatum"]
    edit("erp.Customer", key, city="Oslo")
    ledger = [
        invariants.Edit("erp.Customer", key, "city", "Bergen"),
        invariants.Edit("erp.Customer", key, "name", "Adatum"),
    ]

    assert invariants.lost_edits(ledger) == ledger[:1]

    Pending.objects.create(mapping="CUSTOMER", side="erp", record=key, reason="update_conflict")
    assert invariants.lost_edits(ledger) == []


def test_what_users_uncouple_or_take_back_is_no_violation(world: World, salesperson: Any) -> None:
    edit("erp.Customer", world.customers["Adatum"], city="Oslo")
    job = mapping_run(user=salesperson, mapping=mapping(), mode="modified").jobs[0]
    drain()
    job_undo(user=salesperson, job=Job.objects.get(pk=job.pk))
    drain()
    mapping_uncouple(user=salesperson, mapping=mapping(), erp_ids=[world.customers["Fabrikam"]])
    drain()

    assert invariants.check(drain_seconds=0) == []
