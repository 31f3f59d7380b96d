"""The setup tables with one row each, as plain values."""

from __future__ import annotations

from typing import Any

from records import db
from records.schema import schema
from records.writes import defaults


def setup(label: str) -> dict[str, Any]:
    """Stored values of the one row of a setup table; its defaults while there is no row. One query."""
    sch = schema(label)
    stored = [f for f in sch if f.stored]
    found = db.one(f'SELECT {", ".join(f.sql("t") for f in stored)} FROM "{sch.table}" t')
    if found is None:
        return defaults(sch)
    return dict(zip([f.name for f in stored], found, strict=True))


def marketing() -> dict[str, Any]:
    """The marketing setup."""
    return setup("erp.MarketingSetup")


def sales() -> dict[str, Any]:
    """The sales and receivables setup."""
    return setup("erp.SalesReceivablesSetup")


def general_ledger() -> dict[str, Any]:
    """The general ledger setup."""
    return setup("erp.GeneralLedgerSetup")


def company() -> dict[str, Any]:
    """The company information; `system_id` is the id of the company."""
    return setup("erp.CompanyInformation")


def company_name() -> str:
    """The name of the company of this installation."""
    found = db.one("SELECT name FROM erp_companyinformation")
    return str(found[0]) if found else ""
