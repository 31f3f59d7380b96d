"""A mapping made ready for the engine: plain data and plain functions, no Django.

Values are *stored values* (text, int, Decimal, date, GUID as text); blank text and null are both `None` here
(`canon`). One `FieldPlan` per enabled integration field mapping, in processing order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, Protocol

Key = str
Values = dict[str, Any]


class Direction(StrEnum):
    """The way values flow."""

    TO_CRM = "to_crm"
    FROM_CRM = "from_crm"
    BOTH = "bidirectional"

    def covers(self, other: Direction) -> bool:
        """True when a mapping or line of this direction carries values in the other, one-way direction."""
        return self in (Direction.BOTH, other)


class UpdateConflict(StrEnum):
    """What happens when both rows of a pair changed."""

    NONE = "none"
    SEND = "send"
    GET = "get"
    MERGE = "merge"


class DeletionConflict(StrEnum):
    """What happens when one row of a pair is gone."""

    NONE = "none"
    RESTORE = "restore"
    REMOVE_COUPLING = "remove_coupling"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a value or record does not go through: a stable code, its parameters, and the field it stands at."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    field: str = ""
    transient: bool = False

    def same_as(self, stored: Mapping[str, Any] | None) -> bool:
        """True when a remembered error says the same."""
        if not stored or stored["code"] != self.code:
            return False
        return bool(dict(stored.get("params", {})) == self.stored()["params"])

    def stored(self) -> dict[str, Any]:
        """As it is remembered on a coupling and in outcome rows (JSON)."""
        params = {
            k: v if isinstance(v, str | int | bool | list | dict | None) else str(v) for k, v in self.params.items()
        }
        return {"code": self.code, "params": {**params, **({"field": self.field} if self.field else {})}}


class Lookup(Protocol):
    """Translates the values of a whole chunk with a constant number of queries."""

    def __call__(self, values: Sequence[Any]) -> Mapping[Any, Any]:
        """{value: translation or Problem}; a value that is missing in the answer does not resolve."""


@dataclass(frozen=True, slots=True, eq=False)
class Conversion:
    """How one field passes in one direction.

    Applied in this order to each value that is not None: `lookup` (batched), `convert` (one value; raises
    `ConversionError`), length check against `max_length` (cut when `truncate`).  `blank` stands in for None.
    """

    lookup: Lookup | None = None
    convert: Callable[[Any], Any] | None = None
    max_length: int | None = None
    truncate: bool = False
    blank: Any = None
    missing: str = "dependency_not_coupled"
    missing_params: Mapping[str, Any] = field(default_factory=dict)


class ConversionError(Exception):
    """A single value cannot be converted; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True, eq=False)
class FieldPlan:
    """One integration field mapping.

    `key`: its name in base, work-list and changes. `erp`/`crm`: field names, None for the empty cell of a constant.
    `constant`: the stored value for the destination. `plain`: equal stored values of both sides are surely equal under
    the line (nothing is looked up or transformed).
    """

    key: str
    erp: str | None
    crm: str | None
    direction: Direction
    to_crm: Conversion | None = None
    from_crm: Conversion | None = None
    constant: Any = None
    is_constant: bool = False
    only_new: bool = False
    not_null: bool = False
    clear_on_failure: bool = False
    validate_erp: bool = False
    validate_crm: bool = False
    plain: bool = False
    equal: Callable[[Any, Any], bool] | None = None  # extra equality (erp value, crm value), e.g. cut texts
    depends_on: str = ""  # name of the mapping whose couplings the look-up uses
    rule_direction: Direction | None = None  # where a transformation rule acts, its direction


class Item:
    """One pair on its way through the hooks of a pair of tables (both for new and coupled records).

    `source`/`dest`: stored values read from the two sides (`dest` is {} for a new record); `values`: what will be
    written to the destination. Hooks change `values` through `set` and refuse through `fail`. A hook that writes one
    of the two records once more after the write notes it in `touched`: {"erp" | "crm": (new version, values)}.
    """

    __slots__ = ("crm_id", "dest", "erp_id", "extra", "is_new", "problem", "source", "touched", "values")

    def __init__(
        self, erp_id: Key | None, crm_id: Key | None, source: Values, dest: Values, values: Values, *, is_new: bool
    ) -> None:
        self.erp_id, self.crm_id, self.source, self.dest = erp_id, crm_id, source, dest
        self.values, self.is_new = values, is_new
        self.problem: Problem | None = None
        self.extra: dict[str, Any] = {}
        self.touched: dict[str, tuple[int, Values]] = {}

    def current(self, name: str) -> Any:
        """The destination value as it will be."""
        return self.values.get(name, self.dest.get(name))

    def set(self, name: str, value: Any) -> None:
        """Write a destination field (nothing happens when it already has this value)."""
        if canon(self.current(name)) != canon(value) or (self.is_new and name not in self.values):
            self.values[name] = value

    def fail(self, code: str, params: Mapping[str, Any] | None = None, *, field: str = "") -> None:
        """Refuse this pair; nothing of it is written."""
        self.problem = Problem(code, dict(params or {}), field)


