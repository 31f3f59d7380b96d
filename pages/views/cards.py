"""A card or form: shown, saved field by field or as a whole, made new, deleted, and its neighbours."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from pages import form, inputs, neighbours, registry, removal, rows, saving
from pages.actionbar import bar
from pages.actions import Done
from pages.cards import CardPage
from pages.factboxes import boxes
from pages.form import Form
from pages.rows import Row
from pages.saving import Saved
from pages.selection import Selection
from pages.views.base import PageView, attempt, find_action, notice, require, right_of_action, run_action
from records import writes
from records.errors import Rejected
from records.values import parse


class CardBase(PageView):
    """What all views of one record share."""

    page: CardPage

    def find(self, pk: UUID | None) -> Row:
        """The record of the address; 404 where there is none."""
        page = self.page
        key = str(pk) if pk is not None else self.only()
        row = rows.one(page.model, key) if key else None
        if row is None:
            raise Http404(_("The record no longer exists."))
        return row

    def only(self) -> str:
        """The key of the one row of a singleton."""
        found = self.page.table.model.objects.values_list("pk", flat=True).first()
        return str(found) if found else ""

    def context(self, drawn: Form) -> dict[str, Any]:
        """What the card's templates show."""
        request, page = self.request, self.page
        list_page = registry.find(page.list) if page.list else None
        query = request.GET.get("list", "")
        back = registry.reverse(list_page.name) + (f"?{query}" if query else "") if list_page else ""
        return {
            "form": drawn,
            "list_page": list_page,
            "back_url": back,
            "list_query": query,
            "has_factboxes": bool(page.of("factboxes", request)),
            **self.commands(drawn),
        }

    def commands(self, drawn: Form) -> dict[str, Any]:
        """Action bar and side pane of the record; a new one has neither."""
        request, page, row = self.request, self.page, drawn.row
        can_make = not page.is_singleton and page.of("insert", request) and page.of("editable", request)
        context: dict[str, Any] = {"new_url": reverse(f"{page.name}.new") if can_make else ""}
        if drawn.is_new:
            return context
        selection = self.selection(row)
        return context | {
            "bar": bar(page, request, f"{drawn.address}actions/", selection),
            "selection": selection,
            "can_delete": not page.is_singleton and page.of("delete", request) and page.of("editable", request),
            "boxes": boxes(page, request, row),
        }

    def selection(self, row: Row) -> Selection:
        """The record as a selection, chosen on its list."""
        found = registry.find(self.page.list) if self.page.list else registry.list_of(self.page.model)
        return Selection(self.page.model, [row.pk], page=found, request=self.request)  # type: ignore[arg-type]

    def draw(self, row: Row, **options: Any) -> Form:
        """The card of a record."""
        return form.build(self.page, self.request, row, **options)

    def answer(self, result: Saved) -> HttpResponseBase:
        """The answer to a save: what changed on the card, errors at their fields, or the conflict."""
        row = result.row
        if row is None and not result.errors:
            return notice(_("The record no longer exists."), "bad")
        errors = inputs.errors_by_field(result.errors)
        context: dict[str, Any] = {"result": result, "errors": errors, "message": errors.get("", "")}
        context["said"] = [(name, said, inputs.question(result.errors, name)) for name, said in errors.items()]
        if result.is_saved and row is not None:
            drawn = self.draw(row)
            context |= {"redraw": result.changed} | (self.context(drawn) if result.is_new else {"form": drawn})
        elif row is not None and result.is_stale:
            context["form"] = self.draw(row)
        shown = self.page.field_names(self.request)
        context["message"] = " ".join(said for name, said in errors.items() if name not in shown)
        response = self.render("pages/_card_answer.html", context)
        response["X-Saved"] = "1" if result.is_saved else "0"
        return response


class CardView(CardBase):
    """The card of one record."""

    def get(self, request: HttpRequest, pk: UUID | None = None) -> TemplateResponse:
        """The card."""
        return self.render("pages/card.html", self.context(self.draw(self.find(pk))))

    def post(self, request: HttpRequest, pk: UUID | None = None) -> HttpResponseBase:
        """Save the fields that the user has changed."""
        row = self.find(pk)
        if not self.page.is_editable(request, row):
            return notice(_("This record cannot be changed."), "bad")
        result = saving.update(self.page.model, row.pk, request.POST, self.page.field_names(request))
        return self.finish(request, result)

    def finish(self, request: HttpRequest, result: Saved) -> HttpResponseBase:
        """Stay on the card, or go back to the list (Save & Close)."""
        if result.is_saved and "close" in request.POST and self.page.list:
            query = request.GET.get("list", "")
            url = registry.reverse(self.page.list) + (f"?{query}" if query else "")
            return Done(url=url).response(self.request)
        return self.answer(result)


