"""Several workers and users at the same moment: real transactions on several connections."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections

from coupling.models import Coupling
from records import writes
from records.errors import Refused
from records.schema import model_of
from sync import changes, invariants, schedules
from sync.jobs import drain, run_one
from sync.models import ChangeLog, Chunk, Job, Pending, Schedule
from sync.services import job_undo, mapping_run, sync_now
from tests.coupling.world import World, build
from tests.sync.conftest import FakeEngine, connected, engine, keys, mapping, records_job
from tests.sync.test_run import counts, edit, partner, run
from tests.sync.test_schedules import now_due

__all__ = ["connected", "engine", "mapping"]  # fixtures

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]


def at_once(number: int, work: Callable[[int], Any]) -> list[Any]:
    """Run it in threads that start together; their answers, or what they raised."""
    barrier, answers = threading.Barrier(number), [None] * number

    def thread(i: int) -> None:
        barrier.wait()
        try:
            answers[i] = work(i)
        except Exception as error:  # noqa: BLE001
            answers[i] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=thread, args=(i,)) for i in range(number)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return answers


def test_every_chunk_is_done_once_by_eight_workers(mapping: Any, engine: FakeEngine) -> None:
    job = records_job(keys(200), size=2)

    done = at_once(8, lambda _i: drain())

    assert not [d for d in done if isinstance(d, Exception)], done
    assert Counter(engine.seen) == Counter(keys(200))
    job.refresh_from_db()
    assert (job.state, job.processed, job.counters["to_crm"]["modified"]) == ("finished", 200, 200)
    assert set(Chunk.objects.values_list("fence", flat=True)) == {1}


def test_asked_for_by_eight_users_at_once_it_is_one_job(mapping: Any, salesperson: Any) -> None:
    from coupling.models import IntegrationTableMapping

    customer = IntegrationTableMapping.objects.get()

    answers = at_once(8, lambda _i: mapping_run(user=salesperson, mapping=customer, mode="full").jobs[0].pk)

    assert len(set(answers)) == 1, answers
    assert Job.objects.count() == Chunk.objects.count() == 1


def test_three_schedulers_start_one_job_per_tick(mapping: Any) -> None:
    schedules.ensure()
    now_due()

    started = at_once(3, lambda _i: schedules.tick())

    assert sum(len(jobs) for jobs in started) == 1
    assert Schedule.objects.get().state == "in_process"


def test_two_routers_send_every_change_once(mapping: Any) -> None:
    writes.insert("erp.Customer", [{"no": f"C{i}", "name": "x"} for i in range(500)], source="setup")

    answers = at_once(2, lambda _i: changes.route(limit=100).taken + changes.route(limit=100).taken)
    changes.route_all()

    assert not [a for a in answers if isinstance(a, Exception)], answers
    assert Pending.objects.filter(mapping="CUSTOMER", side="erp").count() == 500
    assert not ChangeLog.objects.exists()


@pytest.fixture
def world(transactional_db: Any) -> World:
    return build()


def test_an_edit_that_commits_late_is_found(world: World, salesperson: Any) -> None:
    """A watermark would have moved past it: two runs end between the edit and its commit."""
    run(salesperson, "full", create_new=True, direction="to_crm")
    adatum = world.customers["Adatum"]
    late = connections.create_connection("default")
    late.set_autocommit(False)
    with late.cursor() as cursor:
        cursor.execute("UPDATE erp_customer SET city = 'Late' WHERE system_id = %s", [adatum])

    edit("erp.Customer", world.customers["Fabrikam"], city="Early")
    assert counts(run(salesperson)) == {"modified": 1}
    assert counts(run(salesperson)) == {}
    late.commit()
    late.close()

    assert counts(run(salesperson)) == {"modified": 1}
    assert partner(adatum).address1_city == "Late"


def test_a_record_that_a_user_holds_waits_and_the_others_go_on(world: World, salesperson: Any) -> None:
    run(salesperson, "full", create_new=True, direction="to_crm")
    held = str(partner(world.customers["Adatum"]).pk)
    user = connections.create_connection("default")
    user.set_autocommit(False)
    with user.cursor() as cursor:
        cursor.execute("SELECT 1 FROM crm_account WHERE accountid = %s FOR UPDATE", [held])
    for name in world.customers:
        edit("erp.Customer", world.customers[name], city="New")

    first = run(salesperson)
    assert counts(first) == {"modified": 1}
    assert Pending.objects.filter(mapping="CUSTOMER", reason="locked").exists()
    user.rollback()
    user.close()

    assert counts(run(salesperson)) == {"modified": 1}
    assert partner(world.customers["Adatum"]).address1_city == "New"


def test_creating_the_same_partner_at_once_makes_one(world: World, salesperson: Any) -> None:
    adatum = world.customers["Adatum"]
    for _n in range(4):
        sync_now(user=salesperson, mapping="CUSTOMER", direction="to_crm", erp_ids=[adatum], create_new=True)
    before = model_of("crm.Account").objects.count()

    at_once(4, lambda _i: drain())
    Chunk.objects.update(not_before=None)
    drain()

    assert Coupling.objects.filter(pair="CUSTOMER", erp_id=adatum).count() == 1
    assert model_of("crm.Account").objects.count() == before + 1
    assert set(Job.objects.values_list("state", flat=True)) == {"finished"}


def test_two_users_send_and_get_the_same_record_at_once(world: World, salesperson: Any) -> None:
    """Whoever comes second sees what the first has written: both sides end alike, and nothing is doubled."""
    run(salesperson, "full", create_new=True, direction="to_crm")
    adatum = world.customers["Adatum"]
    edit("erp.Customer", adatum, city="Oslo")
    edit("crm.Account", str(partner(adatum).pk), address1_city="Bergen")

    for direction in ("to_crm", "from_crm") * 3:
        sync_now(user=salesperson, mapping="CUSTOMER", direction=direction, erp_ids=[adatum])
    at_once(6, lambda _i: drain())
    Chunk.objects.update(not_before=None)
    drain()

    assert set(Job.objects.values_list("state", flat=True)) == {"finished"}
    assert model_of("erp.Customer").objects.get(pk=adatum).city == partner(adatum).address1_city
    assert invariants.check(drain_seconds=60) == []


def test_a_run_is_taken_back_once_by_two_users(world: World, salesperson: Any) -> None:
    run(salesperson, "full", create_new=True, direction="to_crm")
    edit("erp.Customer", world.customers["Adatum"], city="Oslo")
    done = run(salesperson)

    answers = at_once(4, lambda _i: job_undo(user=salesperson, job=done))
    at_once(2, lambda _i: drain())

    refused = [answer.code for answer in answers if isinstance(answer, Refused)]
    assert refused == ["already_undone"] * 3, answers
    assert Job.objects.filter(kind="undo").count() == 1
    assert partner(world.customers["Adatum"]).address1_city != "Oslo"
    assert invariants.check(drain_seconds=60) == []


def test_a_second_bell_finds_nothing_to_do(mapping: Any, engine: FakeEngine) -> None:
    records_job(keys(1))

    assert [run_one() for _ in range(5)] == [True, False, False, False, False]
    assert connection.connection is not None
