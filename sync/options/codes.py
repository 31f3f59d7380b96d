"""Codes made from labels: the label's beginning, as long as the code field is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from coupling.gateways.base import Gateway, Write, WriteContext, WriteResult
from coupling.plan import Key
from coupling.selectors.records import title_fields
from records import db
from records.ids import uuid7
from records.schema import Schema


def code_of(erp: Schema, name: str, label: str) -> str:
    """The code that stands for a label; it may be blank."""
    return label.strip()[: erp[name].max_length].strip().upper()


def is_cut(code: str, label: str, *, labelled: str) -> bool:
    """True where the code was cut from the label, and the option is still labelled so: no other name."""
    return labelled == label and label.upper().startswith(code)


def existing(erp: Schema, name: str, codes: Iterable[str]) -> dict[str, tuple[Key, int]]:
    """The codes that are there already: their key and version."""
    sql = (
        f'SELECT "{erp[name].column}", "{erp.pk_column}", row_version FROM "{erp.table}" '
        f'WHERE "{erp[name].column}" = ANY(%s)'
    )
    return {code: (str(key), version) for code, key, version in db.rows(sql, [list(codes)])}


def insert(
    gate: Gateway, erp: Schema, name: str, labels: Mapping[str, str], context: WriteContext
) -> tuple[dict[str, Key], WriteResult]:
    """Make codes, described by the label where the table has room for that. The keys by code, and what came of them."""
    described = title_fields(erp)[-1]
    keys = {code: uuid7() for code in labels}
    writes = [
        Write(key, {name: code, **_description(erp, name, described, labels[code])}) for code, key in keys.items()
    ]
    return keys, gate.insert_many(erp.label, writes, context)


def _description(erp: Schema, name: str, described: str, label: str) -> dict[str, str]:
    info = erp[described]
    return {} if described == name or info.kind != "text" or info.readonly else {described: label[: info.max_length]}