class NewView(CardView):
    """The card of a record that does not exist yet."""

    page: CardPage

    def is_edit(self) -> bool:
        """Opening it belongs to making the record."""
        return True

    def get(self, request: HttpRequest, pk: UUID | None = None) -> TemplateResponse:
        """An empty card with default values; the address may give some (`?field=value`)."""
        self.check()
        given = inputs.of_request(request, self.page.table)
        try:
            known = parse(self.page.model, given, insert=True)
        except Rejected:
            known = {}
        row = inputs.blank_row(self.page.table, {**self.page.of("defaults", request), **known})
        return self.render("pages/card.html", self.context(self.draw(row, is_new=True)) | {"given": ",".join(known)})

    def post(self, request: HttpRequest, pk: UUID | None = None) -> HttpResponseBase:
        """Create it."""
        self.check()
        fixed = dict(self.page.of("defaults", request))
        result = saving.create(self.page.model, request.POST, self.page.field_names(request), fixed)
        response = self.finish(request, result)
        if result.row is not None and "HX-Redirect" not in response:
            response["HX-Replace-Url"] = form.address(self.page, result.row)
        return response

    def check(self) -> None:
        """404 where records are not made here."""
        if not (self.page.of("insert", self.request) and self.page.of("editable", self.request)):
            raise Http404


class FactBoxesView(CardBase):
    """The side pane and the action bar, after something happened."""

    def get(self, request: HttpRequest, pk: UUID | None = None) -> TemplateResponse:
        """FactBoxes anew."""
        row = self.find(pk)
        return self.render("pages/_factboxes.html", {"boxes": boxes(self.page, request, row), "record": row})


class CardActionView(CardBase):
    """An action on the record."""

    def needed_right(self, request: HttpRequest) -> str:
        """The action's own right."""
        return right_of_action(self.page, request, self.kwargs["action"])

    def get(self, request: HttpRequest, action: str, pk: UUID | None = None) -> HttpResponseBase:
        """Go to the address of a link, or ask."""
        found, selection = find_action(self.page, request, action), self.selection(self.find(pk))
        if found.url:
            return HttpResponseRedirect(found.address(request, selection))
        return run_action(self, found, selection)

    def post(self, request: HttpRequest, action: str, pk: UUID | None = None) -> HttpResponseBase:
        """Run it."""
        return run_action(self, find_action(self.page, request, action), self.selection(self.find(pk)))


class CardDeleteView(CardBase):
    """Delete the record, after a question that names it."""

    def is_edit(self) -> bool:
        """The question is part of the change."""
        return True

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        """The question."""
        return self.ask(request, [])

    def ask(self, request: HttpRequest, refused: list[str]) -> HttpResponseBase:
        """The dialog."""
        return self.render("pages/dialog_delete.html", removal.question(self.page, request, self.chosen(), refused))

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        """Delete it and go back to the list."""
        chosen = self.chosen()
        if "confirmed" not in request.POST:
            return self.ask(request, [])
        url = registry.reverse(self.page.list) if self.page.list else "/"
        return removal.delete(self.page, request, chosen, self.ask, url)

    def chosen(self) -> Selection:
        """The record of the address; 404 where it cannot be deleted here."""
        page = self.page
        if not (page.of("delete", self.request) and page.of("editable", self.request)):
            raise Http404
        return self.selection(self.find(self.kwargs["pk"]))


class NeighbourView(CardBase):
    """The next or previous record of the list, in its order and filter."""

    step: ClassVar[int] = 1

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        """Go to it; from the last record one stays where one is."""
        found = registry.find(self.page.list) if self.page.list else registry.list_of(self.page.model)
        query = request.GET.get("list", "")
        key = neighbours.find(found, request, QueryDict(query), str(pk), self.step) if found else None  # type: ignore[arg-type]
        tail = f"?{urlencode({'list': query})}" if query else ""
        return HttpResponseRedirect(reverse(self.page.name, kwargs={"pk": key or pk}) + tail)


class StateView(CardBase):
    """Activate (0) or deactivate (1) a Sales record."""

    def post(self, request: HttpRequest, pk: UUID, value: int) -> HttpResponseBase:
        """Set the state; the rules set the reason that fits."""
        row = self.find(pk)
        field_name = self.page.state_field
        if not field_name or value not in (0, 1) or not self.page.of("editable", request):
            raise Http404
        require(request, self.page.edit_right)
        edit = writes.Edit(row.pk, {field_name: value})

        def work() -> Done:
            writes.update(self.page.model, [edit], source="page").single()
            return Done(_("The record is active again.") if value == 0 else _("The record is inactive now."))

        return attempt(request, work)
