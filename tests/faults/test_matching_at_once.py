"""Several people and jobs couple the same records at the same moment: one wins, nothing is coupled twice."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from coupling.models import Coupling
from coupling.services.coupling import coupling_create
from records.errors import Refused
from records.schema import model_of
from records.writes import insert
from sync import invariants
from sync.jobs import drain
from sync.models import Job, OutcomeRow
from sync.services import mapping_match, mapping_run, mapping_uncouple
from tests.coupling.world import World, build
from tests.faults.test_concurrency import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]
PAIRS = 120


@pytest.fixture
def world(transactional_db: Any) -> World:
    world = build()
    names = [f"Haulier {n:03}" for n in range(PAIRS)]
    customers = insert("erp.Customer", [{"name": name} for name in names], source="api").rows
    accounts = insert("crm.Account", [{"name": name, "customertypecode": 3} for name in names], source="api").rows
    world.customers |= {name: row.pk for name, row in zip(names, customers, strict=True)}
    world.accounts |= {name: row.pk for name, row in zip(names, accounts, strict=True)}
    world.mapping("CUSTOMER").lines.filter(erp_field="name").update(match=True)
    return world


def names() -> list[str]:
    return [f"Haulier {n:03}" for n in range(PAIRS)]


def couple(world: World, customer: str, account: str) -> str:
    """What a user gets to hear who couples two records by hand."""
    try:
        coupling_create(
            mapping=world.mapping("CUSTOMER"), erp_id=world.customers[customer], crm_id=world.accounts[account]
        )
    except Refused as refused:
        return refused.code
    return "coupled"


def check(world: World) -> None:
    """Each record at most once, and everything else that always holds."""
    found = Coupling.objects.filter(pair="CUSTOMER")
    assert found.values("erp_id").distinct().count() == found.values("crm_id").distinct().count() == found.count()
    assert list(invariants.check()) == []


def test_two_users_couple_the_same_records(world: World) -> None:
    """One wants the customer, the other the account: both have the same account for everyone."""
    pairs = [(name, other) for name, other in zip(names(), names()[1:] + names()[:1], strict=True)]

    first, second = at_once(
        2,
        lambda i: [
            couple(world, name, name if i == 0 else other) for name, other in (pairs if i == 0 else pairs[::-1])
        ],
    )

    assert not isinstance(first, Exception), first
    assert not isinstance(second, Exception), second
    assert set(first) | set(second) == {"coupled", "already_coupled"}
    assert first.count("coupled") + second.count("coupled") == Coupling.objects.count()
    check(world)


def test_users_and_a_match_job_couple_the_same_records(world: World, salesperson: Any, settings: Any) -> None:
    """Four users couple crosswise while four workers couple what matches, in small chunks."""
    settings.SYNC_CHUNK_SIZE = settings.SYNC_CHUNK_LEAST = 10
    (job,) = mapping_match(user=salesperson, mapping=world.mapping("CUSTOMER"), synchronize_after=False).jobs
    crossed = list(zip(names(), names()[::-1], strict=True))

    def work(i: int) -> Any:
        if i < 4:
            drain(only=str(job.pk))
            return []
        return [couple(world, name, other) for name, other in crossed[(i - 4) * 15 : (i - 3) * 15]]

    answers = at_once(8, work)
    drain()

    assert not [a for a in answers if isinstance(a, Exception)], answers
    by_hand = sum(answer.count("coupled") for answer in answers)
    job.refresh_from_db()
    counts = job.counters[""]
    assert job.state == "finished"
    assert by_hand + counts["coupled"] == Coupling.objects.count()
    assert counts["coupled"] + counts["failed"] == job.total == OutcomeRow.objects.filter(job=job).count()
    check(world)


def test_two_match_jobs_and_a_run_that_creates_couple_everything_once(
    world: World, salesperson: Any, settings: Any
) -> None:
    """Chosen records beside the whole mapping, and a run that makes new accounts for what is not coupled."""
    settings.SYNC_CHUNK_SIZE = settings.SYNC_CHUNK_LEAST = 10
    mapping, chosen = world.mapping("CUSTOMER"), [world.customers[name] for name in names()]
    mapping_match(user=salesperson, mapping=mapping, synchronize_after=False)
    mapping_match(user=salesperson, mapping=mapping, erp_ids=chosen[::-1], synchronize_after=False)
    mapping_run(user=salesperson, mapping=mapping, mode="full", create_new=True, direction="to_crm")

    answers = at_once(6, lambda _i: drain())
    drain()

    assert not [a for a in answers if isinstance(a, Exception)], answers
    assert set(Job.objects.values_list("state", flat=True)) == {"finished"}
    customers = model_of("erp.Customer").objects.count()
    assert Coupling.objects.filter(pair="CUSTOMER").count() == customers
    check(world)


def test_uncoupling_and_matching_at_once_leave_whole_pairs(world: World, salesperson: Any, settings: Any) -> None:
    settings.SYNC_CHUNK_SIZE = settings.SYNC_CHUNK_LEAST = 10
    mapping = world.mapping("CUSTOMER")
    for name in names()[::2]:
        assert couple(world, name, name) == "coupled"
    mapping_uncouple(user=salesperson, mapping=mapping, erp_ids=[world.customers[name] for name in names()[::2]])
    mapping_match(
        user=salesperson, mapping=mapping, erp_ids=[world.customers[n] for n in names()], synchronize_after=False
    )

    answers = at_once(4, lambda _i: drain())
    drain()

    assert not [a for a in answers if isinstance(a, Exception)], answers
    check(world)


def test_a_user_who_holds_a_pair_does_not_stop_the_others(world: World, salesperson: Any) -> None:
    """The user's coupling is made but not committed: the chunk is tried again until the user has decided."""
    (job,) = mapping_match(user=salesperson, mapping=world.mapping("CUSTOMER"), synchronize_after=False).jobs
    with transaction.atomic():
        assert couple(world, names()[0], names()[1]) == "coupled"
        at_once(1, lambda _i: drain(only=str(job.pk)))
    for _attempt in range(50):
        drain()
        job.refresh_from_db()
        if job.is_ended:
            break
        import time

        time.sleep(0.2)

    assert job.state == "finished"
    assert job.counters[""]["coupled"] == Coupling.objects.count() - 1
    check(world)
