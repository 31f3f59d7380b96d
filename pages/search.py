"""Looking records up by what people type: for look-ups, Tell Me and references by name."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from pages import rows
from pages.parts import Suggest
from records import db
from records.filters import check
from records.listing import select
from records.schema import FieldInfo, Schema, schema
from records.text import fold

LIMIT = 20


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that a look-up offers. `value` is what the field takes."""

    value: str
    code: str
    name: str
    detail: str = ""
    table: str = ""
    fills: str = ""  # JSON: what goes into other fields of the card


def hits(info: FieldInfo, table: Schema, typed: str, filter_text: str = "") -> list[Hit]:
    """What a reference field offers for a typed text: codes that begin with it first, then names that contain it."""
    found: list[Hit] = []
    several = info.kind == "polyref"
    for entity, label, code in targets(info, table):
        target = schema(label)
        for row in _rows(target, code, typed, filter_text):
            value = row.text(code) if code else row.pk
            parts = row.title_parts
            found.append(
                Hit(
                    value=f"{entity}:{row.pk}" if several else value,
                    code=value if code else "",
                    name=parts[-1] if parts else row.pk,
                    detail=_detail(row, code),
                    table=str(target.model.Record.label) if several else "",
                )
            )
    return found[:LIMIT]


def suggested(suggest: Suggest, typed: str) -> list[Hit]:
    """What a plain field offers: rows whose value begins with the typed text, then rows that contain it."""
    target = schema(suggest.table)
    found = []
    for row in _rows(target, suggest.field, typed, "", own={*suggest.fills.values()}, upper=False):
        fills = {name: row.text(own) for name, own in suggest.fills.items()}
        others = [text for name in target.model.Record.title if name != suggest.field and (text := row.text(name))]
        rest = [text for own in suggest.fills.values() if target[own].kind == "ref" and (text := row.text(own))]
        value = row.text(suggest.field)
        found.append(Hit(value, value, " ".join(others), " · ".join(rest), fills=json.dumps(fills)))
    return found


def targets(info: FieldInfo, table: Schema) -> list[tuple[str, str, str | None]]:
    """(entity name, table, code field) of everything that a reference may point to."""
    if info.kind == "polyref":
        return [(entity, table[name].ref, None) for entity, name in info.field.targets.items()]
    return [("", info.ref, info.ref_code)]


def _rows(
    target: Schema,
    code: str | None,
    typed: str,
    filter_text: str,
    *,
    own: Collection[str] = (),
    upper: bool = True,
) -> list[rows.Row]:
    filter_ = check(filter_text, target.model) if filter_text else ""
    found = select(target.model, filter=filter_, search=typed)
    keys: list[Any] = []
    if code and typed:
        begins = {f"{code}__startswith": typed.strip().upper()} if upper else {f"{code}__istartswith": typed.strip()}
        keys = list(
            select(target.model, filter=filter_, ordering=[code]).filter(**begins).values_list("pk", flat=True)[:LIMIT]
        )
    keys += [pk for pk in found.values_list("pk", flat=True)[:LIMIT] if pk not in keys]
    names = {*target.model.Record.title, *_detail_fields(target), *own, *([code] if code else [])}
    return rows.read(target.model, [str(pk) for pk in keys[:LIMIT]], fields=names)


#: what tells two records of the same name apart, where a table has it
DETAILS = ("city", "address1_city", "emailaddress1", "internalemailaddress")


def _detail_fields(target: Schema) -> list[str]:
    return [name for name in DETAILS if name in target][:1]


def _detail(row: rows.Row, code: str | None) -> str:
    return " · ".join(text for name in _detail_fields(row.table) if (text := row.text(name)) and name != code)


def by_name(info: FieldInfo, typed: str) -> str:
    """The key of the one record with exactly this name (case and accents do not matter); blank for none or several."""
    if info.kind != "ref":
        return ""
    target = schema(info.ref)
    name = target[target.model.Record.title[-1]].sql("t")
    sql = f'SELECT t."{target.pk_column}" FROM "{target.table}" t WHERE fold({name}) = %s LIMIT 2'
    found = db.rows(sql, [fold(typed)])
    return str(found[0][0]) if len(found) == 1 else ""
