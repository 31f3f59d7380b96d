"""Missing partners, as dialogs show them: a part of the dialog with *Couple These First*, and its progress."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from coupling.models import IntegrationTableMapping
from coupling.plan import Key
from coupling.products import products
from pages import Page, register, registry
from records.messages import caption, text
from sync.catalogue import next_step
from sync.partners import Missing, missing_partners

#: Lines that a dialog shows; beyond them only their number.
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One missing partner as it is shown."""

    name: str
    address: str
    table: str
    needed_by: str
    effect: str
    trouble: str = ""
    step: str = ""


@register
class Partners(Page):
    """Starts the couplings that are missing, and follows them."""

    name = "sync.partners"
    path = "sync/partners/"
    title = _("Missing Partners")

    def urls(self) -> Sequence[URLPattern]:
        """One address."""
        from sync.views.partners import PartnersView

        return [path(self.path, PartnersView.as_view(page=self), name=self.name)]


def section(request: HttpRequest, mapping: IntegrationTableMapping, side: str, keys: Sequence[Key]) -> str:
    """What has to be coupled before these records go to the other side; blank where nothing is missing.

    It stands in a dialog and asks it to show itself anew when all is coupled (the event `partnersCoupled`).
    """
    found = missing_partners(mapping, side, keys) if keys else []
    if not found:
        return ""
    user: Any = request.user
    names = products()
    context = {
        "lines": [_line(one) for one in found[:SHOWN]],
        "more": max(0, len(found) - SHOWN),
        "count": len(found),
        "product": names.crm if side == "erp" else names.erp,
        "is_possible": user.has_right("use") and any(one.is_possible for one in found),
        "values": json.dumps({"mapping": mapping.name, "side": side, "keys": ",".join(keys)}),
        "side": side,
    }
    return render_to_string("sync/_partners.html", context, request)


def _line(one: Missing) -> Line:
    trouble = one.obstacle or one.last_error
    return Line(
        name=one.name,
        address=registry.address_of(one.table, one.key) if one.table and one.key else "",
        table=caption(f"@{one.table}") if one.table else "",
        needed_by=", ".join(caption(name) for name in one.needed_by if name),
        effect="" if one.obstacle else _effect(one),
        trouble=text(trouble.code, trouble.params) if trouble else "",
        step=next_step(trouble.code) if trouble else "",
    )


def _effect(one: Missing) -> str:
    if one.matches and one.creates:
        return _now("Coupled with its match; without one, a new record is created.")
    if one.matches:
        return _now("Coupled with its match.")
    return _now("A new record is created.")
