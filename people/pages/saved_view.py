"""Saved views: a list's view, filter and order under a name of the user's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from pages import ActionView, DialogPage, Done, View, register, registry, state
from pages.lists import ListPage, views_from
from pages.selection import Selection
from pages.shell import may_see
from people.models import SavedView
from people.services.saved_view import saved_view_delete, saved_view_store
from people.views.frame import signed_in
from records.filters import to_text

PREFIX = "saved-"


@dataclass(frozen=True, slots=True)
class OwnView(View):
    """A view of the user's own; a POST to `delete_url` forgets it."""

    delete_url: str = ""


def own_views(request: HttpRequest, page: ListPage) -> list[OwnView]:
    """The views that the user keeps of a list; asked for once in a request."""
    if not request.user.is_authenticated:
        return []
    known: dict[str, list[OwnView]] = request.__dict__.setdefault("_own_views", {})
    if page.name not in known:
        stored = SavedView.objects.filter(user_id=request.user.pk, page=page.name).order_by("name")
        known[page.name] = [
            OwnView(f"{PREFIX}{v.pk}", v.name, v.filter, v.ordering, None, reverse("people.view.delete", args=[v.pk]))
            for v in stored
        ]
    return known[page.name]


views_from(own_views)


class SaveViewForm(forms.Form):
    """The name; page and state of the list travel along."""

    name = forms.CharField(label=_("Name"), max_length=60, widget=forms.TextInput(attrs={"autofocus": True}))
    page = forms.CharField(max_length=100, widget=forms.HiddenInput)
    query = forms.CharField(max_length=4000, required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """The list must exist, and its filter must parse."""
        cleaned = super().clean() or {}
        cleaned["list"] = registry.find(cleaned.get("page", ""))
        if not isinstance(cleaned["list"], ListPage):
            raise forms.ValidationError(_now("There is no such list."))
        return cleaned


@register
class SaveView(DialogPage):
    """Keeps the present state of a list as a view."""

    name = "people.view.save"
    path = "views/save/"
    title = _("Save View As")
    lead = _("View, filter and order of the list are kept under this name, for you alone.")
    submit_caption = _("Save")
    right = "view"
    needs_selection = False
    form_class = SaveViewForm

    def initial(self, request: HttpRequest, selection: Selection | None) -> dict[str, Any]:
        """The list that the dialog was opened on, as its address shows it."""
        address = request.headers.get("HX-Current-URL", "")
        return {"page": request.GET.get("page", ""), "query": urlsplit(address).query}

    def submit(
        self, request: HttpRequest, selection: Selection | None, form: forms.Form | None
    ) -> Done | HttpResponseBase:
        """Keep the view and show it."""
        assert form is not None
        page: ListPage = form.cleaned_data["list"]
        if not may_see(page, request):
            raise Http404
        now = state.read(QueryDict(form.cleaned_data["query"]), page.table)
        view = saved_view_store(
            user=signed_in(request),
            page=page.name,
            name=form.cleaned_data["name"].strip(),
            filter_text=_filter_of(page, request, now),
            ordering=page.order(request, now),
        )
        return Done(url=f"{registry.reverse(page.name)}?view={PREFIX}{view.pk}")


def _filter_of(page: ListPage, request: HttpRequest, now: state.ListState) -> str:
    """The filter of the chosen view and the user's own together, in the grammar; what does not parse is left out."""
    chosen = page.chosen_view(request, now).filter_text(request)
    return ",".join(part for part in (chosen, to_text(now.filter)) if part)


@register
class DeleteView(ActionView):
    """Forgets a view of the user's own."""

    name = "people.view.delete"
    path = "views/<int:pk>/delete/"
    title = _("Delete View")
    right = "view"

    def run(self, request: HttpRequest, **kwargs: Any) -> Done | HttpResponseBase:
        """Delete it and show the list without it."""
        view = saved_view_delete(user=signed_in(request), pk=kwargs["pk"])
        if view is None:
            raise Http404
        page = registry.find(view.page)
        return Done(_now("The view is deleted."), url=registry.reverse(page.name) if page else "/")
