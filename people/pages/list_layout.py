"""Columns of lists as each user wants them: which, in which order, how wide."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from pages import ActionView, DialogPage, Done, register, registry
from pages.lists import MAX_WIDTH, MIN_WIDTH, ListPage, Shown, layouts_from
from pages.selection import Selection
from pages.shell import may_see
from people.models import ListLayout
from people.services.list_layout import list_layout_store
from people.views.frame import signed_in


def own_layout(request: HttpRequest, page: ListPage) -> list[Shown]:
    """The columns that the user has chosen for a list; asked for once in a request."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    known: dict[str, list[Shown]] = request.__dict__.setdefault("_own_layouts", {})
    if page.name not in known:
        stored = ListLayout.objects.filter(user_id=user.pk, page=page.name).values_list("columns", flat=True).first()
        known[page.name] = [Shown(one["name"], one["width"]) for one in stored or ()]
    return known[page.name]


layouts_from(own_layout)


def _list(request: HttpRequest, name: str) -> ListPage:
    """The list of this name; 404 where there is none that the user may see."""
    page = registry.find(name)
    if not isinstance(page, ListPage) or not may_see(page, request):
        raise Http404
    return page


def _fitting(page: ListPage, request: HttpRequest, wanted: Iterable[tuple[Any, Any]]) -> list[Shown]:
    """What the list can show of the wanted columns, each once, with a width that is none or a sensible one."""
    offered = {column.name for column in page.offered_columns(request)}
    found: dict[str, Shown] = {}
    for name, width in wanted:
        if name in offered and name not in found:
            size = int(width) if str(width).isascii() and str(width).isdigit() and len(str(width)) < 6 else 0
            found[name] = Shown(name, min(max(size, MIN_WIDTH), MAX_WIDTH) if size else 0)
    return list(found.values())


class ColumnsForm(forms.Form):
    """The list; its columns are read from the request in the order in which the dialog holds them."""

    page = forms.CharField(max_length=100, widget=forms.HiddenInput)


@register
class ChooseColumns(DialogPage):
    """Which columns a list shows, in which order, how wide."""

    name = "people.columns.choose"
    path = "columns/choose/"
    title = _("Columns")
    lead = _(
        "What you choose here holds for you alone, in this list. Without a width a column is as wide as it needs to be."
    )
    template = "people/columns.html"
    right = "view"
    needs_selection = False
    form_class = ColumnsForm

    def initial(self, request: HttpRequest, selection: Selection | None) -> dict[str, Any]:
        """The list that the dialog was opened on."""
        return {"page": request.GET.get("page", "")}

    def context(self, request: HttpRequest, selection: Selection | None, form: forms.Form | None) -> dict[str, Any]:
        """All columns that the list can show: first those that it shows."""
        name = request.GET.get("page") or request.POST.get("page", "")
        page = _list(request, name)
        widths = page.widths(request)
        shown = [column.name for column in page.bound_columns(request)]
        offered = {column.name: column for column in page.offered_columns(request)}
        rest = sorted((n for n in offered if n not in shown), key=lambda n: str(offered[n].title).casefold())
        lines = [(n, offered[n].title, n in shown, widths.get(n) or "") for n in (*shown, *rest) if n in offered]
        return {"list": page, "columns": lines, "min": MIN_WIDTH, "max": MAX_WIDTH}

    def submit(
        self, request: HttpRequest, selection: Selection | None, form: forms.Form | None
    ) -> Done | HttpResponseBase:
        """Keep the choice, or forget it (Reset)."""
        page = _list(request, request.POST.get("page", ""))
        names = [] if "reset" in request.POST else request.POST.getlist("column")
        columns = _fitting(page, request, ((name, request.POST.get(f"width.{name}", "")) for name in names))
        if not columns and "reset" not in request.POST:
            return Done(_now("A list needs at least one column."), tone="bad", changed=False)
        list_layout_store(user=signed_in(request), page=page.name, columns=columns)
        return Done()


@register
class StoreColumns(ActionView):
    """Keeps columns as they were dragged, hidden or moved on the list itself."""

    name = "people.columns.store"
    path = "columns/store/"
    title = _("Columns")
    right = "view"

    def run(self, request: HttpRequest, **kwargs: Any) -> Done | HttpResponseBase:
        """Keep them; with `reload` the list shows its rows anew."""
        page = _list(request, request.POST.get("page", ""))
        try:
            given = json.loads(request.POST.get("columns", ""))
            wanted = [(one["name"], one.get("width", 0)) for one in given]
        except (ValueError, TypeError, KeyError, AttributeError):
            raise Http404 from None
        if columns := _fitting(page, request, wanted):
            list_layout_store(user=signed_in(request), page=page.name, columns=columns)
        return Done(changed="reload" in request.POST)
