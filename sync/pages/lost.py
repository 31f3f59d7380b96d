"""Restore Record on a card whose partner was deleted: make it again from the record that is left."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from coupling.access import couplings_of, is_connected, mappings_of
from coupling.models import Coupling
from coupling.selectors.records import record_keys
from coupling.services.lost import couplings_mark_lost
from pages import Action, Done, Selection
from sync.pages.worklist import name_of, told
from sync.shown import side_of
from sync.worklist import repair


def half_pairs(request: HttpRequest, selection: Selection) -> list[Coupling]:
    """The couplings of the chosen records whose other record is gone, whether anybody has noticed it yet or not."""
    tables = {m.name: (m.crm_table if side_of(selection.label) == "erp" else m.erp_table) for m in mappings_of(request)}
    other = "crm_id" if side_of(selection.label) == "erp" else "erp_id"
    found = [c for c in couplings_of(request, selection.label, selection.pks) if c.pair in tables]
    living: set[str] = set()
    for table in {tables[c.pair] for c in found}:
        living |= set(record_keys(table, [getattr(c, other) for c in found]))
    return [c for c in found if str(getattr(c, other)) not in living]


def nothing_lost(request: HttpRequest, selection: Selection) -> Any:
    """Why there is nothing to restore."""
    return None if half_pairs(request, selection) else _("The coupled record was not deleted.")


def restore(request: HttpRequest, selection: Selection) -> Done | HttpResponseBase:
    """Make the deleted record again; the coupling gets it."""
    lost = half_pairs(request, selection)
    other = "crm" if side_of(selection.label) == "erp" else "erp"
    couplings_mark_lost([(c.pair, other, str(getattr(c, f"{other}_id"))) for c in lost])
    answer = repair.settle(repair.restore(ids=[str(c.pk) for c in lost], user_name=name_of(request)))
    return told(
        request, answer, lambda n: ngettext("%(n)s record was restored.", "%(n)s records were restored.", n) % {"n": n}
    )


RESTORE = Action(
    "restore_record",
    _("Restore Records"),
    run=restore,
    scope="one",
    group="coupling",
    icon="arrow_undo",
    order=25,
    visible=is_connected,
    disabled=nothing_lost,
    confirm=_("Do you want to create the deleted record again from this one?"),
)
