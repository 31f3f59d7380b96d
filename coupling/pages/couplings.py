"""Couplings and option mappings as lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from coupling.access import is_connected
from coupling.models import Coupling, OptionMapping
from coupling.pages.columns import APPENDED, BROKEN, RESULT_CHIPS, SKIPPED, CoupledRecord, Mark
from coupling.pages.videos import COUPLE
from coupling.pages.words import KEYWORDS
from coupling.selectors.records import record_keys
from coupling.services.coupling import couplings_delete, require_connection
from coupling.services.option_mapping import option_mapping_delete
from coupling.work import work
from pages import Action, CardPage, Column, Done, FastTab, Help, ListPage, Row, Selection, Status, View, register
from pages.actions import Scope
from pages.registry import address_of
from records.messages import text


def uncouple(request: HttpRequest, couplings: Sequence[Coupling]) -> Done:
    """Delete one coupling at once, several in the background (one job for each mapping)."""
    require_connection()
    if len(couplings) <= 1:
        couplings_delete(couplings=couplings)
        return Done(_now("The coupling was deleted. The records stay."))
    by_pair: dict[str, list[str]] = {}
    for coupling in couplings:
        by_pair.setdefault(coupling.pair, []).append(str(coupling.erp_id))
    for pair, erp_ids in by_pair.items():
        work().uncouple(mapping=pair, erp_ids=erp_ids, user_name=request.user.get_username())
    said = ngettext("%(count)s coupling is being deleted.", "%(count)s couplings are being deleted.", len(couplings))
    return Done(said % {"count": len(couplings)})


def _delete(request: HttpRequest, selection: Selection) -> Done:
    return uncouple(request, list(Coupling.objects.filter(pk__in=selection.pks)))


@register
class CouplingList(ListPage):
    """Which record belongs to which."""

    name = "coupling.coupling.list"
    model = "coupling.Coupling"
    path = "coupling/couplings/"
    title = _("Couplings")
    menu = ("synchronization", 30)
    icon = "link"
    keywords = KEYWORDS
    help = Help(_("Every pair of records that belong together, with the results of their last synchronization."))
    videos: ClassVar = (COUPLE,)
    columns = (
        "pair",
        CoupledRecord("erp", _("ERP Record")),
        CoupledRecord("crm", _("CRM Record")),
        "last_synced_at",
        Status("last_result_to_crm", chips=RESULT_CHIPS),
        Status("last_result_from_crm", chips=RESULT_CHIPS),
        Mark("skipped", SKIPPED),
        Mark("broken", BROKEN),
    )
    filter_fields = ("pair", "last_result_to_crm", "last_result_from_crm", "skipped", "broken")
    views = (
        View("all", _("All"), ""),
        View("failed", _("Failed"), "last_result_to_crm=failure"),
        View("skipped", _("Skipped"), "skipped=true"),
        View("broken", _("Broken"), "broken=true"),
    )
    actions = (
        Action(
            "delete_coupling",
            _("Delete Coupling"),
            run=_delete,
            scope="many",
            icon="link_dismiss",
            visible=is_connected,
            confirm=_("Delete the couplings of the selected records? The records stay on both sides."),
            keywords=KEYWORDS,
        ),
    )


class OptionCode(Column):
    """The code of an option mapping, with a link to its card."""

    def cell(self, row: Row) -> str | SafeString:
        """The link; blank for a record that is gone."""
        code, address = row.values.get(self.name) or ("", "")
        return format_html('<a href="{}">{}</a>', address, code) if code and address else code


def option_code(pks: Sequence[str]) -> dict[str, Any]:
    """Option mapping -> (code, address of its card); one query for each code table."""
    found = list(OptionMapping.objects.filter(pk__in=list(pks)).select_related("mapping"))
    codes: dict[str, str] = {}
    for table in {row.mapping.erp_table for row in found}:
        codes |= record_keys(table, [row.erp_id for row in found if row.mapping.erp_table == table])
    named = {row: codes.get(str(row.erp_id), "") for row in found}
    return {str(row.pk): (code, address_of(row.mapping.erp_table, row.erp_id)) for row, code in named.items()}


def option_errors(pks: Sequence[str]) -> dict[str, str]:
    """The remembered error of each option mapping, as a sentence."""
    found = OptionMapping.objects.filter(pk__in=list(pks), error_to_crm__isnull=False)
    return {str(row.pk): text(row.error_to_crm["code"], row.error_to_crm.get("params", {})) for row in found}


def take_off(request: HttpRequest, selection: Selection) -> Done:
    """Take one code off its option at once, several in the background (one job for each mapping)."""
    require_connection()
    found = list(OptionMapping.objects.filter(pk__in=selection.pks).select_related("mapping"))
    if len(found) == 1:
        option_mapping_delete(option_mapping=found[0])
        return Done(_now("The coupling was deleted. The records stay."))
    by_mapping: dict[str, list[str]] = {}
    for row in found:
        by_mapping.setdefault(row.mapping.name, []).append(str(row.erp_id))
    for mapping, erp_ids in by_mapping.items():
        work().uncouple(mapping=mapping, erp_ids=erp_ids, user_name=request.user.get_username())
    said = ngettext("%(count)s coupling is being deleted.", "%(count)s couplings are being deleted.", len(found))
    return Done(said % {"count": len(found)})


def delete_option(scope: Scope) -> Action:
    """Delete Coupling, for the list or the card."""
    return Action(
        "delete_coupling",
        _("Delete Coupling"),
        run=take_off,
        scope=scope,
        icon="link_dismiss",
        order=40,
        visible=is_connected,
        confirm=_("Delete the couplings of the selected records? The records stay on both sides."),
        keywords=KEYWORDS,
    )


@register
class OptionMappingList(ListPage):
    """Which code stands for which value of an option set."""

    name = "coupling.option_mapping.list"
    model = "coupling.OptionMapping"
    path = "coupling/option-mappings/"
    title = _("Option Mappings")
    card = "coupling.option_mapping.card"
    menu = ("synchronization", 40)
    icon = "options"
    keywords = _("option, payment terms, shipment method, shipping agent, crm")
    help = Help(_("Payment terms, shipment methods and shipping agents are values of option sets on the Sales side."))
    insert = False
    columns = (
        "mapping",
        OptionCode("code", _("Code"), compute=option_code),
        "option_value",
        "label",
        "last_synced_at",
        Status("last_result_to_crm", chips=RESULT_CHIPS),
        Mark("skipped", SKIPPED),
        Column("error", _("Error Message"), compute=option_errors),
        Mark("appended", APPENDED),
    )
    filter_fields = ("mapping", "label", "last_result_to_crm", "skipped", "appended")
    actions = (delete_option("many"),)
    views = (
        View("all", _("All"), ""),
        View("appended", _("Added by Synchronization"), "appended=true"),
        View("failed", _("Failed"), "last_result_to_crm=failure"),
        View("skipped", _("Skipped"), "skipped=true"),
    )


@register
class OptionMappingCard(CardPage):
    """One code with its option."""

    name = "coupling.option_mapping.card"
    model = "coupling.OptionMapping"
    path = "coupling/option-mappings/<uuid:pk>/"
    title = _("Option Mapping")
    list = "coupling.option_mapping.list"
    icon = "options"
    editable = False
    fasttabs = (
        FastTab(
            "general",
            _("General"),
            ("mapping", "option_value", "label", "last_synced_at", "last_result_to_crm", "skipped", "appended"),
        ),
    )
    actions = (delete_option("one"),)
