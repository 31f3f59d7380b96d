"""What the delete dialog asks about coupled records: leave the coupling to its mapping, delete it, or delete both ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from coupling import registry
from coupling.access import couplings_of, is_connected, mappings_of
from coupling.models import Coupling
from coupling.pages.couplings import uncouple
from coupling.products import products
from coupling.services.lost import couplings_mark_lost
from pages import DeleteChoice
from sync.pages.worklist import name_of, refusals
from sync.shown import side_of
from sync.worklist import repair

#: Beyond this number the other ends are left to the work-list.
AT_ONCE = 1000
WHAT_FOLLOWS = {
    "none": _("It waits in Coupled Data Synchronization Errors until somebody decides."),
    "restore": _("The next run creates the record again."),
    "remove_coupling": _("The next run deletes the coupling."),
}
RULE, UNCOUPLE, BOTH = "rule", "uncouple", "both"


def options(request: HttpRequest, label: str, pks: Sequence[str]) -> list[tuple[str, Any, Any]]:
    """The ways to go; none where nothing is coupled or couplings always go with these records."""
    found = staying(request, label, pks) if is_connected(request) else []
    if not found:
        return []
    product = products().crm if side_of(label) == "erp" else products().erp
    rules = {m.name: m.deletion_conflict for m in mappings_of(request)}
    follows = " ".join(str(WHAT_FOLLOWS[rule]) for rule in sorted({rules[c.pair] for c in found}))
    ways = [
        (RULE, _now("Leave it to the mapping"), follows),
        (UNCOUPLE, _now("Delete the coupling"), _now("The record in %(product)s stays.") % {"product": product}),
    ]
    if len(found) <= AT_ONCE:
        said = _now("The record in %(product)s is deleted as well, where its rules allow it.") % {"product": product}
        ways.append((BOTH, _now("Delete both records"), said))
    return ways


def staying(request: HttpRequest, label: str, pks: Sequence[str]) -> list[Coupling]:
    """The couplings that outlive the deletion of these records."""
    tables = {m.name: registry.tables_of(m) for m in mappings_of(request)}
    found = [c for c in couplings_of(request, label, pks) if c.pair in tables]
    if side_of(label) == "crm":
        return found
    return [c for c in found if not registry.goes_with_erp(tables[c.pair])]


def follow(request: HttpRequest, label: str, pks: Sequence[str], value: str) -> list[str]:
    """Do what was chosen; what the rules of the other records refuse is told."""
    found = staying(request, label, pks) if is_connected(request) else []
    if value == UNCOUPLE and found:
        uncouple(request, found)
    if value != BOTH or not found or len(found) > AT_ONCE:
        return []
    side = side_of(label)
    couplings_mark_lost([(c.pair, side, str(getattr(c, f"{side}_id"))) for c in found])
    return refusals(repair.delete_records(ids=[str(c.pk) for c in found], user_name=name_of(request)))


CHOICE = DeleteChoice("coupled_records", _("What becomes of the coupling?"), options, follow)
