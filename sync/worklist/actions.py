"""Retry, Retry All and Synchronize: clear the mark, enqueue both sides of the pair, start one run.

Each row is all or nothing and the others go on: what cannot be done for a row is told by its id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from coupling.models import Coupling, IntegrationTableMapping, OptionMapping
from coupling.plan import Key
from coupling.services.coupling import coupling_clear_errors, require_connection
from records import db
from records.errors import FieldError, Rejected
from records.ids import uuid7
from records.messages import text
from sync import order
from sync.jobs.submit import Request, submit
from sync.models import Failure, Job, Pending, WorkItem
from sync.requests import record_request

SIDES = ("erp", "crm")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row for which nothing was done, and why."""

    id: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def detail(self) -> str:
        """The sentence, in the active language."""
        return text(self.code, self.params)


@dataclass(slots=True)
class Answer:
    """What an action did. `created`: pairs that were made, as {id, erp_id, crm_id}."""

    done: int = 0
    refused: list[Refusal] = field(default_factory=list)
    created: list[dict[str, str]] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)

    def refuse(self, key: str, code: str, params: dict[str, Any] | None = None) -> None:
        """Leave a row out."""
        self.refused.append(Refusal(key, code, params or {}))


def chosen(ids: Sequence[str], answer: Answer) -> list[WorkItem]:
    """The rows with these ids; ids that are no row (any more) are refused."""
    rows = {str(row.pk): row for row in WorkItem.objects.filter(pk__in=list(ids))}
    for key in ids:
        if key not in rows:
            answer.refuse(key, "not_found_record")
    return [rows[key] for key in dict.fromkeys(ids) if key in rows]


@transaction.atomic
def retry(*, ids: Sequence[str], user_name: str) -> Answer:
    """Clear the marks and run the rows once more, as the mapping is set; one run for all of them."""
    require_connection()
    answer = Answer()
    rows = chosen(ids, answer)
    clear(rows)
    answer.jobs = _retry_jobs(rows, user_name)
    answer.done = len(rows)
    return answer


def _retry_jobs(rows: Sequence[WorkItem], user_name: str) -> list[Job]:
    """A job for each mapping and side; option mappings and pairs start at their ERP record."""
    groups: dict[tuple[str, str, bool], list[Key]] = defaultdict(list)
    with_creation = _created_by(rows)
    for row in rows:
        side = "erp" if row.kind != "failure" or row.erp_id else "crm"
        groups[row.mapping, side, str(row.job_id) in with_creation].append(
            str(row.erp_id if side == "erp" else row.crm_id)
        )
    run_id, directions = uuid7(), _directions({row.mapping for row in rows})
    return [
        submit(
            record_request(
                mapping=name, direction=directions[name], side=side, ids=keys, user_name=user_name,
                create_new=create, mode="modified", run_id=run_id,
            )
        )
        for (name, side, create), keys in _in_order(groups)
    ]  # fmt: skip


def _created_by(rows: Sequence[WorkItem]) -> set[str]:
    """The jobs behind failures that were allowed to create records: trying again may create, too."""
    ids = [row.job_id for row in rows if row.kind == "failure" and row.job_id]
    return {str(pk) for pk in Job.objects.filter(pk__in=ids, create_new=True).values_list("pk", flat=True)}


@transaction.atomic
def retry_all(*, mapping: str = "", user_name: str) -> Answer:
    """Retry for every row (of a mapping): one run of each mapping over what waits, in dependency order."""
    require_connection()
    rows = WorkItem.objects.filter(mapping=mapping) if mapping else WorkItem.objects.all()
    found, answer = list(rows), Answer()
    clear(found)
    run_id, depends_on = uuid7(), order.stored_dependencies()
    started: dict[str, Job] = {}
    for name in order.in_order({row.mapping for row in found}, depends_on):
        first = order.dependencies_among(name, started, depends_on)
        started[name] = submit(
            Request(
                kind="modified",
                user_name=user_name,
                mapping=name,
                direction=_directions({name})[name],
                whole=True,
                run_id=run_id,
                after=[str(started[other].pk) for other in first],
            )
        )
    answer.jobs, answer.done = list(started.values()), len(found)
    return answer


@transaction.atomic
def synchronize(
    *, ids: Sequence[str], user_name: str, direction: str = "", fields: Mapping[str, str] | None = None
) -> Answer:
    """The chosen side wins: in one direction for all rows (or both merged), or field by field for one row.

    Raises Rejected for a direction or choice that makes no sense, whatever the row.
    """
    require_connection()
    _check_choice(ids, direction, fields)
    from sync.worklist.conflicts import Choice, answer

    choice = Choice(direction, fields or {})
    return answer(choices=dict.fromkeys(ids, choice), user_name=user_name)


