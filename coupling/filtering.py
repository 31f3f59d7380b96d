"""Filters of mappings and templates: text in the grammar, bound to a table."""

from __future__ import annotations

from coupling.declare import COMPANY
from coupling.installation import NO_COMPANY, Installation
from records.filters import Checked, check


def checked_filter(text: str, table: str, facts: Installation | None) -> Checked:
    """A filter with `{company}` filled in, bound to its table. Raises `FilterError`."""
    company = facts.company_id if facts and facts.company_id else NO_COMPANY
    return check(text.replace(COMPANY, company), table)
