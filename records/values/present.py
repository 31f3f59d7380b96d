"""Stored values as callers see them: one query for each referenced table, never one per record.

Decimals are texts with their declared decimals, times UTC with microseconds, references codes (ERP) or GUIDs with a
name beside them (Sales), options member names (ERP) or numbers (Sales).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from records import db, writes
from records.schema import FieldInfo, Schema, schema


@dataclass(frozen=True, slots=True)
class Stored:
    """One record as the table has it: key, version, stored values by field name."""

    pk: str
    version: int
    values: dict[str, Any]


def address(model: Any, pk: str) -> str:
    """The address of the card or form of a record."""
    described = schema(model)
    record = described.model.Record
    base = f"/{described.model._meta.app_label}/{record.path}/"
    return base if getattr(record, "singleton", False) else f"{base}{pk}/"


def fetch(model: Any, pks: Sequence[str], *, fields: Collection[str] | None = None) -> list[Stored]:
    """Read records by key in the order asked for, with one query; missing ones are left out."""
    found = writes.read(schema(model), pks, fields=fields)
    return [Stored(pk, *found[pk]) for pk in pks if pk in found]


def stored(instance: Any) -> Stored:
    """The stored values of a model instance."""
    described = schema(type(instance))
    return Stored(
        str(instance.pk),
        instance.row_version,
        {f.name: _attribute(instance, f) for f in described if f.stored or f.targets},
    )


def present(model: Any, records: Iterable[Any], *, fields: Collection[str] | None = None) -> list[dict[str, Any]]:
    """Show records (`Stored` or model instances); only some fields when named (the envelope is always there)."""
    described = schema(model)
    rows = [r if isinstance(r, Stored) else stored(r) for r in records]
    shown = [
        f for f in described if not f.internal and f.name != "row_version" and (fields is None or f.name in fields)
    ]
    names = _Names(described, shown, rows)
    calculated = _calculated(described, shown, rows)
    by_name = getattr(described.model, "OPTIONS_BY_NAME", True)
    return [_record(described, row, shown, names, calculated, by_name=by_name) for row in rows]


def _record(
    described: Schema,
    row: Stored,
    shown: list[FieldInfo],
    names: _Names,
    calculated: dict[str, dict[str, Any]],
    *,
    by_name: bool,
) -> dict[str, Any]:
    page = address(described.model, row.pk)
    record: dict[str, Any] = {"id": row.pk, "row_version": row.version, "page": page}
    for info in shown:
        value = calculated[info.name].get(row.pk) if info.calculated else row.values.get(info.name)
        if info.kind in ("ref", "polyref"):
            _reference(record, info, row, value, names)
        else:
            record[info.name] = plain(info, value, by_name=by_name)
    return record


def _reference(record: dict[str, Any], info: FieldInfo, row: Stored, value: Any, names: _Names) -> None:
    if info.ref_code:
        record[info.name] = names.of(info.ref, info.ref_code, value) if value else ""
        return
    record[info.name] = str(value) if value else None
    label = info.ref
    if info.kind == "polyref":
        label = names.label(info, row.values.get(info.companion))
    record[f"{info.name}name"] = names.of(label, None, value) if value and label else None


def plain(info: FieldInfo, value: Any, *, by_name: bool = True) -> Any:
    """One stored value as JSON shows it (not for references)."""
    if value is None:
        return None
    if isinstance(value, Decimal):
        return format(value if info.decimals is None else value.quantize(Decimal(1).scaleb(-info.decimals)), "f")
    if isinstance(value, dt.datetime):
        return moment(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if info.kind == "option" and by_name and value in info.options:
        return info.options[value][0]
    return str(value) if info.kind == "guid" else value


def moment(value: dt.datetime) -> str:
    """UTC with microseconds and `Z`."""
    return value.astimezone(dt.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _calculated(described: Schema, shown: list[FieldInfo], rows: list[Stored]) -> dict[str, dict[str, Any]]:
    pks = [row.pk for row in rows]
    fields = [info for info in shown if info.calculated]
    by_sql = [info for info in fields if info.field.sql and not info.field.compute]
    known = _read_calculated(described, by_sql, pks) if by_sql and pks else {}
    for info in fields:
        if info.field.compute:
            known[info.name] = info.field.compute(pks)
    return {info.name: {pk: known.get(info.name, {}).get(pk, info.field.default) for pk in pks} for info in fields}


def _read_calculated(described: Schema, infos: list[FieldInfo], pks: list[str]) -> dict[str, dict[str, Any]]:
    """The values of all fields that are computed by SQL, with one query."""
    columns = ", ".join(info.sql("t") for info in infos)
    key = described.pk_column
    found = db.rows(f'SELECT t."{key}", {columns} FROM "{described.table}" t WHERE t."{key}" = ANY(%s::uuid[])', [pks])
    return {info.name: {row[0]: row[position] for row in found} for position, info in enumerate(infos, 1)}


def _attribute(instance: Any, info: FieldInfo) -> Any:
    if info.kind == "entityname":
        return info.field.entity(instance)
    value = getattr(instance, f"{info.name}_id" if info.kind == "ref" else info.name)
    return str(value) if value is not None and info.kind in ("ref", "guid", "polyref") else value


class _Names:
    """Codes and names of all records that the rows refer to."""

    def __init__(self, described: Schema, shown: list[FieldInfo], rows: list[Stored]) -> None:
        self.schema = described
        wanted: dict[tuple[str, str | None], set[str]] = defaultdict(set)
        for info in shown:
            if info.kind not in ("ref", "polyref"):
                continue
            for row in rows:
                value = row.values.get(info.name)
                label = info.ref if info.kind == "ref" else self.label(info, row.values.get(info.companion))
                if value and label:
                    wanted[label, info.ref_code].add(str(value))
        self.found = {target: _read(target, sorted(pks)) for target, pks in wanted.items()}

    def label(self, info: FieldInfo, entity: str | None) -> str:
        """The table that a look-up with several targets points to."""
        name = info.field.targets.get(entity)
        return self.schema[name].ref if name else ""

    def of(self, label: str, code: str | None, value: Any) -> Any:
        return self.found.get((label, code), {}).get(str(value))


def _read(target: tuple[str, str | None], pks: list[str]) -> dict[str, Any]:
    label, code = target
    described = schema(label)
    shown = described[code or described.model.Record.title[-1]].sql("t")
    key = described.pk_column
    return dict(
        db.rows(f'SELECT t."{key}", {shown} FROM "{described.table}" t WHERE t."{key}" = ANY(%s::uuid[])', [pks])
    )
