"""A chunk that has cost two workers their life: one record at a time, and the culprit is named."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError

from coupling.models import Coupling
from sync import bell
from sync.jobs import work
from sync.jobs.alone import child, parent, parts
from sync.jobs.claim import Claim, claim
from sync.jobs.errors import LostLeaseError
from sync.jobs.limits import Watch
from sync.models import Chunk, Failure, Job, OutcomeRow, Pending
from tests.sync.conftest import FakeEngine, connected, engine, keys, mapping, records_job

__all__ = ["connected", "engine", "mapping"]  # fixtures

pytestmark = pytest.mark.django_db


class FakeHelper:
    """Works in this process; dies of some records."""

    patience = 1.0

    def __init__(self, found: Claim, *deadly: str, word: str = "failed") -> None:
        self.found, self.deadly, self.word = found, deadly, word
        self.asked: list[str] = []
        self.is_closed = False

    def ask(self, key: str) -> child.Answer:
        self.asked.append(key)
        return (self.word, "it died") if key in self.deadly else child.work(self.found, key)

    def close(self) -> int:
        self.is_closed = True
        return 0


def suspect(job: Job) -> Claim:
    """Claim the job's chunk for the third time: two workers have died over it."""
    while True:
        found = claim()
        assert found is not None
        if found.losses == 2:
            return found
        Chunk.objects.filter(job=job).update(lease_until="2000-01-01T00:00Z")


def chunk_of(job: Job) -> Chunk:
    return Chunk.objects.get(job=job)


@pytest.mark.parametrize("take", ["ids", "range", "pending"])
def test_a_spec_is_cut_at_one_record(take: str) -> None:
    one, two, three = keys(3)
    spec = {"take": take, "side": "erp", "ids": [one, two, three], "from": None, "to": three}

    alone, rest = parts.only(spec, two), parts.behind(spec, two)

    if take == "ids":
        assert (alone["ids"], rest["ids"]) == ([two], [one, three])
    else:
        assert alone["from"] < two == alone["to"]
        assert alone["from"] >= one
        assert (rest["from"], rest["to"]) == (two, three)


def test_only_lists_of_records_are_taken_apart_and_only_after_two_losses(mapping: Any, engine: FakeEngine) -> None:
    job = records_job(keys(2))
    first = claim()
    assert first is not None
    assert not parent.applies(first)

    Chunk.objects.filter(job=job).update(lease_until="2000-01-01T00:00Z")
    found = suspect(job)
    assert parent.applies(found)

    Chunk.objects.filter(job=job).update(spec={"take": "plan"})
    assert not parent.applies(found)


def test_the_culprit_fails_and_all_others_go_through(mapping: Any, engine: FakeEngine) -> None:
    job = records_job(keys(5))
    found, bad = suspect(job), keys(5)[2]
    helper = FakeHelper(found, bad)

    parent.run(found, helper)
    work.finish.finish_if_done(str(job.pk))

    job.refresh_from_db()
    assert helper.is_closed
    assert engine.seen == [key for key in keys(5) if key != bad]
    assert (job.state, job.processed) == ("finished", 5)
    assert {n: c for n, c in job.counters["to_crm"].items() if c} == {"modified": 4, "failed": 1}
    row = OutcomeRow.objects.get(job=job)
    assert (str(row.erp_id), row.action, row.reason, row.params) == (
        bad,
        "fail",
        "internal_error",
        {"error": "it died"},
    )
    assert Failure.objects.get().code == "internal_error"
    assert Pending.objects.get().not_before is not None
    assert chunk_of(job).spec["ids"] == []


def test_what_another_worker_has_done_alone_is_not_done_again(mapping: Any, engine: FakeEngine) -> None:
    job = records_job(keys(4))
    found = suspect(job)
    assert child.work(found, keys(4)[0]) == ("done", "")

    Chunk.objects.filter(job=job).update(lease_until="2000-01-01T00:00Z")
    second = claim()
    assert second is not None
    parent.run(second, FakeHelper(second))

    assert engine.seen == keys(4)
    assert chunk_of(job).counters["to_crm"]["modified"] == 4
    assert child.work(found, keys(4)[1]) == ("lost", "")


