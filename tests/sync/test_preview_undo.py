"""A preview tells what the run then does, value by value; taking it back leaves what was there before.

Random edits, deletions and couplings, over all kinds of runs and all strategies, in small chunks.
"""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction

from coupling.models import Coupling, IntegrationTableMapping
from coupling.plans import plan_for
from records import db
from records.actor import acting
from records.schema import model_of
from records.writes import Edit, delete, update
from sync import changes
from sync.models import Job, OutcomeRow
from sync.services import job_undo, mapping_match, mapping_run, mapping_uncouple, sync_now
from tests.sync.scene import Scene

pytestmark = pytest.mark.django_db
UPDATE_CONFLICT = ("none", "send", "get", "merge")
DELETION_CONFLICT = ("none", "restore", "remove_coupling")
PAIRS, ALONE = 10, 3
TABLES = ("erp_customer", "erp_contact", "crm_account", "coupling_coupling", "sync_pending", "sync_failure",
          "erp_noseriesline", "sync_changelog")  # fmt: skip


@pytest.fixture
def scene(db: Any, settings: Any) -> Scene:
    """Coupled pairs, and records of both sides without a partner; chunks of four."""
    settings.SYNC_CHUNK_SIZE = settings.SYNC_CHUNK_LEAST = 4
    scene = Scene()
    for number in range(PAIRS):
        scene.world.customer(f"Pair {number}", city="Roma", phone_no="1")
    scene.run("full", create_new=True, direction="to_crm")
    with acting("salesperson", "page"):
        for number in range(ALONE):
            scene.world.customer(f"Customer {number}")
            scene.world.account(f"Account {number}")
    return scene


def disturb(scene: Scene, chance: random.Random) -> None:
    """What users do between two runs."""
    pairs = list(Coupling.objects.filter(pair="CUSTOMER").order_by("erp_id").values_list("erp_id", "crm_id"))
    with acting("salesperson", "page"):
        for erp, crm in pairs:
            what = chance.choice(("nothing", "erp", "crm", "both", "clash", "erp gone", "crm gone", "blocked", "long"))
            word = f"{chance.randrange(1000):03}"
            if what in ("erp", "both", "clash"):
                update("erp.Customer", [Edit(str(erp), {"phone_no": word, "address": f"Via {word}"})], source="page")
            if what in ("crm", "both"):
                update("crm.Account", [Edit(str(crm), {"address1_city": f"City {word}"})], source="page")
            if what == "clash":
                update("crm.Account", [Edit(str(crm), {"telephone1": f"9{word}"})], source="page")
            if what == "erp gone":
                delete("erp.Customer", [(str(erp), None)], source="page")
            if what == "crm gone":
                delete("crm.Account", [(str(crm), None)], source="page")
            if what == "blocked":
                update("erp.Customer", [Edit(str(erp), {"blocked": 3, "city": f"City {word}"})], source="page")
            if what == "long":
                update("crm.Account", [Edit(str(crm), {"address1_line2": "L" * 90})], source="page")


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever happens inside is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def snapshot() -> dict[str, list[str]]:
    """Everything that a preview must leave as it is."""
    return {
        table: sorted(row for (row,) in db.rows(f'SELECT row_to_json(t)::text FROM "{table}" t')) for table in TABLES
    }


def told(job: Job) -> list[str]:
    """The outcome rows of a job; the key of a record that was made is made anew each time."""
    rows = []
    for row in OutcomeRow.objects.filter(job=job):
        erp_id, crm_id = str(row.erp_id), str(row.crm_id)
        if row.action == "insert":
            erp_id, crm_id = (erp_id, "new") if row.direction == "to_crm" else ("new", crm_id)
        rows.append(
            json.dumps(
                [row.mapping, row.direction, erp_id, crm_id, row.erp_key, row.crm_name, row.action, row.reason,
                 row.params, row.changes], sort_keys=True,
            )
        )  # fmt: skip
    return sorted(rows)


def finished(scene: Scene, started: Any) -> Job:
    scene.work()
    job = Job.objects.get(pk=started.jobs[0].pk)
    assert job.state == "finished", (job.message_code, job.message_params)
    return job


def same(scene: Scene, start: Callable[..., Any], about: Any) -> Job:
    """Preview, then run; the run."""
    changes.route_all()
    before = snapshot()
    shown = finished(scene, start(preview=True))
    assert snapshot() == before, about
    done = finished(scene, start(preview=False))
    assert told(shown) == told(done), about
    assert shown.counters == done.counters, about
    return done


