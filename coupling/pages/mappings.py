"""Integration Table Mappings: list, card with field lines, filter editor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from coupling.models import IntegrationFieldMapping, IntegrationTableMapping
from coupling.pages.columns import TableName, table_caption
from coupling.pages.criteria import CRITERIA
from coupling.pages.fields import picker, shown_field
from coupling.pages.filters import EDIT_FILTER, EDIT_INTEGRATION_FILTER
from coupling.pages.transfer import EXPORT, IMPORT, RESET
from coupling.pages.versions import VERSIONS
from coupling.pages.wizard import NEW
from coupling.pages.words import KEYWORDS
from coupling.selectors.counts import counts
from coupling.services.mapping import line_move
from coupling.soundness import fault_of, recreates_deleted
from pages import (
    CardPage,
    Chip,
    FastTab,
    Help,
    Lines,
    ListPage,
    More,
    Number,
    Row,
    Suggest,
    View,
    register,
)
from records.messages import text


def count_of(name: str) -> Callable[[Sequence[str]], dict[str, Any]]:
    """The compute function of a count column; zero stays blank."""

    def compute(pks: Sequence[str]) -> dict[str, Any]:
        names = dict(IntegrationTableMapping.objects.filter(pk__in=list(pks)).values_list("pk", "name"))
        found = counts(list(names.values()))[name]
        return {str(pk): found.get(mapping) or None for pk, mapping in names.items()}

    return compute


@register
class MappingList(ListPage):
    """All mappings."""

    name = "coupling.mapping.list"
    model = "coupling.IntegrationTableMapping"
    path = "coupling/mappings/"
    title = _("Integration Table Mappings")
    card = "coupling.mapping.card"
    menu = ("synchronization", 20)
    icon = "map"
    edit_right = "setup"
    keywords = KEYWORDS
    help = Help(
        _(
            "A mapping says which table belongs to which integration table, in which direction data goes, which records "
            "take part and who wins in a conflict. Open it to change its field lines."
        )
    )
    insert = False
    columns = (
        "name",
        TableName("erp_table"),
        TableName("crm_table"),
        "direction",
        "only_coupled",
        "update_conflict",
        "deletion_conflict",
        Number("failed_count", _("Failed"), compute=count_of("failed_count")),
        Number("skipped_count", _("Skipped"), compute=count_of("skipped_count")),
        Number("pending_count", _("Pending"), compute=count_of("pending_count")),
    )
    filter_fields = ("name", "direction", "only_coupled")
    views = (
        View("all", _("All"), ""),
        View("user_defined", _("User-Defined"), "user_defined=true"),
    )
    actions = (NEW, EDIT_FILTER, EDIT_INTEGRATION_FILTER, CRITERIA, VERSIONS, EXPORT, IMPORT, RESET)


def _table(name: str) -> Callable[[Row], str]:
    return lambda row: table_caption(row.get(name))


def _key_field(row: Row) -> str:
    """The caption of the field that identifies a row of the integration table."""
    label, name = str(row.get("crm_table")), str(row.get("crm_key_field"))
    try:
        return shown_field(label, name)
    except LookupError:
        return name


def _move(pk: str, step: int) -> None:
    line_move(line=IntegrationFieldMapping.objects.get(pk=pk), step=step)


def broken_chip(_request: HttpRequest, row: Row) -> Chip | None:
    """Why the mapping cannot run: a field that it names is gone."""
    mapping = IntegrationTableMapping.objects.filter(pk=row.pk).first()
    fault = fault_of(mapping) if mapping else None
    return Chip(text(fault.code, fault.params), "bad", "error_circle") if fault else None


def recreates_chip(_request: HttpRequest, row: Row) -> Chip | None:
    """What deletes couplings and creates what is not coupled makes deleted records again."""
    mapping = IntegrationTableMapping.objects.filter(pk=row.pk).first()
    if mapping is None or not recreates_deleted(mapping):
        return None
    return Chip(_("Deleted records may be created again"), "warn", "warning")


@register
class MappingCard(CardPage):
    """One mapping with its field lines."""

    name = "coupling.mapping.card"
    model = "coupling.IntegrationTableMapping"
    path = "coupling/mappings/<uuid:pk>/"
    title = _("Integration Table Mapping")
    list = "coupling.mapping.list"
    edit_right = "setup"
    insert = False
    icon = "map"
    fasttabs = (
        FastTab(
            "general",
            _("General"),
            (
                "name",
                "direction",
                "erp_table",
                "crm_table",
                "only_coupled",
                More("crm_key_field"),
                "depends_on",
                "table_filter",
                "integration_table_filter",
            ),
            summary=("name", "direction", "only_coupled"),
        ),
        Lines(
            "fields",
            _("Integration Field Mappings"),
            "coupling.IntegrationFieldMapping",
            "mapping",
            (
                "erp_field",
                "direction",
                "crm_field",
                "constant",
                "transformation",
                "transformation_direction",
                "enabled",
                "validate_erp",
                "not_null",
                "clear_on_failure",
                "truncate",
                "only_new",
                "match",
                "match_case_sensitive",
                "match_priority",
            ),
            sort=("no",),
            limit=1000,
            pickers={"erp_field": picker("erp"), "crm_field": picker("crm")},
            move=_move,
        ),
        FastTab(
            "conflicts",
            _("Conflicts"),
            ("update_conflict", "deletion_conflict"),
            summary=("update_conflict", "deletion_conflict"),
        ),
        FastTab(
            "coupling",
            _("Match-Based Coupling"),
            (
                "create_new_in_case_of_no_match",
                "synch_after_bulk_coupling",
                "disable_event_job_resch",
                More("multi_company_synch_enabled"),
            ),
            is_open=False,
        ),
        FastTab(
            "information",
            _("Information"),
            ("synch_int_tbl_mod_on_fltr", "synch_modified_on_filter", "user_defined", "version"),
            is_open=False,
        ),
    )
    shown: ClassVar = {
        "erp_table": _table("erp_table"),
        "crm_table": _table("crm_table"),
        "crm_key_field": _key_field,
    }
    suggestions: ClassVar = {"depends_on": Suggest("coupling.IntegrationTableMapping", "name", {})}
    chips = (broken_chip, recreates_chip)
    actions = (EDIT_FILTER, EDIT_INTEGRATION_FILTER, CRITERIA, VERSIONS)
