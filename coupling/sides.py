"""Which gateway serves a side. Both live in this database until a remote one is connected."""

from __future__ import annotations

from coupling.gateways.base import Gateway
from coupling.gateways.orm import OrmGateway

SIDES = ("erp", "crm")
#: The address of the Sales side of this installation.
EMBEDDED = "embedded"

_embedded = OrmGateway()


def gateway(side: str) -> Gateway:
    """The gateway of "erp" or "crm"."""
    if side not in SIDES:
        raise LookupError(side)
    return _embedded
