"""DialogPage: a question in a dialog over a list or card. ActionView: something done at an address of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from pages.actions import Done
from pages.page import Page
from pages.selection import Selection


class DialogPage(Page, kind=True):
    """A dialog. Opened by an `Action(dialog=name)`; the records chosen come with it as a `Selection`.

    `form_class`: an ordinary Django form; `get_form` may build another one. `template` extends `pages/dialog.html`
    (blocks: lead, body, footer). `submit` does it: it answers `Done`, or raises `Rejected` (shown at its fields),
    `Refused` or `Stale` (shown on top); the dialog then stays open with what was typed. `needs_selection`: without
    records the dialog says that they are gone. `wide`: two panes. `reopen` answers anything else from a POST.
    """

    template: ClassVar[str] = "pages/dialog_form.html"
    form_class: ClassVar[type[forms.Form] | None] = None
    lead: ClassVar[Any] = ""
    submit_caption: ClassVar[Any] = _("OK")
    wide: ClassVar[bool] = False
    tone: ClassVar[str] = ""
    needs_selection: ClassVar[bool] = True
    right: ClassVar[str] = "use"

    def form(self, request: HttpRequest, selection: Selection | None, data: Any = None) -> forms.Form | None:
        """The form, bound to what was sent or with its initial values."""
        if self.form_class is None:
            return None
        return self.form_class(data, request.FILES or None, initial=self.initial(request, selection))

    def initial(self, request: HttpRequest, selection: Selection | None) -> dict[str, Any]:
        """Initial values of the form."""
        return {}

    def context(self, request: HttpRequest, selection: Selection | None, form: forms.Form | None) -> dict[str, Any]:
        """What the template shows beside form and selection."""
        return {}

    def submit(
        self, request: HttpRequest, selection: Selection | None, form: forms.Form | None
    ) -> Done | HttpResponseBase:
        """Do it."""
        raise NotImplementedError

    def urls(self) -> Sequence[URLPattern]:
        """One address: GET shows the dialog, POST submits it."""
        from pages.views.dialogs import DialogView

        return [path(self.path, DialogView.as_view(page=self), name=self.name)]


class ActionView(Page, kind=True):
    """Something that a POST to its own address does."""

    right: ClassVar[str] = "use"

    def run(self, request: HttpRequest, **kwargs: Any) -> Done | HttpResponseBase:
        """Do it; may raise `Refused`, `Rejected`, `Stale`."""
        raise NotImplementedError

    def urls(self) -> Sequence[URLPattern]:
        """One address, POST only."""
        from pages.views.dialogs import PlainActionView

        return [path(self.path, PlainActionView.as_view(page=self), name=self.name)]
