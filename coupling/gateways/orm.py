"""A side that lives in this installation's database: set-based SQL through the tables' own rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection

from coupling.gateways.base import Capabilities, FieldSchema, Record, Write, WriteContext, WriteResult
from coupling.gateways.errors import Transient, Unavailable
from coupling.plan import Key, Problem
from records import db, writes
from records.batch import Batch, Row
from records.errors import FieldError
from records.filters import to_sql
from records.schema import Schema, schema

_TRANSIENT = {"40001", "40P01", "55P03", "57014"}


class OrmGateway:
    """Reads and writes business tables by label; one instance serves both sides."""

    capabilities = Capabilities(same_database=True)

    def schema(self, table: str) -> Mapping[str, FieldSchema]:
        """The fields of a table."""
        return {f.name: FieldSchema(f.name, f.kind, f.max_length, f.readonly) for f in schema(table)}

    def ping(self) -> None:
        """A query that needs the server."""
        try:
            db.one("SELECT 1")
        except OperationalError as error:
            raise Unavailable(str(error)) from error

    def select(
        self, table: str, filter: Any = None, *, after: Key | None = None, upto: Key | None = None, limit: int = 5000
    ) -> list[Key]:
        """Keys inside the filter, ascending."""
        sch = schema(table)
        where, params = self._where(sch, filter, after, upto)
        sql = f'SELECT t."{sch.pk_column}" FROM "{sch.table}" t WHERE {where} ORDER BY t."{sch.pk_column}" LIMIT %s'
        return [row[0] for row in db.rows(sql, [*params, limit])]

    def ranges(self, table: str, filter: Any = None, *, size: int = 5000) -> list[tuple[Key, int]]:
        """Upper keys of consecutive ranges with their sizes."""
        sch = schema(table)
        where, params = self._where(sch, filter, None, None)
        sql = (
            f'SELECT k, (n - 1) %% %s + 1 FROM (SELECT t."{sch.pk_column}" k, row_number() OVER w AS n, '
            f'lead(true) OVER w AS is_followed FROM "{sch.table}" t WHERE {where} '
            f'WINDOW w AS (ORDER BY t."{sch.pk_column}")) x WHERE n %% %s = 0 OR is_followed IS NULL ORDER BY n'
        )
        return [(key, n) for key, n in db.rows(sql, [size, *params, size])]

    @staticmethod
    def _where(sch: Schema, filter: Any, after: Key | None, upto: Key | None) -> tuple[str, list[Any]]:
        where, params = to_sql(filter, sch.model, "t") if filter else ("TRUE", [])
        if after:
            where, params = f'{where} AND t."{sch.pk_column}" > %s::uuid', [*params, after]
        if upto:
            where, params = f'{where} AND t."{sch.pk_column}" <= %s::uuid', [*params, upto]
        return where, params

    def read_many(
        self, table: str, keys: Sequence[Key], fields: Iterable[str], *, lock: bool = False
    ) -> dict[Key, Record]:
        """The records that exist, with the asked fields and those that the table's rules need."""
        sch = schema(table)
        wanted = set(fields) | self.rule_fields(sch)
        found = writes.read(sch, keys, lock=lock, fields=wanted)
        return {key: Record(key, version, values) for key, (version, values) in found.items()}

    @staticmethod
    def rule_fields(sch: Schema) -> set[str]:
        """Fields that record rules and field rules look at."""
        return set(getattr(sch.model.Record, "rule_fields", ()))

    def locked(self, table: str, keys: Sequence[Key]) -> set[Key]:
        """Keys held by another transaction; takes the lock on all others."""
        sch = schema(table)
        sql = (
            f'SELECT t."{sch.pk_column}" FROM "{sch.table}" t WHERE t."{sch.pk_column}" = ANY(%s::uuid[]) '
            f'ORDER BY t."{sch.pk_column}" FOR NO KEY UPDATE SKIP LOCKED'
        )
        free = {row[0] for row in db.rows(sql, [list(keys)])}
        existing = {
            r[0]
            for r in db.rows(
                f'SELECT "{sch.pk_column}" FROM "{sch.table}" WHERE "{sch.pk_column}" = ANY(%s::uuid[])', [list(keys)]
            )
        }
        return existing - free

    def insert_many(self, table: str, writes_: list[Write], context: WriteContext) -> WriteResult:
        """Create records; numbers, defaults and record rules are the table's."""
        sch = schema(table)
        blank = writes.defaults(sch)
        rows = [Row(w.key, new={**blank, **w.values}, changed=w.values, given=w.values) for w in writes_]
        return self._write(sch, "insert", rows, context)

    def update_many(self, table: str, writes_: list[Write], context: WriteContext) -> WriteResult:
        """Change records whose version is still the one seen."""
        rows = [
            Row(w.key, version=w.version, old=w.old, new={**w.old, **w.values}, changed=w.values, given=w.values)
            for w in writes_
        ]
        return self._write(schema(table), "update", rows, context)

    def _write(self, sch: Schema, kind: str, rows: list[Row], context: WriteContext) -> WriteResult:
        batch = Batch(sch.model, kind, "sync", rows, actor=context.actor, validate=context.validate)
        with _passing_faults():
            done = writes.write_batch(batch, trusted=True, around=origin(context))
        result = WriteResult(versions={row.pk: int(row.version or 1) for row in done.rows}, stale=list(done.stale))
        result.values = {row.pk: row.new for row in done.rows}
        result.changed = {row.pk: row.changed for row in done.rows}
        result.rejected = {row.pk: as_problem(row.errors[0]) for row in done.rejected}
        return result

    def delete_many(self, table: str, keys: Sequence[Key], context: WriteContext) -> WriteResult:
        """Remove records; a refusal of a rule or a reference is told by key."""
        with _passing_faults(), db.savepoint(origin(context)):
            done = writes.delete(table, [(key, None) for key in keys], source="sync")
        result = WriteResult(versions={row.pk: 0 for row in done.rows}, stale=list(done.stale))
        result.rejected = {row.pk: as_problem(row.errors[0]) for row in done.rejected}
        return result


def as_problem(error: FieldError) -> Problem:
    """A refusal of the record layer in the words of the engine; codes that are no reason of their own become `rule`."""
    return Problem(error.code, error.params, error.field)


def origin(context: WriteContext) -> db.Around:
    """Tag the change log rows of the statements inside with the mapping that writes (or write none: quiet)."""
    settings = "SELECT set_config('tandem.origin', %s, true), set_config('tandem.quiet', %s, true)"
    params = (context.origin, "on" if context.quiet else "")
    return db.Around(settings, params, "SET LOCAL tandem.origin = ''; SET LOCAL tandem.quiet = ''")


@contextmanager
def _passing_faults() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        state = getattr(error.__cause__, "pgcode", None)
        if state in _TRANSIENT:
            raise Transient(str(error)) from error
        if connection.connection is None or connection.connection.closed:
            raise Unavailable(str(error)) from error
        raise
