"""Select Coupling Criteria: which field lines of a mapping decide in match-based coupling, and what follows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from coupling import lines as order
from coupling.models import IntegrationFieldMapping, IntegrationTableMapping
from records.errors import FieldError, Rejected
from records.schema import schema
from records.writes import Edit, update

#: Kinds of fields that can only be compared with their own kind.
_OWN_KIND = frozenset({"guid", "dateformula"})
FIELDS = ("match", "match_case_sensitive", "match_priority")
#: What the mapping itself says of match-based coupling.
OPTIONS = ("create_new_in_case_of_no_match", "synch_after_bulk_coupling", "update_conflict")


def comparable(mapping: IntegrationTableMapping) -> list[IntegrationFieldMapping]:
    """The enabled lines that can decide: a stored field on both sides, no constant, types that can be compared."""
    erp, crm = schema(mapping.erp_table), schema(mapping.crm_table)
    found = mapping.lines.filter(enabled=True).exclude(erp_field="").exclude(crm_field="").order_by("no")
    return [
        line
        for line in found
        if not order.is_constant(line)
        and line.erp_field in erp
        and line.crm_field in crm
        and _alike(erp[line.erp_field].kind, crm[line.crm_field].kind)
    ]


def _alike(erp: str, crm: str) -> bool:
    return erp == crm or not {erp, crm} & _OWN_KIND


@transaction.atomic
def criteria_save(
    *,
    mapping: IntegrationTableMapping,
    lines: Sequence[Mapping[str, Any]],
    options: Mapping[str, Any] | None = None,
) -> None:
    """Store `lines` ({"id", "match", "match_case_sensitive", "match_priority"}) and options of the mapping.

    Raises Rejected: unknown lines, a priority below zero, a conflict rule or creation that the direction forbids.
    """
    known = {str(line.pk): line for line in comparable(mapping)}
    edits = []
    for given in lines:
        line = known.get(str(given["id"]))
        if line is None:
            raise Rejected([FieldError("", "record_missing")])
        wanted = {name: given[name] for name in FIELDS}
        if any(getattr(line, name) != value for name, value in wanted.items()):
            edits.append(Edit(str(line.pk), wanted))
    if edits:
        _checked(update(IntegrationFieldMapping, edits, source="page"))
    changed = {name: value for name, value in (options or {}).items() if getattr(mapping, name) != value}
    if changed:
        _checked(update(IntegrationTableMapping, [Edit(str(mapping.pk), changed)], source="page"))


def criteria_reset(*, mapping: IntegrationTableMapping) -> None:
    """No line decides any more; priorities stay, as they are only read for lines that do."""
    lines = [
        {"id": line.pk, "match": False, "match_case_sensitive": False, "match_priority": line.match_priority}
        for line in comparable(mapping)
    ]
    criteria_save(mapping=mapping, lines=lines)


def _checked(written: Any) -> None:
    for row in written.rejected:
        raise Rejected(row.errors)