def values() -> dict[str, Any]:
    """The mapped values of both sides by record."""
    plan = plan_for("CUSTOMER")
    found: dict[str, Any] = {}
    for label, names in (
        ("erp.Customer", {f.erp for f in plan.fields if f.erp}),
        ("crm.Account", {f.crm for f in plan.fields if f.crm and not f.is_constant}),
    ):
        for record in model_of(label).objects.all():
            found[str(record.pk)] = {name: str(getattr(record, name) or "") for name in sorted(names)}
    return found


def living() -> set[tuple[str, str]]:
    """The couplings whose records are both there."""
    records = set(values())
    pairs = Coupling.objects.filter(pair="CUSTOMER").values_list("erp_id", "crm_id")
    return {(str(e), str(c)) for e, c in pairs if {str(e), str(c)} <= records}


def undone(scene: Scene, job: Job, before: tuple[dict[str, Any], set[Any]], about: Any) -> None:
    """Preview of taking back, then taking back; what is not told to be left is as it was."""
    if not OutcomeRow.objects.filter(job=job, action__in=("insert", "modify", "couple", "uncouple")).exists():
        return
    undo = same(scene, lambda preview: job_undo(user=scene.user, job=job, preview=preview), (about, "undo"))
    left = OutcomeRow.objects.filter(job=undo, action="fail")
    told_left = {str(key) for row in left for key in (row.erp_id, row.crm_id) if key}
    now = values()
    assert {k: v for k, v in now.items() if k not in told_left} == {
        k: v for k, v in before[0].items() if k not in told_left
    }, about
    assert {pair for pair in living() if not set(pair) & told_left} == {
        pair for pair in before[1] if not set(pair) & told_left
    }, about
    gone = {str(key) for row in left if row.reason == "record_missing" for key in (row.erp_id, row.crm_id) if key}
    assert told_left <= gone, (about, [(row.reason, row.params) for row in left])


@pytest.mark.parametrize(
    ("mode", "options", "seed"),
    [
        ("modified", {}, 1),
        pytest.param("modified", {"direction": "to_crm"}, 2, marks=pytest.mark.model),
        pytest.param("modified", {"direction": "from_crm"}, 3, marks=pytest.mark.model),
        pytest.param("full", {}, 4, marks=pytest.mark.model),
        pytest.param("full", {"create_new": True}, 5, marks=pytest.mark.model),
        pytest.param("full_unconditional", {"direction": "to_crm"}, 6, marks=pytest.mark.model),
        pytest.param("full_unconditional", {}, 7, marks=pytest.mark.model),
    ],
)
def test_a_run_does_what_its_preview_told_and_can_be_taken_back(
    scene: Scene, mode: str, options: dict[str, Any], seed: int
) -> None:
    disturb(scene, random.Random(seed))
    for update_conflict, deletion in itertools.product(UPDATE_CONFLICT, DELETION_CONFLICT):
        about = (mode, options, seed, update_conflict, deletion)
        with taken_back():
            mapping = scene.mapping(update_conflict=update_conflict, deletion_conflict=deletion)
            before = values(), living()

            def start(preview: bool, mapping: IntegrationTableMapping = mapping) -> Any:
                return mapping_run(user=scene.user, mapping=mapping, mode=mode, preview=preview, **options)

            undone(scene, same(scene, start, about), before, about)


@pytest.mark.parametrize("direction", ["to_crm", "from_crm", "merge"])
def test_chosen_records_do_what_their_preview_told(scene: Scene, direction: str) -> None:
    disturb(scene, random.Random(3))
    customers = [str(pk) for pk in model_of("erp.Customer").objects.order_by("no").values_list("pk", flat=True)]
    for keys, strategy in itertools.product(([k] for k in customers[:6]) if direction == "merge" else [customers], (
        "none", "merge",
    )):  # fmt: skip
        with taken_back():
            scene.mapping(update_conflict=strategy)
            before = values(), living()

            def start(preview: bool, keys: list[str] = keys) -> Any:
                return sync_now(
                    user=scene.user, mapping="CUSTOMER", direction=direction, erp_ids=keys, preview=preview,
                    create_new=direction == "to_crm",
                )  # fmt: skip

            if start(preview=True).jobs:
                undone(scene, same(scene, start, (direction, strategy)), before, (direction, strategy))


def test_matching_does_what_its_preview_told(scene: Scene) -> None:
    mapping = scene.mapping()
    mapping.lines.filter(erp_field="name").update(match=True)
    IntegrationTableMapping.objects.filter(pk=mapping.pk).update(version=mapping.version + 1)
    scene.world.account("Customer 1")
    for _twice in range(2):
        scene.world.account("Customer 2")
    before = values(), living()

    def start(preview: bool) -> Any:
        return mapping_match(user=scene.user, mapping=scene.mapping(), synchronize_after=False, preview=preview)

    job = same(scene, start, "match")
    assert job.counters[""]["coupled"] == 1
    undone(scene, job, before, "match")


