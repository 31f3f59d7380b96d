"""Rows of another table inside a card: added, changed and deleted in place."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase

from pages import form, inputs, saving
from pages.parts import Lines
from pages.rows import Row
from pages.saving import Saved
from pages.views.base import attempt, notice, sentence
from pages.views.cards import CardBase
from records import writes
from records.errors import Rejected, Stale


class LinesBase(CardBase):
    """What both views share."""

    def tab(self, name: str) -> Lines:
        """The lines of the address; 404 where the card has none of this name."""
        found = self.page.lines(self.request, name)
        if found is None:
            raise Http404
        return found

    def may_edit(self, tab: Lines, parent: Row) -> bool:
        """Whether rows may be changed."""
        return tab.editable and self.page.is_editable(self.request, parent)

    def row_answer(self, tab: Lines, parent: Row, result: Saved, where: str) -> HttpResponseBase:
        """One row drawn anew, with its errors."""
        errors = inputs.errors_by_field(result.errors)
        assert result.row is not None
        line = form.line_row(tab, where, result.row, is_editable=True, errors=errors)
        response = self.render("pages/_line.html", {"line": line, "lines": tab, "message": errors.get("", "")})
        response["X-Saved"] = "1" if result.is_saved else "0"
        return self.with_version(response)

    def table_answer(self, tab: Lines, parent: Row) -> HttpResponseBase:
        """All rows drawn anew."""
        table = form.lines_table(self.page, self.request, parent, tab, is_editable=True)
        return self.with_version(self.render("pages/_lines.html", {"table": table, "lines": tab}))

    def with_version(self, response: HttpResponseBase) -> HttpResponseBase:
        """Tell the card the version of its record: rules may have changed it together with the row."""
        response["X-Record-Version"] = str(self.find(self.kwargs.get("pk")).version)
        return response


class LinesView(LinesBase):
    """All rows; POST adds one."""

    def get(self, request: HttpRequest, lines: str, pk: UUID | None = None) -> HttpResponseBase:
        """The rows."""
        parent = self.find(pk)
        tab = self.tab(lines)
        table = form.lines_table(self.page, request, parent, tab, is_editable=self.may_edit(tab, parent))
        return self.render("pages/_lines.html", {"table": table, "lines": tab})

    def post(self, request: HttpRequest, lines: str, pk: UUID | None = None) -> HttpResponseBase:
        """Add a row. While it is not complete it stays as typed, with what is missing at its fields."""
        tab, parent = self.tab(lines), self.find(pk)
        if not self.may_edit(tab, parent):
            raise Http404
        fixed: dict[str, Any] = {tab.parent: parent.pk}
        result = saving.create(tab.model, request.POST, [*tab.columns], fixed, prefix=f"{tab.name}-new-")
        if result.is_saved:
            response = self.table_answer(tab, parent)
            response["X-Saved"] = "1"
            return response
        errors = inputs.errors_by_field(result.errors)
        return self.render("pages/_line_errors.html", {"errors": errors, "prefix": f"{tab.name}-new-", "lines": tab})


class LineView(LinesBase):
    """One row: POST changes it, DELETE removes it."""

    def post(self, request: HttpRequest, lines: str, line: UUID, pk: UUID | None = None) -> HttpResponseBase:
        """Save the changed fields of the row."""
        tab, parent, key = self.tab(lines), self.find(pk), str(line)
        if not self.may_edit(tab, parent) or key not in form.line_keys(tab, parent.pk):
            raise Http404
        result = saving.update(tab.model, key, request.POST, [*tab.columns], prefix=f"{tab.name}-{key}-")
        if result.is_stale and result.row is not None:
            response = self.table_answer(tab, parent)
            return _with_notice(response, sentence(Stale(key)))
        if not result.is_saved:
            errors = inputs.errors_by_field(result.errors)
            return self.render(
                "pages/_line_errors.html", {"errors": errors, "prefix": f"{tab.name}-{key}-", "lines": tab}
            )
        where = form.lines_table(self.page, request, parent, tab, is_editable=True).address
        return self.row_answer(tab, parent, result, where)

    def delete(self, request: HttpRequest, lines: str, line: UUID, pk: UUID | None = None) -> HttpResponseBase:
        """Remove the row."""
        tab, parent, key = self.tab(lines), self.find(pk), str(line)
        if not self.may_edit(tab, parent) or key not in form.line_keys(tab, parent.pk):
            raise Http404

        def work() -> HttpResponseBase:
            result = writes.delete(tab.model, [(key, None)], source="page")
            if result.rejected:
                raise Rejected(result.rejected[0].errors)
            return self.table_answer(tab, parent)

        return attempt(request, work)


def _with_notice(response: HttpResponseBase, said: str) -> HttpResponseBase:
    response["HX-Trigger"] = notice(said, "warn")["HX-Trigger"]
    return response
