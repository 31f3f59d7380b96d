"""Extensible option sets: their values are rows of crm.OptionValue, with numbers and labels of their own."""

from __future__ import annotations

from collections.abc import Iterable

from crm.choices import FIRST_CUSTOM_OPTION, STOCK_OPTIONS
from records import db
from records.batch import Batch, Row
from records.text import simple_lower

#: Contacts, orders, quotes and invoices share the option sets of accounts.
ENTITY = "account"
TABLES = ("crm_account", "crm_contact")
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('crm.optionvalue'))"


def labels(attribute: str) -> dict[int, str]:
    """The values of an option set with their labels."""
    sql = "SELECT value, label FROM crm_optionvalue WHERE entityname = %s AND attributename = %s ORDER BY value"
    return dict(db.rows(sql, [ENTITY, attribute]))


def check(batch: Batch, fields: Iterable[str]) -> None:
    """Refuse values that the option set does not have; one query for all fields."""
    rows = [(row, name) for name in fields for row in batch.changed(name) if row.get(name) is not None]
    if batch.kind == "delete" or not rows:
        return
    names, values = {name for _row, name in rows}, {row.get(name) for row, name in rows}
    sql = (
        "SELECT attributename, value FROM crm_optionvalue "
        "WHERE entityname = %s AND attributename = ANY(%s) AND value = ANY(%s)"
    )
    known = set(db.rows(sql, [ENTITY, list(names), list(values)]))
    for row, name in rows:
        if (name, row.get(name)) not in known:
            row.reject(name, "unknown_option", value=str(row.get(name)))


def number(batch: Batch) -> None:
    """Give new option values the next free number of their option set, under a lock."""
    rows = [row for row in batch.live if row.get("value") is None]
    if not rows:
        return
    db.execute(_LOCK)
    sql = (
        "SELECT entityname, attributename, max(value) FROM crm_optionvalue "
        "WHERE attributename = ANY(%s) AND value >= %s GROUP BY 1, 2"
    )
    attributes = list({_set(row)[1] for row in rows})
    last = {(entity, name): value for entity, name, value in db.rows(sql, [attributes, FIRST_CUSTOM_OPTION])}
    for row in rows:
        last[_set(row)] = last.get(_set(row), FIRST_CUSTOM_OPTION - 1) + 1
        row.force("value", last[_set(row)])


def check_values(batch: Batch) -> None:
    """Number and label stand once in their set, case ignored. One query."""
    rows = batch.live if batch.kind == "insert" else batch.changed("label")
    if batch.kind == "delete" or not rows:
        return
    sql = (
        "SELECT entityname, attributename, value, lower(label COLLATE pg_c_utf8), id FROM crm_optionvalue "
        "WHERE attributename = ANY(%s) AND (value = ANY(%s) OR lower(label COLLATE pg_c_utf8) = ANY(%s))"
    )
    attributes, values, texts = (list(part) for part in zip(*map(_key, rows), strict=True))
    found = db.rows(sql, [attributes, values, texts])
    numbers = {(entity, name, value): pk for entity, name, value, _label, pk in found}
    known = {(entity, name, label): pk for entity, name, _value, label, pk in found}
    for row in rows:
        _once(row, numbers, "value", row.get("value"))
        _once(row, known, "label", _label(row))


def _once(row: Row, taken: dict[tuple[str, str, object], str], field: str, value: object) -> None:
    if value is not None and value != "" and taken.setdefault((*_set(row), value), row.pk) != row.pk:
        row.reject(field, "unique_violation", caption=f"@crm.OptionValue.{field}", value=str(row.get(field)))


def keep_used(batch: Batch) -> None:
    """C7: a value that accounts or contacts have cannot be deleted. One query."""
    if batch.kind != "delete" or not batch.live:
        return
    attributes = sorted({_set(row)[1] for row in batch.live} & set(STOCK_OPTIONS))
    values = [row.get("value") for row in batch.live]
    sql = " UNION ".join(
        f"SELECT DISTINCT '{name}', {name}, '{table}' FROM {table} WHERE {name} = ANY(%(values)s)"
        for name in attributes
        for table in TABLES
    )
    used = {(name, value): table for name, value, table in db.rows(sql, {"values": values})} if sql else {}
    for row in batch.live:
        table = used.get((_set(row)[1], row.get("value")))
        if table:
            row.reject("", "in_use", table="@crm.Contact" if table == "crm_contact" else "@crm.Account")


def _set(row: Row) -> tuple[str, str]:
    return str(row.get("entityname")), str(row.get("attributename"))


def _label(row: Row) -> str:
    return simple_lower(str(row.get("label") or ""))


def _key(row: Row) -> tuple[str, int | None, str]:
    return _set(row)[1], row.get("value"), _label(row)
