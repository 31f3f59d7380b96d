"""What this app adds to tables of others: the computed field *coupled* in lists, filters and API of mapped tables."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from coupling import registry
from coupling.declare import TableMapping
from coupling.validation import is_option
from pages.api import extend_api
from records.fields import Bool, Calculated
from records.schema import schema

FIELD = "coupled_to_dataverse"
_COUPLED = 'EXISTS (SELECT 1 FROM {table} k WHERE k.{column} = {{t}}."{key}")'


def extend_tables() -> None:
    """Add the field to every table of the declared pairs, once each."""
    seen: set[str] = set()
    for label, side, table in _mapped():
        if label not in seen:
            seen.add(label)
            sql = _COUPLED.format(table=table, column=f"{side}_id", key=schema(label).pk_column)
            caption = _("Coupled to Dataverse") if side == "erp" else _("Coupled")
            extend_api(label, {FIELD: Calculated(Bool(), caption, sql=sql)})


def _mapped() -> Iterator[tuple[str, str, str]]:
    """(label, side, table of the couplings) of every table that a declared pair names and that exists."""
    for pair in registry.pairs():
        declared = pair.mapping
        try:
            option = _is_option(declared)
        except LookupError:  # told by the system check
            continue
        yield declared.erp_table, "erp", "coupling_optionmapping" if option else "coupling_coupling"
        if not option:
            yield declared.crm_table, "crm", "coupling_coupling"


def _is_option(declared: TableMapping) -> bool:
    schema(declared.erp_table)
    return is_option(declared)