@dataclass(slots=True)
class HookBatch:
    """The items of one chunk and direction. `plan.context` holds what the installation decides (company, ownership)."""

    plan: MappingPlan
    direction: Direction
    items: list[Item]

    @property
    def live(self) -> list[Item]:
        """Items that nothing has refused."""
        return [item for item in self.items if item.problem is None]


class Hooks:
    """Business rules of one pair of tables, batch by batch; a hook never queries per record.

    `reads_erp`/`reads_crm`: fields the hooks need beside the mapped ones, whatever the direction. `compares_always`:
    the hooks compute values from other tables, so a pair is looked at although none of its two rows changed.
    """

    compares_always: bool = False
    reads_erp: tuple[str, ...] = ()
    reads_crm: tuple[str, ...] = ()

    def find(self, batch: HookBatch) -> dict[Key, Key]:
        """For uncoupled sources: {source key: key of the partner that belongs to it by nature} (currencies)."""
        return {}

    def prepare(self, batch: HookBatch) -> None:
        """Before writing: add values, refuse items."""

    def require_partners(self, batch: HookBatch) -> None:
        """Refuse new items that refer to something without a partner, as `prepare` would; nothing else happens."""

    def after_write(self, batch: HookBatch) -> None:
        """After writing (keys of both sides are set): write other records through the gateways' rules."""

    def before_uncouple(self, plan: MappingPlan, pairs: list[tuple[Key, Key]]) -> None:
        """Before couplings are removed: e.g. clear the company stamp of the CRM rows."""


@dataclass(frozen=True, slots=True)
class OptionKey:
    """Marks a mapping whose CRM key is an option set: ERP codes are coupled with option values."""

    entity: str
    attribute: str


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """Values for new records whose source fits. `fields`: what `matches` reads of the source; `problem`: it is broken."""

    name: str
    values: Mapping[str, Any] = field(default_factory=dict)
    matches: Callable[[Values], bool] | None = None
    fields: tuple[str, ...] = ()
    problem: Problem | None = None


@dataclass(frozen=True, eq=False)
class MappingPlan:
    """Everything the engine needs of one integration table mapping, at one version."""

    id: str
    name: str
    version: int
    erp_table: str
    crm_table: str
    direction: Direction
    only_coupled: bool
    update_conflict: UpdateConflict
    deletion_conflict: DeletionConflict
    fields: tuple[FieldPlan, ...]
    erp_filter: Any = None  # records.filters.Filter or None
    crm_filter: Any = None
    erp_matches: Callable[[Values], bool] | None = None
    crm_matches: Callable[[Values], bool] | None = None
    erp_filter_fields: tuple[str, ...] = ()
    crm_filter_fields: tuple[str, ...] = ()
    hooks: Hooks = field(default_factory=Hooks)
    option: OptionKey | None = None
    depends_on: tuple[str, ...] = ()
    context: Mapping[str, Any] = field(default_factory=dict)
    erp_title: tuple[str, ...] = ()  # fields that name a record in logs
    crm_title: tuple[str, ...] = ()
    base_keys: Callable[[int], Sequence[str]] | None = None  # keys of base arrays of an older version
    templates: Mapping[Direction, tuple[Template, ...]] = field(
        default_factory=dict
    )  # for new records, first to ask first

    def table_of(self, side: str) -> str:
        """The table of one side."""
        return self.erp_table if side == "erp" else self.crm_table

    def template_for(self, direction: Direction, source: Values) -> Template | None:
        """The template that a new record of this direction gets; None where none fits."""
        fitting = (t for t in self.templates.get(direction, ()) if t.matches is None or t.matches(source))
        return next(fitting, None)

    def template_fields(self, direction: Direction) -> set[str]:
        """What the templates of a direction read of the source."""
        return {name for template in self.templates.get(direction, ()) for name in template.fields}

    @cached_property
    def base_fields(self) -> tuple[FieldPlan, ...]:
        """The lines whose values a coupling remembers, in the order of its base array."""
        return tuple(f for f in self.fields if not f.is_constant)

    @cached_property
    def _directions(self) -> dict[str, Direction | None]:
        return {line.key: self._effective(line) for line in self.fields}

    def _effective(self, line: FieldPlan) -> Direction | None:
        if self.direction is Direction.BOTH or line.direction is self.direction:
            return line.direction
        return self.direction if line.direction is Direction.BOTH else None

    def direction_of(self, line: FieldPlan) -> Direction | None:
        """The direction of a line within this mapping; None when the mapping never carries it."""
        return self._directions[line.key]

    @cached_property
    def base_names(self) -> tuple[tuple[str, str], ...]:
        """Their fields on both sides."""
        return tuple((f.erp or "", f.crm or "") for f in self.base_fields)

    def allows(self, direction: Direction) -> bool:
        """True when the mapping's direction covers this one."""
        return self.direction.covers(direction)


def canon(value: Any) -> Any:
    """Blank text equals null; everything else is itself."""
    return None if value == "" else value


def jsonable(value: Any) -> Any:
    """A value as base arrays and outcome rows keep it."""
    if value is None or value == "":
        return None
    if value.__class__ in (str, int, bool):
        return value
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value)


def unique(values: Iterable[Any]) -> list[Any]:
    """Distinct values that are not None, in order."""
    return list(dict.fromkeys(v for v in values if v is not None))
