"""C6: the parent of a contact is an account or another contact."""

from __future__ import annotations

from records import db
from records.batch import Batch

PARENT, KIND = "parentcustomerid", "parentcustomeridtype"
_KINDS = """
SELECT accountid, 'account' FROM crm_account WHERE accountid = ANY(%s::uuid[])
UNION ALL SELECT contactid, 'contact' FROM crm_contact WHERE contactid = ANY(%s::uuid[])
"""


def settle_parent(batch: Batch) -> None:
    """Find out what kind of parent a GUID is; unknown ones and oneself are refused. One query."""
    rows = batch.changed(PARENT, KIND)
    if batch.kind == "delete" or not rows:
        return
    wanted = list({row.get(PARENT) for row in rows if row.get(PARENT)})
    kinds = dict(db.rows(_KINDS, [wanted, wanted])) if wanted else {}
    for row in rows:
        parent = row.get(PARENT)
        if not parent:
            row.force(KIND, None)
        elif parent not in kinds or parent == row.pk:
            row.reject(PARENT, "not_found", value=parent)
        else:
            row.force(KIND, kinds[parent])
