"""What a side of the integration must be able to do. Transport only: no mapping, no coupling, no decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from coupling.plan import Key, Problem, Values


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Abilities as data; callers ask these, never «which side is it»."""

    same_database: bool = False
    chooses_keys: bool = True
    batch_size: int = 5000


@dataclass(frozen=True, slots=True)
class Record:
    """A record as read: key, version and the asked values by field name."""

    key: Key
    version: int
    values: Values


@dataclass(slots=True)
class Write:
    """A record to be written: for an update `version` is the one seen and `old` the values read.

    Rules of the side may change further fields; `WriteResult.values` and `.changed` tell.
    """

    key: Key
    values: Values
    version: int | None = None
    old: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WriteContext:
    """How a write happens: the fields whose field rules run, the actor, the origin tag (`quiet`: not logged at all)."""

    validate: frozenset[str] = frozenset()
    actor: str = ""
    origin: str = ""
    quiet: bool = False


@dataclass(slots=True)
class WriteResult:
    """New versions by key, keys that somebody else changed meanwhile, and refused keys with their problem.

    `values`: the records' values as stored now (at least the written fields), `changed`: the fields that were written.
    """

    versions: dict[Key, int] = field(default_factory=dict)
    values: dict[Key, Values] = field(default_factory=dict)
    changed: dict[Key, set[str]] = field(default_factory=dict)
    stale: list[Key] = field(default_factory=list)
    rejected: dict[Key, Problem] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FieldSchema:
    """A field of a remote table as far as mappings need it."""

    name: str
    kind: str
    max_length: int | None = None
    readonly: bool = False


class Gateway(Protocol):
    """One side. All methods take and give batches; order of keys is by primary key."""

    capabilities: Capabilities

    def schema(self, table: str) -> Mapping[str, FieldSchema]:
        """The fields of a table."""

    def select(
        self, table: str, filter: Any = None, *, after: Key | None = None, upto: Key | None = None, limit: int = 5000
    ) -> list[Key]:
        """Keys inside the filter, ascending, greater than `after`, at most `upto`."""

    def ranges(self, table: str, filter: Any = None, *, size: int = 5000) -> list[tuple[Key, int]]:
        """Upper keys of consecutive ranges of about `size` records, with the number of records in each."""

    def read_many(
        self, table: str, keys: Sequence[Key], fields: Iterable[str], *, lock: bool = False
    ) -> dict[Key, Record]:
        """The records that exist, by key."""

    def locked(self, table: str, keys: Sequence[Key]) -> set[Key]:
        """The keys that another transaction holds at this moment (empty where the side has no locks)."""

    def insert_many(self, table: str, writes: list[Write], context: WriteContext) -> WriteResult:
        """Create records under the given keys."""

    def update_many(self, table: str, writes: list[Write], context: WriteContext) -> WriteResult:
        """Change records whose version is still the one seen."""

    def delete_many(self, table: str, keys: Sequence[Key], context: WriteContext) -> WriteResult:
        """Remove records."""

    def ping(self) -> None:
        """A real round trip; raises Unavailable."""
