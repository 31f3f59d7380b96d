"""The connection: saving, testing, switching on and off."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from coupling.connection_rules import FIELDS, NAMES
from coupling.models import Connection
from coupling.models.connection import CONNECTION_ID
from coupling.probe import probe
from coupling.secrets import seal
from coupling.services.defaults import mappings_install
from coupling.sides import EMBEDDED
from coupling.signals import connection_changed
from people.audit import audit
from people.models import User
from people.services.user import user_create, user_set_password
from records import writes
from records.errors import FieldError, Refused, Rejected
from records.schema import schema

INTEGRATION_USER = "integration"
SECRET_BYTES = 24
_INFORMATION = frozenset({"id", "page", "row_version", "enabled", "disabled_reason"})


@transaction.atomic
def connection_save(*, values: Mapping[str, Any], row_version: int | None = None) -> Connection:
    """Change the connection. `secret` is taken and never given back.

    Raises Rejected, Stale, and Refused (`connection_enabled`) for anything but the names while it is enabled.
    """
    connection = _locked()
    given = _clean({name: value for name, value in values.items() if name != "secret"})
    secret = values.get("secret")
    if secret is not None and not isinstance(secret, str):
        raise Rejected([FieldError("secret", "invalid_value", {"value": ""})])
    changed = {name for name, value in given.items() if value != getattr(connection, name)}
    if connection.enabled and (changed - NAMES or secret is not None):
        raise Refused("connection_enabled")
    if secret is not None:
        given["secret_cipher"] = seal(secret, given.get("address", connection.address))
    writes.update(Connection, [writes.Edit(str(CONNECTION_ID), given, row_version)], source="api").single()
    return Connection.load()


def connection_test(*, connection: Connection | None = None) -> None:
    """A real round trip to both sides; raises Refused with address, credentials, privilege or base_currency."""
    probe(connection or Connection.load())


@transaction.atomic
def connection_enable(*, install_defaults: bool = False) -> Connection:
    """Test and switch on; `install_defaults` makes the default mappings that are missing. Raises as the test does."""
    from coupling.installation import installation_prepare

    connection = _locked()
    probe(connection)
    installation_prepare()
    if install_defaults:
        mappings_install()
    return _switch(connection, enabled=True)


@transaction.atomic
def connection_first_start() -> Connection:
    """On a new installation: the integration user with a secret of its own, and the connection that names it.

    A connection that somebody has set up stays as it is.
    """
    connection = _locked()
    if connection.user_name:
        return connection
    secret = secrets.token_urlsafe(SECRET_BYTES)
    user = User.objects.filter(username__iexact=INTEGRATION_USER).first()
    if user is None:
        user_create(username=INTEGRATION_USER, password=secret, is_service=True, permission_sets=["use"])
    else:
        user_set_password(user=user, password=secret)
    return connection_save(values={"address": EMBEDDED, "user_name": INTEGRATION_USER, "secret": secret})


@transaction.atomic
def connection_disable(*, code: str = "", params: Mapping[str, Any] | None = None) -> Connection:
    """Switch off; couplings stay. `code` with `params` says why when the system does it by itself."""
    return _switch(_locked(), enabled=False, code=code, params=params)


def _switch(
    connection: Connection, *, enabled: bool, code: str = "", params: Mapping[str, Any] | None = None
) -> Connection:
    values = {"enabled": enabled, "disabled_code": code, "disabled_params": dict(params or {})}
    Connection.objects.filter(pk=CONNECTION_ID).update(**values)
    if connection.enabled != enabled:
        audit("connection_enable" if enabled else "connection_disable", target=connection.address, new={"reason": code})
        connection_changed.send(Connection, enabled=enabled)
    return Connection.load()


def _locked() -> Connection:
    """The row under a lock, made when it is missing."""
    found = Connection.objects.select_for_update().filter(pk=CONNECTION_ID).first()
    if found is None:
        writes.insert(Connection, [{"id": str(CONNECTION_ID)}], source="setup").single()
        found = Connection.objects.select_for_update().get(pk=CONNECTION_ID)
    return found


def _clean(values: Mapping[str, Any]) -> dict[str, Any]:
    described = schema(Connection)
    clean: dict[str, Any] = {}
    errors: list[FieldError] = []
    for name, value in values.items():
        if name in FIELDS:
            try:
                clean[name] = described[name].normalize(value)
            except FieldError as error:
                errors.append(error)
        elif name not in _INFORMATION:
            errors.append(FieldError(name, "unknown_field", {"field": name}))
    blank = [name for name in ("kind", "ownership_model") if clean.get(name) == ""]
    errors += [FieldError(name, "required", {"caption": f"@coupling.Connection.{name}"}) for name in blank]
    if errors:
        raise Rejected(errors)
    if "address" in clean:
        clean["address"] = clean["address"].strip()
    return clean
