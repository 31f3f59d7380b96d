"""Set-based writes with rules: every insert, update and delete of a business table goes through here.

The order is the same for page, API, import and engine:
1. normalise values and compare with the old ones (unchanged rows are not written),
2. field rules of the changed fields (page, API, import: all; engine: the fields that its mapping validates),
3. `allocate`, `before_write`, declared constraints,
4. one statement with the row version in its WHERE (compare-and-set),
5. `after_write`.
The number of statements does not depend on the number of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from django.db import DataError, IntegrityError, transaction
from django.db.models import NOT_PROVIDED

from records import db
from records.batch import Batch, Row
from records.dberrors import as_field_error
from records.errors import FieldError, Rejected, Stale
from records.ids import uuid7
from records.schema import FieldInfo, Schema, schema
from records.signals import records_deleted
from records.stage import Column, staged


@dataclass(frozen=True, slots=True)
class Edit:
    """New values for one record; with a version the write happens only if nobody changed it since."""

    pk: str
    values: dict[str, Any]
    version: int | None = None


@dataclass(slots=True)
class Written:
    """What became of the rows: written (with new versions), rejected (with errors), stale, unchanged."""

    rows: list[Row] = field(default_factory=list)
    rejected: list[Row] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)

    def single(self) -> Row:
        """The one written row; raises Rejected or Stale when it was not written."""
        if self.rejected:
            raise Rejected(self.rejected[0].errors)
        if self.stale:
            raise Stale(self.stale[0])
        return self.rows[0] if self.rows else Row(self.unchanged[0])


def insert(model: Any, values: Iterable[dict[str, Any]], *, source: str) -> Written:
    """Create records; a primary key may be given as `pk` or under its name."""
    sch = schema(model)
    blank = defaults(sch)
    rows = [_new_row(sch, blank, dict(v)) for v in values]
    batch = Batch(sch.model, "insert", source, rows)
    with transaction.atomic():
        return write_batch(batch)


def update(model: Any, edits: Iterable[Edit], *, source: str) -> Written:
    """Change records; rows whose values are equal already are not written."""
    sch = schema(model)
    wanted = {e.pk: e for e in edits}
    with transaction.atomic():
        old = read(sch, list(wanted), lock=True)
        rows, stale = [], []
        for pk, edit in wanted.items():
            if pk not in old or (edit.version is not None and edit.version != old[pk][0]):
                stale.append(pk)
            else:
                rows.append(Row(pk, version=old[pk][0], old=old[pk][1], new=dict(old[pk][1]), given=edit.values))
        batch = Batch(sch.model, "update", source, rows)
        for row in rows:
            _assign(sch, row, wanted[row.pk].values)
        result = write_batch(batch)
    result.stale.extend(stale)
    return result


def delete(model: Any, keys: Iterable[tuple[str, int | None]], *, source: str) -> Written:
    """Remove records; rules may reject a row, a reference from elsewhere does too."""
    sch = schema(model)
    wanted = dict(keys)
    refused: dict[str, Row] = {}
    with transaction.atomic():
        while True:
            left = {pk: version for pk, version in wanted.items() if pk not in refused}
            try:
                with transaction.atomic():
                    result = _delete_once(sch, left, source)
            except _RefusedRows as found:
                refused |= {row.pk: row for row in found.rows}
                continue
            result.rejected = list(refused.values())
            if result.rows:
                records_deleted.send(sch.model, label=sch.label, keys=[row.pk for row in result.rows])
            return result


class _RefusedRows(Exception):
    """Some rows may not be deleted: what the rules did for them has to be taken back."""

    def __init__(self, rows: list[Row]) -> None:
        super().__init__()
        self.rows = rows


def _delete_once(sch: Schema, wanted: dict[str, int | None], source: str) -> Written:
    result = Written()
    old = read(sch, list(wanted), lock=True)
    rows = []
    for pk, version in wanted.items():
        if pk not in old or (version is not None and version != old[pk][0]):
            result.stale.append(pk)
        else:
            rows.append(Row(pk, version=old[pk][0], old=old[pk][1], new=dict(old[pk][1])))
    batch = Batch(sch.model, "delete", source, rows)
    sch.model.before_write(batch)
    result.rows = _delete_live(sch, batch)
    if rejected := [row for row in rows if row.errors]:
        raise _RefusedRows(rejected)
    sch.model.after_write(Batch(sch.model, "delete", source, result.rows, batch.actor, batch.now))
    return result


def read(
    sch: Schema, pks: Sequence[str], *, lock: bool = False, fields: Iterable[str] | None = None
) -> dict[str, tuple[int, dict[str, Any]]]:
    """Stored values by primary key: {pk: (row version, {field: value})}; all fields unless named."""
    infos = [f for f in sch if (f.stored or f.targets) and (fields is None or f.name in fields)]
    columns = ", ".join(f.sql("t") for f in infos)
    sql = f'SELECT t."{sch.pk_column}", t.row_version{", " + columns if columns else ""} FROM "{sch.table}" t WHERE t."{sch.pk_column}" = ANY(%s::uuid[])'
    if lock:
        sql += f' ORDER BY t."{sch.pk_column}" FOR NO KEY UPDATE'
    names = [f.name for f in infos]
    found = {r[0]: (r[1], dict(zip(names, r[2:], strict=True))) for r in db.rows(sql, [list(pks)])} if pks else {}
    for name in [f.name for f in infos if f.kind == "json"]:  # the connection hands them over as text
        for _version, values in found.values():
            values[name] = None if values[name] is None else orjson.loads(values[name])
    return found


def write_batch(batch: Batch, *, trusted: bool = False, around: db.Around | None = None) -> Written:
    """Run rules and write the rows of an insert or update batch whose `new`, `old`, `changed` are set.

    `trusted`: values are normalised already (the engine's transfer did). `around`: what goes with the
    writing statement only.
    """
    sch = schema(batch.model)
    result = Written()
    if batch.kind == "update":
        result.unchanged = [row.pk for row in batch.live if not row.changed]
        batch.rows = [row for row in batch.rows if row.changed or row.errors]
    _field_rules(sch, batch)
    if batch.live:
        if batch.kind == "insert":
            sch.model.allocate(batch)
        sch.model.before_write(batch)
        _constraints(sch, batch, trusted)
    result.rejected = [row for row in batch.rows if row.errors]
    live = batch.live
    if live:
        written = _store(sch, batch, live, around or db.Around())
        result.rows = [row for row in live if row.pk in written]
        result.stale = [row.pk for row in live if row.pk not in written and not row.errors]
        result.rejected.extend(row for row in live if row.errors)
        for row in result.rows:
            row.version = written[row.pk]
        after = Batch(sch.model, batch.kind, batch.source, result.rows, batch.actor, batch.now, batch.validate)
        sch.model.after_write(after)
    return result


def _new_row(sch: Schema, blank: dict[str, Any], values: dict[str, Any]) -> Row:
    pk = values.pop("pk", None) or values.pop(sch.pk, None)
    row = Row(str(pk).lower() if pk else uuid7(), new=dict(blank), given=values)
    _assign(sch, row, values)
    row.changed = set(values)
    return row


def defaults(sch: Schema) -> dict[str, Any]:
    """The values of a new record before anybody gave any."""
    new: dict[str, Any] = {}
    for info in sch:
        if info.system or info.name == sch.pk or not (info.stored or info.targets):
            continue
        if info.kind == "entityname":
            new[info.name] = None
            continue
        default = getattr(info.field, "default", NOT_PROVIDED)
        new[info.name] = info.blank if default is NOT_PROVIDED else default() if callable(default) else default
    return new


def _assign(sch: Schema, row: Row, values: dict[str, Any]) -> None:
    for name, value in values.items():
        info = sch.fields.get(name)
        if info is None:
            row.reject(name, "unknown_field", field=name)
            continue
        try:
            stored = info.normalize(value)
        except FieldError as error:
            row.errors.append(error)
            continue
        if row.old is None or row.old.get(name) != stored:
            row.new[name] = stored
            row.changed.add(name)


def _field_rules(sch: Schema, batch: Batch) -> None:
    if batch.source in ("rule", "setup"):
        return
    for name, rule in getattr(sch.model.Record, "field_rules", {}).items():
        if batch.source == "sync" and name not in (batch.validate or ()):
            continue
        rows = [
            row
            for row in batch.rows
            if name in row.changed
            and (batch.kind == "update" or row.new.get(name) != sch[name].blank)
            and all(error.field != name for error in row.errors)
        ]
        if rows:
            rule(batch, rows)


#: Who must give a field that is required for some ways in only; the others are required always.
_REQUIRED: dict[bool | str, tuple[str, ...]] = {"user": ("page", "api", "import"), "page": ("page",)}


def _constraints(sch: Schema, batch: Batch, trusted: bool) -> None:
    required = [f for f in sch if f.required and batch.source in _REQUIRED.get(f.required, (batch.source,))]
    for row in batch.live:
        for info in required:
            value = row.new.get(info.name)
            if (value is None or value == "") and info.kind != "bool" and info.name in row.new:
                row.reject(info.name, "required", caption=str(info.caption))
        if not trusted:
            _renormalize(sch, row)
    _unique(sch, batch)


def _renormalize(sch: Schema, row: Row) -> None:
    for name in row.changed:
        info = sch.fields.get(name)
        if info is None or not info.stored:
            continue
        try:
            row.new[name] = info.normalize(row.new.get(name))
        except FieldError as error:
            row.errors.append(error)


def _unique(sch: Schema, batch: Batch) -> None:
    for info in sch:
        if not info.stored or not getattr(info.field, "unique", False) or info.name == sch.pk:
            continue
        rows = [r for r in batch.live if info.name in r.changed or batch.kind == "insert"]
        rows = [r for r in rows if r.new.get(info.name) not in (None, "")]
        if not rows:
            continue
        taken = _taken(sch, info, [r.new[info.name] for r in rows])
        for row in rows:
            value = row.new[info.name]
            if taken.setdefault(value, row.pk) != row.pk:
                row.reject(info.name, "unique_violation", caption=str(info.caption), value=str(value))


def _taken(sch: Schema, info: FieldInfo, values: list[Any]) -> dict[Any, str]:
    kind = info.field.db_type(db.connection)
    sql = f'SELECT t."{info.column}", t."{sch.pk_column}" FROM "{sch.table}" t WHERE t."{info.column}" = ANY(%s::{kind}[])'
    return dict(db.rows(sql, [values]))


def _columns(sch: Schema, names: Iterable[str]) -> list[tuple[Column, FieldInfo]]:
    return [
        (Column(f.column, str(f.field.db_type(db.connection))), f) for f in sch if f.stored and f.name in set(names)
    ]


def _spread(sch: Schema, rows: list[Row], names: set[str]) -> set[str]:
    """Fill the foreign keys of polymorphic look-ups; the names of stored fields to write."""
    for poly in sch.polymorphic:
        if names & {poly.name, poly.type_name, *poly.targets.values()}:
            for row in rows:
                pk = row.new.get(poly.name)
                entity = row.new.get(poly.type_name) or poly.default_type
                row.new.update(poly.columns_of(pk, entity if pk else None))
            names |= set(poly.targets.values())
    return names


def _store(sch: Schema, batch: Batch, rows: list[Row], around: db.Around) -> dict[str, int]:
    """The writing statement; {pk: new version} of the rows it reached.

    What the database rejects is parted until the poison row stands alone and gets the error.
    """
    write = _insert_sql if batch.kind == "insert" else _update_sql
    try:
        with db.savepoint(replace(around, before=f"SET CONSTRAINTS ALL IMMEDIATE; {around.before}")):
            return write(sch, batch, rows)
    except (IntegrityError, DataError) as error:
        if len(rows) > 1:
            return {pk: version for part in _parts(rows) for pk, version in _store(sch, batch, part, around).items()}
        rows[0].errors.append(as_field_error(sch, error))
        return {}


def _parts(rows: list[Row]) -> Iterator[list[Row]]:
    """Parts of rows of which few are bad: more than halves, for what goes before the bad one is done in vain."""
    size = -(-len(rows) // (16 if len(rows) > 1000 else 8))
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _insert_sql(sch: Schema, batch: Batch, rows: list[Row]) -> dict[str, int]:
    """One INSERT; only fields that somebody set are staged, all others are the same constant in every row."""
    given = set().union(*(row.changed for row in rows)) | {f.name for f in sch if f.kind == "json" and f.stored}
    varying = _spread(sch, rows, given)
    pairs = _columns(sch, varying)
    rest = [(f, rows[0].new.get(f.name)) for f in sch if f.stored and not f.system and f.name not in varying]
    constants = {f.column: v for f, v in rest if f.name != sch.pk and not (v is None and f.null)}
    constants |= sch.model.stamps(batch)
    columns = [Column(sch.pk_column, "uuid"), *(c for c, _f in pairs)]
    order = [f.name for _c, f in pairs]
    data = [[row.pk, *[row.new.get(n) for n in order]] for row in rows]
    target = ", ".join(f'"{name}"' for name in (*(c.name for c in columns), *constants))
    texts, values = db.Sql.of(constants.values())
    source = ", ".join([*(f's."{c.name}"' for c in columns), *texts])
    with staged(columns, data) as (relation, params):
        db.execute(f'INSERT INTO "{sch.table}" ({target}) SELECT {source} FROM {relation} s', [*values, *params])
    return {row.pk: 1 for row in rows}


def _update_sql(sch: Schema, batch: Batch, rows: list[Row]) -> dict[str, int]:
    names = _spread(sch, rows, set().union(*(row.changed for row in rows)))
    pairs = _columns(sch, names)
    stamps = sch.model.stamps(batch)
    columns = [Column("stage_pk", "uuid"), Column("stage_version", "bigint"), *(c for c, _f in pairs)]
    order = [f.name for _c, f in pairs]
    data = [[row.pk, row.version, *[row.new.get(n) for n in order]] for row in rows]
    texts, values = db.Sql.of(stamps.values())
    sets = [f'"{c.name}" = s."{c.name}"' for c, _f in pairs]
    sets += [f'"{name}" = {text}' for name, text in zip(stamps, texts, strict=True)]
    sets.append("row_version = t.row_version + 1")
    with staged(columns, data) as (relation, params):
        sql = (
            f'UPDATE "{sch.table}" t SET {", ".join(sets)} FROM {relation} s '
            f'WHERE t."{sch.pk_column}" = s.stage_pk AND t.row_version = s.stage_version '
            f'RETURNING t."{sch.pk_column}" AS pk, t.row_version AS version'
        )
        found = db.rows(sql, [*values, *params])
    return dict(found)


def _delete_live(sch: Schema, batch: Batch) -> list[Row]:
    rows = batch.live
    if not rows:
        return []
    sql = f'DELETE FROM "{sch.table}" WHERE "{sch.pk_column}" = ANY(%s::uuid[])'
    try:
        with db.savepoint(db.Around("SET CONSTRAINTS ALL IMMEDIATE")):
            db.execute(sql, [[row.pk for row in rows]])
    except IntegrityError as error:
        if len(rows) == 1:
            rows[0].errors.append(as_field_error(sch, error, deleting=True))
            return []
        return [
            r
            for part in _parts(rows)
            for r in _delete_live(sch, Batch(sch.model, "delete", batch.source, part, batch.actor, batch.now))
        ]
    return rows
