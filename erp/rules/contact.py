"""Rules of contacts: F13 to F16, F20, R1, R3 to R5, R7 and R11."""

from __future__ import annotations

from typing import Any

from erp.choices import CONTACT_COMPANY, CONTACT_PERSON, RELATION_NONE
from erp.rules import business_relation, company_contact, inheritance, values
from erp.rules.names import join_name as joined
from erp.rules.names import split_name as split
from erp.selectors import setup
from erp.services.number_series import check_manual_numbers, fill_numbers
from records import db
from records.batch import Batch, Row
from records.schema import schema
from records.writes import Edit, delete, read

RULE_FIELDS = frozenset(
    {
        "no", "name", "search_name", "type", "company_no", "company_name", "first_name", "middle_name", "surname",
        "e_mail", "search_e_mail", "privacy_blocked", "minor", "parental_consent_received", "currency_code",
        "vat_registration_no", "contact_business_relation", "salesperson_code", "territory_code",
        "country_region_code", "language_code", "address", "address_2", "post_code", "city", "county", "phone_no",
        "fax_no", "home_page", "mobile_phone_no", "pager",
    }
)  # fmt: skip


def check_manual_no(_batch: Batch, rows: list[Row]) -> None:
    """F20: a number may be typed only where the series allows it."""
    check_manual_numbers(rows, series=setup.marketing()["contact_nos"])


# F13 -----------------------------------------------------------------------------------------------------------------


def split_name(batch: Batch, rows: list[Row]) -> None:
    """F13: a typed name of a person is split into its parts; search_name follows."""
    for row in rows:
        if row.get("type") == CONTACT_PERSON and "name" in row.given:
            for name, part in split(row.get("name")).items():
                row.set(name, part)
    values.follow_search_name(batch, rows)


_PARTS = ("first_name", "middle_name", "surname")


def join_name(batch: Batch, rows: list[Row]) -> None:
    """F13: the name of a person is its parts joined; search_name follows. A company has no such parts."""
    moved = [row for row in rows if row.given & set(_PARTS)]
    people = [row for row in moved if row.get("type") == CONTACT_PERSON]
    for row in moved:
        if row.get("type") == CONTACT_COMPANY:
            _refuse_parts(row)
    for row in people:
        row.set("name", joined(*(row.get(name) for name in _PARTS)))
    values.follow_search_name(batch, [row for row in people if "name" in row.changed])


def _refuse_parts(row: Row) -> None:
    known = {error.field for error in row.errors}
    for name in _PARTS:
        if name in row.given and row.get(name) and name not in known:
            row.reject(name, "only_for_people")


# F14 -----------------------------------------------------------------------------------------------------------------

_TIES = """
SELECT c.system_id,
       EXISTS (SELECT FROM erp_contact p WHERE p.company_no_id = c.system_id AND p.system_id <> c.system_id),
       EXISTS (SELECT FROM erp_contactbusinessrelation r WHERE r.contact_no_id = c.system_id)
FROM erp_contact c WHERE c.system_id = ANY(%s::uuid[])
"""


def change_type(batch: Batch, rows: list[Row]) -> None:
    """F14: where a user changes the type of an existing contact."""
    if batch.kind != "update" or not batch.user_present:
        return
    ties = {pk: (people, relations) for pk, people, relations in db.rows(_TIES, [[row.pk for row in rows]])}
    for row in rows:
        if row.get("type") == CONTACT_COMPANY:
            for name in ("first_name", "middle_name", "surname", "job_title"):
                row.force(name, "")
            continue
        _check_ties(row, *ties.get(row.pk, (False, False)))
        if row.old_value("company_no") == row.pk:
            row.set("company_no", None)
            row.set("company_name", "")
        for name, part in split(row.get("name")).items():
            row.set(name, part)


def _check_ties(row: Row, has_people: bool, has_relations: bool) -> None:
    if has_people:
        row.reject("type", "type_has_people")
    if has_relations:
        row.reject("type", "type_has_relations")
    for name in ("currency_code", "vat_registration_no"):
        if row.get(name):
            row.reject("type", "type_has_value", field=f"@erp.Contact.{name}")


# F15 -----------------------------------------------------------------------------------------------------------------


