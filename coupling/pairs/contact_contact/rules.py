"""Business rules of CONTACT: the parent account of a person, the company of a contact, the primary contact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from coupling.models import Coupling, IntegrationTableMapping
from coupling.plan import Direction, HookBatch, Item, Key, MappingPlan, unique
from coupling.plans import plan_for
from coupling.rules import CompanyHooks, Remedy
from coupling.selectors.records import record_names
from coupling.sides import gateway
from records import db
from records.schema import model_of, schema
from records.writes import Edit, update

CUSTOMERS = ("erp.Customer", "crm.Account")
PARENT, PARENT_TYPE = "parentcustomerid", "parentcustomeridtype"
ASSIGN_COMPANY = Remedy(
    _("Assign a Company"),
    _("Only people who belong to a company are synchronized: without one nobody knows which account they belong to."),
)


class ContactHooks(CompanyHooks):
    """People: every CRM contact has the account of its company, every ERP contact the company of its account."""

    reads_erp = ("no", "name", "type", "company_no", "company_name", "salesperson_code")
    reads_crm = (*CompanyHooks.reads_crm, PARENT, PARENT_TYPE, "fullname")
    owner_field = "salesperson_code"
    detail = ("emailaddress1", "telephone1")
    remedies: ClassVar[Mapping[str, Remedy]] = {
        "erp.Contact.company_no": ASSIGN_COMPANY,
        f"crm.Contact.{PARENT}": ASSIGN_COMPANY,
    }

    def prepare(self, batch: HookBatch) -> None:
        """Set the parent account or the company; a person without one fails."""
        super().prepare(batch)
        self.require_partners(batch)

    def require_partners(self, batch: HookBatch) -> None:
        """A person goes nowhere before the company."""
        if batch.direction is Direction.TO_CRM:
            set_parents(batch)
        else:
            set_companies(batch)

    def after_write(self, batch: HookBatch) -> None:
        """A new person becomes the primary contact where there is none yet."""
        super().after_write(batch)
        fresh = [item for item in batch.items if item.is_new]
        if not fresh:
            return
        if batch.direction is Direction.TO_CRM:
            become_primary_in_crm(batch.plan, fresh)
        else:
            become_primary_in_erp(batch.plan, fresh)


def set_parents(batch: HookBatch) -> None:
    """`parentcustomerid` is the account coupled with the customer of the person's company. One query.

    A pair without a difference in its lines is only repaired where the parent is missing.
    """
    accounts = accounts_of(batch.plan, unique(item.source.get("company_no") for item in batch.live))
    for item in batch.live:
        company = item.source.get("company_no")
        customer, account = accounts.get(company, (None, None)) if company else (None, None)
        unchanged = not item.is_new and not item.values
        if account:
            if not unchanged or not item.dest.get(PARENT):
                item.set(PARENT, account)
                item.set(PARENT_TYPE, "account")
        elif not unchanged:
            _refuse_parentless(batch.plan, item, customer)


def _refuse_parentless(plan: MappingPlan, item: Item, customer: str | None) -> None:
    if customer is None:
        item.fail("contact_without_relation", {"contact": f"{item.source['no']} {item.source['name']}"})
        return
    params = {"caption": "@erp.Customer", "value": str(item.source.get("company_name") or "")}
    params |= {"table": CUSTOMERS[0], "key": customer, "needs": plan.context["mappings"].get(CUSTOMERS, "")}
    item.fail("dependency_not_coupled", params, field="company_no")


def accounts_of(plan: MappingPlan, companies: list[Key]) -> dict[Key, tuple[Key, Key | None]]:
    """Company contact -> (its customer, the coupled account or None)."""
    pair = plan.context["mappings"].get(CUSTOMERS, "")
    relation = schema("erp.ContactBusinessRelation").table
    sql = (
        f'SELECT r.contact_no_id, r.customer_id, k.crm_id FROM "{relation}" r '
        "LEFT JOIN coupling_coupling k ON k.erp_id = r.customer_id AND k.pair = %s AND NOT k.broken "
        "WHERE r.contact_no_id = ANY(%s::uuid[]) AND r.customer_id IS NOT NULL"
    )
    rows = db.rows(sql, [pair, companies]) if companies else []
    return {company: (customer, account) for company, customer, account in rows}


def set_companies(batch: HookBatch) -> None:
    """`company_no` and `company_name` are the company contact of the customer coupled with the parent account.

    One query; more only where an account is not coupled. A person of an account that customers are not made from
    is taken without a company.
    """
    parents = unique(item.source.get(PARENT) for item in batch.live)
    companies = companies_of(batch.plan, parents)
    uncoupled = [p for p in parents if p not in companies]
    outside = outside_customers(batch.plan, uncoupled) if uncoupled else set()
    names = record_names("crm.Account", uncoupled) if uncoupled else {}
    for item in batch.live:
        parent = item.source.get(PARENT)
        if parent is None or parent in outside:
            continue
        found = companies.get(parent)
        if found is None:
            params = {"caption": f"@crm.Contact.{PARENT}", "value": names.get(parent, parent)}
            params |= {"table": CUSTOMERS[1], "key": parent, "needs": batch.plan.context["mappings"].get(CUSTOMERS, "")}
            item.fail("dependency_not_coupled", params, field=PARENT)
        elif found[0] is None:
            item.fail("contact_company_missing", field="company_no")
        else:
            item.set("company_no", found[0])
            item.set("company_name", found[1])


def companies_of(plan: MappingPlan, accounts: list[Key]) -> dict[Key, tuple[Key | None, str]]:
    """Account -> (company contact of the coupled customer or None, its name); uncoupled accounts are missing."""
    pair = plan.context["mappings"].get(CUSTOMERS, "")
    relation, contact = schema("erp.ContactBusinessRelation").table, schema("erp.Contact")
    sql = (
        f'SELECT k.crm_id, c."{contact.pk_column}", c.name FROM coupling_coupling k '
        f'LEFT JOIN "{relation}" r ON r.customer_id = k.erp_id '
        f'LEFT JOIN "{contact.table}" c ON c."{contact.pk_column}" = r.contact_no_id '
        "WHERE k.crm_id = ANY(%s::uuid[]) AND k.pair = %s"
    )
    rows = db.rows(sql, [accounts, pair]) if accounts else []
    return {account: (company, name or "") for account, company, name in rows}


def outside_customers(plan: MappingPlan, accounts: list[Key]) -> set[Key]:
    """The accounts that the customer mapping's filter leaves out (all of them where no such mapping exists)."""
    name = plan.context["mappings"].get(CUSTOMERS)
    if not name:
        return set(accounts)
    customers = plan_for(name)
    if customers.crm_matches is None:
        return set()
    records = gateway("crm").read_many(customers.crm_table, accounts, customers.crm_filter_fields)
    return {key for key, record in records.items() if not customers.crm_matches(record.values)}


