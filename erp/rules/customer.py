"""Rules of customers: F9, F10, F20, R1, R2, R8 and R10."""

from __future__ import annotations

from erp.choices import BLOCKED_ALL, BLOCKED_NONE, CONTACT_COMPANY, CONTACT_PERSON
from erp.rules import company_contact
from erp.selectors import setup
from erp.services.number_series import check_manual_numbers, fill_numbers
from records import db
from records.batch import Batch, Row
from records.writes import Edit, delete

RULE_FIELDS = frozenset(
    {
        "no", "name", "search_name", "contact", "contact_type", "primary_contact_no", "bill_to_customer_no", "blocked",
        "privacy_blocked", "salesperson_code", "country_region_code", "post_code", "city", "county", "phone_no",
        "mobile_phone_no", "e_mail", "vat_registration_no",
    }
)  # fmt: skip


def check_manual_no(_batch: Batch, rows: list[Row]) -> None:
    """F20: a number may be typed only where the series allows it."""
    check_manual_numbers(rows, series=setup.sales()["customer_nos"])


def follow_privacy_blocked(_batch: Batch, rows: list[Row]) -> None:
    """F9: privacy_blocked on blocks everything, off blocks nothing."""
    for row in rows:
        row.set("blocked", BLOCKED_ALL if row.get("privacy_blocked") else BLOCKED_NONE)


def check_blocked(batch: Batch, rows: list[Row]) -> None:
    """F9: while blocked for privacy only All is possible; a page asks whether to lift that."""
    for row in rows:
        if row.get("privacy_blocked") and row.get("blocked") != BLOCKED_ALL:
            if batch.source == "page":
                row.reject("blocked", "privacy_blocked_confirm", confirm={"privacy_blocked": ""})
            else:
                row.reject("blocked", "privacy_blocked_customer")


_CHOSEN = """
SELECT system_id, no, name, type, company_no_id, phone_no, mobile_phone_no, e_mail
FROM erp_contact WHERE system_id = ANY(%s::uuid[])
"""


def take_primary_contact(batch: Batch, rows: list[Row]) -> None:
    """F10: the contact text becomes the name of the chosen person; a chosen company gives phone numbers and e-mail."""
    for row in rows:
        row.set("contact", "")
    chosen = {pk: rest for pk, *rest in db.rows(_CHOSEN, [[row.get("primary_contact_no") for row in rows]])}
    companies = company_contact.contacts_of([row.pk for row in rows])
    for row in rows:
        if row.get("primary_contact_no") not in chosen:
            continue
        no, name, kind, company, phone, mobile, e_mail = chosen[row.get("primary_contact_no")]
        own = companies.get(row.pk)
        if row.get("contact_type") == CONTACT_COMPANY and (own is None or company != own.pk):
            _refuse_contact(batch, row, no, name)
        elif kind == CONTACT_PERSON:
            row.set("contact", name)
        else:
            for field, value in (("phone_no", phone), ("mobile_phone_no", mobile), ("e_mail", e_mail)):
                if value:
                    row.set(field, value)


def _refuse_contact(batch: Batch, row: Row, no: str, name: str) -> None:
    """A new customer from the Sales side cannot have people yet: the contact is left out, not the customer."""
    if batch.source == "sync" and batch.kind == "insert":
        row.force("primary_contact_no", None)
        return
    row.reject(
        "primary_contact_no",
        "contact_not_related",
        contact_no=no,
        contact_name=name,
        customer_no=row.get("no"),
        customer_name=row.get("name"),
    )


def check_contact_text(batch: Batch, rows: list[Row]) -> None:
    """On a page the contact text belongs to the primary contact as long as there is one."""
    for row in rows:
        kept = row.get("primary_contact_no") and "primary_contact_no" not in row.changed
        if batch.source == "page" and kept and "contact" in row.given:
            row.reject("contact", "contact_of_primary")


def allocate(batch: Batch) -> None:
    """R1."""
    if any(not row.get("no") for row in batch.live):
        series = setup.sales()["customer_nos"]
        fill_numbers(batch, series=series, setup_table="erp.SalesReceivablesSetup", setup_field="customer_nos")


def before_write(batch: Batch) -> None:
    """R8, R10, and what must hold within one customer."""
    if batch.kind == "delete":
        _delete_relations(batch)
        return
    if batch.kind == "insert":
        _default_salesperson(batch)
        _check_contact_numbers(batch)
    for row in batch.live:
        if "no" in row.changed and not row.get("no"):
            row.reject("no", "required", caption="@erp.Customer.no")
        if row.get("bill_to_customer_no") == row.pk:
            row.reject("bill_to_customer_no", "bill_to_itself")


def _default_salesperson(batch: Batch) -> None:
    """R8: the salesperson of the current user, if one is set and not blocked."""
    rows = [row for row in batch.live if not row.get("salesperson_code")]
    if not rows or not batch.actor or batch.source in ("rule", "setup"):
        return
    sql = (
        "SELECT s.system_id FROM people_user u JOIN erp_salespersonpurchaser s ON s.code = upper(u.salesperson)"
        " WHERE u.username = %s AND NOT s.blocked AND NOT s.privacy_blocked"
    )
    found = db.one(sql, [batch.actor])
    for row in rows if found else ():
        row.set("salesperson_code", found[0] if found else None)


def _check_contact_numbers(batch: Batch) -> None:
    """A new customer needs a contact: say at the customer that contacts cannot be numbered."""
    marketing = setup.marketing()
    if marketing["bus_rel_code_for_customers"] and not marketing["contact_nos"]:
        for row in batch.live:
            row.reject("", "setup_missing", field="@erp.MarketingSetup.contact_nos", table="@erp.MarketingSetup")


def _delete_relations(batch: Batch) -> None:
    """R10: the business relations go with the customer, its contacts stay."""
    sql = "SELECT system_id FROM erp_contactbusinessrelation WHERE customer_id = ANY(%s::uuid[])"
    relations = [pk for (pk,) in db.rows(sql, [[row.pk for row in batch.live]])]
    if relations:
        delete("erp.ContactBusinessRelation", [(pk, None) for pk in relations], source="rule")


def after_write(batch: Batch) -> None:
    """R2 and F11, and the relations that repeat the customer's number."""
    if batch.kind == "insert":
        company_contact.create_contacts(batch)
    elif batch.kind == "update":
        company_contact.copy_to_contacts(batch)
        _renumber_relations(batch)
    if batch.kind != "delete":
        company_contact.create_typed_contacts(batch)


def _renumber_relations(batch: Batch) -> None:
    rows = {row.pk: row for row in batch.changed("no")}
    if not rows:
        return
    sql = "SELECT system_id, customer_id FROM erp_contactbusinessrelation WHERE customer_id = ANY(%s::uuid[])"
    found = db.rows(sql, [list(rows)])
    edits = [Edit(pk, {"no": rows[customer].get("no")}) for pk, customer in found]
    company_contact.rewrite(batch, "erp.ContactBusinessRelation", edits)
