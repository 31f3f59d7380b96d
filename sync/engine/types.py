"""The values that the engine's steps hand to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from coupling.gateways.base import Record
from coupling.plan import Direction, Key, Problem

TO, FROM = Direction.TO_CRM, Direction.FROM_CRM


class Mode(StrEnum):
    """How a run treats records: by what changed, all of them, all of them by value, or as the user said."""

    MODIFIED = "modified"
    FULL = "full"
    UNCONDITIONAL = "unconditional"
    FORCED = "forced"


class Action(StrEnum):
    """What happened to one record in one direction."""

    INSERT = "insert"
    MODIFY = "modify"
    DELETE = "delete"
    SKIP = "skip"
    FAIL = "fail"
    COUPLE = "couple"
    UNCOUPLE = "uncouple"
    UNCHANGED = "unchanged"  # counted only


COUNTER = {
    Action.INSERT: "inserted",
    Action.MODIFY: "modified",
    Action.DELETE: "deleted",
    Action.SKIP: "skipped",
    Action.FAIL: "failed",
    Action.COUPLE: "coupled",
    Action.UNCOUPLE: "uncoupled",
    Action.UNCHANGED: "unchanged",
}


@dataclass(slots=True)
class Link:
    """A coupling as the engine sees it. `base` is None until somebody asked for it (see `Pair.needs_base`)."""

    id: Key
    erp_id: Key
    crm_id: Key
    erp_version: int
    crm_version: int
    base_version: int = 0
    skipped: bool = False
    broken: bool = False
    error_to_crm: Mapping[str, Any] | None = None
    error_from_crm: Mapping[str, Any] | None = None
    base: list[Any] | None = None

    def error(self, direction: Direction) -> Mapping[str, Any] | None:
        """The remembered error of a direction."""
        return self.error_to_crm if direction is TO else self.error_from_crm


@dataclass(slots=True)
class Pair:
    """One unit of work: a coupled pair or a record without a partner.

    `presented`: the directions in which this record is counted, whatever becomes of it. `wake`: compare although the
    versions are equal (a dependency was coupled meanwhile).
    """

    link: Link | None = None
    erp: Record | None = None
    crm: Record | None = None
    presented: frozenset[Direction] = frozenset()
    wake: bool = False
    erp_inside: bool = True
    crm_inside: bool = True

    @property
    def erp_id(self) -> Key | None:
        """The ERP key, of the record or of the coupling."""
        return self.link.erp_id if self.link else self.erp.key if self.erp else None

    @property
    def crm_id(self) -> Key | None:
        """The CRM key, of the record or of the coupling."""
        return self.link.crm_id if self.link else self.crm.key if self.crm else None


@dataclass(frozen=True, slots=True)
class Request:
    """What a run may do. `choices`: a side per field key, from the work-list; `expected`: versions a user has seen."""

    directions: frozenset[Direction]
    mode: Mode = Mode.MODIFIED
    create: bool = False
    by_user: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    expected: Mapping[Key, int] | None = None
    guard_destination: bool = False
    named: bool = False  # the records were named one by one: say why nothing happens to one of them


class Comparison(NamedTuple):
    """Which rows changed since the last synchronization."""

    erp_changed: bool
    crm_changed: bool

    @property
    def both(self) -> bool:
        """True when both rows changed."""
        return self.erp_changed and self.crm_changed


@dataclass(slots=True)
class Step:
    """What to do in one direction: the action, its reason, the values for the destination or the problem."""

    action: Action
    reason: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    problem: Problem | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Decision:
    """What happens to one pair: a step per direction and what the coupling may remember afterwards.

    `close_erp`/`close_crm`: that side's own changes are carried, so its version moves.  `keep`: the pair goes back to
    pending as it came (skipped, limited run).  `remove_link`: the coupling goes.
    """

    pair: Pair
    steps: dict[Direction, Step] = field(default_factory=dict)
    close_erp: bool = False
    close_crm: bool = False
    remove_link: bool = False
    keep: bool = False
    broken: bool = False

    @property
    def problem(self) -> Problem | None:
        """The first problem of any direction."""
        for step in self.steps.values():
            if step.problem is not None:
                return step.problem
        return None
