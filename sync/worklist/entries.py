"""The rows of the work-list with names of their records, whether these still exist, and the values that differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from coupling.models import Coupling, IntegrationTableMapping
from coupling.plan import MappingPlan
from coupling.plans import plan_for
from coupling.selectors.records import record_keys, record_names
from coupling.services.option_mapping import OPTION_VALUES
from records.messages import text
from records.values.present import moment
from sync.examine import Examined, FieldState, examine
from sync.models import WorkItem
from sync.worklist.values import Compared, present_fields


@dataclass(slots=True)
class Entry:
    """One row. Names are blank where a record is gone; `fields`: the lines whose values differ, clashes first."""

    item: WorkItem
    erp_table: str = ""
    crm_table: str = ""
    erp_key: str = ""
    erp_name: str = ""
    crm_name: str = ""
    erp_exists: bool = False
    crm_exists: bool = False
    examined: Examined | None = None
    fields: list[FieldState] = field(default_factory=list)

    @property
    def detail(self) -> str:
        """The sentence of the reason, in the active language."""
        return text(self.item.reason, self.item.params)


def items(*, mapping: str = "", state: str = "") -> QuerySet[WorkItem]:
    """The rows, last failure first."""
    found = WorkItem.objects.order_by("-failed_at", "id")
    if mapping:
        found = found.filter(mapping=mapping)
    return found.filter(state=state) if state else found


def tell(rows: Iterable[WorkItem], *, with_fields: bool = True) -> list[Entry]:
    """All of them with a number of queries that depends on the number of mappings only."""
    found = list(rows)
    mappings = {m.name: m for m in IntegrationTableMapping.objects.filter(name__in={r.mapping for r in found})}
    entries = {str(row.pk): Entry(row) for row in found}
    for name, mapping in mappings.items():
        own = [entries[str(row.pk)] for row in found if row.mapping == name]
        _name(mapping, own)
        if with_fields and not mapping.is_option:
            _compare(plan_for(mapping), own)
    return [entries[str(row.pk)] for row in found]


def _name(mapping: IntegrationTableMapping, entries: Sequence[Entry]) -> None:
    erp_ids = [e.item.erp_id for e in entries if e.item.erp_id]
    keys, names = record_keys(mapping.erp_table, erp_ids), record_names(mapping.erp_table, erp_ids)
    crm_table = OPTION_VALUES if mapping.is_option else mapping.crm_table
    crm = record_names(crm_table, [e.item.crm_id for e in entries if e.item.crm_id])
    for entry in entries:
        item = entry.item
        entry.erp_table, entry.crm_table = mapping.erp_table, crm_table
        entry.erp_exists, entry.erp_key = str(item.erp_id) in keys, keys.get(str(item.erp_id), "")
        entry.erp_name = names.get(str(item.erp_id), "")
        entry.crm_exists = item.option_value is not None or str(item.crm_id) in crm
        entry.crm_name = item.crm_label or crm.get(str(item.crm_id), "")


def _compare(plan: MappingPlan, entries: Sequence[Entry]) -> None:
    by_id = {str(e.item.pk): e for e in entries if e.item.is_coupled}
    for found in examine(plan, list(Coupling.objects.filter(pk__in=list(by_id)))):
        entry = by_id[str(found.coupling.pk)]
        entry.examined = found
        entry.fields = sorted(found.fields, key=lambda state: not state.is_clash)


def show(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """The rows as the API answers them."""
    fields = shown_fields(entries)
    return [
        {
            "id": str(e.item.pk),
            "mapping": e.item.mapping,
            "kind": e.item.kind,
            "erp": {"id": _id(e.item.erp_id), "key": e.erp_key, "name": e.erp_name, "exists": e.erp_exists},
            "crm": {"id": _crm_id(e.item), "name": e.crm_name, "exists": e.crm_exists},
            "coupling": str(e.item.pk) if e.item.is_coupled else None,
            "state": e.item.state,
            "reason": e.item.reason,
            "params": e.item.params,
            "detail": e.detail,
            "failed_at": moment(e.item.failed_at) if e.item.failed_at else None,
            "job": _id(e.item.job_id),
            "fields": fields.get(str(e.item.pk), []),
        }
        for e in entries
    ]


def shown_fields(entries: Sequence[Entry]) -> dict[str, list[dict[str, Any]]]:
    """The three values of each field that differs, as the ERP side and the Sales side present them, by row."""
    by_tables: dict[tuple[str, str], list[tuple[str, Compared]]] = defaultdict(list)
    for e in entries:
        if e.examined is not None and e.fields:
            by_tables[e.erp_table, e.crm_table].append((str(e.item.pk), Compared(e.examined, e.fields)))
    found: dict[str, list[dict[str, Any]]] = {}
    for (erp_table, crm_table), rows in by_tables.items():
        shown = present_fields(erp_table, crm_table, [compared for _pk, compared in rows])
        found |= {pk: fields for (pk, _compared), fields in zip(rows, shown, strict=True)}
    return found


def _id(value: Any) -> str | None:
    return str(value) if value else None


def _crm_id(item: WorkItem) -> str | None:
    return str(item.option_value) if item.kind == "option" else _id(item.crm_id)
