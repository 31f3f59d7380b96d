"""Rules of the connection, whoever writes it: what may change while it is enabled, audit, what follows from a change."""

from __future__ import annotations

from typing import Any

from coupling import products
from people.audit import audit_change
from records.batch import Batch, Row

FIELDS = ("kind", "address", "user_name", "ownership_model", "erp_product_name", "crm_product_name")
#: May change while the connection is enabled.
NAMES = frozenset({"erp_product_name", "crm_product_name"})
_GUARDED = frozenset({*FIELDS, "secret_cipher"}) - NAMES


def before(batch: Batch) -> None:
    """Refuse what would change a connection that is in use."""
    for row in batch.live:
        if batch.kind == "update" and row.old_value("enabled"):
            for name in sorted(row.changed & _GUARDED):
                row.reject(name, "connection_enabled")
        row.new["address"] = (row.get("address") or "").strip()
        for name in ("kind", "ownership_model"):
            if not row.get(name):
                row.reject(name, "required", caption=f"@coupling.Connection.{name}")


def after(batch: Batch) -> None:
    """Note the change; names are read anew, mappings follow another ownership model."""
    from coupling.services.defaults import mappings_follow_ownership

    products.forget()
    for row in batch.rows:
        if batch.kind != "update":
            continue
        audit_change(
            "connection_update", target=row.get("address"), old=_shown(row.old or {}), new=_shown(row.new, row)
        )
        if "ownership_model" in row.changed:
            mappings_follow_ownership()


def _shown(values: dict[str, Any], row: Row | None = None) -> dict[str, Any]:
    shown = {name: values.get(name) for name in FIELDS}
    return shown | ({"secret": "changed"} if row is not None and "secret_cipher" in row.changed else {})
