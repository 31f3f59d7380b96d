"""What a benchmark of the synchronization measured, beside what it must reach."""

from __future__ import annotations

import argparse
import json
import statistics
from dataclasses import dataclass, field
from typing import Any

#: name -> (must, goal) of the measured figures
BARS = {
    "first / floor": (2.5, 1.7),
    "all changed / floor": (3.2, 2.2),
    "1 % changed / floor": (2.0, 1.2),
    "compare all / floor": (2.5, 1.8),
    "first, two workers / floor": (1.5, 1.0),
    "all changed, two workers / floor": (2.0, 1.5),
    "nothing changed, ms": (50, 10),
    "statements per chunk": (20, 12),
    "echo pass, writes": (0, 0),
    "0.1 % bad records, slow-down": (2.0, 1.4),
    "Synchronize Now during a run, p95 ms": (1000, 500),
    "nothing changed at 1,000,000, ms": (50, 10),
    "1,000 changed, large / small table": (3.0, 2.0),
    "peak memory, large / small table": (2.0, 1.5),
}
#: The same for what must be reached at least.
LEAST = {
    "loop over the ORM / product, first": (15, 25),
    "loop over the ORM / product, all changed": (15, 25),
    "django-import-export bulk / product, first": (5, 10),
    "django-import-export bulk / product, all changed": (15, 30),
    "two workers, speed-up, first": (1.6, 1.6),
    "two workers, speed-up, all changed": (1.4, 1.4),
}


@dataclass
class Figures:
    """Milliseconds per phase and who measured them; one list entry per repetition."""

    floor: dict[str, list[float]] = field(default_factory=dict)
    product: dict[str, list[float]] = field(default_factory=dict)
    statements: dict[str, float] = field(default_factory=dict)
    peak_mb: float = 0.0
    other: dict[str, float] = field(default_factory=dict)

    def add(self, side: str, phase: str, seconds: float) -> None:
        """Remember one measurement."""
        getattr(self, side).setdefault(phase, []).append(seconds * 1000)

    def median(self, side: str, phase: str) -> float | None:
        """The median of a phase; None when it was not measured."""
        values = getattr(self, side).get(phase)
        return statistics.median(values) if values else None

    def ratios(self) -> dict[str, float]:
        """Everything that has a bar."""
        found = dict(self.other)
        for phase in self.product:
            product, floor = self.median("product", phase), self.median("floor", phase.removesuffix(", two workers"))
            if product and floor and phase != "nothing changed":
                found[f"{phase} / floor"] = round(product / floor, 2)
        nothing = self.median("product", "nothing changed")
        if nothing is not None:
            found["nothing changed, ms"] = round(nothing, 1)
        for phase in ("first", "all changed"):
            one, two = self.median("product", phase), self.median("product", f"{phase}, two workers")
            if one and two:
                found[f"two workers, speed-up, {phase}"] = round(one / two, 2)
        if self.statements:
            found["statements per chunk"] = round(max(self.statements.values()), 1)
        return found


def is_missed(name: str, value: float) -> bool:
    """True when a figure does not reach its must."""
    if name in LEAST:
        return value < LEAST[name][0]
    return name in BARS and value > BARS[name][0]


def report(figures: Figures, options: argparse.Namespace) -> int:
    """Print the table (or JSON); 1 when a figure misses its must."""
    ratios = figures.ratios()
    missed = [name for name, value in ratios.items() if is_missed(name, value)]
    if options.json:
        print(json.dumps(_summary(figures, ratios, options), indent=2))
        return int(bool(missed))
    print(f"\n{options.records:,} records, median of {options.repeat}\n")
    print(f"{'phase':<32}{'floor ms':>12}{'product ms':>12}{'ratio':>8}")
    for phase in figures.product:
        floor, product = figures.median("floor", phase.removesuffix(", two workers")), figures.median("product", phase)
        assert product is not None
        print(f"{phase:<32}{floor or 0:>12,.0f}{product:>12,.0f}{product / floor if floor else 0:>8.2f}")
    print(f"\n{'figure':<50}{'measured':>10}{'must':>8}{'goal':>8}")
    for name, value in ratios.items():
        must, goal = {**BARS, **LEAST}.get(name, ("", ""))
        print(f"{name:<50}{value:>10}{must:>8}{goal:>8}{'   MISSED' if name in missed else ''}")
    print(f"{'peak memory of a worker, MB':<50}{figures.peak_mb:>10}")
    if not options.quick:
        print_floor()
    return int(bool(missed))


def print_floor() -> None:
    """The statements that the ratios refer to."""
    from bench import floor

    print("\nSQL of the floor\n-- first\n" + floor.FIRST + "\n-- all changed\n" + floor.changed(only=False))
    print("-- compare all\n" + floor.COMPARE)


def _summary(figures: Figures, ratios: dict[str, float], options: argparse.Namespace) -> dict[str, Any]:
    phases = {
        phase: {
            "floor_ms": figures.median("floor", phase.removesuffix(", two workers")),
            "product_ms": figures.median("product", phase),
        }
        for phase in figures.product
    }
    bars = {name: {"measured": v, "must": {**BARS, **LEAST}.get(name, (None,))[0]} for name, v in ratios.items()}
    return {"records": options.records, "repeat": options.repeat, "phases": phases, "figures": bars, "peak_mb": figures.peak_mb,
            "statements_per_chunk": figures.statements}  # fmt: skip
