"""What the business rules of the pairs share: the company stamp and the owner of CRM rows, and uncoupling."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from coupling.lookups import CoupledKeys
from coupling.plan import Direction, HookBatch, Hooks, Key, MappingPlan, Problem, unique
from records.schema import schema
from records.writes import Edit, update

COMPANY_FIELD = "bcbi_companyid"
SALESPERSON, USER = "erp.SalespersonPurchaser", "crm.SystemUser"


@dataclass(frozen=True, slots=True)
class Remedy:
    """What brings a record inside the filter by filling one field: the caption of the action, and why it matters."""

    caption: Any
    why: Any


class PairHooks(Hooks):
    """Hooks of a pair with more to declare.

    `equal`: by line key, when two different values count as the same (ERP value, CRM value).
    `owner_field`: the ERP field that names the salesperson of a record; blank where CRM rows have no owner.
    `remedies`: by `table.field`, what filling a field that the filter asks for is called.
    """

    equal: ClassVar[Mapping[str, Callable[[Any, Any], bool]]] = {}
    remedies: ClassVar[Mapping[str, Remedy]] = {}
    owner_field = ""
    #: CRM fields that tell candidates of the same name apart.
    detail: tuple[str, ...] = ()
    #: A coupling is deleted together with its ERP record, whatever the mapping says of deletions.
    goes_with_erp = False


class CompanyHooks(PairHooks):
    """Pairs whose CRM rows belong to a company: every row that goes through carries its id and has an owner."""

    reads_crm: tuple[str, ...] = (COMPANY_FIELD, "ownerid", "owneridtype")

    def prepare(self, batch: HookBatch) -> None:
        """Stamp the company on what goes to CRM, and give new rows an owner."""
        if batch.direction is Direction.TO_CRM:
            stamp_company(batch)
            set_owner(batch, self.owner_field)

    def after_write(self, batch: HookBatch) -> None:
        """Write the company back to CRM rows that gave an ERP record."""
        if batch.direction is Direction.FROM_CRM:
            stamp_sources(batch)

    def before_uncouple(self, plan: MappingPlan, pairs: list[tuple[Key, Key]]) -> None:
        """CRM rows lose the company id when it is ours."""
        clear_company(plan, [crm for _erp, crm in pairs])


def stamp_company(batch: HookBatch) -> None:
    """`bcbi_companyid` of each CRM row becomes that of this company."""
    company = batch.plan.context["company_id"]
    if company:
        for item in batch.live:
            item.set(COMPANY_FIELD, company)


def set_owner(batch: HookBatch, owner_field: str) -> None:
    """The owner of CRM rows.

    Person: the user coupled with the salesperson, written by the field line; without one a new row belongs to the
    company's team. Team: a new row belongs to that team. An owner type never goes without its owner.
    """
    team = batch.plan.context["owner_team"]
    for item in batch.live:
        if item.values.get("ownerid"):
            item.values["owneridtype"] = "systemuser"
            continue
        item.values.pop("ownerid", None)
        item.values.pop("owneridtype", None)
        if item.is_new and team:
            item.values["ownerid"], item.values["owneridtype"] = team, "team"
    _missing_owner_lines(batch, owner_field)


def _missing_owner_lines(batch: HookBatch, owner_field: str) -> None:
    """Ownership Person without an owner line in the mapping: new rows still get the salesperson's user."""
    if batch.plan.context["ownership"] != "person" or not owner_field:
        return
    if any(line.crm == "ownerid" for line in batch.plan.fields):
        return
    users = coupled_users(batch.plan, [item.source.get(owner_field) for item in batch.live if item.is_new])
    for item in batch.live:
        user = users.get(str(item.source.get(owner_field))) if item.is_new else None
        if isinstance(user, str):
            item.values["ownerid"], item.values["owneridtype"] = user, "systemuser"


def coupled_users(plan: MappingPlan, salespeople: list[Any]) -> dict[str, Any]:
    """Salesperson -> coupled system user; one query."""
    pair = plan.context["mappings"].get((SALESPERSON, USER))
    wanted = unique(salespeople)
    if not pair or not wanted:
        return {}
    found = CoupledKeys(pair, True, SALESPERSON, f"@{SALESPERSON}")(wanted)  # noqa: FBT003
    return {key: user for key, user in found.items() if not isinstance(user, Problem)}


def stamp_sources(batch: HookBatch) -> None:
    """Write the company id to the CRM rows that ERP records were just made from (where it differs)."""
    company = batch.plan.context["company_id"]
    made = {i.crm_id: i for i in batch.items if i.is_new and i.crm_id and i.source.get(COMPANY_FIELD) != company}
    if not company or not made:
        return
    edits = [Edit(key, {COMPANY_FIELD: company}) for key in made]
    for row in update(batch.plan.crm_table, edits, source="sync").rows:
        made[row.pk].touched["crm"] = (int(row.version or 0), {COMPANY_FIELD: company})


def clear_company(plan: MappingPlan, crm_ids: list[Key]) -> None:
    """Take the company id off CRM rows that carry ours; rows of another company keep theirs."""
    company = plan.context["company_id"]
    if not company or COMPANY_FIELD not in schema(plan.crm_table) or plan.direction is Direction.FROM_CRM:
        return
    model = schema(plan.crm_table).model
    ours = model.objects.filter(pk__in=crm_ids, **{COMPANY_FIELD: company}).values_list("pk", flat=True)
    update(model, [Edit(str(pk), {COMPANY_FIELD: None}) for pk in ours], source="sync")