def passes_of(mapping: IntegrationTableMapping) -> str:
    """The direction of a run that carries chosen fields: both where the mapping allows it."""
    return "merge" if mapping.direction == "bidirectional" else str(mapping.direction)


def _check_choice(ids: Sequence[str], direction: str, fields: Mapping[str, str] | None) -> None:
    if fields is not None:
        if direction:
            raise Rejected([FieldError("direction", "direction_or_fields")])
        if len(set(ids)) != 1:
            raise Rejected([FieldError("ids", "merge_one_record")])
        wrong = [key for key, side in fields.items() if side not in SIDES]
        if wrong or not fields:
            raise Rejected([FieldError("fields", "invalid_value", {"value": ", ".join(wrong)[:50]})])
    elif direction not in ("to_crm", "from_crm", "merge"):
        raise Rejected([FieldError("direction", "invalid_option", {"value": direction[:50]})])


def may(
    row: WorkItem,
    mapping: IntegrationTableMapping | None,
    direction: str,
    fields: Mapping[str, str],
    answer: Answer,
) -> bool:
    """True when a row can be synchronized as asked; otherwise it is refused."""
    key = str(row.pk)
    if mapping is None:
        answer.refuse(key, "mapping_missing", {"mapping": row.mapping})
    elif row.kind == "failure":
        answer.refuse(key, "not_coupled")
    elif row.state == "broken":
        answer.refuse(key, "destination_deleted")
    elif (direction == "merge" and mapping.direction != "bidirectional") or (
        direction in ("to_crm", "from_crm") and not mapping.allows(direction)
    ):
        answer.refuse(key, "direction_not_allowed", {"mapping": mapping.name, "direction": direction})
    elif forbidden := _forbidden_field(mapping, fields):
        answer.refuse(key, *forbidden)
    else:
        return True
    return False


def _forbidden_field(mapping: IntegrationTableMapping, fields: Mapping[str, str]) -> tuple[str, dict[str, Any]] | None:
    """The first chosen field that the mapping does not know, or does not carry in the chosen direction."""
    from coupling.plans import plan_for

    if not fields:
        return None
    plan = plan_for(mapping)
    lines = {line.key: line for line in plan.fields}
    for key, side in fields.items():
        wanted = "to_crm" if side == "erp" else "from_crm"
        line = lines.get(key)
        if line is None:
            raise Rejected([FieldError("fields", "unknown_field", {"field": key[:80]})])
        way = plan.direction_of(line)
        if way is None or way not in ("bidirectional", wanted):
            return "direction_not_allowed", {"mapping": mapping.name, "field": key, "direction": wanted}
    return None


# What actions share


def clear(rows: Sequence[WorkItem]) -> None:
    """Forget the remembered errors and marks, and enqueue both sides."""
    couplings = list(Coupling.objects.filter(pk__in=[row.pk for row in rows if row.kind == "coupling"]))
    coupling_clear_errors(couplings=couplings)
    OptionMapping.objects.filter(pk__in=[row.pk for row in rows if row.kind == "option"]).update(
        skipped=False, error_to_crm=None
    )
    Failure.objects.filter(pk__in=[row.pk for row in rows if row.kind == "failure"]).delete()
    enqueue([(row.mapping, side, str(key)) for row in rows for side, key in _ends(row) if key])


def _ends(row: WorkItem) -> list[tuple[str, Any]]:
    return [("erp", row.erp_id), ("crm", row.crm_id)]


def enqueue(records: Sequence[tuple[str, str, Key]]) -> None:
    """Pending rows for (mapping, side, record), to be taken at once and compared whatever their versions."""
    if not records:
        return
    rows = sorted(set(records))
    sql = (
        f"INSERT INTO {Pending._meta.db_table} AS p (mapping, side, record) "
        "SELECT * FROM unnest(%s::text[], %s::text[], %s::uuid[]) AS n(mapping, side, record) "
        "ON CONFLICT (mapping, side, record) DO UPDATE SET reason = '', not_before = NULL"
    )
    db.execute(sql, [[r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows]])


def _directions(names: set[str]) -> dict[str, str]:
    return dict(IntegrationTableMapping.objects.filter(name__in=names).values_list("name", "direction"))


def _in_order(groups: Mapping[tuple[str, str, bool], list[Key]]) -> list[tuple[tuple[str, str, bool], list[Key]]]:
    """The groups in dependency order of their mappings."""
    place: Callable[[str], int]
    names = order.in_order({name for name, _side, _create in groups}, order.stored_dependencies())
    place = {name: position for position, name in enumerate(names)}.__getitem__
    return sorted(groups.items(), key=lambda entry: (place(entry[0][0]), entry[0][1]))
