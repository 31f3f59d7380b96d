"""C3 and C4: a status reason belongs to a status; inactive records are read-only on pages."""

from __future__ import annotations

from crm.choices import ACTIVE, INACTIVE, STATUSES_OF
from records.batch import Batch, Row

STATE, STATUS = "statecode", "statuscode"
STATE_OF = {status: state for state, statuses in STATUSES_OF.items() for status in statuses}


def check_editable(batch: Batch) -> None:
    """C4: a page changes an inactive record only by activating it."""
    if batch.kind != "update" or batch.source != "page":
        return
    for row in batch.live:
        if row.old_value(STATE) == INACTIVE and row.get(STATE) == INACTIVE:
            row.reject("", "inactive_read_only")


def pair_up(batch: Batch) -> None:
    """C3: a status without a reason gets the first one, a reason alone sets its status; other pairs are refused."""
    if batch.kind == "delete":
        return
    if batch.kind == "insert":
        _begin_active(batch)
    for row in batch.changed(STATE, STATUS):
        _pair(row)


def _begin_active(batch: Batch) -> None:
    """New records are active; who asks for something else is told so, except on pages."""
    for row in batch.live:
        given = row.get(STATE) not in (None, ACTIVE), row.get(STATUS) not in (None, *STATUSES_OF[ACTIVE])
        if any(given) and batch.source in ("api", "import"):
            name = STATE if given[0] else STATUS
            row.reject(name, "not_on_create", caption=f"@{batch.model._meta.label}.{name}")
        elif any(given) and batch.source == "page":
            row.force(STATE, ACTIVE)
            row.force(STATUS, STATUSES_OF[ACTIVE][0])


def _pair(row: Row) -> None:
    if row.get(STATE) is None:
        row.force(STATE, row.old_value(STATE, ACTIVE))
    state, status = row.get(STATE), row.get(STATUS)
    is_given = STATUS in row.given and status is not None
    if status in STATUSES_OF[state]:
        return
    if not is_given:
        row.force(STATUS, STATUSES_OF[state][0])
    elif STATE in row.given:
        row.reject(STATUS, "status_does_not_fit")
    else:
        row.force(STATE, STATE_OF[status])
