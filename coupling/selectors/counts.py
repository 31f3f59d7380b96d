"""Numbers that a mapping shows. Who keeps the records behind a number says how to count them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db.models import Count

from coupling.models import Coupling

Counter = Callable[[Sequence[str]], dict[str, int]]
COUNTS = ("failed_count", "skipped_count", "pending_count")
_counters: dict[str, Counter] = {}


def register_counter(name: str, counter: Counter) -> None:
    """Count `name` (one of COUNTS) with this function from mapping names to {name: number}."""
    if name not in COUNTS:
        raise LookupError(name)
    _counters[name] = counter


def counts(mappings: Sequence[str]) -> dict[str, dict[str, int]]:
    """Every count by mapping name; missing names are 0. One query a count."""
    return {name: _counters[name](mappings) if name in _counters and mappings else {} for name in COUNTS}


def skipped(mappings: Sequence[str]) -> dict[str, int]:
    """Skipped couplings by mapping."""
    found = Coupling.objects.filter(pair__in=mappings, skipped=True).values("pair").annotate(n=Count("pk"))
    return {row["pair"]: row["n"] for row in found}


register_counter("skipped_count", skipped)
