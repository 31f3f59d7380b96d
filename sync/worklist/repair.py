"""Restore Records and Delete Records: what to do with a pair that has lost one of its records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from coupling.models import Coupling, IntegrationTableMapping
from coupling.plan import Key, jsonable
from coupling.services.coupling import coupling_clear_errors, require_connection
from people.audit import audit
from records import writes
from records.ids import uuid7
from records.schema import schema
from sync.inline import run_now
from sync.jobs.submit import submit
from sync.log import Done, log_done
from sync.models import OutcomeRow, Pending
from sync.requests import record_request
from sync.worklist.actions import Answer, chosen
from sync.worklist.entries import Entry, tell

OTHER = {"erp": "crm", "crm": "erp"}
DIRECTION = {"erp": "to_crm", "crm": "from_crm"}


@transaction.atomic
def restore(*, ids: Sequence[str], user_name: str) -> Answer:
    """Ask for the missing record of each row to be made again from the one that is left; see `settle`.

    The coupling stays and gets the new record; a restored ERP record gets a new number.
    """
    require_connection()
    answer, groups = Answer(), defaultdict[tuple[str, str], list[Entry]](list)
    for entry, side in _halves(ids, answer):
        mapping = IntegrationTableMapping.objects.get(name=entry.item.mapping)
        if mapping.allows(DIRECTION[side]):
            groups[entry.item.mapping, side].append(entry)
        else:
            params = {"mapping": mapping.name, "direction": DIRECTION[side]}
            answer.refuse(str(entry.item.pk), "direction_not_allowed", params)
    rows = [entry.item.pk for entries in groups.values() for entry in entries]
    coupling_clear_errors(couplings=list(Coupling.objects.filter(pk__in=rows)))
    run_id = uuid7()
    for (name, side), entries in groups.items():
        request = record_request(
            mapping=name,
            direction=DIRECTION[side],
            side=side,
            ids=[_key(entry, side) for entry in entries],
            user_name=user_name,
            mode="modified",
            params={"deletion_conflict": "restore", "rows": [str(e.item.pk) for e in entries]},
            run_id=run_id,
        )
        answer.jobs.append(submit(request))
    return answer


def settle(answer: Answer) -> Answer:
    """Do the jobs of `restore` now, outside its transaction, and tell what was made and what was not."""
    answer.jobs = run_now(answer.jobs)
    rows = [key for job in answer.jobs for key in job.param("rows", [])]
    couplings = {str(c.pk): c for c in Coupling.objects.filter(pk__in=rows)}
    by_coupling = {(str(c.erp_id), str(c.crm_id)): key for key, c in couplings.items()}
    made: set[str] = set()
    why: dict[str, OutcomeRow] = {}
    for outcome in OutcomeRow.objects.filter(job__in=[job.pk for job in answer.jobs]):
        key = by_coupling.get((str(outcome.erp_id), str(outcome.crm_id)), "")
        if outcome.action == "insert" and key:
            made.add(key)
        elif key:
            why[key] = outcome
    for key in rows:
        if key in made:
            coupling = couplings[key]
            answer.created.append({"id": key, "erp_id": str(coupling.erp_id), "crm_id": str(coupling.crm_id)})
        else:
            found = why.get(key)
            answer.refuse(key, found.reason if found else "locked", found.params if found else {})
    answer.done = len(made)
    return answer


@transaction.atomic
def delete_records(*, ids: Sequence[str], user_name: str) -> Answer:
    """Delete the record that is left of each row, where the rules of its table allow it, and the coupling with it."""
    require_connection()
    answer, groups = Answer(), defaultdict[tuple[str, str], list[Entry]](list)
    for entry, side in _halves(ids, answer):
        groups[entry.item.mapping, side].append(entry)
    for (name, side), entries in groups.items():
        _delete(name, side, entries, user_name, answer)
    return answer


def _delete(name: str, side: str, entries: Sequence[Entry], user_name: str, answer: Answer) -> None:
    by_key = {_key(entry, side): entry for entry in entries}
    table = entries[0].erp_table if side == "erp" else entries[0].crm_table
    written = writes.delete(table, [(key, None) for key in by_key], source="page")
    for row in written.rejected:
        error = row.errors[0]
        answer.refuse(str(by_key[row.pk].item.pk), error.code, {**error.params, "field": error.field})
    gone = [by_key[row.pk] for row in written.rows]
    was = {row.pk: _values(table, row.old or {}) for row in written.rows}
    Coupling.objects.filter(pk__in=[entry.item.pk for entry in gone]).delete()
    keys = [key for entry in gone for key in (entry.item.erp_id, entry.item.crm_id)]
    Pending.objects.filter(mapping=name, record__in=keys).delete()
    if gone:
        audit(
            "records_delete",
            target=name,
            old={"side": side, "records": [entry.erp_key or entry.crm_name for entry in gone]},
        )
        answer.jobs.append(
            log_done("uncoupling", name, user_name, [_done(entry, side, was[_key(entry, side)]) for entry in gone])
        )
    answer.done += len(gone)


def _values(table: str, old: dict[str, Any]) -> dict[str, list[Any]]:
    """{field: [value, None]} of a deleted record, so that it can be made again."""
    described = schema(table)
    kept = {name: jsonable(value) for name, value in old.items() if name != described.pk and not described[name].system}
    return {name: [value, None] for name, value in kept.items() if value is not None}


def _done(entry: Entry, side: str, changes: dict[str, list[Any]]) -> Done:
    item = entry.item
    return Done(
        "delete", "source_deleted" if side == "crm" else "destination_deleted",
        erp_id=str(item.erp_id), crm_id=str(item.crm_id), erp_key=entry.erp_key, crm_name=entry.crm_name,
        changes={side: changes},
    )  # fmt: skip


def _halves(ids: Sequence[str], answer: Answer) -> list[tuple[Entry, str]]:
    """The rows with exactly one living end, and its side; pairs that lost both are removed, others are refused."""
    found: list[tuple[Entry, str]] = []
    for entry in tell(chosen(ids, answer), with_fields=False):
        key = str(entry.item.pk)
        if not entry.item.is_coupled:
            answer.refuse(key, "not_coupled")
        elif entry.erp_exists and entry.crm_exists:
            answer.refuse(key, "both_records_exist")
        elif entry.erp_exists or entry.crm_exists:
            found.append((entry, "erp" if entry.erp_exists else "crm"))
        else:
            Coupling.objects.filter(pk=entry.item.pk).delete()
            answer.done += 1
    return found


def _key(entry: Entry, side: str) -> Key:
    return str(entry.item.erp_id if side == "erp" else entry.item.crm_id)
