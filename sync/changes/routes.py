"""Which mapping reads which table: the routes along which changes travel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps

from coupling import registry
from coupling.models import IntegrationTableMapping
from coupling.services.option_mapping import OPTION_VALUES
from records.schema import schema

#: What a mapping is told of a side that it reads, and of a side that it only writes.
READ, WRITTEN = "IUD", "D"


@dataclass(frozen=True, slots=True)
class Route:
    """Changes of `label` with one of these `operations` (I, U, D) go to one side of a mapping."""

    label: str
    mapping: str
    side: str
    operations: str


def routes() -> list[Route]:
    """All routes of the stored mappings. Of the side that a one-way mapping only writes, deletions alone."""
    found: list[Route] = []
    for mapping in IntegrationTableMapping.objects.all():
        erp, crm = tables_of(mapping)
        found.append(Route(erp, mapping.name, "erp", WRITTEN if mapping.direction == "from_crm" else READ))
        found.append(Route(crm, mapping.name, "crm", WRITTEN if mapping.direction == "to_crm" else READ))
    return found


def tables_of(mapping: IntegrationTableMapping) -> tuple[str, str]:
    """The tables whose changes concern a mapping; for an option mapping the options, never the table they fill."""
    return mapping.erp_table, OPTION_VALUES if mapping.is_option else mapping.crm_table


def is_quiet(mapping: str, label: str) -> bool:
    """True when no other mapping reads this table: the engine's own writes to it need not be logged at all."""
    return not any(r.label == label and r.mapping != mapping and r.operations != WRITTEN for r in routes())


def watched_tables() -> list[str]:
    """Labels of all tables whose changes are logged: of the declared pairs, of the stored mappings, and their parts."""
    whole = {*_declared(), *_stored()}
    return sorted(whole | {model._meta.label for model in apps.get_models() if _owner(model) in whole})


def _owner(model: Any) -> str | None:
    """The label of the table that this one is a part of."""
    part_of = getattr(getattr(model, "Record", None), "part_of", None)
    return part_of[0] if part_of else None


def _declared() -> Iterable[str]:
    for pair in registry.pairs():
        declared = pair.mapping
        is_option = declared.crm_key_field != schema(declared.crm_table).pk
        yield declared.erp_table
        yield OPTION_VALUES if is_option else declared.crm_table


def _stored() -> Iterable[str]:
    for mapping in IntegrationTableMapping.objects.all():
        yield from tables_of(mapping)
