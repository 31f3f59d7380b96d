"""The preview of a full synchronization over several mappings is what the run then does, job by job, value by value."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections

from coupling.models import IntegrationTableMapping
from records import db
from records.errors import Refused
from sync import changes, full_sync, preview
from sync.jobs import cancel, drain, limits
from sync.models import FullSyncLine, Job, OutcomeRow
from sync.preview import kept, several
from sync.preview.rehearsal import taken_back
from sync.services import mapping_run, mappings_run
from tests.sync.scene import Scene
from tests.sync.test_dependencies import new_person, new_sales_person
from tests.sync.test_full_sync import match
from tests.sync.test_preview_undo import TABLES, snapshot

pytestmark = pytest.mark.django_db
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
EVERYTHING = (*TABLES, "crm_contact", "sync_fullsyncline", "sync_schedule", "coupling_integrationtablemapping")


@pytest.fixture
def scene(db: Any, settings: Any) -> Scene:
    """Customers with people and accounts with people, nothing coupled; chunks of four."""
    settings.SYNC_CHUNK_SIZE = settings.SYNC_CHUNK_LEAST = 4
    scene = Scene()
    for name in ("Adatum", "Fabrikam"):
        new_person(scene, name, f"Ek {name}")
    for name in ("Adatum", "Litware"):
        new_sales_person(scene.account(name), f"Berg {name}")
    return scene


def everything() -> dict[str, list[str]]:
    return {
        name: sorted(str(row) for row in db.rows(f'SELECT row_to_json(t)::text FROM "{name}" t')) for name in EVERYTHING
    }


def records() -> set[str]:
    tables = ("erp_customer", "erp_contact", "crm_account", "crm_contact", "crm_transactioncurrency")
    found: set[str] = set()
    for name in tables:
        found |= {key for row in db.rows(f'SELECT row_to_json(t)::text FROM "{name}" t') for key in _keys(row[0])}
    return found


def _keys(said: str) -> set[str]:
    return {match.group(0) for match in _UUID.finditer(said)}


def told(parent: Job, known: set[str]) -> list[Any]:
    """Each job of the full synchronization as it ended, with its outcome rows; what is new has another key each time."""
    found = []
    for job in Job.objects.filter(parent=parent.pk).order_by("id"):
        rows = []
        for row in OutcomeRow.objects.filter(job=job):
            said = json.dumps(
                [row.direction, str(row.erp_id), str(row.crm_id), row.erp_key, row.crm_name, row.action, row.reason,
                 row.params, row.changes], sort_keys=True,
            )  # fmt: skip
            rows.append(_UUID.sub(lambda key: key.group(0) if key.group(0) in known else "new", said))
        found.append([job.mapping, job.kind, job.direction, job.state, job.message_code, job.counters, job.processed,
                      job.total, sorted(rows)])  # fmt: skip
    return found


def start(scene: Scene, **options: Any) -> Job:
    parent = full_sync.start(user_name="salesperson", **options)
    scene.work()
    return Job.objects.get(pk=parent.pk)


@pytest.mark.parametrize("recommendation", ["", "full_synchronization"])
def test_a_full_synchronization_does_what_its_preview_told(scene: Scene, recommendation: str) -> None:
    match("CUSTOMER", "name")
    match("CONTACT", "surname")
    IntegrationTableMapping.objects.filter(name="CUSTOMER").update(
        create_new_in_case_of_no_match=True, synch_after_bulk_coupling=True
    )
    changes.route_all()
    before, known = everything(), records()

    shown = start(scene, recommendation=recommendation, preview=True)
    assert everything() == before
    done = start(scene, recommendation=recommendation)

    assert (shown.state, shown.preview, done.state) == ("finished", True, "finished")
    assert told(shown, known) == told(done, known)
    assert all(job.preview and not job.whole for job in Job.objects.filter(parent=shown.pk))
    did = {line[0]: line[5] for line in told(done, known) if line[0] in ("CUSTOMER", "CONTACT")}
    assert sum(counts.get("inserted", 0) for counts in did["CONTACT"].values()) > 0 or not recommendation


def test_a_line_that_cannot_run_and_what_depends_on_it_fail_in_the_preview_too(scene: Scene) -> None:
    shown = start(scene, mappings=["CUSTOMER", "CONTACT"], recommendation="couple_records", preview=True)

    messages = dict(Job.objects.filter(parent=shown.pk).values_list("mapping", "message_code"))
    assert messages == {"CUSTOMER": "no_criteria", "CONTACT": "dependency_failed"}
    assert not FullSyncLine.objects.exists()


def test_chosen_mappings_are_previewed_together(scene: Scene) -> None:
    chosen = list(IntegrationTableMapping.objects.filter(name__in=["CUSTOMER", "CONTACT"]))

    (parent,) = mappings_run(user=scene.user, mappings=chosen, mode="full", create_new=True, preview=True).jobs
    scene.work()

    counters = dict(Job.objects.filter(parent=parent.pk).values_list("mapping", "counters"))
    assert counters["CONTACT"]["to_crm"]["inserted"] == 2, "their customers are coupled in the same preview"


def test_a_preview_over_mappings_and_a_run_of_one_of_them_wait_for_each_other(scene: Scene) -> None:
    running = mapping_run(user=scene.user, mapping=scene.mapping(), mode="full").jobs[0]
    Job.objects.filter(pk=running.pk).update(state="in_process")
    parent = full_sync.start(user_name="salesperson", mappings=["CUSTOMER"], preview=True)
    assert drain(only=str(parent.pk)) == 0

    Job.objects.filter(pk=running.pk).update(state="ready")
    Job.objects.filter(pk=parent.pk).update(state="in_process")

    assert drain(only=str(running.pk)) == 0
    assert drain(only=str(parent.pk)) > 0
    assert drain(only=str(running.pk)) > 0


def test_the_chunk_of_a_preview_may_take_its_time() -> None:
    assert {preview.TAKE, several.TAKE} == set(limits.LONG)


def test_cancelling_ends_the_preview_with_its_lines(scene: Scene) -> None:
    parent = full_sync.start(user_name="salesperson", preview=True)

    cancel(Job.objects.get(pk=parent.pk))

    assert set(Job.objects.filter(run_id=parent.run_id).values_list("state", flat=True)) == {"cancelled"}
    with pytest.raises(Refused):
        full_sync.restart(user_name="salesperson")


@contextmanager
def somebody_waits() -> Iterator[None]:
    """Another session that wants what this transaction holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(77)")
    is_there = threading.Event()

    def wait() -> None:
        other = connections["default"]
        with other.cursor() as cursor:
            cursor.execute("SET lock_timeout = '20s'")
            is_there.set()
            with pytest.raises(Exception, match="cancel"):
                cursor.execute("SELECT pg_advisory_lock(77)")
        other.close()

    thread = threading.Thread(target=wait)
    thread.start()
    is_there.wait()
    waiting = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = 77 AND NOT granted"
    while not (found := db.one(waiting)):
        pass
    try:
        yield
    finally:
        db.execute("SELECT pg_cancel_backend(%s)", [found[0]])
        thread.join()


