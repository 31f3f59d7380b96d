"""What every mapping of this installation has in common: the company on both sides, its owner team, its currencies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from coupling.models import Connection
from records import writes
from records.schema import model_of

NO_COMPANY = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Installation:
    """Facts read once per job. Identifiers are text; None where the record does not exist (yet)."""

    ownership: str
    company_id: str | None
    owner_team: str | None
    lcy_code: str
    lcy_crm_currency: str | None
    lcy_erp_currency: str | None
    base_crm_currency: str | None
    base_code: str


def installation() -> Installation:
    """Read the facts; five small queries."""
    external, setup = _company_key(), model_of("erp.GeneralLedgerSetup").objects.first()
    company = model_of("crm.Company").objects.filter(bcbi_externalid=external).first() if external else None
    lcy = setup.lcy_code if setup else ""
    crm, erp = model_of("crm.TransactionCurrency").objects, model_of("erp.Currency").objects
    base = crm.filter(isbasecurrency=True).first()
    return Installation(
        ownership=Connection.load().ownership_model,
        company_id=_key(company and company.pk),
        owner_team=_key(company and company.bcbi_defaultowningteam_id),
        lcy_code=lcy,
        lcy_crm_currency=_key(crm.filter(isocurrencycode=lcy).values_list("pk", flat=True).first()) if lcy else None,
        lcy_erp_currency=_key(erp.filter(code=lcy).values_list("pk", flat=True).first()) if lcy else None,
        base_crm_currency=_key(base and base.pk),
        base_code=base.isocurrencycode if base else "",
    )


def installation_prepare() -> None:
    """Make what synchronizing needs on the Sales side: owner team and company row, the local currency."""
    _ensure_company()
    ensure_lcy_currency()


def ensure_lcy_currency() -> str | None:
    """The Sales currency of the LCY, made when missing (name and symbol = ISO code, precision 2); None without LCY."""
    facts = installation()
    if facts.lcy_crm_currency or not facts.lcy_code:
        return facts.lcy_crm_currency
    from coupling.rates import lcy_rate

    code = facts.lcy_code
    values = {
        "isocurrencycode": code,
        "currencyname": code,
        "currencysymbol": code,
        "currencyprecision": 2,
        "exchangerate": lcy_rate(facts),
    }
    return writes.insert("crm.TransactionCurrency", [values], source="sync").single().pk


def _ensure_company() -> None:
    external = _company_key()
    companies = model_of("crm.Company").objects
    company = companies.filter(bcbi_externalid=external).first() if external else None
    if external is None or (company and company.bcbi_defaultowningteam_id):
        return
    name = company_name()
    team = _ensure_team(team_name(name))
    if company:
        edit = writes.Edit(str(company.pk), {"bcbi_defaultowningteam": team})
        writes.update("crm.Company", [edit], source="setup").single()
        return
    values = {"bcbi_name": name or "-", "bcbi_externalid": external, "bcbi_defaultowningteam": team}
    writes.insert("crm.Company", [values | {"ownerid": team, "owneridtype": "team"}], source="setup").single()


def company_name() -> str:
    """What the Sales side calls the company: its name, as far as it fits."""
    return (model_of("erp.CompanyInformation").objects.values_list("name", flat=True).first() or "")[:30].strip()


def team_name(company: str) -> str:
    """What the owner team of a company is called."""
    return f"BCI - {company}"


def _ensure_team(name: str) -> str:
    team = model_of("crm.Team").objects.filter(name=name, teamtype=0).first()
    if team:
        return str(team.pk)
    unit = model_of("crm.BusinessUnit").objects.filter(parentbusinessunitid=None).first()
    values: dict[str, Any] = {"name": name, "businessunitid": str(unit.pk) if unit else None}
    return writes.insert("crm.Team", [values], source="setup").single().pk


def _company_key() -> str | None:
    return _key(model_of("erp.CompanyInformation").objects.values_list("pk", flat=True).first())


def _key(value: Any) -> str | None:
    return str(value) if value else None
