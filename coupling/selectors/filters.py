"""What a table filter of a mapping lets in and leaves out."""

from __future__ import annotations

from dataclasses import dataclass

from coupling.access import filter_count
from coupling.declare import COMPANY
from coupling.installation import NO_COMPANY, installation
from coupling.models import Coupling
from coupling.plans import checked_filter
from records import db
from records.filters import FilterError, compares_by_letter, describe, to_sql
from records.schema import schema


@dataclass(frozen=True, slots=True)
class Said:
    """A filter told to people: how many records it lets in, what it says, or why it does not work.

    `total`: records of the table. `coupled_outside`: coupled records of the mapping that it leaves out.
    `by_letter`: numbers in a text field are compared as text.
    """

    count: int | None = None
    total: int = 0
    sentence: str = ""
    error: str = ""
    coupled_outside: int = 0
    by_letter: bool = False


def say(label: str, text: str, mapping: str = "") -> Said:
    """Tell a filter of a table, and what it means for the couplings of a mapping."""
    count, error = filter_count(label, text)
    if error:
        return Said(error=error)
    try:
        known = text.replace(COMPANY, NO_COMPANY)
        sentence, by_letter = describe(known, label).replace(NO_COMPANY, COMPANY), compares_by_letter(known, label)
    except FilterError:
        sentence, by_letter = "", False
    total = schema(label).model.objects.count()
    outside = coupled_outside(mapping, label, text) if mapping and text.strip() else 0
    return Said(count, total, sentence, "", outside, by_letter)


def coupled_outside(mapping: str, label: str, text: str) -> int:
    """How many coupled records of this side of a mapping stand outside the filter. Raises `FilterError`."""
    table = schema(label)
    facts = installation() if COMPANY in text else None
    where, params = to_sql(checked_filter(text, label, facts), table.model, "t")
    side = "erp_id" if label.startswith("erp.") else "crm_id"
    sql = (
        f'SELECT count(*) FROM "{Coupling._meta.db_table}" c JOIN "{table.table}" t ON t."{table.pk_column}" = c.{side} '
        f"WHERE c.pair = %s AND ({where}) IS NOT TRUE"
    )
    row = db.one(sql, [mapping, *params])
    return int(row[0]) if row else 0
