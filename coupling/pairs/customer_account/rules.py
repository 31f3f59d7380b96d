"""Business rules of CUSTOMER: company and owner of accounts, blocked customers, the people of a company."""

from __future__ import annotations

from coupling.lookups import CoupledKeys
from coupling.models import Coupling
from coupling.plan import Direction, HookBatch, Item, Key, MappingPlan, Problem, canon, unique
from coupling.rules import CompanyHooks
from coupling.services.coupling import couplings_delete
from records import db
from records.schema import schema
from records.writes import Edit, update

CONTACTS = ("erp.Contact", "crm.Contact")
INACTIVE, BLOCKED_ALL = 2, 3


class CustomerHooks(CompanyHooks):
    """Customers and accounts."""

    reads_erp = ("blocked", "primary_contact_no", "salesperson_code")
    reads_crm = (*CompanyHooks.reads_crm, "statuscode", "primarycontactid")
    owner_field = "salesperson_code"
    detail = ("address1_city", "address1_country")

    def prepare(self, batch: HookBatch) -> None:
        """To CRM: company and owner. From CRM: inactive accounts block, uncoupled primary contacts stay."""
        super().prepare(batch)
        if batch.direction is Direction.FROM_CRM:
            for item in batch.live:
                if item.source.get("statuscode") == INACTIVE and not item.current("blocked"):
                    item.set("blocked", BLOCKED_ALL)
            keep_primary_contacts(batch)

    def after_write(self, batch: HookBatch) -> None:
        """A customer made from an account takes over the coupled people of that account."""
        super().after_write(batch)
        fresh = [item for item in batch.items if item.is_new]
        if fresh and batch.direction is Direction.FROM_CRM:
            adopt_contacts(batch.plan, fresh)

    def before_uncouple(self, plan: MappingPlan, pairs: list[tuple[Key, Key]]) -> None:
        """The couplings of an account's people go with the account's."""
        super().before_uncouple(plan, pairs)
        couplings_delete(couplings=coupled_people(plan, [crm for _erp, crm in pairs]))


def keep_primary_contacts(batch: HookBatch) -> None:
    """An account without primary contact does not take away one that CRM cannot know. One query."""
    emptied = [item for item in batch.live if _loses_contact(item)]
    pair = batch.plan.context["mappings"].get(CONTACTS)
    if not emptied:
        return
    contacts = unique(item.dest["primary_contact_no"] for item in emptied)
    found = CoupledKeys(pair, True, "erp.Contact", "@erp.Contact")(contacts) if pair else {}  # noqa: FBT003
    for item in emptied:
        partner = found.get(item.dest["primary_contact_no"])
        if partner is None or isinstance(partner, Problem):
            del item.values["primary_contact_no"]


def _loses_contact(item: Item) -> bool:
    name = "primary_contact_no"
    return name in item.values and canon(item.values[name]) is None and canon(item.dest.get(name)) is not None


def coupled_people(plan: MappingPlan, accounts: list[Key]) -> list[Coupling]:
    """The contact couplings of the people of these accounts. One query."""
    pair = plan.context["mappings"].get(CONTACTS)
    if not pair:
        return []
    people = schema("crm.Contact").model.objects.filter(parentcustomerid_account__in=accounts).values("pk")
    return list(Coupling.objects.filter(pair=pair, crm_id__in=people))


def adopt_contacts(plan: MappingPlan, items: list[Item]) -> None:
    """Coupled people of the accounts that new customers were made from belong to those customers' companies."""
    pair = plan.context["mappings"].get(CONTACTS)
    if not pair:
        return
    contact, relation, person = schema("crm.Contact"), schema("erp.ContactBusinessRelation"), schema("erp.Contact")
    sql = (
        f'SELECT p."{person.pk_column}", company."{person.pk_column}", company.name '
        f"FROM unnest(%s::uuid[], %s::uuid[]) AS made(customer, account) "
        f'JOIN "{relation.table}" r ON r.customer_id = made.customer '
        f'JOIN "{person.table}" company ON company."{person.pk_column}" = r.contact_no_id '
        f'JOIN "{contact.table}" c ON c.parentcustomerid_account_id = made.account '
        f'JOIN coupling_coupling k ON k.crm_id = c."{contact.pk_column}" AND k.pair = %s '
        f'JOIN "{person.table}" p ON p."{person.pk_column}" = k.erp_id '
        f'WHERE p.company_no_id IS DISTINCT FROM company."{person.pk_column}"'
    )
    rows = db.rows(sql, [[i.erp_id for i in items], [i.crm_id for i in items], pair])
    edits = [Edit(key, {"company_no": company, "company_name": name}) for key, company, name in rows]
    if edits:
        update("erp.Contact", edits, source="sync")


HOOKS = CustomerHooks()
