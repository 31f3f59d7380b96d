"""Submit, claim, work, finish: each job once, whoever works on it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, OperationalError, transaction

from coupling.models import Connection
from people.models import User
from sync.jobs import cancel, drain, run_one
from sync.jobs.claim import claim
from sync.jobs.errors import LostLeaseError
from sync.jobs.finish import finish_if_done
from sync.jobs.retry import Passing, passing
from sync.jobs.submit import Request, submit
from sync.jobs.sweep import overdue, sweep
from sync.jobs.work import run_claimed
from sync.models import Chunk, Job, OutcomeRow, Pending
from tests.sync.conftest import FakeEngine, keys, records_job

pytestmark = pytest.mark.django_db


def ended(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def whole_job(**values: object) -> Job:
    given = {
        "kind": "full",
        "user_name": "salesperson",
        "mapping": "CUSTOMER",
        "direction": "bidirectional",
        "whole": True,
    }
    return submit(Request(**{**given, "chunks": [{"take": "ids", "ids": keys(1)}], **values}))  # type: ignore[arg-type]


def test_counters_of_a_job_are_the_sum_over_its_chunks(mapping, engine: FakeEngine) -> None:
    job = records_job(keys(7), size=3)

    assert drain() == 3

    job = ended(job)
    assert (job.state, job.processed, job.total) == ("finished", 7, 7)
    assert job.counters["to_crm"]["modified"] == 7
    assert job.started_at <= job.finished_at
    assert sorted(engine.seen) == keys(7)


def test_nothing_is_claimed_twice(mapping, engine: FakeEngine) -> None:
    records_job(keys(2), size=1)

    first, second, third = claim(), claim(), claim()

    assert first is not None
    assert second is not None
    assert first.chunk_id != second.chunk_id
    assert third is None


def test_a_users_record_goes_before_a_large_run(mapping, engine: FakeEngine, salesperson: User) -> None:
    large = whole_job()
    mine = records_job(keys(1), kind="single")

    found = claim()

    assert found is not None
    assert found.job_id == str(mine.pk) != str(large.pk)


def test_an_abandoned_chunk_is_claimed_again_and_the_old_owner_writes_nothing(mapping, engine: FakeEngine) -> None:
    records_job(keys(1))
    old = claim()
    assert old is not None
    Chunk.objects.update(lease_until="2000-01-01T00:00Z")
    new = claim()
    assert new is not None
    assert (new.fence, new.losses) == (old.fence + 1, 1)

    run_claimed(old)
    assert engine.seen == []

    run_claimed(new)
    assert engine.seen == keys(1)


def test_a_frozen_worker_raises_lost_lease_inside_its_transaction(mapping, engine: FakeEngine) -> None:
    from sync.jobs import guard

    records_job(keys(1))
    old = claim()
    assert old is not None
    Chunk.objects.update(fence=old.fence + 1)

    with pytest.raises(LostLeaseError), transaction.atomic():
        guard.enter(old)


def test_asking_again_answers_with_the_job_that_waits(mapping, salesperson: User) -> None:
    first = whole_job()

    again = whole_job()
    other = whole_job(create_new=True)

    assert again.pk == first.pk
    assert other.pk != first.pk
    assert Chunk.objects.filter(job=first).count() == 1


def test_one_whole_job_runs_per_mapping_and_the_other_queues_behind_it(
    mapping, engine: FakeEngine, salesperson: User
) -> None:
    first, second = whole_job(), whole_job(create_new=True)

    running = claim()
    assert running is not None
    assert running.job_id == str(first.pk)
    assert claim() is None

    run_claimed(running)
    drain()
    assert ended(second).state == "finished"


def test_two_running_whole_jobs_are_impossible(mapping, salesperson: User) -> None:
    whole_job()
    whole_job(create_new=True)

    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.update(state="in_process")


def test_a_job_waits_for_those_named_in_after(mapping, engine: FakeEngine) -> None:
    first = records_job(keys(1))
    second = records_job(keys(1), after=[str(first.pk)])
    assert run_one(only=str(second.pk)) is False

    drain()

    assert ended(second).started_at >= ended(first).finished_at


def test_stages_follow_each_other(mapping, engine: FakeEngine, salesperson: User) -> None:
    specs = [{"take": "ids", "ids": [key], "stage": stage} for stage, key in [(1, "b"), (0, "a"), (2, "c")]]
    submit(Request(kind="selected", user_name="salesperson", mapping="CUSTOMER", direction="to_crm", chunks=specs))

    drain()

    assert engine.seen == ["a", "b", "c"]


def test_a_passing_error_is_tried_again_later(mapping, engine: FakeEngine) -> None:
    job = records_job(keys(1))
    engine.raising[keys(1)[0]] = deadlock

    drain()
    chunk = Chunk.objects.get(job=job)
    assert (chunk.state, chunk.error_code, chunk.attempts) == ("ready", "locked", 1)
    assert chunk.not_before is not None
    assert ended(job).state == "in_process"

    engine.raising.clear()
    Chunk.objects.update(not_before=None)
    drain()
    assert ended(job).state == "finished"


def test_a_passing_error_that_does_not_pass_fails_the_job_in_the_end(mapping, engine: FakeEngine, settings) -> None:
    settings.SYNC_MAX_ATTEMPTS = 2
    job = records_job(keys(1))
    engine.raising[keys(1)[0]] = deadlock

    for _attempt in range(2):
        Chunk.objects.update(not_before=None)
        drain()

    assert (ended(job).state, ended(job).message_code) == ("failed", "locked")


def test_a_database_that_is_away_uses_up_no_attempts(mapping, engine: FakeEngine) -> None:
    records_job(keys(1))
    engine.raising[keys(1)[0]] = lambda: database_error("53100")

    drain()

    assert Chunk.objects.get().attempts == 0


@pytest.mark.parametrize("state", ["25P03", "25P04", "57P01", "57P05", "08006", "53300", "58030"])
def test_what_passes_by_itself_never_blames_a_record(state: str) -> None:
    """A worker that stood still too long in its transaction (25P03) has lost it; nothing is wrong with its records."""
    assert passing(database_error(state)) == Passing("unavailable", counted=False)


def test_the_record_that_raises_is_found_and_all_others_go_through(mapping, engine: FakeEngine) -> None:
    job = records_job(keys(50))
    bad = keys(50)[17]
    engine.raising[bad] = lambda: ZeroDivisionError("boom")

    drain()

    job = ended(job)
    assert (job.state, job.processed) == ("finished", 50)
    assert sorted({*engine.seen, bad}) == keys(50)
    assert job.counters["to_crm"] == {**job.counters["to_crm"], "modified": 49, "failed": 1}
    row = OutcomeRow.objects.get(job=job)
    assert (row.action, row.reason, str(row.erp_id)) == ("fail", "internal_error", bad)
    assert Pending.objects.get(record=bad).reason == "internal_error"


def test_when_every_record_raises_the_same_error_the_job_fails_instead_of_hunting(mapping, engine: FakeEngine) -> None:
    job = records_job(keys(5000), size=2500)
    engine.raising = dict.fromkeys(keys(5000), lambda: KeyError("telephone9"))

    assert drain() <= 2

    job = ended(job)
    assert (job.state, job.message_code) == ("failed", "every_record_fails")
    assert "telephone9" in job.message_params["error"]
    assert not OutcomeRow.objects.exists()
    assert Chunk.objects.filter(job=job).count() == 2
    assert not Chunk.objects.filter(state__in=["ready", "running"]).exists()


def test_many_bad_records_among_good_ones_are_still_hunted_down(mapping, engine: FakeEngine) -> None:
    bad = keys(64)[::3]
    job = records_job(keys(64))
    engine.raising = dict.fromkeys(bad, lambda: KeyError("telephone9"))

    drain()

    job = ended(job)
    assert (job.state, job.counters["to_crm"]["failed"]) == ("finished", len(bad))
    assert set(engine.seen) == set(keys(64)) - set(bad)


def test_what_the_database_refuses_is_each_records_own_fault(mapping, engine: FakeEngine) -> None:
    job = records_job(keys(16))
    engine.raising = dict.fromkeys(keys(16), lambda: IntegrityError("refused"))

    drain()

    assert (ended(job).state, ended(job).counters["to_crm"]["failed"]) == ("finished", 16)


def test_cancel_keeps_what_is_done_and_begins_nothing_more(mapping, engine: FakeEngine) -> None:
    job = records_job(keys(3), size=1)
    run_one()

    cancelled = cancel(job)

    assert (cancelled.state, cancelled.processed) == ("cancelled", 1)
    assert cancelled.finished_at is not None
    assert drain() == 0


def test_cancel_during_a_chunk_ends_at_its_border(mapping, engine: FakeEngine) -> None:
    job = records_job(keys(3), size=1)
    found = claim()
    assert found is not None

    assert cancel(job).state == "in_process"
    run_claimed(found)

    assert (ended(job).state, ended(job).processed) == ("cancelled", 0)


def test_a_right_that_was_taken_away_stops_a_job_that_waits(mapping, engine: FakeEngine) -> None:
    job = records_job(keys(1))
    User.objects.update(permission_sets=["view"])

    drain()

    assert (ended(job).state, ended(job).message_code) == ("failed", "permission_denied")
    assert engine.seen == []


def test_a_disabled_connection_stops_waiting_and_running_jobs(mapping, engine: FakeEngine) -> None:
    running, waiting = records_job(keys(2), size=1), records_job(keys(1))
    run_one(only=str(running.pk))
    Connection.objects.update(enabled=False)

    drain()

    assert (ended(running).state, ended(running).processed) == ("failed", 1)
    assert ended(running).message_code == ended(waiting).message_code == "connection_disabled"


def test_a_mapping_edited_under_a_run_stops_it_and_the_work_is_asked_again(
    mapping, engine: FakeEngine, salesperson: User
) -> None:
    from sync.plans import MappingChangedError

    job = whole_job(chunks=[{"take": "ids", "ids": keys(2)}])
    engine.raising[keys(1)[0]] = lambda: MappingChangedError("CUSTOMER")

    run_one()

    assert (ended(job).state, ended(job).message_code) == ("failed", "mapping_changed")
    again = Job.objects.get(caused_by=job.pk)
    assert (again.state, again.kind, again.run_id) == ("ready", "full", job.run_id)


def test_a_job_whose_worker_died_before_ending_it_is_ended_by_the_sweep(mapping, engine: FakeEngine) -> None:
    job = records_job(keys(1))
    found = claim()
    assert found is not None
    Chunk.objects.update(state="done", lease_until=None)  # committed, and then the process was gone
    assert overdue() == [str(job.pk)]

    sweep()

    assert ended(job).state == "finished"
    assert finish_if_done(str(job.pk)) is False


def deadlock() -> Exception:
    return database_error("40P01")


def database_error(state: str) -> Exception:
    import psycopg2

    class Cause(psycopg2.Error):
        pgcode = state

    error = OperationalError("raised by a test")
    error.__cause__ = Cause()
    return error


def test_who_waited_for_a_run_that_was_asked_again_waits_for_the_new_one(
    mapping, engine: FakeEngine, salesperson: User
) -> None:
    from sync.plans import MappingChangedError

    first = whole_job(chunks=[{"take": "ids", "ids": keys(2)}])
    second = records_job(keys(1), after=[str(first.pk)])
    engine.raising[keys(1)[0]] = lambda: MappingChangedError("CUSTOMER")
    run_one(only=str(first.pk))

    again = Job.objects.get(caused_by=first.pk)
    assert ended(second).after == [str(again.pk)]


def test_in_a_full_synchronization_a_failed_job_blocks_those_that_depend_on_it(
    mapping, engine: FakeEngine, salesperson: User
) -> None:
    parent = submit(Request(kind="full_sync", user_name="salesperson"))
    first = records_job(keys(1), parent=str(parent.pk))
    second = records_job(keys(1), parent=str(parent.pk), after=[str(first.pk)])
    Job.objects.filter(pk=parent.pk).update(state="in_process")
    cancel(first)

    drain()

    assert (ended(second).state, ended(second).message_code) == ("failed", "dependency_failed")
    assert ended(parent).state == "finished"


@pytest.mark.parametrize("text", ["befor_commit=kill9", "before_commit=explode"])
def test_a_misspelt_failpoint_is_an_error(monkeypatch, settings, text: str) -> None:
    from sync import failpoints

    settings.FAILPOINTS = True
    monkeypatch.setenv(failpoints.VARIABLE, text)

    with pytest.raises(failpoints.FailpointError):
        failpoints.load()
    failpoints.forget()
