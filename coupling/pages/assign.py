"""Fill the one field that keeps a record outside the filter of its mapping, such as the company of a contact."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from coupling.outside import Outside, outside_of
from pages import DialogPage, Done, Selection, inputs, register, registry, saving
from pages.selection import from_request
from records.errors import FieldError, Rejected, Stale
from records.schema import schema

#: The same field stands on the card below the dialog.
PREFIX = "assign-"


@register
class Assign(DialogPage):
    """One field of one record, with its look-up."""

    name = "coupling.assign"
    path = "coupling/assign/"
    title = _("Assign")
    template = "coupling/assign.html"
    icon = "edit"

    def get_title(self, request: HttpRequest) -> Any:
        """What the pair of tables calls it."""
        found = _asked(request, from_request(request))
        return found.remedy.caption if found and found.remedy else self.title

    def context(self, request: HttpRequest, selection: Selection | None, form: forms.Form | None) -> dict[str, Any]:
        """The field as on the card."""
        found = _asked(request, selection)
        row = selection.one if selection else None
        if found is None or row is None:
            return {"message": _now("The record is inside the filter already.")}
        card = registry.card_of(row.label)
        info = schema(row.label)[found.field]
        field = inputs.build(info, row, is_editable=True, prefix=PREFIX, page=card.name if card else "")
        field.value = request.POST.get(field.name, field.value)
        field.shown = request.POST.get(f"{field.name}__text", field.shown)
        return {"record": row, "input": field, "version": row.version, "why": found.remedy and found.remedy.why}

    def submit(self, request: HttpRequest, selection: Selection | None, form: forms.Form | None) -> Done:
        """Save the field by the rules of its table."""
        found = _asked(request, selection)
        row = selection.one if selection else None
        if found is None or row is None:
            return Done(_now("The record is inside the filter already."))
        data = request.POST.copy()
        data["changed"] = found.field
        saved = saving.update(row.label, row.pk, data, [found.field], PREFIX)
        if saved.is_stale:
            raise Stale(row.pk)
        if saved.errors:
            raise Rejected([FieldError("", e.code, dict(e.params)) for e in saved.errors])
        left = outside_of(request, row.label, row.pk)
        message = _now("%(record)s was changed.") % {"record": row.title}
        return Done(message, tone="warn" if left else "ok", details=[left.reason] if left else [])


def _asked(request: HttpRequest, selection: Selection | None) -> Outside | None:
    """Why the one chosen record is left out, where one field is all that is missing."""
    row = selection.one if selection else None
    found = outside_of(request, row.label, row.pk) if row is not None else None
    return found if found is not None and found.remedy else None


def assign_address(request: HttpRequest, label: str, pk: str, found: Outside) -> str:
    """The dialog for this record; blank where nothing can be filled, or the user may not."""
    user: Any = request.user
    if not found.remedy or not user.has_right(Assign.right):
        return ""
    return f"{registry.reverse(Assign.name)}?{urlencode({'table': label, 'ids': pk})}"
