"""What the pages of this app share: is there a connection, addresses of filtered lists, answers with live progress."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coupling.access import is_connected, mapping_of_table
from pages import registry
from records.filters import equals_any, to_text
from records.messages import text
from sync.inline import at_once
from sync.models import Job
from sync.services.started import Left, Started

SHOWN_REASONS = 5


def connected(request: HttpRequest) -> bool:
    """True while the connection is enabled; asked once in a request."""
    return is_connected(request)


def side_of(label: str) -> str:
    """`erp` or `crm`, by the table."""
    return "erp" if label.startswith("erp.") else "crm"


def is_mapped(request: HttpRequest, label: str) -> bool:
    """True where a connection is enabled and some mapping carries this table's records."""
    return is_connected(request) and mapping_of_table(request, label) is not None


def list_address(page: str, **equal: Any) -> str:
    """A list page filtered to records with these values; a list of values means any of them."""
    given = {name: value if isinstance(value, list) else [value] for name, value in equal.items() if value}
    terms = [to_text(equals_any(name, [str(one) for one in values])) for name, values in given.items()]
    query = urlencode({"filter": ",".join(terms)}) if terms else ""
    return registry.reverse(page) + (f"?{query}" if query else "")


def summary(started: Started) -> str:
    """How many records were scheduled, and how many were left out."""
    parts = []
    if started.scheduled:
        parts.append(
            ngettext(
                "%(count)s record has been scheduled.", "%(count)s records have been scheduled.", started.scheduled
            )
            % {"count": started.scheduled}
        )
    if left := len(started.skipped) + len(started.failed):
        parts.append(ngettext("%(count)s was skipped.", "%(count)s were skipped.", left) % {"count": left})
    return " ".join(parts) or _("Nothing has been scheduled.")


def reasons(left: Sequence[Left]) -> list[str]:
    """The reasons for which records were left out, each once, with their number."""
    found: dict[str, int] = {}
    for one in left:
        said = text(one.code, one.params)
        found[said] = found.get(said, 0) + 1
    lines = [f"{said} ({n})" if n > 1 else said for said, n in found.items()]
    more = len(lines) - SHOWN_REASONS
    return [*lines[:SHOWN_REASONS], *([_("... and %(count)s more reasons.") % {"count": more}] if more > 0 else [])]


def watch(request: HttpRequest, jobs: Sequence[Job], message: str = "", details: Sequence[str] = ()) -> HttpResponse:
    """Close the dialog and follow the jobs in a notice, until they end and the page is refreshed."""
    at_once(jobs)
    ids = [str(job.pk) for job in jobs]
    first = registry.reverse("sync.job.card", pk=ids[0]) if ids else ""
    context = {"ids": ",".join(ids), "first": first, "message": message, "details": details}
    if not getattr(request, "htmx", False):
        from django.contrib import messages
        from django.http import HttpResponseRedirect

        messages.add_message(request, messages.SUCCESS, " ".join([message, *details]).strip())
        return HttpResponseRedirect(first or request.path)
    if not ids:
        tone = "warn" if details else "ok"
        events = {"closeDialog": {}, "toast": {"text": message, "tone": tone, "details": list(details)}}
        response = HttpResponse(status=200)
        response["HX-Reswap"] = "none"
        response["HX-Trigger"] = json.dumps(events)
        return response
    response = HttpResponse(render_to_string("sync/_watch.html", context, request))
    response["HX-Reswap"] = "none"
    response["HX-Trigger"] = json.dumps({"closeDialog": {}})
    return response
