"""Extensible option sets: a value must be a row of crm.OptionValue; new rows get the next number."""

from __future__ import annotations

from collections.abc import Iterable

from crm.choices import FIRST_CUSTOM_OPTION
from records import db
from records.batch import Batch, Row

ENTITY = "account"


def labels(attribute: str) -> dict[int, str]:
    """The values of an option set with their labels."""
    sql = "SELECT value, label FROM crm_optionvalue WHERE entityname = %s AND attributename = %s ORDER BY value"
    return dict(db.rows(sql, [ENTITY, attribute]))


def check(batch: Batch, fields: Iterable[str]) -> None:
    """Refuse values that the option set does not have; one query for all fields."""
    rows = [(row, name) for name in fields for row in batch.live if name in row.changed and row.get(name) is not None]
    if batch.kind == "delete" or not rows:
        return
    names, values = [n for _r, n in rows], [r.get(n) for r, n in rows]
    sql = "SELECT attributename, value FROM crm_optionvalue WHERE entityname = %s AND attributename = ANY(%s) AND value = ANY(%s)"
    known = set(db.rows(sql, [ENTITY, list(set(names)), list(set(values))]))
    for row, name in rows:
        if (name, row.get(name)) not in known:
            row.reject(name, "unknown_option", value=row.get(name))


def number(batch: Batch) -> None:
    """Give new option values the next free number of their option set, under a lock."""
    rows = [r for r in batch.live if r.get("value") is None]
    if not rows:
        return
    sets = sorted({_set(r) for r in rows})
    db.execute("SELECT pg_advisory_xact_lock(hashtext('crm.optionvalue'))")
    sql = (
        "SELECT entityname, attributename, max(value) FROM crm_optionvalue "
        "WHERE attributename = ANY(%s) AND value >= %s GROUP BY 1, 2"
    )
    last = {(e, a): value for e, a, value in db.rows(sql, [[a for _e, a in sets], FIRST_CUSTOM_OPTION])}
    for row in rows:
        last[_set(row)] = last.get(_set(row), FIRST_CUSTOM_OPTION - 1) + 1
        row.force("value", last[_set(row)])


def unique_labels(batch: Batch) -> None:
    """A label stands once in its option set, case ignored."""
    rows = [r for r in batch.live if "label" in r.changed]
    if batch.kind == "delete" or not rows:
        return
    sql = (
        "SELECT entityname, attributename, lower(label), id FROM crm_optionvalue "
        "WHERE attributename = ANY(%s) AND lower(label) = ANY(%s)"
    )
    labels = [str(r.get("label") or "").lower() for r in rows]
    taken = {(e, a, label): pk for e, a, label, pk in db.rows(sql, [[_set(r)[1] for r in rows], labels])}
    for row, label in zip(rows, labels, strict=True):
        if taken.setdefault((*_set(row), label), row.pk) != row.pk:
            row.reject("label", "unique_violation", caption="label", value=row.get("label"))


def _set(row: Row) -> tuple[str, str]:
    return str(row.get("entityname")), str(row.get("attributename"))
