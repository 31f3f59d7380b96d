"""Short ways to write and read records as a user of the API would."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from records import db
from records.errors import Rejected
from records.schema import schema
from records.writes import Edit, delete, insert, read, update

COMPANY, PERSON = 0, 1
TODAY = dt.date(2026, 6, 1)


def create(label: str, *, source: str = "api", **values: Any) -> str:
    """Insert one record; its primary key."""
    return insert(label, [values], source=source).single().pk


def change(label: str, pk: str, *, source: str = "api", **values: Any) -> dict[str, Any]:
    """Change one record; its stored values afterwards."""
    update(label, [Edit(pk, values)], source=source).single()
    return get(label, pk)


def remove(label: str, pk: str, *, source: str = "api") -> None:
    """Delete one record."""
    delete(label, [(pk, None)], source=source).single()


def get(label: str, pk: str) -> dict[str, Any]:
    """Stored values of one record."""
    return read(schema(label), [pk])[pk][1]


def version(label: str, pk: str) -> int:
    """The row version of one record."""
    return read(schema(label), [pk])[pk][0]


def exists(label: str, pk: str) -> bool:
    """True while the record is there."""
    return bool(read(schema(label), [pk]))


def refusals(action: Any, *args: Any, **values: Any) -> list[tuple[str, str]]:
    """(field, code) of each error of an action that must be refused."""
    try:
        action(*args, **values)
    except Rejected as rejected:
        return [(error.field, error.code) for error in rejected.errors]
    return []


def pk_of(label: str, key: str) -> str:
    """The primary key behind a code or number."""
    sch = schema(label)
    found = db.one(f'SELECT {sch.pk_column} FROM "{sch.table}" WHERE {sch.natural_key} = %s', [key])
    assert found is not None, key
    return found[0]


def country(code: str) -> str:
    return pk_of("erp.CountryRegion", code)


def setup(label: str, **values: Any) -> None:
    """Change the one row of a setup table."""
    (pk,) = db.one(f'SELECT system_id FROM "{schema(label).table}"') or ("",)
    update(label, [Edit(pk, values)], source="api").single()


def marketing(**values: Any) -> None:
    setup("erp.MarketingSetup", **values)


def customer(**values: Any) -> str:
    return create("erp.Customer", **{"name": "Adatum", **values})


def company(**values: Any) -> str:
    return create("erp.Contact", **{"name": "Adatum", "type": COMPANY, **values})


def person(**values: Any) -> str:
    return create("erp.Contact", **{"name": "Maria Anders", "type": PERSON, **values})


def contact_of(customer_pk: str) -> str:
    """The contact that stands for a customer."""
    found = db.one("SELECT contact_no_id FROM erp_contactbusinessrelation WHERE customer_id = %s", [customer_pk])
    assert found is not None
    return found[0]


def salesperson(code: str = "JO", **values: Any) -> str:
    return create("erp.SalespersonPurchaser", code=code, name="Jo Berry", **values)


def currency(code: str = "USD", **values: Any) -> str:
    return create("erp.Currency", code=code, **values)


def rate(currency_pk: str, date: dt.date, amount: str = "1", lcy: str = "1", **values: Any) -> str:
    return create(
        "erp.CurrencyExchangeRate",
        currency_code=currency_pk,
        starting_date=date,
        exchange_rate_amount=Decimal(amount),
        relational_exch_rate_amount=Decimal(lcy),
        **values,
    )


def post_code(code: str, city: str, country_code: str | None = None, county: str = "") -> str:
    pk = country(country_code) if country_code else None
    return create("erp.PostCode", code=code, city=city, country_region_code=pk, county=county)
