"""Rules of salespeople, and of the tables that name one (F8)."""

from __future__ import annotations

from typing import Any

from erp.rules.no_series import increment
from records import db
from records.batch import Batch, Row

FIRST_CODE = "SP NO. 00001"
_LAST_CODE = r"SELECT max(code) FROM erp_salespersonpurchaser WHERE code ~ '^SP NO\. [0-9]{5}$'"


def check_chosen(_batch: Batch, rows: list[Row]) -> None:
    """F8 of customers: neither blocked for privacy nor blocked."""
    _check(rows, allow_blocked=False)


def check_private(_batch: Batch, rows: list[Row]) -> None:
    """F8 of contacts: not blocked for privacy; a blocked one is accepted."""
    _check(rows, allow_blocked=True)


def _check(rows: list[Row], *, allow_blocked: bool) -> None:
    wanted = {row.get("salesperson_code") for row in rows} - {None}
    if not wanted:
        return
    sql = (
        "SELECT system_id, code, privacy_blocked, blocked FROM erp_salespersonpurchaser"
        " WHERE system_id = ANY(%s::uuid[]) AND (privacy_blocked OR blocked)"
    )
    barred = {pk: (code, private) for pk, code, private, _blocked in db.rows(sql, [list(wanted)])}
    for row in rows:
        code, private = barred.get(row.get("salesperson_code"), ("", False))
        if private:
            row.reject("salesperson_code", "privacy_blocked_salesperson", code=code)
        elif code and not allow_blocked:
            row.reject("salesperson_code", "blocked_salesperson", code=code)


def refusal_of(code: str) -> tuple[str, dict[str, Any]] | None:
    """Why a user cannot be the salesperson with this code: there is none, or it is blocked."""
    found = db.one("SELECT privacy_blocked, blocked FROM erp_salespersonpurchaser WHERE code = %s", [code])
    if found is None:
        return "not_found", {"value": code}
    is_private, is_blocked = found
    if not (is_private or is_blocked):
        return None
    return "privacy_blocked_salesperson" if is_private else "blocked_salesperson", {"code": code}


def allocate(batch: Batch) -> None:
    """Salespeople that come from the Sales side have no code yet: they get the next `SP NO. 00001`."""
    rows = [row for row in batch.live if not row.get("code")] if batch.source == "sync" else []
    if not rows:
        return
    db.execute("SELECT pg_advisory_xact_lock(hashtext('erp_salespersonpurchaser'))")
    found = db.one(_LAST_CODE)
    last = found[0] if found else None
    for row in rows:
        last = increment(last) if last else FIRST_CODE
        row.force("code", last)
