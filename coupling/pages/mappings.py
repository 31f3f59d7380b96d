"""Integration Table Mappings: list, card with field lines, filter editor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from coupling.models import IntegrationFieldMapping, IntegrationTableMapping
from coupling.pages.columns import TableName
from coupling.pages.criteria import CRITERIA
from coupling.pages.fields import picker
from coupling.pages.filters import EDIT_FILTER, EDIT_INTEGRATION_FILTER
from coupling.pages.transfer import EXPORT, IMPORT, RESET
from coupling.pages.versions import VERSIONS
from coupling.pages.words import KEYWORDS
from coupling.selectors.counts import counts
from coupling.services.mapping import line_move
from pages import (
    CardPage,
    FastTab,
    Help,
    Lines,
    ListPage,
    More,
    Number,
    View,
    register,
)


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
    actions = (EDIT_FILTER, EDIT_INTEGRATION_FILTER, CRITERIA, VERSIONS, EXPORT, IMPORT, RESET)


def _move(pk: str, step: int) -> None:
    line_move(line=IntegrationFieldMapping.objects.get(pk=pk), step=step)


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
    actions = (EDIT_FILTER, EDIT_INTEGRATION_FILTER, CRITERIA, VERSIONS)


class FilterForm(forms.Form):
    """A filter in the grammar."""

    text = forms.CharField(label=_("Filter"), required=False, widget=forms.Textarea(attrs={"rows": 3}))


class FilterDialog(DialogPage, kind=True):
    """Edit a table filter and see at once how many records it lets in. `field` names the filter, `side` its table."""

    template = "coupling/filter.html"
    form_class = FilterForm
    right = "setup"
    icon = "filter"
    field_name = "table_filter"
    table_name = "erp_table"

    def initial(self, _request: HttpRequest, selection: Selection | None) -> dict[str, Any]:
        """The present filter."""
        row = selection.one if selection else None
        return {"text": row.get(self.field_name) if row else ""}

    def context(self, request: HttpRequest, selection: Selection | None, form: forms.Form | None) -> dict[str, Any]:
        """Table, address of the count, and what the filter says now."""
        row = selection.one if selection else None
        typed = form["text"].value() if form else ""
        return {"mapping": row, "count_url": f"{request.path}count/", **said(self.table(row), str(typed or ""))}

    def table(self, row: Row | None) -> str:
        """The label of the filtered table."""
        return str(row.get(self.table_name)) if row else ""

    def submit(self, _request: HttpRequest, selection: Selection | None, form: forms.Form | None) -> Done:
        """Store the filter; what does not parse stays open with the reason at the field."""
        from records.errors import FieldError, Rejected

        assert selection is not None
        assert form is not None
        edit = Edit(selection.pks[0], {self.field_name: form.cleaned_data["text"].strip()})
        try:
            update(IntegrationTableMapping, [edit], source="page").single()
        except Rejected as error:
            renamed = {self.field_name: "text"}
            raise Rejected(FieldError(renamed.get(e.field, e.field), e.code, e.params) for e in error.errors) from None
        return Done(_now("The filter is stored. The next job uses it."))

    def urls(self) -> Sequence[URLPattern]:
        """The dialog, and the count beside it."""
        count = path(f"{self.path}count/", FilterCountView.as_view(page=self), name=f"{self.name}.count")
        return [*super().urls(), count]


@register
class TableFilterDialog(FilterDialog):
    """The filter of the ERP table."""

    name = "coupling.mapping.table_filter"
    path = "coupling/mappings/table-filter/"
    title = _("Table Filter")


@register
class IntegrationTableFilterDialog(FilterDialog):
    """The filter of the integration table."""

    name = "coupling.mapping.integration_table_filter"
    path = "coupling/mappings/integration-table-filter/"
    title = _("Integration Table Filter")
    field_name = "integration_table_filter"
    table_name = "crm_table"


class FilterCountView(PageView):
    """How many records the typed filter lets in, and what it says."""

    page: FilterDialog

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """A fragment for the dialog."""
        ids = request.GET.getlist("ids")[:1]
        row = next(iter(Selection("coupling.IntegrationTableMapping", ids).rows()), None) if _is_key(ids) else None
        context = said(self.page.table(row), request.GET.get("text", "")) if row else {}
        return self.render("coupling/_filter_count.html", context)


def said(label: str, typed: str) -> dict[str, Any]:
    """`count` and `sentence` of a filter, or its `error`."""
    if not label:
        return {}
    count, error = filter_count(label, typed)
    sentence = ""
    if not error:
        try:
            sentence = describe(typed.replace("{company}", "00000000-0000-0000-0000-000000000000"), label)
        except FilterError:
            sentence = ""
    return {"count": count, "error": error, "sentence": sentence, "plural": schema(label).model.Record.plural}


def _is_key(ids: Sequence[str]) -> bool:
    from pages.selection import keys

    return bool(keys(ids))
    actions = (EDIT_FILTER, EDIT_INTEGRATION_FILTER, VERSIONS)
