"""Versions of a mapping: the page, and the question before one is restored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from coupling.models import IntegrationTableMapping
from coupling.pages.differences import shown
from coupling.selectors.versions import restoring
from coupling.services.documents import mapping_restore
from pages import Action, DialogPage, Done, Page, Selection, register, registry


@register
class MappingVersions(Page):
    """Who changed what and when, version by version."""

    name = "coupling.mapping.versions"
    path = "coupling/mappings/<uuid:pk>/versions/"
    title = _("Versions")
    edit_right = "setup"
    icon = "history"

    def urls(self) -> Sequence[URLPattern]:
        """The page."""
        from coupling.views.mappings import VersionsView

        return [path(self.path, VersionsView.as_view(page=self), name=self.name)]


VERSIONS = Action(
    "versions",
    _("Versions"),
    url=lambda _request, selection: registry.reverse(MappingVersions.name, pk=selection.pks[0]),
    scope="one",
    right="view",
    icon="history",
    order=30,
)


class RestoreForm(forms.Form):
    """The version to go back to, and the state of the mapping that the question was asked in."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    row_version = forms.IntegerField(widget=forms.HiddenInput, required=False)


@register
class RestoreDialog(DialogPage):
    """What would change by restoring a version."""

    name = "coupling.mapping.restore"
    path = "coupling/mappings/restore/"
    title = _("Restore Version")
    template = "coupling/restore.html"
    form_class = RestoreForm
    right = "setup"
    wide = True
    submit_caption = _("Restore")

    def initial(self, request: HttpRequest, selection: Selection | None) -> dict[str, Any]:
        """The version of the address; the mapping as it is now."""
        row = selection.one if selection else None
        return {"version": request.GET.get("version", ""), "row_version": row.version if row else ""}

    def context(self, _request: HttpRequest, selection: Selection | None, form: forms.Form | None) -> dict[str, Any]:
        """The differences between now and then."""
        mapping = _mapping(selection)
        number = str(form["version"].value() if form else "")
        found = restoring(mapping, int(number)) if mapping and number.isdigit() and len(number) < 9 else None
        if mapping is None or found is None:
            return {"kept": None}
        kept, changes = found
        if form is not None and form.is_bound:  # who confirms once more has seen what is told now
            form.data = {**form.data.dict(), "row_version": str(mapping.row_version)}  # type: ignore[attr-defined]
        return {"kept": kept, "mapping": mapping, "rows": shown(changes, mapping.erp_table, mapping.crm_table)}

    def submit(self, _request: HttpRequest, selection: Selection | None, form: forms.Form | None) -> Done:
        """Restore it."""
        mapping = _mapping(selection)
        assert mapping is not None
        assert form is not None
        data = form.cleaned_data
        mapping_restore(mapping=mapping, version=data["version"], row_version=data["row_version"])
        said = _now("%(mapping)s is as it was in version %(version)s.")
        return Done(
            said % {"mapping": mapping.name, "version": data["version"]},
            url=registry.reverse(MappingVersions.name, pk=str(mapping.pk)),
        )


def _mapping(selection: Selection | None) -> IntegrationTableMapping | None:
    return IntegrationTableMapping.objects.filter(pk=selection.pks[0]).first() if selection else None
