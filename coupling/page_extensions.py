"""What this app adds to the pages of both sides: the Coupled column, views, chip, FactBox, and the actions of couplings.

Actions exist only with an enabled connection; what a filter or a right forbids is disabled with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.utils.functional import lazy
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from coupling import registry
from coupling.access import (
    couplings_of,
    has_partner,
    is_connected,
    is_option_table,
    mapping_of_table,
    mappings_of,
    option_mappings_of,
)
from coupling.models import Coupling
from coupling.outside import outside_reason
from coupling.own_tables import has_records_mapped, is_mapped, own_tables
from coupling.pages.columns import CoupledColumn, coupled_chip
from coupling.pages.couplings import uncouple
from coupling.pages.factbox import coupling_facts
from coupling.pages.videos import COUPLE
from coupling.pages.words import KEYWORDS
from coupling.products import products
from coupling.selectors.records import record_titles
from coupling.services.option_mapping import option_mapping_delete
from coupling.services.set_up import Asked, Outcome, coupling_set_up
from coupling.validation import is_option
from pages import Action, ActionGroup, Done, FactBox, Selection, View
from pages.registry import address_of, extend_table
from records.messages import text


def _crm_name() -> str:
    return products().crm


def _create_caption() -> str:
    return _now("Create in %(product)s") % {"product": products().crm}


def _open_caption() -> str:
    return _now("Open in %(product)s") % {"product": products().crm}


crm_product = lazy(_crm_name, str)
GROUP = ActionGroup("coupling", crm_product(), icon="database_link", order=20)
VIEWS = (
    View("coupled", _("Coupled to Dataverse"), "coupled_to_dataverse=true"),
    View("not_coupled", _("Not Coupled"), "coupled_to_dataverse=false"),
)
FACTBOX = FactBox(
    "coupling", crm_product(), "coupling/_factbox.html", coupling_facts, "database_link", visible=is_connected
)


def cannot_couple(request: HttpRequest, selection: Selection) -> str:
    """Why the chosen record cannot be coupled."""
    return outside_reason(request, selection.label, selection.pks)


def cannot_uncouple(request: HttpRequest, selection: Selection) -> str:
    """Why there is nothing to uncouple."""
    if has_partner(request, selection.label, selection.pks):
        return ""
    return _now("The record is not coupled.") if selection.count == 1 else _now("None of the records is coupled.")


def cannot_open(request: HttpRequest, selection: Selection) -> str:
    """Why there is no other record to open."""
    return "" if couplings_of(request, selection.label, selection.pks[:1]) else _now("The record is not coupled.")


def cannot_create(request: HttpRequest, selection: Selection) -> str:
    """Why no records can be made on the other side."""
    mapping = mapping_of_table(request, selection.label)
    if mapping is None:
        return _now("This table is not mapped.")
    if not mapping.allows("to_crm"):
        return text("direction_not_allowed", {"mapping": mapping.name})
    return outside_reason(request, selection.label, selection.pks) if selection.count == 1 else ""


def delete_coupling(request: HttpRequest, selection: Selection) -> Done:
    """Delete Coupling for the chosen records: one at once, several in the background."""
    if is_option_table(request, selection.label):
        for found in option_mappings_of(selection.pks):
            option_mapping_delete(option_mapping=found)
        return Done(_now("The coupling was deleted. The records stay."))
    return uncouple(request, couplings_of(request, selection.label, selection.pks))


def create_in_crm(request: HttpRequest, selection: Selection) -> Done:
    """Make and couple new records for the chosen ones, in one background job."""
    mapping = mapping_of_table(request, selection.label)
    assert mapping is not None
    asked = Asked(
        mapping=mapping,
        erp_ids=selection.pks,
        is_selection=True,
        create_new=True,
        user_name=request.user.get_username(),
    )
    return told(coupling_set_up(asked))


def told(outcome: Outcome) -> Done:
    """The notice for records that were scheduled, with what was left out."""
    message = ngettext(
        "%(count)s record is being created.", "%(count)s records are being created.", outcome.scheduled
    ) % {"count": outcome.scheduled}
    left = [text(one.code, one.params) for one in (*outcome.skipped, *outcome.failed)][:5]
    return Done(message, tone="warn" if left else "ok", details=left)


def open_partner(request: HttpRequest, selection: Selection) -> str:
    """The address of the coupled record."""
    found = couplings_of(request, selection.label, selection.pks[:1])
    mapping = mapping_of_table(request, selection.label)
    if not found or mapping is None:
        return request.path
    return address_of(mapping.crm_table, found[0].crm_id)


def delete_note(request: HttpRequest, label: str, pks: Sequence[str]) -> list[str]:
    """What the delete dialog says of couplings."""
    couplings = couplings_of(request, label, pks)
    labels = [found.label for found in option_mappings_of(pks)] if label.startswith("erp.") else []
    count = len(couplings) or len(labels)
    if not count:
        return []
    if len(pks) == 1:
        partner = partner_of(request, label, couplings[0]) if couplings else labels[0]
        name = str(partner).removesuffix(".") if partner else _now("a deleted record")  # "S.L." ends the sentence, too
        return [_now("The record is coupled with %(partner)s.") % {"partner": name}]
    said = ngettext("%(count)s of the records is coupled.", "%(count)s of the records are coupled.", count)
    return [said % {"count": count}]


def partner_of(request: HttpRequest, label: str, coupling: Coupling) -> str:
    """What the other record of a coupling is called; blank where it is gone."""
    other = "crm" if label.startswith("erp.") else "erp"
    key = str(getattr(coupling, f"{other}_id"))
    tables = {m.name: str(getattr(m, f"{other}_table")) for m in mappings_of(request)}
    return record_titles(tables[coupling.pair], [key]).get(key, "") if coupling.pair in tables else ""


SET_UP = Action(
    "set_up_coupling",
    _("Set Up Coupling"),
    dialog="coupling.set_up",
    scope="one",
    group="coupling",
    icon="link",
    order=10,
    visible=is_connected,
    disabled=cannot_couple,
    keywords=KEYWORDS,
)
DELETE = Action(
    "delete_coupling",
    _("Delete Coupling"),
    run=delete_coupling,
    scope="many",
    group="coupling",
    icon="link_dismiss",
    order=30,
    visible=is_connected,
    disabled=cannot_uncouple,
    confirm=_("Delete the couplings of the selected records? The records stay on both sides."),
    keywords=KEYWORDS,
)
CREATE = Action(
    "create_in_crm",
    lazy(_create_caption, str)(),
    run=create_in_crm,
    scope="many",
    group="coupling",
    icon="add",
    order=40,
    visible=is_connected,
    disabled=cannot_create,
    keywords=KEYWORDS,
)
OPEN = Action(
    "open_coupled",
    lazy(_open_caption, str)(),
    url=open_partner,
    scope="one",
    right="view",
    group="coupling",
    icon="open",
    order=50,
    separated=True,
    visible=is_connected,
    disabled=cannot_open,
    keywords=KEYWORDS,
)
CRM_GROUP = ActionGroup("coupling", _("Synchronization"), icon="database_link", order=20)
CRM_FACTBOX = FactBox(
    "coupling",
    lazy(lambda: products().erp, str)(),
    "coupling/_factbox.html",
    coupling_facts,
    "database_link",
    visible=is_connected,
)


def extend_pages() -> None:
    """Extend the lists and cards of every table that a declared pair maps."""
    seen: set[str] = set()
    for pair in registry.pairs():
        declared = pair.mapping
        try:
            option = is_option(declared)
        except LookupError:  # told by the system check
            continue
        if declared.erp_table not in seen:
            seen.add(declared.erp_table)
            _extend_erp(declared.erp_table, is_option=option)
        if not option and declared.crm_table not in seen:
            seen.add(declared.crm_table)
            _extend_crm(declared.crm_table)


def _extend_erp(label: str, *, is_option: bool) -> None:
    on_list: tuple[Any, ...] = (SET_UP, DELETE) if is_option else (SET_UP, DELETE, CREATE, OPEN)
    on_card: tuple[Any, ...] = (SET_UP, DELETE) if is_option else (SET_UP, DELETE, OPEN)
    common = {"groups": (GROUP,), "factboxes": (FACTBOX,), "delete_notes": (delete_note,), "videos": (COUPLE,)}
    extend_table(label, "list", columns=(CoupledColumn(label),), views=VIEWS, actions=on_list, **common)
    extend_table(label, "card", chips=(coupled_chip,), actions=on_card, **common)


def _extend_crm(label: str) -> None:
    common = {"groups": (CRM_GROUP,), "factboxes": (CRM_FACTBOX,), "delete_notes": (delete_note,), "videos": (COUPLE,)}
    extend_table(label, "list", columns=(CoupledColumn(label),), views=VIEWS, actions=(SET_UP, DELETE), **common)
    extend_table(label, "card", chips=(coupled_chip,), actions=(SET_UP, DELETE), **common)


def _extend_own(label: str) -> None:
    """The same for a table that no pair knows: nothing shows until somebody maps it."""
    mapped, is_erp = is_mapped(label), label.startswith("erp.")
    group, factbox = (GROUP, FACTBOX) if is_erp else (CRM_GROUP, CRM_FACTBOX)
    common = {
        "groups": (group,), "factboxes": (replace(factbox, visible=mapped),), "delete_notes": (delete_note,),
    }  # fmt: skip
    more = tuple(replace(action, visible=has_records_mapped(label)) for action in ((CREATE, OPEN) if is_erp else ()))
    on_list = (*(replace(action, visible=mapped) for action in (SET_UP, DELETE)), *more)
    on_card = tuple(action for action in on_list if action.name != CREATE.name)
    views = tuple(replace(view, visible=mapped) for view in VIEWS)
    column = CoupledColumn(label, visible=mapped)
    extend_table(label, "list", columns=(column,), views=views, actions=on_list, **common)
    extend_table(label, "card", chips=(lambda r, row: coupled_chip(r, row) if mapped(r) else None,), actions=on_card,
                 **common)  # fmt: skip


extend_pages()
for own in own_tables():
    _extend_own(own)
