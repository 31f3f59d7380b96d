"""Export and import of mappings, and going back to the defaults, each with what would change before it does."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from coupling.models import IntegrationTableMapping
from coupling.pages.differences import shown
from coupling.pages.words import KEYWORDS
from coupling.services.defaults import mappings_reset
from coupling.services.reset import losses
from coupling.services.transfer import MAX_BYTES, Trial, content_of, documents_of, mappings_import, mappings_try
from pages import Action, DialogPage, Done, Page, Selection, register, registry
from records.errors import FieldError, Rejected
from records.messages import text


@register
class ExportMappings(Page):
    """Mappings as a file."""

    name = "coupling.mapping.export"
    path = "coupling/mappings/export/"
    title = _("Export Mappings")
    icon = "arrow_export"

    def urls(self) -> Sequence[URLPattern]:
        """The file."""
        from coupling.views.mappings import ExportView

        return [path(self.path, ExportView.as_view(page=self), name=self.name)]


def export_address(_request: HttpRequest, selection: Selection) -> str:
    """The file with the chosen mappings; without a choice with all of them."""
    names = [row.get("name") for row in selection.rows()] if selection.count else []
    return registry.reverse(ExportMappings.name) + (f"?{urlencode([('names', n) for n in names])}" if names else "")


EXPORT = Action(
    "export_mappings",
    _("Export Mappings"),
    url=export_address,
    right="view",
    icon="arrow_export",
    order=60,
    keywords=KEYWORDS,
)
IMPORT = Action(
    "import_mappings",
    _("Import Mappings"),
    dialog="coupling.mapping.import",
    right="setup",
    icon="arrow_import",
    order=61,
    keywords=KEYWORDS,
)


class FileForm(forms.Form):
    """The file."""

    file = forms.FileField(label=_("File"), help_text=_("A file made by Export Mappings. Nothing is changed yet."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs |= {
            "accept": ".json,application/json",
            "data-max-bytes": str(MAX_BYTES),
            "data-too-large": _("The file is too large."),
        }


class ContentForm(forms.Form):
    """What the file holds, and the versions that the trial was made with."""

    content = forms.CharField(widget=forms.HiddenInput, strip=False)
    seen = forms.CharField(widget=forms.HiddenInput)


@register
class ImportMappings(DialogPage):
    """First the file, then what it would change, then the import."""

    name = "coupling.mapping.import"
    path = "coupling/mappings/import/"
    title = _("Import Mappings")
    template = "coupling/import.html"
    right = "setup"
    needs_selection = False
    wide = True
    submit_caption = _("Import")

    def form(self, request: HttpRequest, _selection: Selection | None, data: Any = None) -> forms.Form:
        """The file; once it was read, its content."""
        if data is not None and data.get("content"):
            return ContentForm(data)
        return FileForm(data, request.FILES or None)

    def context(self, _request: HttpRequest, _selection: Selection | None, form: forms.Form | None) -> dict[str, Any]:
        """What the file would change."""
        if not isinstance(form, ContentForm):
            return {}
        try:
            content = content_of(str(form["content"].value() or "").encode())
        except Rejected as error:
            return _told(Trial(errors=error.errors), {})
        trial = mappings_try(content)
        if form.is_bound:  # who confirms once more has seen what is told now
            form.data = {**form.data.dict(), "seen": json.dumps(trial.seen)}  # type: ignore[attr-defined]
        return _told(trial, content)

    def submit(
        self, request: HttpRequest, selection: Selection | None, form: forms.Form | None
    ) -> Done | HttpResponseBase:
        """Show what would change, or do it."""
        assert form is not None
        if isinstance(form, ContentForm):
            content = content_of(form.cleaned_data["content"].encode())
            done = mappings_import(content=content, seen=_seen(form.cleaned_data["seen"]))
            count = sum(1 for one in done if one.action != "unchanged")
            said = ngettext("%(count)s mapping has been imported.", "%(count)s mappings have been imported.", count)
            return Done(said % {"count": count})
        content = content_of(form.cleaned_data["file"].read(MAX_BYTES + 1))
        documents_of(content)
        seen = mappings_try(content).seen
        asked = ContentForm(initial={"content": json.dumps(content, ensure_ascii=False), "seen": json.dumps(seen)})
        return self.reopen(request, asked)

    def reopen(self, request: HttpRequest, form: forms.Form) -> HttpResponseBase:
        """The same dialog with the next question."""
        from pages.views.dialogs import DialogView

        view = DialogView(page=self)
        view.setup(request)
        return view.show(request, form)


def _seen(given: str) -> dict[str, int]:
    try:
        found = json.loads(given)
        return {str(name): int(version) for name, version in found.items()}
    except (ValueError, TypeError, AttributeError):
        raise Rejected([FieldError("seen", "invalid_value", {"value": given[:20]})]) from None


def _told(trial: Trial, content: Mapping[str, Any]) -> dict[str, Any]:
    tables = {m.name: (m.erp_table, m.crm_table) for m in IntegrationTableMapping.objects.all()}
    for one in content.get("mappings", ()) if trial.applied else ():
        tables.setdefault(str(one.get("name", "")).strip().upper(), (one.get("erp_table"), one.get("crm_table")))
    return {
        "errors": [(error.field, text(error.code, error.params)) for error in trial.errors],
        "applied": [
            {"name": a.name, "action": a.action, "rows": shown(a.changes, *tables[a.name])} for a in trial.changed
        ],
        "unchanged": len(trial.applied) - len(trial.changed),
        "new_rules": trial.new_rules,
        "can_import": bool(trial.changed or trial.new_rules) and not trial.errors,
    }


@register
class ResetDialog(DialogPage):
    """Use Default Synchronization Setup, with a list of what would be lost."""

    name = "coupling.mapping.reset"
    path = "coupling/mappings/reset/"
    title = _("Use Default Synchronization Setup")
    template = "coupling/reset.html"
    right = "setup"
    needs_selection = False
    wide = True
    tone = "bad"
    submit_caption = _("Use Defaults")

    def context(self, _request: HttpRequest, selection: Selection | None, _form: forms.Form | None) -> dict[str, Any]:
        """Custom lines, changed values, user-defined mappings."""
        found = losses(_names(selection))
        return {
            "losses": [
                {"loss": loss, "rows": shown(loss.changes, loss.erp_table, loss.crm_table)}
                for loss in found
                if loss.action != "kept"
            ],
            "kept": [loss.name for loss in found if loss.action == "kept"],
            "names": _names(selection),
            "export_url": registry.reverse(ExportMappings.name),
        }

    def submit(self, _request: HttpRequest, selection: Selection | None, _form: forms.Form | None) -> Done:
        """Do it."""
        found = mappings_reset(names=_names(selection))
        said = ngettext(
            "%(count)s mapping has its default values again.", "%(count)s mappings have their default values again.",
            len(found),
        )  # fmt: skip
        return Done(said % {"count": len(found)})


def _names(selection: Selection | None) -> list[str] | None:
    """The chosen mappings; None for all."""
    if selection is None or selection.label != "coupling.IntegrationTableMapping" or not selection.count:
        return None
    return [row.get("name") for row in selection.rows()]


RESET = Action(
    "reset",
    _("Use Default Synchronization Setup"),
    dialog="coupling.mapping.reset",
    right="setup",
    icon="arrow_reset",
    order=62,
    keywords=KEYWORDS,
)
