"""A dialog: GET shows it, POST submits it; what is refused stays open with what was typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from pages.actions import Done
from pages.dialogs import ActionView, DialogPage
from pages.selection import from_request
from pages.views.base import PageView, attempt, notice, redirect_after, sentence
from records.errors import RecordError, Refused, Rejected, Stale
from records.messages import text

#: a POST with this key only opens the dialog (many records do not fit into an address)
OPEN = "_open"


class DialogView(PageView):
    """The dialog of one declaration."""

    page: DialogPage

    def needed_right(self, request: HttpRequest) -> str:
        """The right of the dialog."""
        return self.page.right

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show it; where its address was opened like a page, over a page."""
        if request.headers.get("Sec-Fetch-Dest") == "document":
            return self.render("pages/dialog_alone.html", {"address": request.get_full_path()})
        return self.show(request, None)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Submit it."""
        if OPEN in request.POST:
            return self.show(request, None)
        page, selection = self.page, from_request(request)
        if page.needs_selection and not selection:
            return notice(_("The record no longer exists."), "bad")
        form = page.form(request, selection, request.POST)
        if form is not None and not form.is_valid():
            return self.show(request, form)
        try:
            result = page.submit(request, selection, form)
        except (Refused, Rejected, Stale) as error:
            return self.show(request, form, error)
        if not isinstance(result, Done):
            return result
        return result.response(request) if getattr(request, "htmx", False) else redirect_after(request, result)

    def show(self, request: HttpRequest, form: forms.Form | None, error: RecordError | None = None) -> HttpResponseBase:
        """The dialog with its form; status 200 also with errors."""
        page, selection = self.page, from_request(request)
        if page.needs_selection and not selection:
            return notice(_("Select one or more records."), "bad")
        if form is None:
            form = page.form(request, selection)
        context: dict[str, Any] = {
            "form": form,
            "selection": selection,
            "message": _place(form, error),
            "address": request.path,
            "title": page.of("title", request),
            "lead": page.of("lead", request),
        }
        return self.render(page.template, context | page.context(request, selection, form))


def _place(form: forms.Form | None, error: RecordError | None) -> str:
    """Put errors at the fields that the form has; the others are said on top."""
    if error is None:
        return ""
    if not isinstance(error, Rejected) or form is None:
        return sentence(error)
    rest = []
    for one in error.errors:
        said = text(one.code, one.params)
        if one.field in form.fields and form.is_bound:
            form.add_error(one.field, said)
        else:
            rest.append(said)
    return " ".join(rest)


class PlainActionView(PageView):
    """Something done by a POST to its own address."""

    page: ActionView

    def needed_right(self, request: HttpRequest) -> str:
        """The right of the action."""
        return self.page.right

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Do it."""
        return attempt(request, lambda: self.page.run(request, **kwargs))
