"""Option mappings from the Sales side: options become codes, labels lead, deletions follow the mapping's strategy."""

from __future__ import annotations

from typing import Any

import pytest

from coupling.gateways.base import Record
from coupling.models import OptionMapping
from coupling.plan import DeletionConflict
from coupling.services.mapping import mapping_update
from crm.models import OptionValue
from erp.models import PaymentTerms
from records.writes import Edit, delete, insert, update
from sync.engine.types import Action
from sync.models import Failure, Job, OutcomeRow, WorkItem
from sync.options.entries import Entry, Option
from sync.services import job_undo, mapping_run, sync_now
from sync.worklist.actions import retry
from tests.sync.scene import Scene

NAME, SET = "PAYMENT TERMS", "paymenttermscode"
STOCK = {"NET 30": "Net 30", "2% 10; NET": "2% 10; Net 30", "NET 45": "Net 45", "NET 60": "Net 60"}
ROW, CODE, OPTION = "row", Record("e", 1, {}), Option("c", 1, "x")


@pytest.fixture
def scene(db: Any) -> Scene:
    return Scene()


@pytest.fixture
def pull(scene: Scene) -> Scene:
    """The scene with PAYMENT TERMS turned around."""
    PaymentTerms.objects.all().delete()
    turn(scene, direction="from_crm")
    return scene


def turn(scene: Scene, **values: Any) -> None:
    mapping_update(mapping=scene.world.mapping(NAME), values=values)


def run(scene: Scene, mode: str = "full", **options: Any) -> Job:
    scene.work()
    (job,) = mapping_run(user=scene.user, mapping=scene.world.mapping(NAME), mode=mode, **options).jobs
    scene.work()
    return Job.objects.get(pk=job.pk)


def counted(job: Job) -> dict[str, int]:
    (counters,) = job.counters.values()
    return {name: n for name, n in counters.items() if n}


def option(label: str) -> str:
    row = {"entityname": "account", "attributename": SET, "label": label}
    return insert("crm.OptionValue", [row], source="page").single().pk


def relabel(key: str, label: str) -> None:
    update("crm.OptionValue", [Edit(key, {"label": label})], source="page").single()


def key_of(label: str) -> str:
    return str(OptionValue.objects.get(attributename=SET, label=label).pk)


def codes() -> dict[str, str]:
    return dict(PaymentTerms.objects.values_list("code", "description"))


@pytest.mark.django_db
def test_options_become_codes_as_the_preview_said_and_undo_takes_them_back(pull: Scene) -> None:
    preview = run(pull, create_new=True, preview=True)
    assert codes() == {}

    job = run(pull, create_new=True)

    assert counted(job) == counted(preview) == {"inserted": 4}
    assert codes() == STOCK
    assert set(OptionMapping.objects.values_list("label", "appended")) == {(label, True) for label in STOCK.values()}
    assert counted(run(pull)) == {"unchanged": 4}
    (undo,) = job_undo(user=pull.user, job=job).jobs
    pull.work()
    assert Job.objects.get(pk=undo.pk).counters[""]["deleted"] == 4
    assert (codes(), OptionMapping.objects.count()) == ({}, 0)


@pytest.mark.django_db
def test_a_renamed_option_renames_its_code_and_undo_renames_it_back(pull: Scene) -> None:
    run(pull, create_new=True)
    code = PaymentTerms.objects.get(code="NET 45")
    relabel(key_of("Net 45"), "Net 45 days, end")
    assert counted(run(pull, "modified")) == {"failed": 1}
    relabel(key_of("Net 45 days, end"), "45 days net")

    job = run(pull, "modified")

    assert counted(job) == {"modified": 1}
    assert OutcomeRow.objects.get(job=job).changes == {"erp": {"code": ["NET 45", "45 DAYS NE"]}}
    code.refresh_from_db()
    assert code.code == "45 DAYS NE"
    job_undo(user=pull.user, job=job)
    pull.work()
    code.refresh_from_db()
    assert code.code == "NET 45"
    assert counted(run(pull)) == {"unchanged": 4}
    assert counted(run(pull, "full_unconditional")) == {"modified": 1, "unchanged": 3}