def resolve_company_name(_batch: Batch, rows: list[Row]) -> None:
    """F15: a typed company name means the company contact of that name."""
    rows = [
        row
        for row in rows
        if row.get("type") == CONTACT_PERSON and "company_name" in row.given and "company_no" not in row.given
    ]
    wanted = {row.get("company_name").upper() for row in rows} - {""}
    sql = (
        "SELECT upper(name), system_id, name FROM erp_contact WHERE type = 0 AND upper(name) = ANY(%s) ORDER BY no DESC"
    )
    found = {upper: (pk, name) for upper, pk, name in db.rows(sql, [list(wanted)])} if wanted else {}
    for row in rows:
        upper = row.get("company_name").upper()
        if upper and upper not in found:
            row.reject("company_name", "company_not_found", value=row.get("company_name"))
            continue
        pk, name = found.get(upper, (None, ""))
        row.force("company_no", pk)
        row.force("company_name", name)


def follow_company(_batch: Batch, rows: list[Row]) -> None:
    """F15: a person who joins a company takes over what the marketing setup says; leaving empties the name."""
    people = [row for row in rows if row.get("type") == CONTACT_PERSON]
    pks = {row.get("company_no") for row in people} | {row.old_value("company_no") for row in people}
    companies = {pk: known for pk, (_version, known) in read(schema("erp.Contact"), list(pks - {None})).items()}
    flags = setup.marketing() if companies else {}
    for row in people:
        company = companies.get(row.get("company_no"))
        if company is None:
            row.force("company_name", "")
        elif company["type"] == CONTACT_COMPANY:
            old = companies.get(row.old_value("company_no"))
            for name, value in inheritance.inherit(flags, row.new, company, old).items():
                row.set(name, value)


# F16 -----------------------------------------------------------------------------------------------------------------


def protect_minor(batch: Batch, rows: list[Row]) -> None:
    """F16: a minor is blocked for privacy."""
    for row in rows:
        if row.get("minor"):
            row.set("privacy_blocked", True)  # noqa: FBT003
    check_privacy(batch, [row for row in rows if row.get("minor") and "privacy_blocked" in row.given])


def protect_on_consent(_batch: Batch, rows: list[Row]) -> None:
    """F16: a changed consent blocks for privacy until somebody lifts it."""
    for row in rows:
        row.set("privacy_blocked", True)  # noqa: FBT003


def check_privacy(_batch: Batch, rows: list[Row]) -> None:
    """F16: a minor without consent stays blocked."""
    for row in rows:
        if not row.get("privacy_blocked") and row.get("minor") and not row.get("parental_consent_received"):
            row.reject("privacy_blocked", "minor_without_consent", no=row.get("no"))


# Record rules --------------------------------------------------------------------------------------------------------


def allocate(batch: Batch) -> None:
    """R1."""
    if any(not row.get("no") for row in batch.live):
        series = setup.marketing()["contact_nos"]
        fill_numbers(batch, series=series, setup_table="erp.MarketingSetup", setup_field="contact_nos")


def before_write(batch: Batch) -> None:
    """R7, R11, and what must hold within one contact."""
    if batch.kind == "delete":
        _delete_around(batch)
        return
    if batch.kind == "insert":
        _set_defaults(batch)
    for row in batch.live:
        if "no" in row.changed and not row.get("no"):
            row.reject("no", "required", caption="@erp.Contact.no")
        if row.get("type") == CONTACT_COMPANY:
            _be_own_company(batch, row)
    _know_company(batch)
    values.follow_search_e_mail(batch)


def _be_own_company(batch: Batch, row: Row) -> None:
    if batch.source in ("page", "api", "import") and not row.get("name"):
        row.reject("name", "contact_name_required")
    if "company_no" in row.given and row.get("company_no") not in (None, row.pk):
        row.reject("company_no", "own_company")
    row.force("company_no", row.pk)
    row.force("company_name", row.get("name"))


_COMPANIES = (
    "SELECT system_id, no, type, name, contact_business_relation FROM erp_contact WHERE system_id = ANY(%s::uuid[])"
)


def _know_company(batch: Batch) -> None:
    """A person belongs to a contact of type Company, shows its name and its business relation."""
    rows = [row for row in batch.changed("company_no") if row.get("type") == CONTACT_PERSON]
    if not rows:
        return
    pks = list({row.get("company_no") for row in rows} - {None})
    companies = {pk: rest for pk, *rest in db.rows(_COMPANIES, [pks])} if pks else {}
    own = business_relation.relations_of([row.pk for row in rows]) if batch.kind == "update" else {}
    for row in rows:
        no, kind, name, relation = companies.get(row.get("company_no"), ("", CONTACT_COMPANY, "", RELATION_NONE))
        if kind != CONTACT_COMPANY:
            row.reject("company_no", "not_a_company", no=no)
        if not row.get("company_name"):
            row.force("company_name", name)
        if row.pk not in own:
            row.force("contact_business_relation", relation)


