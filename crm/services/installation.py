"""What the Sales side of an installation has from the first day; every function may run again."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import transaction

from crm import choices
from crm.models import BusinessUnit, Company, OptionValue, Team, TransactionCurrency
from crm.rules.options import ENTITY
from crm.rules.organization import root_unit
from crm.rules.owner import default_team
from crm.services.system_user import system_user_ensure, system_users_catch_up
from records import writes

BASE_CURRENCY = {"isocurrencycode": "EUR", "currencyname": "Euro", "currencysymbol": "€"}


@transaction.atomic
def install(*, organization: str, company_name: str, company_id: str, integration_user: str) -> None:
    """Root unit, users, default team, base currency, stock options and the row of the ERP company.

    `company_id` is the identifier of the ERP company. What is there already stays as it is.
    """
    root = root_unit() or _insert(BusinessUnit, {"name": organization[:160]})
    integration = system_user_ensure(user_name=integration_user, is_service=True)
    system_users_catch_up()
    team = default_team() or _insert(
        Team, {"name": organization[:160], "businessunitid": root, "administratorid": integration, "isdefault": True}
    )
    _base_currency()
    _stock_options()
    _company(company_name, company_id, team)


def _insert(model: Any, values: dict[str, Any]) -> str:
    return writes.insert(model, [values], source="setup").single().pk


def _base_currency() -> None:
    if not TransactionCurrency.objects.filter(isbasecurrency=True).exists():
        _insert(TransactionCurrency, {**BASE_CURRENCY, "exchangerate": Decimal(1), "isbasecurrency": True})


def _stock_options() -> None:
    """The first values of each option set that has none."""
    known = set(OptionValue.objects.values_list("attributename", flat=True))
    rows = [
        {"entityname": ENTITY, "attributename": attribute, "value": value, "label": label}
        for attribute, values in choices.STOCK_OPTIONS.items()
        if attribute not in known
        for value, label in values.items()
    ]
    if rows:
        writes.insert(OptionValue, rows, source="setup")


def _company(name: str, external_id: str, team: str) -> None:
    if not Company.objects.filter(bcbi_externalid=external_id).exists():
        values = {"bcbi_name": name[:30], "bcbi_externalid": external_id, "bcbi_defaultowningteam": team}
        _insert(Company, {**values, "ownerid": team, "owneridtype": "team"})
