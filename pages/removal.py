"""Deleting records: the question that names them, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pages.actions import Done
from pages.selection import Selection
from records import writes
from records.messages import text

#: how many records the question names
NAMED = 5
CHUNK = 1000

Ask = Callable[[HttpRequest, list[str]], HttpResponseBase]


def question(page: Any, request: HttpRequest, selection: Selection, refused: list[str]) -> dict[str, Any]:
    """What the dialog shows: the first records by name, and the notes of other apps (couplings)."""
    named = selection.rows(NAMED)
    return {
        "selection": selection,
        "records": named,
        "others": max(0, selection.count - len(named)),
        "notes": notes(page, request, selection),
        "choices": choices(page, request, selection),
        "refused": refused,
        "address": request.path,
        "version": named[0].version if selection.count == 1 and named else "",
    }


def notes(page: Any, request: HttpRequest, selection: Selection) -> list[str]:
    """Sentences that other apps add to the question."""
    return [str(note) for ask in page.of("delete_notes", request) for note in ask(request, page.model, selection.pks)]


def choices(page: Any, request: HttpRequest, selection: Selection) -> list[dict[str, Any]]:
    """What other apps ask, with the answer that was given before."""
    found = []
    for asked in page.of("delete_choices", request):
        options = asked.options(request, page.model, selection.pks)
        if options:
            chosen = request.POST.get(asked.name) or options[0][0]
            found.append({"name": asked.name, "caption": asked.caption, "options": options, "chosen": chosen})
    return found


def follow(page: Any, request: HttpRequest, gone: list[str]) -> list[str]:
    """Let other apps do what was chosen for the deleted records; what they could not do."""
    given = [(asked, request.POST.get(asked.name, "")) for asked in page.of("delete_choices", request)] if gone else []
    return [str(said) for asked, value in given if value for said in asked.follow(request, page.model, gone, value)]


def delete(page: Any, request: HttpRequest, selection: Selection, ask: Ask, url: str = "") -> HttpResponseBase:
    """Delete the records; the dialog stays open where some were refused."""
    version = request.POST.get("version", "")
    known = int(version) if version.isdigit() and selection.count == 1 else None
    gone: list[str] = []
    refused: list[str] = []
    titles = {row.pk: row.title for row in selection.rows(NAMED)}
    pks = selection.pks
    for start in range(0, len(pks), CHUNK):
        keys = [(pk, known) for pk in pks[start : start + CHUNK]]
        result = writes.delete(page.model, keys, source="page")
        gone += [row.pk for row in result.rows]
        refused += [_reason(row, titles.get(row.pk) or row_title(page, row)) for row in result.rejected]
        refused += [f"{titles.get(pk, pk)}: {text('stale')}" for pk in result.stale]
    left = follow(page, request, gone)
    if refused:
        response = ask(request, [*refused, *left])
        if gone:
            response["HX-Trigger"] = '{"listChanged": {}}'
        return response
    message = ngettext("%(count)s record deleted.", "%(count)s records deleted.", len(gone)) % {"count": len(gone)}
    tone = "warn" if left else "ok"
    return Done(message if gone else _("The record no longer exists."), url=url, tone=tone, details=left).response(
        request
    )


def _reason(row: Any, title: str) -> str:
    return f"{title}: {' '.join(text(e.code, e.params) for e in row.errors)}"


def row_title(page: Any, row: Any) -> str:
    """The name of a record among those of a write."""
    names = page.table.model.Record.title
    return " · ".join(str(row.get(name)) for name in names if row.get(name)) or str(row.pk)