#: field -> field of the marketing setup, for each type of contact
_DEFAULTS = {
    "salesperson_code": "default_salesperson_code",
    "territory_code": "default_territory_code",
    "country_region_code": "default_country_region_code",
    "language_code": "default_language_code",
    "correspondence_type": "default_correspondence_type",
}
_SALUTATION = {CONTACT_COMPANY: "def_company_salutation_code", CONTACT_PERSON: "default_person_salutation_code"}


def _set_defaults(batch: Batch) -> None:
    """R7: blank fields of a new contact get the defaults, unless it is made from a customer."""
    if batch.source == "rule":
        return
    marketing = setup.marketing()
    for row in batch.live:
        named = _DEFAULTS | {"salutation_code": _SALUTATION[row.get("type")]}
        for name, default in named.items():
            if not row.get(name) and marketing[default]:
                (row.set if batch.source == "sync" else row.force)(name, marketing[default])


def _delete_around(batch: Batch) -> None:
    """R11: the people of a company and the relations go; customers lose the contact they named."""
    own = {row.pk for row in batch.live}
    people = (
        "SELECT system_id FROM erp_contact WHERE company_no_id = ANY(%s::uuid[]) AND NOT system_id = ANY(%s::uuid[])"
    )
    _delete_all("erp.Contact", db.rows(people, [list(own), list(own)]))
    relations = "SELECT system_id FROM erp_contactbusinessrelation WHERE contact_no_id = ANY(%s::uuid[])"
    _delete_all("erp.ContactBusinessRelation", db.rows(relations, [list(own)]))
    named = db.rows("SELECT system_id FROM erp_customer WHERE primary_contact_no_id = ANY(%s::uuid[])", [list(own)])
    company_contact.rewrite(
        batch, "erp.Customer", [Edit(pk, {"primary_contact_no": None, "contact": ""}) for (pk,) in named]
    )


def _delete_all(label: str, keys: list[tuple[Any, ...]]) -> None:
    if keys:
        company_contact.done(delete(label, [(pk, None) for (pk,) in keys], source="rule"))


def after_write(batch: Batch) -> None:
    """R3, R4 and R5."""
    if batch.kind != "update":
        return
    company_contact.copy_to_customers(batch)
    _lead_people(batch)
    _rename_primary(batch)


_PEOPLE_FIELDS = ("company_no", "company_name", *inheritance.FIELDS[1:])


def _lead_people(batch: Batch) -> None:
    """R4: the people of a changed company follow it."""
    rows = {row.pk: row for row in batch.changed(*inheritance.FIELDS) if row.get("type") == CONTACT_COMPANY and row.old}
    if not rows:
        return
    described = schema("erp.Contact")
    columns = ", ".join(described[name].sql("t") for name in _PEOPLE_FIELDS)
    sql = f"SELECT t.system_id, {columns} FROM erp_contact t WHERE t.company_no_id = ANY(%s::uuid[]) AND t.type = %s"
    found = db.rows(sql, [list(rows), CONTACT_PERSON])
    people = {pk: dict(zip(_PEOPLE_FIELDS, values_, strict=True)) for pk, *values_ in found}
    flags = setup.marketing() if people else {}
    edits = []
    for pk, person in people.items():
        row = rows[person["company_no"]]
        assert row.old is not None
        if changes := inheritance.follow(flags, person, row.old, row.new):
            edits.append(Edit(pk, changes))
    company_contact.rewrite(batch, "erp.Contact", edits)


def _rename_primary(batch: Batch) -> None:
    """R5: customers show the new name of their primary contact."""
    rows = {row.pk: row for row in batch.changed("name") if row.get("type") == CONTACT_PERSON}
    if not rows:
        return
    sql = "SELECT system_id, primary_contact_no_id FROM erp_customer WHERE primary_contact_no_id = ANY(%s::uuid[])"
    edits = [Edit(pk, {"contact": rows[contact].get("name")}) for pk, contact in db.rows(sql, [list(rows)])]
    company_contact.rewrite(batch, "erp.Customer", edits)
