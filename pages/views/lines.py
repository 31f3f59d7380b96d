"""Rows of another table inside a card: added, changed and deleted in place."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.utils.translation import gettext as _

from pages import form, inputs, rows, saving
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

    def stale_answer(self, tab: Lines, parent: Row, result: Saved, data: QueryDict) -> HttpResponseBase:
        """Somebody else was faster: the row as it is now, with what was typed at its fields, ready to be saved again."""
        assert result.row is not None
        where = form.lines_table(self.page, self.request, parent, tab, is_editable=True).address
        prefix = f"{tab.name}-{result.row.pk}-"
        errors = {}
        for one in result.conflict:
            if one.mine is not None:
                typed = data.get(f"{prefix}{one.name}__text") or one.mine
                errors[one.name] = _("Changed by another user. You entered: %(typed)s") % {"typed": typed or "–"}
        line = form.line_row(tab, where, result.row, is_editable=True, errors=errors)
        response = self.with_version(self.render("pages/_line.html", {"line": line, "lines": tab}))
        response["X-Saved"] = "0"
        return _with_notice(response, sentence(Stale(result.row.pk)))

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
        prefix = f"{tab.name}-new-"
        data = picked(tab, form.blank_line(request, tab, parent.pk), request.POST, prefix)
        result = saving.create(tab.model, data, [*tab.columns], fixed, prefix=prefix)
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
        prefix = f"{tab.name}-{key}-"
        data = picked(tab, rows.one(tab.model, key), request.POST, prefix)
        result = saving.update(tab.model, key, data, [*tab.columns], prefix=prefix)
        if result.is_stale and result.row is not None:
            return self.stale_answer(tab, parent, result, data)
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

        version = request.GET.get("row_version", "")

        def work() -> HttpResponseBase:
            seen = int(version) if version.isdigit() and len(version) < 19 else None
            result = writes.delete(tab.model, [(key, seen)], source="page")
            if result.stale:
                return _with_notice(self.table_answer(tab, parent), sentence(Stale(key)))
            if result.rejected:
                raise Rejected(result.rejected[0].errors)
            return self.table_answer(tab, parent)

        return attempt(request, work)


class LineMoveView(LinesBase):
    """A row one place up or down."""

    def post(self, request: HttpRequest, lines: str, line: UUID, pk: UUID | None = None) -> HttpResponseBase:
        """Move it; the rows are drawn anew."""
        tab, parent, key = self.tab(lines), self.find(pk), str(line)
        if tab.move is None or not self.may_edit(tab, parent) or key not in form.line_keys(tab, parent.pk):
            raise Http404
        move, step = tab.move, -1 if request.POST.get("step") == "-1" else 1

        def work() -> HttpResponseBase:
            move(key, step)
            return self.table_answer(tab, parent)

        return attempt(request, work)


def picked(tab: Lines, row: Row | None, data: QueryDict, prefix: str) -> QueryDict:
    """What was sent, with the values of texts that were typed into pickers without choosing a hit."""
    found = data.copy()
    for name, picker in tab.pickers.items():
        typed = data.get(f"{prefix}{name}__text", "").strip()
        if typed and row is not None and not data.get(prefix + name):
            found[prefix + name] = picker.resolve(row, typed) or typed
    return found


def _with_notice(response: HttpResponseBase, said: str) -> HttpResponseBase:
    response["HX-Trigger"] = notice(said, "warn")["HX-Trigger"]
    return response