def customer_mapping(plan: MappingPlan) -> IntegrationTableMapping | None:
    """The mapping of customers and accounts; None where there is none."""
    return IntegrationTableMapping.objects.filter(name=plan.context["mappings"].get(CUSTOMERS, "")).first()


def become_primary_in_crm(plan: MappingPlan, items: list[Item]) -> None:
    """Accounts without a primary contact get the new person; their couplings count that as seen.

    Where the customer has a primary contact, nobody else becomes the account's: the next run would take that for a
    change of the account, and carry it to the customer.
    """
    mapping = customer_mapping(plan)
    if mapping is None or not mapping.allows("to_crm"):
        return
    chosen = chosen_in_erp(mapping.name, unique(item.current(PARENT) for item in items))
    first: dict[Key, Key] = {}
    for item in items:
        parent = item.current(PARENT)
        if parent and item.crm_id and chosen.get(parent, item.erp_id) == item.erp_id:
            first.setdefault(parent, item.crm_id)
    rows = model_of("crm.Account").objects.filter(pk__in=first, primarycontactid=None).values_list("pk", "row_version")
    versions = {str(pk): version for pk, version in rows}
    edits = [Edit(pk, {"primarycontactid": first[pk]}) for pk in versions]
    written = update("crm.Account", edits, source="sync").rows if edits else []
    seen_by_customers(mapping.name, {row.pk: (versions[row.pk], int(row.version or 0)) for row in written})


def chosen_in_erp(pair: str, accounts: list[Key]) -> dict[Key, Key]:
    """Account -> the primary contact of the customer it is coupled with; without those that have none. One query."""
    sql = (
        f'SELECT k.crm_id, t.primary_contact_no_id FROM coupling_coupling k JOIN "{schema(CUSTOMERS[0]).table}" t '
        f'ON t."{schema(CUSTOMERS[0]).pk_column}" = k.erp_id '
        "WHERE k.pair = %s AND k.crm_id = ANY(%s::uuid[]) AND NOT k.broken AND t.primary_contact_no_id IS NOT NULL"
    )
    return dict(db.rows(sql, [pair, accounts])) if accounts else {}


def seen_by_customers(pair: str, versions: dict[Key, tuple[int, int]]) -> None:
    """Couplings that knew an account's version before know the one after as well: no echo."""
    if versions:
        old, new = zip(*versions.values(), strict=True)
        db.execute(
            "UPDATE coupling_coupling k SET crm_version = v.new, row_version = k.row_version + 1 "
            "FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[]) AS v(crm_id, old, new) "
            "WHERE k.crm_id = v.crm_id AND k.pair = %s AND k.crm_version = v.old",
            [list(versions), list(old), list(new), pair],
        )


def become_primary_in_erp(plan: MappingPlan, items: list[Item]) -> None:
    """Customers without a primary contact get the new person, where the customer mapping takes that field from CRM."""
    mapping = customer_mapping(plan)
    lines = mapping.lines.filter(erp_field="primary_contact_no", enabled=True) if mapping else ()
    if mapping is None or not mapping.allows("from_crm") or not any(x.direction != "to_crm" for x in lines):
        return
    people = {item.source.get(PARENT): item for item in reversed(items) if item.source.get(PARENT)}
    pairs = Coupling.objects.filter(pair=mapping.name, crm_id__in=list(people)).values_list("erp_id", "crm_id")
    customers = {str(erp): people[str(crm)] for erp, crm in pairs}
    blank = model_of("erp.Customer").objects.filter(pk__in=customers, primary_contact_no=None, contact="")
    edits = []
    for pk in blank.values_list("pk", flat=True):
        item = customers[str(pk)]
        edits.append(Edit(str(pk), {"primary_contact_no": item.erp_id, "contact": item.source.get("fullname") or ""}))
    if edits:
        update("erp.Customer", edits, source="sync")


HOOKS = ContactHooks()
