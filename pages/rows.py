"""Rows for the screen: stored values with the names of what they refer to, read in batches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from records import db, writes
from records.schema import FieldInfo, Schema, schema


@dataclass(slots=True)
class Row:
    """One record as a page shows it. `values`: stored and calculated values by field name."""

    table: Schema
    pk: str
    version: int
    values: dict[str, Any]
    names: Names
    url: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The table, for example "erp.Customer"."""
        return self.table.label

    def get(self, name: str) -> Any:
        """A stored value."""
        return self.values.get(name)

    def text(self, name: str) -> str:
        """A value for people."""
        from pages.display import shown

        return shown(self.table[name], self)

    @property
    def title(self) -> str:
        """Key and name of the record, for example "10000 · Adatum Corporation"."""
        return " · ".join(text for text in self.title_parts if text)

    @property
    def title_parts(self) -> list[str]:
        """The values of the title fields."""
        return [self.text(name) for name in self.table.model.Record.title if name in self.table]


def read(model: Any, pks: Sequence[str], fields: Collection[str] | None = None) -> list[Row]:
    """Rows by key in this order, with a constant number of queries; missing ones are left out.

    `fields`: only these (and the title fields); calculated ones too. None: all.
    """
    table = schema(model)
    wanted = None if fields is None else _with_companions(table, {*fields, *table.model.Record.title})
    infos = [f for f in table if not f.internal and (wanted is None or f.name in wanted)]
    found = writes.read(table, list(pks), fields={f.name for f in infos})
    names = Names()
    rows = [Row(table, pk, found[pk][0], found[pk][1], names) for pk in pks if pk in found]
    _calculate(table, [f for f in infos if f.calculated], rows)
    names.collect(infos, rows)
    return rows


def one(model: Any, pk: str) -> Row | None:
    """One record with all fields; None when it is gone."""
    found = read(model, [pk])
    return found[0] if found else None


def _with_companions(table: Schema, names: set[str]) -> set[str]:
    return names | {table[n].companion for n in names if n in table and table[n].companion}


def _calculate(table: Schema, infos: list[FieldInfo], rows: list[Row]) -> None:
    pks = [row.pk for row in rows]
    known: dict[str, dict[str, Any]] = {}
    by_sql = [f for f in infos if f.field.sql and not f.field.compute]
    if by_sql and pks:
        columns = ", ".join(f.sql("t") for f in by_sql)
        key = table.pk_column
        sql = f'SELECT t."{key}", {columns} FROM "{table.table}" t WHERE t."{key}" = ANY(%s::uuid[])'
        found = db.rows(sql, [pks])
        known = {f.name: {r[0]: r[i] for r in found} for i, f in enumerate(by_sql, 1)}
    for info in infos:
        if info.field.compute and pks:
            known[info.name] = info.field.compute(pks)
        for row in rows:
            row.values[info.name] = known.get(info.name, {}).get(row.pk, info.field.default)


class Names:
    """Codes, names and addresses of the records that rows refer to: one query for each table."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        self._labels: dict[str, dict[Any, str]] = {}

    def collect(self, infos: Iterable[FieldInfo], rows: Sequence[Row]) -> None:
        """Read what these fields of these rows point to."""
        wanted: dict[str, set[str]] = defaultdict(set)
        columns: dict[str, set[str]] = defaultdict(set)
        for info in infos:
            if info.kind not in ("ref", "polyref"):
                continue
            for row in rows:
                label, value = self.label(info, row), row.values.get(info.name)
                if label and value and value not in self.found[label]:
                    wanted[label].add(str(value))
                    columns[label] |= {info.ref_code} if info.ref_code else set()
        for label, pks in wanted.items():
            self.found[label] |= _read_names(label, sorted(pks), columns[label])

    def label(self, info: FieldInfo, row: Row) -> str:
        """The table that a reference of this row points to."""
        if info.kind == "ref":
            return info.ref
        name = info.field.targets.get(row.values.get(info.companion))
        return row.table[name].ref if name else ""

    def text(self, info: FieldInfo, row: Row) -> str:
        """The code (where the reference has one) or the name of the record pointed to."""
        values = self.found[self.label(info, row)].get(str(row.values.get(info.name)), {})
        return str(values.get(info.ref_code or "", "") or "") if info.ref_code else self.name(values)

    def description(self, info: FieldInfo, row: Row) -> str:
        """The name of the record pointed to, where its code is what is shown."""
        values = self.found[self.label(info, row)].get(str(row.values.get(info.name)), {})
        return self.name(values) if info.ref_code else ""

    def labels(self, info: FieldInfo) -> dict[Any, str]:
        """The captions of an option field whose values are kept in a table; read once."""
        if info.name not in self._labels:
            reader = getattr(info.field, "labels", None)
            self._labels[info.name] = {k: str(v) for k, v in reader(info.name).items()} if reader else {}
        return self._labels[info.name]

    def name(self, values: dict[str, Any]) -> str:
        """The name among the read values."""
        value = values.get("", "")
        return "" if value is None else str(value)


def _read_names(label: str, pks: list[str], codes: set[str]) -> dict[str, dict[str, Any]]:
    table = schema(label)
    title = table.model.Record.title[-1]
    fields = [("", table[title]), *((code, table[code]) for code in sorted(codes))]
    columns = ", ".join(info.sql("t") for _name, info in fields)
    key = table.pk_column
    found = db.rows(f'SELECT t."{key}", {columns} FROM "{table.table}" t WHERE t."{key}" = ANY(%s::uuid[])', [pks])
    return {r[0]: {name: r[i] for i, (name, _info) in enumerate(fields, 1)} for r in found}
