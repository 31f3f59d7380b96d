"""The FactBox of a mapped record: whether it is coupled, with what, and how the last synchronization went."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from coupling.access import is_option_table, mappings_of
from coupling.models import Coupling, IntegrationTableMapping, OptionMapping
from coupling.models.coupling import RESULTS
from coupling.models.mapping import DIRECTIONS
from coupling.outside import outside_of
from coupling.pages.assign import assign_address
from coupling.products import products
from coupling.selectors.records import record_titles
from pages import Row
from pages.registry import address_of
from records.messages import text


def coupling_facts(request: HttpRequest, record: Row) -> dict[str, Any]:
    """`couplings`: one entry for each mapping that the record is coupled under; `options` for code tables."""
    if is_option_table(request, record.label):
        found = OptionMapping.objects.filter(erp_id=record.pk).select_related("mapping")
        return {"options": list(found), "couplings": [], "crm_product": products().crm, **left_out(request, record)}
    side, other = ("erp", "crm") if record.label.startswith("erp.") else ("crm", "erp")
    by_name = {m.name: m for m in mappings_of(request)}
    couplings = Coupling.objects.filter(**{f"{side}_id": record.pk})
    facts = [_facts(c, by_name.get(c.pair), other) for c in couplings]
    return {"couplings": facts, "options": [], "crm_product": products().crm, **left_out(request, record)}


def left_out(request: HttpRequest, record: Row) -> dict[str, Any]:
    """Why the mapping leaves the record out, with the way to the filter and what helps; nothing for one inside."""
    found = outside_of(request, record.label, record.pk)
    return (
        {} if found is None else {"outside": found, "assign": assign_address(request, record.label, record.pk, found)}
    )


def _facts(coupling: Coupling, mapping: IntegrationTableMapping | None, other: str) -> dict[str, Any]:
    table = str(getattr(mapping, f"{other}_table", ""))
    key = str(getattr(coupling, f"{other}_id"))
    name = record_titles(table, [key]).get(key, "") if table else ""
    error = coupling.error_to_crm or coupling.error_from_crm
    return {
        "coupling": coupling,
        "partner": name,
        "url": address_of(table, key) if name else "",
        "direction": DIRECTIONS.get(mapping.direction, "") if mapping else "",
        "to_crm": RESULTS.get(coupling.last_result_to_crm, ""),
        "from_crm": RESULTS.get(coupling.last_result_from_crm, ""),
        "error": text(error["code"], error.get("params")) if error else "",
    }
