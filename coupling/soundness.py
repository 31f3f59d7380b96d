"""Whether a stored mapping can run at all: tables, filters and fields may be gone since it was saved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from coupling import lines
from coupling.models import IntegrationTableMapping
from coupling.validation import filter_errors
from records.errors import FieldError
from records.option_names import stored_text
from records.schema import schema

_FILTERS = (("table_filter", "erp_table"), ("integration_table_filter", "crm_table"))


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a mapping cannot run: a code with parameters, which name the place."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)


def fault_of(mapping: IntegrationTableMapping) -> Fault | None:
    """The first thing that keeps a mapping from running; None where it can. Other errors concern single values."""
    with stored_text():
        return next(iter(_faults(mapping)), None)


def recreates_deleted(mapping: IntegrationTableMapping) -> bool:
    """True where a deleted record may come back: its pair loses the coupling, and the one that is left gets a partner."""
    return mapping.deletion_conflict == "remove_coupling" and not mapping.only_coupled


def _faults(mapping: IntegrationTableMapping) -> Iterable[Fault]:
    for name in ("erp_table", "crm_table"):
        try:
            schema(getattr(mapping, name))
        except LookupError:
            yield Fault("mapping_table_gone", {"mapping": mapping.name, "table": getattr(mapping, name)})
            return
    for name, table in _FILTERS:
        for error in filter_errors(name, getattr(mapping, name), getattr(mapping, table)):
            place = f"@coupling.IntegrationTableMapping.{name}"
            given = str(error.params.get("field", ""))
            yield Fault("mapping_filter_broken", {"mapping": mapping.name, "place": place, "field": given})
    for number, line in enumerate(mapping.lines.order_by("no"), 1):
        if line.enabled:
            yield from _line_faults(mapping, number, line)


def _line_faults(mapping: IntegrationTableMapping, number: int, line: Any) -> Iterable[Fault]:
    for cell, label in (("erp_field", mapping.erp_table), ("crm_field", mapping.crm_table)):
        name = getattr(line, cell)
        if name and name not in schema(label):
            yield Fault("mapping_line_broken", {"mapping": mapping.name, "line": number, "field": name})
            return
    if lines.is_constant(line) and not mapping.is_option:
        table = schema(mapping.erp_table if line.erp_field else mapping.crm_table)
        try:
            table[line.erp_field or line.crm_field].normalize(line.constant)
        except FieldError:
            params = {"mapping": mapping.name, "line": number, "value": line.constant}
            yield Fault("mapping_constant_broken", params)
