"""A list page and its side requests: rows, counts of views, what follows the selection, delete, actions, Excel."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from pages import grid, narrowing, removal, state
from pages.actionbar import bar
from pages.factboxes import boxes
from pages.lists import ListPage
from pages.pane import pane
from pages.parts import is_visible
from pages.selection import Selection, from_request
from pages.views.base import PageView, find_action, notice, right_of_action, run_action, wants_fragment


class ListView(PageView):
    """The list. htmx gets the grid alone (with `pane` the filters too), with the address of its new state."""

    page: ListPage

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """The rows of the state that the address holds."""
        present = state.of(request, self.page.table)
        narrowed = narrowing.narrowed(self.page, request, present)
        if narrowed and not wants_fragment(request):
            return HttpResponseRedirect(f"{request.path}?{narrowed.query()}")
        present = narrowed or present
        shown = grid.build(self.page, request, present)
        context: dict[str, Any] = {"grid": shown, "state": present, "new_url": grid.new_url(self.page, request)}
        if wants_fragment(request):
            if "pane" in request.GET:
                context["pane"] = pane(self.page, request, present)
            response = self.render("pages/_grid_answer.html", context)
            if "poll" not in request.GET:
                query = present.query()
                response["HX-Push-Url"] = request.path + (f"?{query}" if query else "")
            return response
        return self.render("pages/list.html", context | self.frame(request, present))

    def frame(self, request: HttpRequest, present: state.ListState) -> dict[str, Any]:
        """What stands around the grid."""
        page = self.page
        address = request.path
        return {
            "bar": bar(page, request, f"{address}actions/"),
            "pane": pane(page, request, present),
            "can_delete": grid.can_delete(page, request),
            "opens_to_edit": grid.opens_to_edit(page, request),
            "factboxes": [b for b in page.of("factboxes", request) if is_visible(b, request)],
        }


class CountsView(PageView):
    """How many records each view shows: one statement, loaded after the list."""

    page: ListPage

    def get(self, request: HttpRequest) -> TemplateResponse:
        """The numbers, to be put beside the views."""
        return self.render("pages/_counts.html", {"counts": grid.view_counts(self.page, request)})


class SelectedView(PageView):
    """What follows the selection: FactBoxes of the last chosen record, and why actions cannot be used."""

    page: ListPage

    def get(self, request: HttpRequest) -> TemplateResponse:
        """FactBoxes and reasons."""
        selection = from_request(request, self.page) or Selection(self.page.model)
        last = Selection(self.page.model, selection.pks[-1:]) if not selection.is_all else Selection(self.page.model)
        record = last.one
        context = {
            "record": record,
            "has_boxes": bool(self.page.all("factboxes")),
            "boxes": boxes(self.page, request, record) if record else [],
            "bar": bar(self.page, request, "", selection if selection.count else None),
        }
        return self.render("pages/_selected.html", context)


class DeleteView(PageView):
    """Delete the chosen records: a question that names them, then one write that reports what was refused."""

    page: ListPage

    def is_edit(self) -> bool:
        """The question is part of the change."""
        return True

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """The question."""
        return self.ask(request, [])

    def ask(self, request: HttpRequest, refused: list[str]) -> HttpResponseBase:
        """The dialog; `refused` says why records could not be deleted."""
        selection = self.selection(request)
        if not selection.count:
            return notice(_("Select one or more records."), "bad")
        return self.render("pages/dialog_delete.html", removal.question(self.page, request, selection, refused))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Delete; what is refused stays and is named in the same dialog."""
        if "confirmed" not in request.POST:
            return self.get(request)
        return removal.delete(self.page, request, self.selection(request), self.ask)

    def selection(self, request: HttpRequest) -> Selection:
        """What to delete; 404 where deleting is not offered."""
        if not grid.can_delete(self.page, request):
            raise Http404
        return from_request(request, self.page) or Selection(self.page.model)


class ActionRunView(PageView):
    """An action on the chosen records: GET leads to its address or asks its question, POST runs it."""

    page: ListPage

    def needed_right(self, request: HttpRequest) -> str:
        """The action's own right."""
        return right_of_action(self.page, request, self.kwargs["action"])

    def get(self, request: HttpRequest, action: str) -> HttpResponseBase:
        """Go to the address of a link, or ask."""
        found = find_action(self.page, request, action)
        selection = from_request(request, self.page) or Selection(self.page.model)
        if found.url:
            return HttpResponseRedirect(found.address(request, selection))
        return run_action(self, found, selection)

    def post(self, request: HttpRequest, action: str) -> HttpResponseBase:
        """Run it."""
        found = find_action(self.page, request, action)
        return run_action(self, found, from_request(request, self.page) or Selection(self.page.model))


class ExportView(PageView):
    """Rows and columns of the list as an Excel file: the chosen ones, or all of the present state."""

    page: ListPage

    def needed_right(self, request: HttpRequest) -> str:
        """A POST only carries more records than an address can; nothing is changed."""
        return self.page.right

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """The file."""
        return self.file(request, state.of(request, self.page.table), None)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """The file of the chosen records; of the state of the list where none is chosen."""
        chosen = from_request(request, self.page)
        query = QueryDict(request.POST.get("state", ""))
        return self.file(request, state.read(query, self.page.table), chosen)

    def file(self, request: HttpRequest, present: state.ListState, chosen: Selection | None) -> HttpResponseBase:
        """404 where the list is not offered as a file."""
        from pages.export import workbook

        if not self.page.of("export", request):
            raise Http404
        wanted = request.POST if request.method == "POST" else request.GET
        return workbook(self.page, request, present, chosen, all_fields=wanted.get("fields") == "all")
