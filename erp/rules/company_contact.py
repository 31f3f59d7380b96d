"""R2, R3 and F11: a customer and its contact carry the same values; each change goes to the other one.

Equal values are never written, so the two rules end when both agree; within one write the record that the values came
from is not asked again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from erp.choices import CONTACT_COMPANY, CONTACT_PERSON, LINK_CUSTOMER
from erp.rules.inheritance import inherit
from erp.rules.names import split_name
from erp.selectors import setup
from records import db
from records.batch import Batch, Row
from records.errors import Rejected
from records.ids import uuid7
from records.schema import schema
from records.writes import Edit, Written, insert, read, update

COPIED = (
    "name", "search_name", "name_2", "address", "address_2", "city", "phone_no", "mobile_phone_no", "territory_code",
    "currency_code", "language_code", "salesperson_code", "country_region_code", "fax_no", "registration_number",
    "vat_registration_no", "post_code", "county", "e_mail", "home_page",
)  # fmt: skip


class OwnContact(NamedTuple):
    """The contact that stands for a customer."""

    pk: str
    type: int


_origin: ContextVar[frozenset[str]] = ContextVar("company_contact_origin", default=frozenset())
_existing: ContextVar[Mapping[str, str]] = ContextVar("company_contact_existing", default={})  # noqa: B039


@contextmanager
def _from_rows(rows: Sequence[Row]) -> Iterator[None]:
    """Within the block these records are not written back to."""
    token = _origin.set(_origin.get() | {row.pk for row in rows})
    try:
        yield
    finally:
        _origin.reset(token)


@contextmanager
def existing_contacts(contacts: Mapping[str, str]) -> Iterator[None]:
    """Within the block new customers (by primary key) are related to these contacts instead of getting new ones."""
    token = _existing.set(contacts)
    try:
        yield
    finally:
        _existing.reset(token)


def done(written: Written) -> Written:
    """The outcome of a write that a rule needs; raises Rejected with the first refusal."""
    if written.rejected:
        raise Rejected(written.rejected[0].errors)
    return written


def rewrite(batch: Batch, label: str, edits: list[Edit]) -> None:
    """Write what a rule changes; rows of this very batch keep the version that results."""
    if not edits:
        return
    with _from_rows(batch.rows):
        written = done(update(label, edits, source="rule"))
    if batch.model._meta.label == label:
        own = {row.pk: row for row in batch.rows}
        for row in written.rows:
            if row.pk in own:
                own[row.pk].version = row.version
                own[row.pk].new |= {name: row.new[name] for name in row.changed}


def contacts_of(customers: Sequence[str]) -> dict[str, OwnContact]:
    """The contact of each customer that has one."""
    sql = (
        "SELECT r.customer_id, r.contact_no_id, c.type FROM erp_contactbusinessrelation r"
        " JOIN erp_contact c ON c.system_id = r.contact_no_id WHERE r.customer_id = ANY(%s::uuid[])"
    )
    return {customer: OwnContact(pk, kind) for customer, pk, kind in db.rows(sql, [list(customers)])}


def customers_of(contacts: Sequence[str]) -> dict[str, str]:
    """The customer of each contact that stands for one."""
    sql = (
        "SELECT contact_no_id, customer_id FROM erp_contactbusinessrelation"
        " WHERE contact_no_id = ANY(%s::uuid[]) AND link_to_table = %s AND customer_id IS NOT NULL"
    )
    return dict(db.rows(sql, [list(contacts), LINK_CUSTOMER]))


# R2 ------------------------------------------------------------------------------------------------------------------


def create_contacts(batch: Batch) -> None:
    """R2: each new customer gets a contact with the same values, and the relation between them."""
    relation = setup.marketing()["bus_rel_code_for_customers"]
    if relation is None or not batch.rows:
        return
    contacts = {row.pk: _existing.get().get(row.pk) or uuid7() for row in batch.rows}
    new = [row for row in batch.rows if row.pk not in _existing.get()]
    with _from_rows(batch.rows):
        done(insert("erp.Contact", [_contact_values(row, contacts[row.pk]) for row in new], source="rule"))
        links = [_relation_values(row, contacts[row.pk], relation) for row in batch.rows]
        done(insert("erp.ContactBusinessRelation", links, source="rule"))
    people = [row for row in new if row.get("contact_type") == CONTACT_PERSON and not row.get("primary_contact_no")]
    rewrite(batch, "erp.Customer", [Edit(row.pk, {"primary_contact_no": contacts[row.pk]}) for row in people])


def _contact_values(row: Row, pk: str) -> dict[str, Any]:
    values = {name: row.get(name) for name in (*COPIED, "privacy_blocked")}
    values |= {"pk": pk, "type": row.get("contact_type"), "contact_business_relation": LINK_CUSTOMER}
    return values | (split_name(row.get("name")) if row.get("contact_type") == CONTACT_PERSON else {})


def _relation_values(row: Row, contact: str, relation: str) -> dict[str, Any]:
    return {
        "contact_no": contact,
        "business_relation_code": relation,
        "link_to_table": LINK_CUSTOMER,
        "no": row.get("no"),
        "customer": row.pk,
    }


def copy_to_contacts(batch: Batch) -> None:
    """R2: a changed customer changes its contact; the type of the contact stays."""
    rows = [row for row in batch.changed(*COPIED, "privacy_blocked") if row.pk not in _origin.get()]
    if not rows or setup.marketing()["bus_rel_code_for_customers"] is None:
        return
    contacts = contacts_of([row.pk for row in rows])
    edits = []
    for row in rows:
        own = contacts.get(row.pk)
        if own is not None and own.pk not in _origin.get():
            values = _changed_values(row, (*COPIED, "privacy_blocked"))
            names = split_name(values["name"]) if own.type == CONTACT_PERSON and "name" in values else {}
            edits.append(Edit(own.pk, values | names))
    rewrite(batch, "erp.Contact", edits)


def _changed_values(row: Row, names: Sequence[str]) -> dict[str, Any]:
    return {name: row.get(name) for name in names if name in row.changed}


# R3 ------------------------------------------------------------------------------------------------------------------


def copy_to_customers(batch: Batch) -> None:
    """R3: a changed contact that stands for a customer changes it, without the customer's field rules."""
    rows = [row for row in batch.changed(*COPIED, "type") if row.pk not in _origin.get()]
    customers = customers_of([row.pk for row in rows]) if rows else {}
    edits = []
    for row in rows:
        customer = customers.get(row.pk)
        if customer is not None and customer not in _origin.get():
            kind = {"contact_type": row.get("type")} if "type" in row.changed else {}
            edits.append(Edit(customer, _changed_values(row, COPIED) | kind))
    rewrite(batch, "erp.Customer", edits)


