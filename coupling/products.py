"""The names of the two products in captions and messages: from the connection, else from settings."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.conf import settings

from coupling.models import Connection

_SECONDS = 2.0
_kept: dict[str, tuple[float, Products]] = {}


@dataclass(frozen=True, slots=True)
class Products:
    """`erp` and `crm`: the product names as people know them."""

    erp: str
    crm: str


def products() -> Products:
    """The present names; read at most every two seconds by a process."""
    kept = _kept.get("")
    if kept is None or kept[0] < time.monotonic():
        kept = _kept[""] = (time.monotonic() + _SECONDS, names_of(Connection.load()))
    return kept[1]


def names_of(connection: Connection) -> Products:
    """The names that a connection row gives."""
    return Products(
        connection.erp_product_name or settings.ERP_PRODUCT_NAME,
        connection.crm_product_name or settings.CRM_PRODUCT_NAME,
    )


def forget() -> None:
    """Read the names anew at the next use (after the connection was saved)."""
    _kept.clear()
