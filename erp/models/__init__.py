"""Tables of the Business Central side, one module per table (header and lines together)."""

from erp.models.business_relation import BusinessRelation, ContactBusinessRelation
from erp.models.company_information import CompanyInformation
from erp.models.contact import Contact
from erp.models.country_region import CountryRegion
from erp.models.currency import Currency, CurrencyExchangeRate
from erp.models.customer import Customer
from erp.models.general_ledger_setup import GeneralLedgerSetup
from erp.models.marketing_setup import MarketingSetup
from erp.models.no_series import NoSeries, NoSeriesLine
from erp.models.payment_terms import PaymentTerms
from erp.models.post_code import PostCode
from erp.models.purchases_payables_setup import PurchasesPayablesSetup
from erp.models.sales_receivables_setup import SalesReceivablesSetup
from erp.models.salesperson_purchaser import SalespersonPurchaser
from erp.models.shipment_method import ShipmentMethod
from erp.models.shipping_agent import ShippingAgent
from erp.models.territory import Territory

__all__ = [
    "BusinessRelation",
    "CompanyInformation",
    "Contact",
    "ContactBusinessRelation",
    "CountryRegion",
    "Currency",
    "CurrencyExchangeRate",
    "Customer",
    "GeneralLedgerSetup",
    "MarketingSetup",
    "NoSeries",
    "NoSeriesLine",
    "PaymentTerms",
    "PostCode",
    "PurchasesPayablesSetup",
    "SalesReceivablesSetup",
    "SalespersonPurchaser",
    "ShipmentMethod",
    "ShippingAgent",
    "Territory",
]