# F11 -----------------------------------------------------------------------------------------------------------------


def create_typed_contacts(batch: Batch) -> None:
    """F11: a name typed as contact becomes a person of the company contact, and the primary contact."""
    rows = [row for row in batch.rows if _types_contact(batch, row)]
    marketing = setup.marketing() if rows else {}
    if not rows or marketing["bus_rel_code_for_customers"] is None:
        return
    contacts = {pk: own for pk, own in contacts_of([row.pk for row in rows]).items() if own.type == CONTACT_COMPANY}
    companies = read(schema("erp.Contact"), [own.pk for own in contacts.values()])
    people: dict[str, dict[str, Any]] = {}
    for row in rows:
        if own := contacts.get(row.pk):
            people[row.pk] = _person_values(row.get("contact"), own.pk, companies[own.pk][1], marketing)
    done(insert("erp.Contact", list(people.values()), source="rule"))
    edits = [Edit(customer, {"primary_contact_no": person["pk"]}) for customer, person in people.items()]
    rewrite(batch, "erp.Customer", edits)


def _types_contact(batch: Batch, row: Row) -> bool:
    runs = batch.source in ("page", "api", "import") or "contact" in (batch.validate or ())
    was_blank = not row.old_value("contact") and not row.old_value("primary_contact_no")
    typed = "contact" in row.changed and "contact" in row.given and bool(row.get("contact"))
    return runs and was_blank and typed and not row.get("primary_contact_no")


def _person_values(name: str, company: str, values: Mapping[str, Any], flags: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "pk": uuid7(),
        "type": CONTACT_PERSON,
        "name": name,
        "search_name": name,
        **split_name(name),
        "company_no": company,
        **inherit(flags, {}, values, None),
        "contact_business_relation": values["contact_business_relation"],
    }
