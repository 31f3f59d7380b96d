"""C3: a status reason belongs to a status."""

from __future__ import annotations

from crm.choices import STATUSES_OF
from records.batch import Batch, Row

STATE_OF = {status: state for state, statuses in STATUSES_OF.items() for status in statuses}


def pair_up(batch: Batch) -> None:
    """A status without a reason gets the first one, a reason alone sets its status; a pair that does not fit is refused."""
    if batch.kind == "delete":
        return
    for row in batch.live:
        if batch.kind == "insert" and batch.source == "api" and row.get("statecode") not in (0, None):
            row.reject("statecode", "not_on_create")
        elif batch.kind == "insert" and batch.source == "page":
            row.force("statecode", 0)
            row.force("statuscode", STATUSES_OF[0][0])
        elif row.changed & {"statecode", "statuscode"} or row.get("statecode") is None:
            _pair(row)


def _pair(row: Row) -> None:
    state, status = row.get("statecode"), row.get("statuscode")
    if state is None:
        state = 0
        row.force("statecode", state)
    if "statuscode" in row.changed and "statecode" not in row.changed:
        row.force("statecode", STATE_OF.get(status, state))
    elif "statuscode" not in row.changed or status is None:
        if status not in STATUSES_OF[state]:
            row.force("statuscode", STATUSES_OF[state][0])
    elif status not in STATUSES_OF[state]:
        row.reject("statuscode", "status_does_not_fit")