@pytest.mark.django_db
def test_labels_that_codes_cannot_keep_fail_alone_and_go_through_once_they_are_changed(pull: Scene) -> None:
    run(pull, create_new=True)
    comma, second = option("Net 90, end of month"), option("2% 10; Net 90")

    job = run(pull, "modified", create_new=True)

    assert counted(job) == {"failed": 2}
    failed = {str(row.record): row.code for row in Failure.objects.filter(mapping=NAME, side="crm")}
    assert failed == {comma: "option_comma", second: "option_beginning"}
    relabel(comma, "Net 90 end of month")
    retry(ids=[str(row.pk) for row in WorkItem.objects.filter(crm_id=comma)], user_name="salesperson")
    pull.work()
    assert "NET 90 END" in codes()
    assert not Failure.objects.filter(record=comma).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("gone", "strategy", "counters"),
    [
        ("option", "none", [{"failed": 1}, {"skipped": 1}]),
        ("option", "remove_coupling", [{"uncoupled": 1}, {}]),
        ("code", "none", [{"failed": 1}, {"skipped": 1}]),
        ("code", "restore", [{"inserted": 1}, {}]),
    ],
)
def test_what_is_gone_follows_the_strategy(
    pull: Scene, gone: str, strategy: str, counters: list[dict[str, int]]
) -> None:
    run(pull, create_new=True)
    turn(pull, deletion_conflict=strategy)
    if gone == "option":
        delete("crm.OptionValue", [(key_of("Net 60"), None)], source="page").single()
    else:
        delete("erp.PaymentTerms", [(str(PaymentTerms.objects.get(code="NET 60").pk), None)], source="page").single()

    assert [counted(run(pull, "modified")) for _ in counters] == counters

    assert ("NET 60" in codes()) == (gone == "option" or strategy == "restore")
    assert OptionMapping.objects.filter(label="Net 60").exists() == (strategy != "remove_coupling")


@pytest.mark.django_db
def test_a_deleted_option_of_a_mapping_to_crm_is_made_again_where_it_is_to_be_restored(scene: Scene) -> None:
    code = insert("erp.PaymentTerms", [{"code": "NET 75"}], source="page").single().pk
    run(scene, create_new=True)
    turn(scene, deletion_conflict="restore")
    delete("crm.OptionValue", [(key_of("NET 75"), None)], source="page").single()

    assert counted(run(scene, "modified")) == {"inserted": 1}

    value = OptionValue.objects.get(attributename=SET, label="NET 75").value
    assert OptionMapping.objects.get(erp_id=code).option_value == value


@pytest.mark.django_db
def test_one_option_is_synchronized_by_name_and_only_coupled_creates_nothing(pull: Scene) -> None:
    key = key_of("Net 30")
    assert counted(run(pull)) == {}

    refused = sync_now(user=pull.user, mapping=NAME, crm_ids=[key])
    done = sync_now(user=pull.user, mapping=NAME, crm_ids=[key], create_new=True)
    pull.work()

    assert [left.code for left in refused.skipped] == ["not_coupled"]
    assert done.scheduled == 1
    assert codes() == {"NET 30": "Net 30"}
    relabel(key, "30 net")
    sync_now(user=pull.user, mapping=NAME, erp_ids=[str(PaymentTerms.objects.get().pk)])
    pull.work()
    assert list(codes()) == ["30 NET"]


@pytest.mark.parametrize(
    ("erp", "crm", "strategy", "reason", "action"),
    [
        (None, None, "none", "source_deleted", Action.UNCOUPLE),
        (CODE, None, "remove_coupling", "source_deleted", Action.UNCOUPLE),
        (CODE, None, "restore", "source_deleted", Action.FAIL),
        (CODE, None, "restore", "destination_deleted", Action.INSERT),
        (None, OPTION, "none", "destination_deleted", Action.FAIL),
    ],
)
def test_what_a_loss_means(erp: Any, crm: Any, strategy: str, reason: str, action: Action) -> None:
    entry = Entry(id=ROW, erp=erp, option=crm)

    entry.lost(DeletionConflict(strategy), reason)

    assert (entry.action, entry.reason) == (action, reason)


def test_the_same_loss_twice_is_set_aside() -> None:
    entry = Entry(id=ROW, option=OPTION, error={"code": "source_deleted", "params": {}})

    entry.lost(DeletionConflict.NONE, "source_deleted")

    assert (entry.action, entry.skipped) == (Action.SKIP, True)
