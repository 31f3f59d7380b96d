"""Accounts: the tree of parents."""

from __future__ import annotations

from crm.rules.tree import rows_in_circle
from records.batch import Batch


def check_parents(batch: Batch) -> None:
    """An account is not its own parent, nor the child of a descendant."""
    for row in rows_in_circle(batch, "parentaccountid"):
        row.reject("parentaccountid", "account_in_circle")
