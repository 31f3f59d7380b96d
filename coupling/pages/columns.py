"""Columns and chips that several pages of couplings share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from coupling.models import Coupling
from coupling.selectors.couplings import tell
from pages import Chip, Column, Row, Status
from pages.registry import address_of
from records.schema import schema

COUPLED = Chip(_("Coupled"), "ok", "link")
SKIPPED = Chip(_("Skipped"), "warn", "warning")
BROKEN = Chip(_("Broken"), "bad", "link_dismiss")
RESULT_CHIPS = {"success": Chip(_("Success"), "ok", "checkmark_circle"), "failure": Chip(_("Failure"), "bad", "error_circle")}


def coupled_column() -> Status:
    """*Coupled* as a chip; nothing for records that are not."""
    return Status("coupled_to_dataverse", chips={True: COUPLED, False: Chip("")})


def coupled_chip(request: HttpRequest, row: Row) -> Chip | None:
    """The chip beside the heading of a coupled record."""
    return COUPLED if row.get("coupled_to_dataverse") else None


class TableName(Column):
    """The caption of a table instead of its label."""

    def text(self, row: Row) -> str:
        """For example *Customers* for `erp.Customer`."""
        label = row.values.get(self.name) or ""
        try:
            return str(schema(label).model.Record.plural)
        except LookupError:
            return str(label)


def erp_record(pks: Sequence[str]) -> dict[str, Any]:
    """The business keys of the ERP records of couplings."""
    return {str(t.coupling.pk): t.erp_key for t in tell(_couplings(pks))}


def crm_record(pks: Sequence[str]) -> dict[str, Any]:
    """The names of the CRM records of couplings."""
    return {str(t.coupling.pk): t.crm_name for t in tell(_couplings(pks))}


def record_url(side: str) -> Callable[[Row], str]:
    """Where the cell of a coupled record leads: its card or form."""

    def url(row: Row) -> str:
        from coupling.models import IntegrationTableMapping

        mapping = IntegrationTableMapping.objects.filter(name=row.get("pair")).first()
        if mapping is None:
            return ""
        return address_of(getattr(mapping, f"{side}_table"), row.get(f"{side}_id"))

    return url


def _couplings(pks: Sequence[str]) -> list[Coupling]:
    return list(Coupling.objects.filter(pk__in=list(pks)))
