"""The tables of this side in the API, under their entity set names."""

from __future__ import annotations

from pages.api import register_api

TABLES = (
    "crm.Account",
    "crm.Contact",
    "crm.SystemUser",
    "crm.TransactionCurrency",
    "crm.Team",
    "crm.BusinessUnit",
    "crm.Company",
    "crm.OptionValue",
)


def register() -> None:
    """Mount every table; called once when the app is ready."""
    for label in TABLES:
        register_api(label)
