"""A side that lives in dictionaries: for tests, and the plainest reading of what a gateway does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from coupling.gateways.base import Capabilities, FieldSchema, Record, Write, WriteContext, WriteResult
from coupling.plan import Key, Problem, Values

Rule = Callable[[Values], Problem | None]


class MemoryGateway:
    """Tables are {table: {key: (version, values)}}. `rules` refuse records; a filter is a predicate over values."""

    capabilities = Capabilities()

    def __init__(
        self, tables: Mapping[str, Mapping[Key, Values]] | None = None, *, rules: Mapping[str, Rule] | None = None
    ) -> None:
        self.tables: dict[str, dict[Key, tuple[int, Values]]] = {
            name: {key: (1, dict(values)) for key, values in records.items()}
            for name, records in (tables or {}).items()
        }
        self.rules = dict(rules or {})
        self.held: set[Key] = set()

    def schema(self, table: str) -> Mapping[str, FieldSchema]:
        """Every name that occurs in a record, as text."""
        names = dict.fromkeys(name for _v, values in self._table(table).values() for name in values)
        return {name: FieldSchema(name, "text") for name in names}

    def ping(self) -> None:
        """Always there."""

    def select(
        self, table: str, filter: Any = None, *, after: Key | None = None, upto: Key | None = None, limit: int = 5000
    ) -> list[Key]:
        """Keys inside the filter, ascending."""
        keys = (k for k, (_v, values) in sorted(self._table(table).items()) if filter is None or filter(values))
        return [k for k in keys if (after is None or k > after) and (upto is None or k <= upto)][:limit]

    def ranges(self, table: str, filter: Any = None, *, size: int = 5000) -> list[tuple[Key, int]]:
        """Upper keys of consecutive ranges with their sizes."""
        keys = self.select(table, filter, limit=len(self._table(table)))
        parts = [keys[i : i + size] for i in range(0, len(keys), size)]
        return [(part[-1], len(part)) for part in parts]

    def read_many(
        self, table: str, keys: Sequence[Key], fields: Iterable[str], *, lock: bool = False
    ) -> dict[Key, Record]:
        """The records that exist."""
        names, stored = list(fields), self._table(table)
        return {k: Record(k, stored[k][0], {n: stored[k][1].get(n) for n in names}) for k in keys if k in stored}

    def locked(self, table: str, keys: Sequence[Key]) -> set[Key]:
        """The keys that a test holds."""
        return self.held & set(keys)

    def insert_many(self, table: str, writes: list[Write], context: WriteContext) -> WriteResult:
        """Create records under the given keys; an existing key is refused."""
        result, stored = WriteResult(), self._table(table)
        for write in writes:
            problem = Problem("unique_violation") if write.key in stored else self._refusal(table, write.values)
            if problem:
                result.rejected[write.key] = problem
            else:
                stored[write.key] = (1, dict(write.values))
                result.versions[write.key], result.values[write.key] = stored[write.key]
                result.changed[write.key] = set(write.values)
        return result

    def update_many(self, table: str, writes: list[Write], context: WriteContext) -> WriteResult:
        """Change records whose version is still the one seen."""
        result, stored = WriteResult(), self._table(table)
        for write in writes:
            if write.key not in stored or stored[write.key][0] != write.version:
                result.stale.append(write.key)
                continue
            new = {**stored[write.key][1], **write.values}
            if problem := self._refusal(table, new):
                result.rejected[write.key] = problem
            else:
                stored[write.key] = (stored[write.key][0] + 1, new)
                result.versions[write.key], result.values[write.key] = stored[write.key]
                result.changed[write.key] = set(write.values)
        return result

    def delete_many(self, table: str, keys: Sequence[Key], context: WriteContext) -> WriteResult:
        """Remove records."""
        result, stored = WriteResult(), self._table(table)
        for key in keys:
            if stored.pop(key, None) is None:
                result.stale.append(key)
            else:
                result.versions[key] = 0
        return result

    def edit(self, table: str, key: Key, **values: Any) -> None:
        """A user's edit: change values and raise the version."""
        version, old = self._table(table)[key]
        self._table(table)[key] = (version + 1, {**old, **values})

    def _table(self, table: str) -> dict[Key, tuple[int, Values]]:
        return self.tables.setdefault(table, {})

    def _refusal(self, table: str, values: Values) -> Problem | None:
        rule = self.rules.get(table)
        return rule(values) if rule else None
