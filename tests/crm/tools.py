"""Short ways to write and read records as a user of the API would."""

from __future__ import annotations

from typing import Any

from records import db
from records.errors import Rejected
from records.schema import schema
from records.values import fetch, present
from records.writes import Edit, delete, insert, read, update

COMPANY_ID = "0198c0de-0000-7000-8000-00000000c0de"
UNKNOWN = "0198c0de-0000-7000-8000-0000deadbeef"


def create(table: str, /, *, source: str = "api", **values: Any) -> str:
    """Insert one record; its primary key."""
    return insert(table, [values], source=source).single().pk


def change(table: str, pk: str, /, *, source: str = "api", **values: Any) -> dict[str, Any]:
    """Change one record; its stored values afterwards."""
    update(table, [Edit(pk, values)], source=source).single()
    return get(table, pk)


def remove(label: str, pk: str, *, source: str = "api") -> None:
    """Delete one record."""
    delete(label, [(pk, None)], source=source).single()


def get(label: str, pk: str) -> dict[str, Any]:
    """Stored values of one record."""
    return read(schema(label), [pk])[pk][1]


def shown(label: str, pk: str) -> dict[str, Any]:
    """One record as the API shows it."""
    return present(label, fetch(label, [pk]))[0]


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


def account(**values: Any) -> str:
    return create("crm.Account", **{"name": "Adatum", **values})


def contact(**values: Any) -> str:
    return create("crm.Contact", **{"firstname": "Maria", "lastname": "Anders", **values})


def currency(code: str = "USD", rate: str = "1.25", **values: Any) -> str:
    defaults = {"isocurrencycode": code, "currencyname": code, "currencysymbol": code, "exchangerate": rate}
    return create("crm.TransactionCurrency", **{**defaults, **values})


def unit(name: str = "North", **values: Any) -> str:
    return create("crm.BusinessUnit", name=name, **values)


def team(name: str = "Sales North", **values: Any) -> str:
    return create("crm.Team", name=name, **values)


def system_user(name: str = "bo", **values: Any) -> str:
    return create("crm.SystemUser", **{"domainname": name, "lastname": name.title(), **values})


def user_named(name: str) -> str:
    """The system user behind a user name."""
    found = db.one("SELECT systemuserid FROM crm_systemuser WHERE domainname = %s", [name])
    assert found is not None, name
    return found[0]


def scalar(sql: str, *params: Any) -> Any:
    found = db.one(sql, list(params))
    return found[0] if found else None


def base_currency() -> str:
    return scalar("SELECT transactioncurrencyid FROM crm_transactioncurrency WHERE isbasecurrency")


def root() -> str:
    return scalar("SELECT businessunitid FROM crm_businessunit WHERE parentbusinessunitid_id IS NULL")
