"""Couplings with what people need to know of them: keys and names of their records, readable base values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from coupling.models import Coupling, IntegrationTableMapping, MappingVersion
from coupling.plans import snapshot_keys
from coupling.selectors.records import record_keys, record_names


@dataclass(frozen=True, slots=True)
class Told:
    """A coupling with the names of its records (blank where a record is gone) and its base by field."""

    coupling: Coupling
    erp_table: str
    crm_table: str
    erp_key: str
    crm_name: str
    base: dict[str, list[Any]]


def tell(couplings: Sequence[Coupling]) -> list[Told]:
    """All of them with a number of queries that depends on the number of mappings only."""
    mappings = {m.name: m for m in IntegrationTableMapping.objects.filter(name__in={c.pair for c in couplings})}
    erp_keys: dict[str, str] = {}
    crm_names: dict[str, str] = {}
    for name, mapping in mappings.items():
        own = [c for c in couplings if c.pair == name]
        erp_keys |= record_keys(mapping.erp_table, [c.erp_id for c in own])
        crm_names |= record_names(mapping.crm_table, [c.crm_id for c in own])
    bases = base_values(couplings)
    return [
        Told(
            coupling=c,
            erp_table=mappings[c.pair].erp_table if c.pair in mappings else "",
            crm_table=mappings[c.pair].crm_table if c.pair in mappings else "",
            erp_key=erp_keys.get(str(c.erp_id), ""),
            crm_name=crm_names.get(str(c.crm_id), ""),
            base=bases[c.pk],
        )
        for c in couplings
    ]


def base_values(couplings: Iterable[Coupling]) -> dict[Any, dict[str, list[Any]]]:
    """Coupling -> {field key: [ERP value, CRM value]} at the last sync. One query."""
    found = list(couplings)
    wanted = {(c.pair, c.base_version) for c in found if c.base}
    query = Q(pk__in=[])
    for pair, version in wanted:
        query |= Q(mapping=pair, version=version)
    kept = MappingVersion.objects.filter(query) if wanted else []
    names = {(v.mapping, v.version): snapshot_keys(v.snapshot) for v in kept}
    return {c.pk: _readable(names.get((c.pair, c.base_version), []), c.base or []) for c in found}


def _readable(keys: Sequence[str], base: Sequence[Any]) -> dict[str, list[Any]]:
    pairs = zip(keys, base, strict=False)
    return {key: value if isinstance(value, list) else [value, value] for key, value in pairs}
