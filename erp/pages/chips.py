"""Status chips beside the heading of cards."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from erp.choices import BLOCKED_ALL
from erp.rules.currency import symbol_users
from erp.services.number_series import number_series_state
from pages import Chip, Row


def blocked(_request: HttpRequest, row: Row) -> Chip | None:
    """A customer that is blocked for something."""
    if not row.get("blocked"):
        return None
    return Chip(
        _("Blocked: %(what)s") % {"what": row.text("blocked")}, "bad" if row.get("blocked") == BLOCKED_ALL else "warn"
    )


def private(_request: HttpRequest, row: Row) -> Chip | None:
    """A record that is blocked for privacy."""
    return Chip(_("Privacy Blocked"), "warn") if row.get("privacy_blocked") else None


def shared_symbol(_request: HttpRequest, row: Row) -> Chip | None:
    """F17: another currency has the same symbol."""
    users = symbol_users(row.get("symbol"), except_pk=row.pk)
    return Chip(_("Symbol also used by %(codes)s") % {"codes": ", ".join(users[:5])}, "warn") if users else None


def nearly_used_up(_request: HttpRequest, row: Row) -> Chip | None:
    """A number series that has passed its warning number or has no number left."""
    state = number_series_state(series=row.pk)
    if state == "used_up":
        return Chip(_("Used up"), "bad")
    return Chip(_("Nearly used up"), "warn") if state == "warning" else None
