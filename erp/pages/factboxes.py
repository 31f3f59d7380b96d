"""Side panes of customers and contacts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from erp.choices import CONTACT_COMPANY
from pages import FactBox, Row
from pages.rows import read
from records import db
from records.values import address

_SHOWN = 5
_STATISTICS = ("no", "balance_lcy", "balance_due_lcy", "credit_limit_lcy")


def customer_statistics(_request: HttpRequest, record: Row) -> dict[str, Any]:
    """Number, balances and credit limit of a customer: `{"rows": [(caption, text)]}`."""
    return {"rows": [(record.table[name].caption, record.text(name)) for name in _STATISTICS]}


_CONTACTS = """
SELECT p.system_id FROM erp_contactbusinessrelation r
JOIN erp_contact p ON p.system_id = r.contact_no_id OR p.company_no_id = r.contact_no_id
WHERE r.customer_id = %s ORDER BY p.type, p.no LIMIT %s
"""


def customer_contacts(_request: HttpRequest, record: Row) -> dict[str, Any]:
    """The contact that stands for a customer and its people: `{"contacts": [row], "more": bool}`."""
    return _people(db.rows(_CONTACTS, [record.pk, _SHOWN + 1]))


_PEOPLE = "SELECT system_id FROM erp_contact WHERE company_no_id = %s AND type = 1 ORDER BY no LIMIT %s"


def contact_people(_request: HttpRequest, record: Row) -> dict[str, Any] | None:
    """The people of a company contact; None for a person."""
    return _people(db.rows(_PEOPLE, [record.pk, _SHOWN + 1])) if record.get("type") == CONTACT_COMPANY else None


def _people(found: list[tuple[Any, ...]]) -> dict[str, Any]:
    rows = read("erp.Contact", [pk for (pk,) in found[:_SHOWN]], ("no", "name", "phone_no", "type"))
    for row in rows:
        row.url = address("erp.Contact", row.pk)
    return {"contacts": rows, "more": len(found) > _SHOWN}


STATISTICS = FactBox("statistics", _("Customer Statistics"), "erp/_statistics.html", customer_statistics)
CUSTOMER_CONTACTS = FactBox("contacts", _("Contacts"), "erp/_contacts.html", customer_contacts, "person")
PEOPLE = FactBox("people", _("People"), "erp/_contacts.html", contact_people, "person")
