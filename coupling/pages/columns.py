"""Columns and chips that several pages of couplings share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from coupling.models import Coupling
from coupling.selectors.couplings import Told, tell
from pages import Chip, Column, Row
from pages.columns import chip_html
from pages.registry import address_of
from records.schema import schema

COUPLED = Chip(_("Coupled"), "ok", "link")
SKIPPED = Chip(_("Skipped"), "warn", "warning")
BROKEN = Chip(_("Broken"), "bad", "link_dismiss")
APPENDED = Chip(_("Added"), "info", "add")
RESULT_CHIPS = {
    "success": Chip(_("Success"), "ok", "checkmark_circle"),
    "failure": Chip(_("Failure"), "bad", "error_circle"),
}


class Mark(Column):
    """A chip where a yes-or-no field says yes, nothing otherwise."""

    def __init__(self, name: str, chip: Chip) -> None:
        super().__init__(name)
        self.chip = chip

    def text(self, row: Row) -> str | SafeString:
        """The chip, or nothing."""
        return chip_html(self.chip) if row.values.get(self.name) else ""


class CoupledColumn(Mark):
    """*Coupled* as a chip, *Broken* where the other record was deleted; nothing for records that are not coupled."""

    def __init__(self, label: str, *, visible: Callable[[HttpRequest], bool] | None = None) -> None:
        super().__init__("coupled_to_dataverse", COUPLED)
        self.visible = visible
        self.side = "erp" if label.startswith("erp.") else "crm"
        self.note = self.lost

    def lost(self, pks: Sequence[str]) -> dict[str, bool]:
        """The records on the screen whose partner is gone; one query."""
        return dict.fromkeys(lost_partners(self.side, pks), True)

    def text(self, row: Row) -> str | SafeString:
        """The chip, or nothing."""
        return chip_html(BROKEN) if row.values.get(f"{self.name}.note") else super().text(row)


def lost_partners(side: str, keys: Sequence[str]) -> set[str]:
    """Those of these records that have a coupling whose other record was deleted."""
    found = Coupling.objects.filter(broken=True, **{f"{side}_id__in": list(keys)}).values_list(f"{side}_id", flat=True)
    return {str(key) for key in found}


def coupled_chip(_request: HttpRequest, row: Row) -> Chip | None:
    """The chip beside the heading of a coupled record."""
    if not row.get("coupled_to_dataverse"):
        return None
    return BROKEN if lost_partners("erp" if row.label.startswith("erp.") else "crm", [row.pk]) else COUPLED


class TableName(Column):
    """The caption of a table instead of its label."""

    def text(self, row: Row) -> str:
        """For example *Customers* for `erp.Customer`."""
        return table_caption(row.values.get(self.name))


def table_caption(label: Any) -> str:
    """What the records of a table are called; the label of a table that is gone."""
    try:
        return str(schema(label or "").model.Record.plural)
    except LookupError:
        return str(label)


class CoupledRecord(Column):
    """One end of the couplings on the screen: what the record is called, with a link to its card or form."""

    def __init__(self, side: str, caption: Any) -> None:
        super().__init__(f"{side}_record", caption, compute=lambda pks: ends(side, pks))

    def cell(self, row: Row) -> str | SafeString:
        """The link, or the name of a table without a card; blank for a record that is gone."""
        name, address = row.values.get(self.name) or ("", "")
        return format_html('<a href="{}">{}</a>', address, name) if name and address else name


def ends(side: str, pks: Sequence[str]) -> dict[str, Any]:
    """Coupling -> (key or name, address) of its record on one side; the number of queries depends on mappings only."""
    found = tell(list(Coupling.objects.filter(pk__in=list(pks))))
    return {str(told.coupling.pk): _end(side, told) for told in found}


def _end(side: str, told: Told) -> tuple[str, str]:
    name = told.erp_key if side == "erp" else told.crm_name
    table = told.erp_table if side == "erp" else told.crm_table
    key = told.coupling.erp_id if side == "erp" else told.coupling.crm_id
    return name, address_of(table, key) if name and table else ""
