"""What a run over an option mapping keeps: the rows that say which code stands for which option, and failures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError

from coupling.gateways.errors import Transient
from coupling.models import OptionMapping
from coupling.plan import Key
from records import db
from records.ids import uuid7
from records.stage import Column, staged
from sync import failures
from sync.engine.types import Action
from sync.options.entries import Entry, is_to_crm

if TYPE_CHECKING:
    from sync.run import Run

_COLUMNS = (
    Column("id", "uuid"), Column("erp_id", "uuid"), Column("option_value", "integer"), Column("label", "text"),
    Column("erp_version", "bigint"), Column("result", "text"), Column("skipped", "boolean"), Column("error", "jsonb"),
    Column("appended", "boolean"),
)  # fmt: skip


def remember(run: Run, entries: list[Entry]) -> list[Entry]:
    """Write new and changed rows, remove those that have ended, note failures; the entries that have just been joined."""
    _remove([e for e in entries if e.action is Action.UNCOUPLE])
    _update([e for e in entries if e.id is not None and e.action is not Action.UNCOUPLE and _is_news(e)])
    made = [e for e in entries if e.id is None and e.problem is None and e.action in (Action.INSERT, Action.COUPLE)]
    _insert(run, made)
    failures.clear(
        run.plan.name, [e.erp_id for e in made if e.erp_id], [e.option.key for e in made if e.option]
    )  # fmt: skip
    failures.keep(run.plan.name, run.job.pk, [_failed(run, e) for e in entries if e.id is None and e.problem])
    return made


def _is_news(entry: Entry) -> bool:
    """True where the row has to say something new."""
    if entry.problem is not None or entry.action in (Action.INSERT, Action.MODIFY, Action.COUPLE):
        return True
    if entry.action is not Action.UNCHANGED or entry.erp is None or entry.option is None:
        return False
    is_same = entry.version == entry.erp.version and entry.label == entry.option.label
    return not is_same or entry.error is not None


def _failed(run: Run, entry: Entry) -> failures.Failed:
    assert entry.problem is not None
    side, key = ("erp", entry.erp_id) if is_to_crm(run) else ("crm", entry.option.key if entry.option else None)
    return side, str(key), entry.problem


def _row(entry: Entry) -> list[Any]:
    ok = entry.problem is None and entry.erp is not None and entry.option is not None
    version, label = (entry.erp.version, entry.option.label) if ok and entry.erp and entry.option else (0, "")
    return [
        entry.id or uuid7(), entry.erp_id, entry.value, label if ok else entry.label, version if ok else entry.version,
        "success" if ok else "failure", entry.skipped, entry.problem.stored() if entry.problem else None,
        entry.action is Action.INSERT,
    ]  # fmt: skip


def _update(entries: list[Entry]) -> None:
    if not entries:
        return
    with staged(_COLUMNS, [_row(e) for e in entries]) as (relation, params):
        db.execute(
            f"UPDATE {OptionMapping._meta.db_table} m SET erp_id = s.erp_id, option_value = s.option_value, "
            "label = s.label, erp_version = s.erp_version, last_result_to_crm = s.result, skipped = s.skipped, "
            "error_to_crm = s.error, row_version = m.row_version + 1, "
            "last_synced_at = CASE WHEN s.error IS NULL THEN now() ELSE m.last_synced_at END "
            f"FROM {relation} s WHERE m.id = s.id",
            params,
        )


def _insert(run: Run, entries: list[Entry]) -> None:
    """New rows; somebody who mapped the code or the option meanwhile is looked at again."""
    if not entries:
        return
    appended = "FALSE" if is_to_crm(run) else "s.appended"
    with staged(_COLUMNS, [_row(e) for e in entries]) as (relation, params):
        try:
            db.execute(
                f"INSERT INTO {OptionMapping._meta.db_table} (id, mapping_id, erp_id, option_value, label, erp_version, "
                "last_synced_at, last_result_to_crm, appended) SELECT s.id, %s::uuid, s.erp_id, s.option_value, "
                f"s.label, s.erp_version, now(), s.result, {appended} FROM {relation} s",
                [run.plan.id, *params],
            )
        except IntegrityError as error:
            raise Transient(str(error)) from error


def _remove(entries: list[Entry]) -> None:
    gone: list[Key | None] = [e.id for e in entries]
    if gone:
        db.execute(f"DELETE FROM {OptionMapping._meta.db_table} WHERE id = ANY(%s::uuid[])", [gone])
