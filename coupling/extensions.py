"""What this app adds to tables of others: the computed field *coupled* in lists, filters and API of mapped tables."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from coupling import registry
from coupling.declare import TableMapping
from coupling.own_tables import own_tables
from coupling.validation import is_option
from pages.api import extend_api
from records.fields import Bool, Calculated
from records.schema import schema

FIELD = "coupled_to_dataverse"
_COUPLED = 'EXISTS (SELECT 1 FROM {table} k WHERE k.{column} = {{t}}."{key}")'
_COUPLINGS, _OPTIONS = "coupling_coupling", "coupling_optionmapping"


def extend_tables() -> None:
    """Add the field to every table of the declared pairs, and to those that somebody may map, once each."""
    seen: set[str] = set()
    own = ((label, *_side(label)) for label in own_tables())
    for label, side, tables in (*_mapped(), *own):
        if label not in seen:
            seen.add(label)
            key = schema(label).pk_column
            sql = " OR ".join(_COUPLED.format(table=table, column=f"{side}_id", key=key) for table in tables)
            caption = _("Coupled to Dataverse") if side == "erp" else _("Coupled")
            extend_api(label, {FIELD: Calculated(Bool(), caption, sql=f"({sql})")})


def _side(label: str) -> tuple[str, tuple[str, ...]]:
    """(side, tables of the couplings) of a table that may be mapped, of the ERP also as an option mapping."""
    return ("erp", (_COUPLINGS, _OPTIONS)) if label.startswith("erp.") else ("crm", (_COUPLINGS,))


def _mapped() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """(label, side, tables of the couplings) of every table that a declared pair names and that exists."""
    for pair in registry.pairs():
        declared = pair.mapping
        try:
            option = _is_option(declared)
        except LookupError:  # told by the system check
            continue
        yield declared.erp_table, "erp", (_OPTIONS if option else _COUPLINGS,)
        if not option:
            yield declared.crm_table, "crm", (_COUPLINGS,)


def _is_option(declared: TableMapping) -> bool:
    schema(declared.erp_table)
    return is_option(declared)
