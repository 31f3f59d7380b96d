"""A mapping compiled into column functions: the values of a chunk pass field by field, not record by record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from coupling.plan import Conversion, ConversionError, Direction, FieldPlan, MappingPlan, Problem, canon, unique
from sync.engine.types import TO

Column = list[Any]


@dataclass(frozen=True)
class Transfer:
    """The lines of a plan that carry values in one direction."""

    direction: Direction
    lines: tuple[FieldPlan, ...]

    def source(self, line: FieldPlan) -> str | None:
        """The field a line reads."""
        return line.erp if self.direction is TO else line.crm

    def destination(self, line: FieldPlan) -> str:
        """The field a line writes."""
        name = line.crm if self.direction is TO else line.erp
        assert name is not None
        return name

    def conversion(self, line: FieldPlan) -> Conversion | None:
        """How a line converts."""
        return line.to_crm if self.direction is TO else line.from_crm

    def run(self, records: Sequence[dict[str, Any]]) -> list[Column]:
        """Destination values: one column per line, in the order of the records.

        A value that does not pass is a `Problem` in its place.
        """
        return [self.column(line, records) for line in self.lines]

    def column(self, line: FieldPlan, records: Sequence[dict[str, Any]]) -> Column:
        """What one line writes for each record."""
        if line.is_constant:
            return [line.constant] * len(records)
        converted = convert(canonical(records, self.source(line) or ""), self.conversion(line), self.destination(line))
        if line.clear_on_failure:
            converted = [None if isinstance(v, Problem) else v for v in converted]
        return converted


def canonical(records: Sequence[dict[str, Any]], name: str) -> Column:
    """The values of a field, blank ones as None (`canon`, written out: it is asked for every value there is)."""
    return [None if (value := record.get(name)) == "" else value for record in records]


def compile_transfer(plan: MappingPlan, direction: Direction) -> Transfer:
    """The lines of a plan that carry values in a direction, in processing order."""
    directions = [(line, plan.direction_of(line)) for line in plan.fields]
    return Transfer(direction, tuple(line for line, d in directions if d is not None and d.covers(direction)))


def convert(values: Column, conversion: Conversion | None, destination: str) -> Column:
    """Apply a conversion to canonical values (None = blank)."""
    if conversion is None:
        return values
    if conversion.lookup is not None:
        values = _looked_up(values, conversion, destination)
    if conversion.convert is not None:
        values = [_converted(v, conversion, destination) for v in values]
    if conversion.max_length is not None:
        values = _fitted(values, conversion, destination)
    if conversion.blank is not None:
        values = [conversion.blank if v is None else v for v in values]
    return values


def _looked_up(values: Column, conversion: Conversion, destination: str) -> Column:
    assert conversion.lookup is not None
    if not any(v is not None for v in values):
        return values
    found = conversion.lookup(unique(values))
    missing = {
        v: Problem(conversion.missing, {**conversion.missing_params, "value": str(v)}, destination)
        for v in unique(values)
        if v not in found
    }
    return [None if v is None else found[v] if v in found else missing[v] for v in values]


def _converted(value: Any, conversion: Conversion, destination: str) -> Any:
    if value is None or isinstance(value, Problem):
        return value
    assert conversion.convert is not None
    try:
        return canon(conversion.convert(value))
    except ConversionError as error:
        problem = error.problem
        return problem if problem.field else Problem(problem.code, problem.params, destination)
    except Exception as error:  # noqa: BLE001
        return Problem("conversion_failed", {"value": str(value)[:100], "error": str(error)[:200]}, destination)


def _fitted(values: Column, conversion: Conversion, destination: str) -> Column:
    limit = conversion.max_length
    assert limit is not None
    if conversion.truncate:
        return [v[:limit].rstrip() or None if v.__class__ is str and len(v) > limit else v for v in values]
    return [
        Problem("too_long", {"length": len(v), "max": limit}, destination)
        if v.__class__ is str and len(v) > limit
        else v
        for v in values
    ]