def test_a_coupled_culprit_is_skipped_the_second_time(mapping: Any, engine: FakeEngine) -> None:
    (bad,) = keys(1)
    Coupling.objects.create(pair="CUSTOMER", erp_id=bad, crm_id=keys(2)[1])
    counted = []
    for _run in range(2):
        job = records_job([bad])
        found = suspect(job)
        parent.run(found, FakeHelper(found, bad))
        counted.append([n for n, c in chunk_of(job).counters["to_crm"].items() if c])

    coupling = Coupling.objects.get()
    assert counted == [["failed"], ["skipped"]]
    assert coupling.skipped
    assert coupling.skipped_at is not None
    assert coupling.error_to_crm == {"code": "internal_error", "params": {"error": "it died"}}
    assert coupling.last_result_to_crm == "failure"


def test_a_passing_error_is_waited_for_a_few_times(mapping: Any, engine: FakeEngine, monkeypatch: Any) -> None:
    monkeypatch.setattr(child.time, "sleep", lambda _seconds: None)
    job = records_job(keys(1))
    found = suspect(job)
    errors = [OperationalError("gone"), OperationalError("gone")]

    def fail() -> Exception:
        error = errors.pop()
        if not errors:
            engine.raising.clear()
        return error

    engine.raising = {keys(1)[0]: fail}

    assert child.work(found, keys(1)[0]) == ("done", "")
    assert errors == []


def test_a_record_that_raises_says_what(mapping: Any, engine: FakeEngine) -> None:
    job = records_job(keys(1))
    engine.raising = {keys(1)[0]: lambda: KeyError("telephone9")}

    assert child.work(suspect(job), keys(1)[0]) == ("failed", "KeyError: 'telephone9'")


@pytest.mark.parametrize("word", ["later", "lost", "stopped"])
def test_what_ends_the_chunk_ends_it(mapping: Any, engine: FakeEngine, word: str) -> None:
    job = records_job(keys(2))
    found = suspect(job)

    expected = {"later": work.Transient, "lost": LostLeaseError, "stopped": work.StoppedError}[word]
    with pytest.raises(expected):
        parent.run(found, FakeHelper(found, *keys(2), word=word))

    assert chunk_of(job).state == "running"
    assert OutcomeRow.objects.count() == 0


def test_a_chunk_that_is_no_list_fails_its_job_after_three_losses(mapping: Any, engine: FakeEngine) -> None:
    job = records_job(keys(1))
    Chunk.objects.filter(job=job).update(spec={"take": "plan"})
    with bell.muted():
        for _loss in range(3):
            assert claim() is not None
            Chunk.objects.filter(job=job).update(lease_until="2000-01-01T00:00Z")
        assert work.run_one()

    job.refresh_from_db()
    assert (job.state, job.message_code) == ("failed", "internal_error")


def test_a_watch_counts_silence_and_length_and_forgives_statements() -> None:
    watch = Watch(silent=1, longest=3)
    ticks = [watch.count() for _tick in range(6)]
    assert ticks[:5] == [""] * 5
    assert "asked nothing" in ticks[5]

    watch.quiet = 0
    watch.statement(lambda *_args: watch.count(), "SELECT 1", None, False, {})
    assert watch.quiet == 0
    watch.whole = 3
    assert "longer than 3 s" in watch.count()


def test_a_long_preview_is_watched_for_silence_only() -> None:
    watch = Watch(silent=1, longest=3)
    with watch.over(is_long=True):
        for _tick in range(100):
            watch.quiet = 0
            assert watch.count() == ""
        watch.quiet = 1
        assert "asked nothing" in watch.count()
    assert not watch.is_open
