"""A new exchange rate is a change of its currency: the next run carries it, although the currency's row is the same."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from coupling.models import IntegrationTableMapping
from records.schema import model_of
from records.writes import insert
from sync.jobs import drain
from sync.models import Job
from sync.services import mapping_run
from tests.cast import make_user
from tests.coupling.world import build

pytestmark = pytest.mark.django_db


def rate(currency: str, day: dt.date, lcy: str) -> None:
    values = {"currency_code": currency, "starting_date": day, "relational_exch_rate_amount": Decimal(lcy)}
    insert("erp.CurrencyExchangeRate", [values], source="page").single()


def run(**options: Any) -> Job:
    mapping = IntegrationTableMapping.objects.get(name="CURRENCY")
    started = mapping_run(user=make_user("salesperson"), mapping=mapping, **options)
    drain()
    return Job.objects.get(pk=started.jobs[0].pk)


def test_a_new_exchange_rate_reaches_the_sales_side() -> None:
    build()
    currency = insert("erp.Currency", [{"code": "DKK", "description": "Krone"}], source="page").single().pk
    rate(currency, dt.date(2020, 1, 1), "0.10")
    run(mode="full", create_new=True)
    sales = model_of("crm.TransactionCurrency").objects.get(isocurrencycode="DKK")
    assert sales.exchangerate == Decimal(10)

    rate(currency, dt.date(2021, 1, 1), "0.20")
    job = run(mode="modified")

    sales.refresh_from_db()
    assert sales.exchangerate == Decimal(5)
    assert job.counters["to_crm"]["modified"] == 1
