"""Rules of contact business relations, and R6: what contacts show of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from erp.choices import (
    CONTACT_COMPANY,
    CONTACT_PERSON,
    LINK_CUSTOMER,
    LINK_NONE,
    RELATION_MULTIPLE,
    RELATION_NONE,
    RELATION_OTHER,
)
from erp.selectors import setup
from records import db
from records.batch import Batch, Row
from records.writes import Edit, update


def shown_relation(links: Iterable[int]) -> int:
    """R6: what a contact with relations to these tables shows."""
    found = list(links)
    if not found:
        return RELATION_NONE
    if len(found) > 1:
        return RELATION_MULTIPLE
    return found[0] or RELATION_OTHER


def relations_of(contacts: list[str]) -> dict[str, list[int]]:
    """The linked tables of each contact that has relations of its own."""
    found: dict[str, list[int]] = {}
    sql = "SELECT contact_no_id, link_to_table FROM erp_contactbusinessrelation WHERE contact_no_id = ANY(%s::uuid[])"
    for pk, link in db.rows(sql, [contacts]):
        found.setdefault(pk, []).append(link)
    return found


_CUSTOMERS = "SELECT no, system_id, contact_type FROM erp_customer WHERE no = ANY(%s) OR system_id = ANY(%s::uuid[])"
_CONTACTS = "SELECT system_id, no, type FROM erp_contact WHERE system_id = ANY(%s::uuid[])"


def check(batch: Batch) -> None:
    """A relation with a customer names its number; the contact fits; neither has another one."""
    rows = [row for row in batch.live if row.get("contact_no") and row.get("business_relation_code")]
    if not rows:
        return
    numbers = [row.get("no") for row in rows if row.get("no")]
    known = [row.get("customer") for row in rows if row.get("customer")]
    customers = {no: (pk, kind) for no, pk, kind in db.rows(_CUSTOMERS, [numbers, known])}
    contacts = {pk: (no, kind) for pk, no, kind in db.rows(_CONTACTS, [[row.get("contact_no") for row in rows]])}
    reserved = _reserved_codes()
    for row in rows:
        _link(row, customers, reserved)
        if not row.errors:
            _check_contact(row, contacts, customers)
    _check_single(batch)


def _reserved_codes() -> dict[str, str]:
    marketing = setup.marketing()
    pks = [marketing[f"bus_rel_code_for_{side}"] for side in ("customers", "vendors")]
    return dict(db.rows("SELECT system_id, code FROM erp_businessrelation WHERE system_id = ANY(%s::uuid[])", [pks]))


def _link(row: Row, customers: dict[str, tuple[str, int]], reserved: dict[str, str]) -> None:
    """Find the linked record by its number."""
    link, no = row.get("link_to_table"), row.get("no")
    if link == LINK_CUSTOMER and no in customers:
        row.force("customer", customers[no][0])
    elif link == LINK_CUSTOMER:
        row.reject("no", "link_number_unknown" if no else "link_needs_number", no=no, code="")
    elif link != LINK_NONE or no:
        row.reject("link_to_table", "link_not_available")
    elif row.get("business_relation_code") in reserved:
        row.reject("no", "link_needs_number", code=reserved[row.get("business_relation_code")])
    else:
        row.force("customer", None)


def _check_contact(row: Row, contacts: dict[str, tuple[str, int]], customers: dict[str, tuple[str, int]]) -> None:
    kind = contacts.get(row.get("contact_no"), ("", CONTACT_COMPANY))[1]
    person_customer = row.get("customer") is not None and customers[row.get("no")][1] == CONTACT_PERSON
    if kind == CONTACT_PERSON and not person_customer:
        row.reject("contact_no", "relation_needs_company")


_LINKED = """
SELECT r.system_id, r.contact_no_id, r.customer_id, c.no, r.no FROM erp_contactbusinessrelation r
JOIN erp_contact c ON c.system_id = r.contact_no_id
WHERE r.link_to_table = %s AND (r.contact_no_id = ANY(%s::uuid[]) OR r.customer_id = ANY(%s::uuid[]))
"""


def _check_single(batch: Batch) -> None:
    """A contact has one customer, a customer one contact."""
    rows = [row for row in batch.live if row.get("customer")]
    if not rows:
        return
    pks = [[row.get(name) for row in rows] for name in ("contact_no", "customer")]
    by_contact: dict[str, tuple[str, str]] = {}
    by_customer: dict[str, tuple[str, str]] = {}
    for pk, contact, customer, contact_number, number in db.rows(_LINKED, [LINK_CUSTOMER, *pks]):
        by_contact[contact], by_customer[customer] = (pk, contact_number), (pk, number)
    for row in rows:
        if by_contact.setdefault(row.get("contact_no"), (row.pk, ""))[0] != row.pk:
            row.reject("contact_no", "contact_already_related", no=by_contact[row.get("contact_no")][1])
        elif by_customer.setdefault(row.get("customer"), (row.pk, ""))[0] != row.pk:
            row.reject("no", "customer_already_related", no=row.get("no"))


_SHOWN = """
SELECT c.system_id, c.contact_business_relation,
       array(SELECT r.link_to_table FROM erp_contactbusinessrelation r
             WHERE r.contact_no_id = c.system_id OR r.contact_no_id = c.company_no_id)
FROM erp_contact c WHERE c.system_id = ANY(%s::uuid[]) OR c.company_no_id = ANY(%s::uuid[])
"""


def refresh_contacts(batch: Batch) -> None:
    """R6: the contacts of written relations, and their people, show what they are now."""
    touched = {pk for row in batch.rows for pk in _contacts_of(row)}
    if not touched:
        return
    edits = []
    for pk, shown, links in db.rows(_SHOWN, [list(touched), list(touched)]):
        if (now := shown_relation(links)) != shown:
            edits.append(Edit(pk, {"contact_business_relation": now}))
    if edits:
        update("erp.Contact", edits, source="rule")


def _contacts_of(row: Row) -> set[Any]:
    return {row.get("contact_no"), row.old_value("contact_no")} - {None}
