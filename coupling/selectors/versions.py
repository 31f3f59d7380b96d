"""The versions of a mapping, newest first, each with what it changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from coupling.documents import Difference, differences
from coupling.mapping_rules import document_of
from coupling.models import IntegrationTableMapping, MappingVersion


@dataclass(frozen=True, slots=True)
class Version:
    """One version. `changes`: against the one before it; `is_first`: there is none before it."""

    kept: MappingVersion
    changes: list[Difference]
    is_first: bool
    is_present: bool


def versions_of(mapping: IntegrationTableMapping, limit: int = 100) -> list[Version]:
    """The newest versions; two queries."""
    kept = list(MappingVersion.objects.filter(mapping=mapping.name).order_by("-version")[: limit + 1])
    older: list[MappingVersion | None] = [*kept[1:], None]
    found = [
        Version(
            kept=one,
            changes=differences(before.snapshot, one.snapshot) if before else [],
            is_first=before is None,
            is_present=one.version == mapping.version,
        )
        for one, before in zip(kept, older, strict=True)
    ]
    return found[:limit]


def restoring(mapping: IntegrationTableMapping, version: int) -> tuple[MappingVersion, list[Difference]] | None:
    """A version and what restoring it would change now; None where there is no such version."""
    kept = MappingVersion.objects.filter(mapping=mapping.name, version=version).first()
    return None if kept is None else (kept, differences(document_of(mapping), kept.snapshot))


def as_answered(version: Version) -> dict[str, Any]:
    """As the API tells it."""
    kept = version.kept
    return {
        "version": kept.version,
        "changed_at": kept.created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "changed_by": kept.changed_by,
        "source": kept.source,
        "origin": kept.origin,
        "origin_version": kept.origin_version,
        "present": version.is_present,
        "changes": [change.stored() for change in version.changes],
    }
