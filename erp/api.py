"""The tables of this side in the API; everything about them follows from their declarations."""

from __future__ import annotations

from pages.api import register_api

TABLES = (
    "erp.CompanyInformation",
    "erp.GeneralLedgerSetup",
    "erp.SalesReceivablesSetup",
    "erp.PurchasesPayablesSetup",
    "erp.MarketingSetup",
    "erp.NoSeries",
    "erp.NoSeriesLine",
    "erp.Customer",
    "erp.Contact",
    "erp.BusinessRelation",
    "erp.ContactBusinessRelation",
    "erp.SalespersonPurchaser",
    "erp.Currency",
    "erp.CurrencyExchangeRate",
    "erp.PaymentTerms",
    "erp.ShipmentMethod",
    "erp.ShippingAgent",
    "erp.Territory",
    "erp.CountryRegion",
    "erp.PostCode",
)


def register() -> None:
    """Offer all tables; called once, when the app is ready."""
    for label in TABLES:
        register_api(label)