def test_deleting_couplings_does_what_its_preview_told_with_those_that_go_along(scene: Scene) -> None:
    before = values(), living()

    def start(preview: bool) -> Any:
        return mapping_uncouple(user=scene.user, mapping=scene.mapping(), preview=preview)

    job = same(scene, start, "uncouple")
    assert job.counters[""]["uncoupled"] == len(before[1]) > 4
    assert living() == set()
    undone(scene, job, before, "uncouple")


def test_undo_leaves_and_lists_each_value_that_was_changed_since_and_restores_the_others(scene: Scene) -> None:
    name = "Pair 0"
    scene.edit_customer(name, phone_no="222", city="Milano")
    job = scene.run()
    account = str(Coupling.objects.get(erp_id=scene.customer(name)).crm_id)
    scene.edit("crm.Account", account, telephone1="changed since")

    undo = finished(scene, job_undo(user=scene.user, job=job))

    assert scene.value("crm.Account", account, "telephone1") == "changed since"
    assert scene.value("crm.Account", account, "address1_city") == "Roma"
    (left,) = OutcomeRow.objects.filter(job=undo, action="fail")
    assert (left.reason, left.params) == ("not_undoable", {"fields": ["telephone1"]})


def test_a_created_record_that_another_job_has_written_since_is_not_deleted(scene: Scene) -> None:
    key = scene.customer("Customer 0")
    started = sync_now(user=scene.user, mapping="CUSTOMER", direction="to_crm", erp_ids=[key], create_new=True)
    job = finished(scene, started)
    scene.edit_customer("Customer 0", city="Bari")
    scene.run()

    undo = finished(scene, job_undo(user=scene.user, job=job))

    assert Coupling.objects.filter(erp_id=key).exists()
    assert [row.reason for row in OutcomeRow.objects.filter(job=undo)] == ["not_undoable"]


def test_a_record_deleted_from_the_work_list_is_made_again_with_its_values_and_its_coupling(scene: Scene) -> None:
    from sync.models import WorkItem
    from sync.worklist import repair

    coupling = Coupling.objects.get(erp_id=scene.customer("Pair 1"))
    scene.remove("erp.Customer", scene.customer("Pair 1"))
    scene.run()
    before = values()
    row = WorkItem.objects.get(pk=coupling.pk)
    (job,) = repair.delete_records(ids=[str(row.pk)], user_name="salesperson").jobs
    assert str(coupling.crm_id) not in values()

    undo = finished(scene, job_undo(user=scene.user, job=job))

    assert values() == before
    assert [(r.action, r.reason) for r in OutcomeRow.objects.filter(job=undo)] == [("insert", "undone")]
    assert WorkItem.objects.get(mapping="CUSTOMER", state="broken").crm_id == coupling.crm_id


def test_an_import_is_previewed_and_taken_back(scene: Scene) -> None:
    from sync.services import import_start

    text = b"no,name,city\nI1,Imported 1,Oslo\nI2,Imported 2,Bergen\n"
    before = values()

    def start(preview: bool) -> Any:
        return import_start(user=scene.user, table="erp.Customer", blocks=[text], dry_run=preview)

    shown = finished(scene, start(preview=True))
    assert values() == before
    done = finished(scene, start(preview=False))
    assert shown.counters[""]["inserted"] == done.counters[""]["inserted"] == 2

    finished(scene, job_undo(user=scene.user, job=done))

    assert values() == before


def test_a_preview_with_a_record_that_raises_still_tells_of_the_others(scene: Scene) -> None:
    from coupling.pairs.customer_account.rules import CustomerHooks

    poison = scene.customer("Pair 0")
    prepare = CustomerHooks.prepare

    def raising(self: Any, batch: Any) -> None:
        if any(item.erp_id == poison for item in batch.items):
            raise ZeroDivisionError("boom")
        prepare(self, batch)

    for number in range(4):
        scene.edit_customer(f"Pair {number}", city="Milano")
    CustomerHooks.prepare = raising  # type: ignore[method-assign]
    try:
        job = finished(scene, mapping_run(user=scene.user, mapping=scene.mapping(), mode="modified", preview=True))
    finally:
        CustomerHooks.prepare = prepare  # type: ignore[method-assign]

    assert (job.counters["to_crm"]["modified"], job.counters["to_crm"]["failed"]) == (3, 1)
