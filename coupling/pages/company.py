"""Company Information was renamed: the card and the bell say what the Sales side still calls it, with one action."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import lazy
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from coupling.access import is_connected, kept
from coupling.pages.words import KEYWORDS
from coupling.products import products
from coupling.services.company import Renamed, company_rename, company_renamed
from pages import Action, Chip, Done, Row, Selection, extend, registry
from pages.shell import Notice, notify

CARD = "erp.company_information.card"


def renamed(request: HttpRequest) -> Renamed | None:
    """The two names, where there is a connection and they differ; asked once per request."""
    return kept(request, "company", company_renamed) if is_connected(request) else None


def _caption() -> str:
    return _now("Rename in %(product)s") % {"product": products().crm}


def is_renamed(request: HttpRequest) -> bool:
    """True while there is something to rename."""
    return renamed(request) is not None


def rename(_request: HttpRequest, _selection: Selection) -> Done:
    """Take the name over."""
    found = company_rename()
    return Done(
        _now("The company is called %(name)s in %(product)s now.") % {"name": found.new, "product": products().crm}
    )


def company_chip(request: HttpRequest, _row: Row) -> Chip | None:
    """What the company is called on the other side."""
    found = renamed(request)
    if found is None:
        return None
    said = _now("Called %(name)s in %(product)s") % {"name": found.old, "product": products().crm}
    return Chip(said, "warn", "warning")


def company_notices(request: HttpRequest) -> list[Notice]:
    """The same behind the bell, for who can rename it."""
    user: Any = request.user
    found = renamed(request) if user.has_right("setup") else None
    if found is None:
        return []
    said = _now("The company was renamed: in %(product)s it is still called %(old)s.")
    return [Notice(said % {"product": products().crm, "old": found.old}, registry.reverse(CARD), "warn")]


RENAME = Action(
    "rename_company",
    lazy(_caption, str)(),
    run=rename,
    right="setup",
    icon="edit",
    visible=is_renamed,
    confirm=_("Give the company and its owner team on the Sales side the name of the company?"),
    keywords=KEYWORDS,
)
extend(CARD, actions=(RENAME,), chips=(company_chip,))
notify(company_notices)
