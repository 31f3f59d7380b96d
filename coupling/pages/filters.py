"""The dialogs of the two table filters of a mapping, and what follows when a filter lets more records in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from coupling.models import IntegrationTableMapping
from coupling.pages.filter_editor import Editor
from coupling.work import offered
from pages import Action, DialogPage, Done, Row, Selection, register
from records.errors import FieldError, Rejected
from records.writes import Edit, update

EDIT_FILTER = Action(
    "table_filter",
    _("Table Filter"),
    dialog="coupling.mapping.table_filter",
    scope="one",
    right="setup",
    icon="filter",
    order=20,
)
EDIT_INTEGRATION_FILTER = Action(
    "integration_table_filter",
    _("Integration Table Filter"),
    dialog="coupling.mapping.integration_table_filter",
    scope="one",
    right="setup",
    icon="filter",
    order=21,
)


class FilterDialog(DialogPage, kind=True):
    """Edit a table filter and see at once what it lets in. `field_name` names the filter, `table_name` its table."""

    template = "coupling/filter.html"
    right = "setup"
    icon = "filter"
    wide = True
    field_name = "table_filter"
    table_name = "erp_table"

    def context(self, request: HttpRequest, selection: Selection | None, _form: forms.Form | None) -> dict[str, Any]:
        """The editor, as stored or as it was sent."""
        row = selection.one if selection else None
        if row is None:
            return {"mapping": None}
        is_sent = request.method == "POST" and f"{self.field_name}-mode" in request.POST
        return {
            "mapping": row,
            "editor": self.sent(request, row) if is_sent else self.stored(row),
            "row_version": request.POST.get("row_version", row.version) if is_sent else row.version,
        }

    def stored(self, row: Row) -> Editor:
        """The editor of the stored filter."""
        label, text = str(row.get(self.table_name)), str(row.get(self.field_name) or "")
        return Editor.of_text(self.field_name, label, text, str(row.get("name")))

    def sent(self, request: HttpRequest, row: Row) -> Editor:
        """The editor as it was sent."""
        return Editor.of_data(self.field_name, str(row.get(self.table_name)), request.POST, str(row.get("name")))

    def submit(self, request: HttpRequest, selection: Selection | None, _form: forms.Form | None) -> Done:
        """Store the filter, unless somebody else changed the mapping meanwhile; then offer what it lets in."""
        assert selection is not None
        row = selection.one
        assert row is not None
        if f"{self.field_name}-mode" not in request.POST:
            raise Rejected([FieldError("", "required", {"caption": str(self.title)})])
        editor = self.sent(request, row)
        if editor.error:
            raise Rejected([FieldError("", "filter_row", {"error": editor.error})])
        given = request.POST.get("row_version", "")
        version = int(given) if given.isdigit() and len(given) < 19 else None
        update(IntegrationTableMapping, [Edit(row.pk, {self.field_name: editor.text}, version)], source="page").single()
        return Done(" ".join([_now("The filter is stored. The next job uses it."), *let_in(str(row.get("name")))]))


def let_in(mapping: str) -> list[str]:
    """A sentence on records that are inside now and that nobody has looked at; blank where there are none."""
    port = offered()
    count = port.let_in_count(mapping) if port else 0
    if not count:
        return []
    said = _now("%(count)s records inside the filters are not queued yet: choose Synchronize Newly Included Records.")
    return [said % {"count": count}]


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
