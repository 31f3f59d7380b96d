"""Does the connection work? One real round trip per question, through the gateways; the first failure is told."""

from __future__ import annotations

from typing import Any, NoReturn

from coupling import registry
from coupling.gateways.errors import GatewayError
from coupling.models import Connection, IntegrationTableMapping
from coupling.rates import lcy_per_unit
from coupling.secrets import unseal
from coupling.sides import EMBEDDED, gateway
from people.models import User
from records import db
from records.errors import Refused
from records.schema import model_of, schema


def probe(connection: Connection) -> None:
    """Address, credentials, privileges and base currency, in this order. Raises Refused with that code."""
    probe_address(connection)
    probe_credentials(connection)
    probe_privileges(connection)
    probe_base_currency()


def probe_address(connection: Connection) -> None:
    """The address names a Sales side that answers."""
    if connection.address != EMBEDDED:
        raise Refused("address", {"address": connection.address})
    try:
        gateway("crm").ping()
    except GatewayError as error:
        raise Refused("address", {"address": connection.address}) from error


def probe_credentials(connection: Connection) -> None:
    """The user exists on the Sales side as an integration user that may sign in with the stored secret."""
    name = connection.user_name
    system_user = model_of("crm.SystemUser").objects.filter(domainname__iexact=name).first() if name else None
    user = User.objects.filter(username__iexact=name).first() if name else None
    if system_user is None or user is None:
        _no_credentials(name, "credentials_unknown")
    if system_user.isdisabled or not user.active:
        _no_credentials(name, "credentials_disabled")
    if not system_user.isintegrationuser:
        _no_credentials(name, "credentials_kind")
    secret = unseal(connection.secret_cipher, connection.address)
    if secret is None or not user.check_password(secret):
        _no_credentials(name, "credentials_secret")


def lasting_fault(connection: Connection) -> Refused | None:
    """What does not heal by itself: the integration user was disabled on either side, or may no longer write.

    Cheap enough for every scheduled run: no round trip, no password.
    """
    name = connection.user_name
    user = User.objects.filter(username__iexact=name).first()
    disabled = model_of("crm.SystemUser").objects.filter(domainname__iexact=name, isdisabled=True).exists()
    if disabled or (user is not None and not user.active):
        return Refused("credentials", {"user": name, "why": "@:credentials_disabled"})
    if user is not None and not user.has_right("use"):
        tables = mapped_tables()
        table = f"@{tables[0]}" if tables else ""
        return Refused("privilege", {"user": name, "table": table, "operation": "@:privilege_write"})
    return None


def probe_privileges(connection: Connection) -> None:
    """The integration user may read every mapped table of both sides and write what is written."""
    user = User.objects.filter(username__iexact=connection.user_name).first()
    tables = mapped_tables()
    if user is None or not user.has_right("use"):
        _no_privilege(connection, tables[0] if tables else "", "privilege_write")
    for table in tables:
        try:
            gateway(table.partition(".")[0]).select(table, limit=1)
        except GatewayError:
            _no_privilege(connection, table, "privilege_read")
        if not _may_write(table):
            _no_privilege(connection, table, "privilege_write")


def probe_base_currency() -> None:
    """The local currency is known to Sales, or the ERP can convert its base currency."""
    setup = model_of("erp.GeneralLedgerSetup").objects.first()
    lcy = setup.lcy_code if setup else ""
    currencies = model_of("crm.TransactionCurrency").objects
    base = currencies.filter(isbasecurrency=True).values_list("isocurrencycode", flat=True).first() or ""
    if lcy and currencies.filter(isocurrencycode=lcy).exists():
        return
    if lcy and base and lcy_per_unit([base]):
        return
    blank = "@:base_currency_blank"
    raise Refused("base_currency", {"lcy": lcy or blank, "base": base or blank})


def mapped_tables() -> list[str]:
    """The tables that the connection works with: those of the mappings, without any those of the defaults."""
    stored: list[Any] = list(IntegrationTableMapping.objects.all()) or [pair.mapping for pair in registry.pairs()]
    return sorted({table for m in stored for table in (m.erp_table, m.crm_table)})


def _may_write(table: str) -> bool:
    name = schema(table).table
    granted = db.one("SELECT has_table_privilege(%s, 'INSERT, UPDATE')", [f'"{name}"'])
    return bool(granted and granted[0])


def _no_credentials(user: str, why: str) -> NoReturn:
    raise Refused("credentials", {"user": user, "why": f"@:{why}"})


def _no_privilege(connection: Connection, table: str, operation: str) -> NoReturn:
    params = {"user": connection.user_name, "table": f"@{table}", "operation": f"@:{operation}"}
    raise Refused("privilege", params)
