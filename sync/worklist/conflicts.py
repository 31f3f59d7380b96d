"""Answers to conflicts, one by one or many at once: a side for each field, one side for everything, or a merge.

Who answers has seen values: a conflict whose records were changed since is refused, so that nothing goes under that
nobody has looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from coupling.models import IntegrationTableMapping
from coupling.plan import Key
from coupling.services.coupling import require_connection
from coupling.sides import gateway
from records.errors import FieldError, Rejected
from records.ids import uuid7
from sync.jobs.submit import submit
from sync.models import WorkItem
from sync.requests import record_request
from sync.worklist.actions import SIDES, Answer, chosen, clear, may, passes_of

WAYS = ("to_crm", "from_crm", "merge")
Versions = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to become of one conflict: `way` for everything, or a side for each field of `fields`."""

    way: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def group(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        """Conflicts with the same answer go into one job."""
        return self.way, tuple(sorted(self.fields.items()))


@transaction.atomic
def answer(*, choices: Mapping[str, Choice], user_name: str, seen: Mapping[str, Versions] | None = None) -> Answer:
    """Carry out the choices, by id of the work-list row. `seen`: the row versions (ERP, Sales) that were looked at.

    Each row is all or nothing and the others go on. Raises Rejected for a choice that makes no sense whatever the row,
    and Refused (`connection_disabled`).
    """
    require_connection()
    _check(choices)
    told = Answer()
    rows = chosen(list(choices), told)
    mappings = {m.name: m for m in IntegrationTableMapping.objects.filter(name__in={row.mapping for row in rows})}
    kept = [
        row
        for row in _as_seen(rows, mappings, seen or {}, told)
        if may(row, mappings.get(row.mapping), choices[str(row.pk)].way, choices[str(row.pk)].fields, told)
    ]
    clear(kept)
    groups: dict[tuple[str, tuple[str, tuple[tuple[str, str], ...]]], list[Key]] = defaultdict(list)
    for row in kept:
        groups[row.mapping, choices[str(row.pk)].group].append(str(row.erp_id))
    run_id = uuid7()
    for (name, (way, fields)), keys in sorted(groups.items()):
        request = record_request(
            mapping=name,
            direction=way or passes_of(mappings[name]),
            side="erp",
            ids=keys,
            user_name=user_name,
            params={"fields": dict(fields)} if fields else {},
            run_id=run_id,
        )
        told.jobs.append(submit(request))
    told.done = len(kept)
    return told


def _check(choices: Mapping[str, Choice]) -> None:
    if not choices:
        raise Rejected([FieldError("ids", "no_records_chosen")])
    for choice in choices.values():
        if choice.way and choice.fields:
            raise Rejected([FieldError("direction", "direction_or_fields")])
        if not choice.way and not choice.fields:
            raise Rejected([FieldError("fields", "choose_each_field")])
        if choice.way and choice.way not in WAYS:
            raise Rejected([FieldError("direction", "invalid_option", {"value": choice.way[:50]})])
        wrong = [side for side in choice.fields.values() if side not in SIDES]
        if wrong:
            raise Rejected([FieldError("fields", "invalid_value", {"value": ", ".join(wrong)[:50]})])


def _as_seen(
    rows: Sequence[WorkItem],
    mappings: Mapping[str, IntegrationTableMapping],
    seen: Mapping[str, Versions],
    told: Answer,
) -> list[WorkItem]:
    """The rows whose records are still those that were looked at; the others are refused."""
    found = {name: _versions(mapping, [r for r in rows if r.mapping == name]) for name, mapping in mappings.items()}
    kept = []
    for row in rows:
        key = str(row.pk)
        if key in seen and found.get(row.mapping, {}).get(key) != seen[key]:
            told.refuse(key, "version_conflict")
        else:
            kept.append(row)
    return kept


def _versions(mapping: IntegrationTableMapping, rows: Sequence[WorkItem]) -> dict[str, Versions]:
    """The present row versions of both records of each pair."""
    pairs = [row for row in rows if row.is_coupled]
    erp = gateway("erp").read_many(mapping.erp_table, [str(row.erp_id) for row in pairs], ())
    crm = gateway("crm").read_many(mapping.crm_table, [str(row.crm_id) for row in pairs], ())
    return {
        str(row.pk): (erp[str(row.erp_id)].version, crm[str(row.crm_id)].version)
        for row in pairs
        if str(row.erp_id) in erp and str(row.crm_id) in crm
    }