def test_nobody_waits_for_a_preview_and_one_that_gives_way_says_what_it_cannot_see(scene: Scene, settings: Any) -> None:
    settings.SYNC_PREVIEW_HOLD_SECONDS = 0
    changes.route_all()
    before = snapshot()

    with somebody_waits():
        parent = start(scene, mappings=["CUSTOMER", "CONTACT"], recommendation="full_synchronization", preview=True)

    assert snapshot() == before
    jobs = {job.mapping: job for job in Job.objects.filter(parent=parent.pk)}
    assert all(job.param("by_parts") and job.state == "finished" for job in (parent, *jobs.values()))
    told_new = OutcomeRow.objects.filter(job=jobs["CONTACT"], direction="to_crm")
    assert set(told_new.values_list("action", "reason")) == {("fail", "dependency_not_coupled")}, "where they differ"


def test_a_preview_of_one_mapping_that_gives_way_looks_at_each_chunk_by_itself(scene: Scene, settings: Any) -> None:
    settings.SYNC_PREVIEW_HOLD_SECONDS = 0

    with somebody_waits():
        job = mapping_run(user=scene.user, mapping=scene.mapping(), mode="full", create_new=True, preview=True).jobs[0]
        scene.work()
    job.refresh_from_db()

    assert (job.state, job.param("by_parts"), job.chunks.count() > 2) == ("finished", True, True)
    assert [job.counters[way]["inserted"] for way in ("to_crm", "from_crm")] == [2, 3]


@pytest.mark.parametrize("rows", [0, 4, 5])
def test_outcome_rows_outlive_the_taking_back_in_parts(scene: Scene, rows: int) -> None:
    job = scene.run("full")
    with kept.KeptRows(each=2) as keeping:
        with taken_back():
            OutcomeRow.objects.filter(job=job).delete()
            for number in range(rows):
                OutcomeRow.objects.create(job=job, action="skip", erp_key=f"\t{number}\\\n", params={"ä": None})
            before = list(OutcomeRow.objects.filter(job=job).order_by("id").values())
            keeping.keep([str(job.pk)])
        OutcomeRow.objects.filter(job=job).delete()
        keeping.store()

    assert list(OutcomeRow.objects.filter(job=job).order_by("id").values()) == before
    assert len(before) == rows
