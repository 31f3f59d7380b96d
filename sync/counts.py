"""The numbers that a mapping shows of this app: what failed, and what waits."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count

from coupling.selectors.counts import register_counter
from sync.models import Pending, WorkItem


def failed(mappings: Sequence[str]) -> dict[str, int]:
    """Rows of the work-list by mapping, without those that are only skipped."""
    found = WorkItem.objects.filter(mapping__in=list(mappings)).exclude(state="skipped")
    return {row["mapping"]: row["n"] for row in found.order_by().values("mapping").annotate(n=Count("id"))}


def waiting(mappings: Sequence[str]) -> dict[str, int]:
    """Pending rows by mapping."""
    found = Pending.objects.filter(mapping__in=list(mappings))
    return {row["mapping"]: row["n"] for row in found.values("mapping").annotate(n=Count("record"))}


def register() -> None:
    """Let mappings count with these functions."""
    register_counter("failed_count", failed)
    register_counter("pending_count", waiting)
