"""What Use Default Synchronization Setup would take away, found by trying it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from coupling.documents import Difference, differences
from coupling.mapping_rules import document_of
from coupling.models import IntegrationTableMapping
from coupling.services.defaults import mappings_reset
from coupling.services.documents import rehearse


@dataclass(slots=True)
class Loss:
    """One mapping. `action`: "change" (differences that are lost), "remove", "create" or "kept" (user-defined)."""

    name: str
    action: str
    erp_table: str = ""
    crm_table: str = ""
    changes: list[Difference] = field(default_factory=list)


def losses(names: Collection[str] | None = None) -> list[Loss]:
    """What would become of each mapping that is not as its default says, and of the user-defined ones."""
    before = _documents()
    after = rehearse(lambda: (mappings_reset(names=names), _documents())[1])
    own = set(IntegrationTableMapping.objects.filter(user_defined=True).values_list("name", flat=True))
    found = []
    for name in sorted({*before, *after}):
        if name in own:
            if names is None or name in names:
                found.append(_loss(name, "kept", before[name], []))
        elif name not in after:
            found.append(_loss(name, "remove", before[name], []))
        elif name not in before:
            found.append(_loss(name, "create", after[name], []))
        elif changes := differences(before[name], after[name]):
            found.append(_loss(name, "change", before[name], changes))
    return found


def _documents() -> dict[str, dict[str, Any]]:
    return {mapping.name: document_of(mapping) for mapping in IntegrationTableMapping.objects.all()}


def _loss(name: str, action: str, document: dict[str, Any], changes: list[Difference]) -> Loss:
    head = document["mapping"]
    return Loss(name, action, head["erp_table"], head["crm_table"], changes)
