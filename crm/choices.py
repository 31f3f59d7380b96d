"""Option sets that several tables share, as {value: (member name, caption)}."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _


def members(captions: dict[int, Any]) -> dict[int, tuple[str, Any]]:
    """Options whose member name is the English caption."""
    return {value: (str(getattr(caption, "_args", (caption,))[0]), caption) for value, caption in captions.items()}


ACTIVE, INACTIVE = 0, 1
STATE = members({ACTIVE: _("Active"), INACTIVE: _("Inactive")})
STATUS = members({1: _("Active"), 2: _("Inactive")})
STATUSES_OF = {ACTIVE: (1,), INACTIVE: (2,)}

CUSTOMER, VENDOR = 3, 11
CUSTOMER_TYPE = members({
    1: _("Competitor"), 2: _("Consultant"), 3: _("Customer"), 4: _("Investor"), 5: _("Partner"), 6: _("Influencer"),
    7: _("Press"), 8: _("Prospect"), 9: _("Reseller"), 10: _("Supplier"), 11: _("Vendor"), 12: _("Other"),
})  # fmt: skip
ACCOUNT_CATEGORY = members({1: _("Preferred Customer"), 2: _("Standard")})
INDUSTRY = members({
    1: _("Accounting"), 2: _("Agriculture and Non-petrol Natural Resource Extraction"),
    3: _("Broadcasting Printing and Publishing"), 4: _("Brokers"), 5: _("Building Supply Retail"),
    6: _("Business Services"), 7: _("Consulting"), 8: _("Consumer Services"),
    9: _("Design; Direction and Creative Management"), 10: _("Distributors; Dispatchers and Processors"),
    11: _("Doctor's Offices and Clinics"), 12: _("Durable Manufacturing"), 13: _("Eating and Drinking Places"),
    14: _("Entertainment Retail"), 15: _("Equipment Rental and Leasing"), 16: _("Financial"),
    17: _("Food and Tobacco Processing"), 18: _("Inbound Capital Intensive Processing"),
    19: _("Inbound Repair and Services"), 20: _("Insurance"), 21: _("Legal Services"),
    22: _("Non-Durable Merchandise Retail"), 23: _("Outbound Consumer Service"),
    24: _("Petrochemical Extraction and Distribution"), 25: _("Service Retail"), 26: _("SIG Affiliations"),
    27: _("Social Services"), 28: _("Special Outbound Trade Contractors"), 29: _("Specialty Realty"),
    30: _("Transportation"), 31: _("Utility Creation and Distribution"), 32: _("Vehicle Retail"), 33: _("Wholesale"),
})  # fmt: skip
OWNERSHIP = members({1: _("Public"), 2: _("Private"), 3: _("Subsidiary"), 4: _("Other")})
CONTACT_METHOD = members({1: _("Any"), 2: _("Email"), 3: _("Phone"), 4: _("Fax"), 5: _("Mail")})
ADDRESS_TYPE = members({1: _("Bill To"), 2: _("Ship To"), 3: _("Primary"), 4: _("Other")})
GENDER = members({1: _("Male"), 2: _("Female")})
FAMILY_STATUS = members({1: _("Single"), 2: _("Married"), 3: _("Divorced"), 4: _("Widowed")})
ACCOUNT_ROLE = members({1: _("Decision Maker"), 2: _("Employee"), 3: _("Influencer")})
ACCESS_MODE = members(
    {0: _("Read-Write"), 1: _("Administrative"), 2: _("Read"), 3: _("Support User"), 4: _("Non-interactive")}
)
CAL_TYPE = members({
    0: _("Professional"), 1: _("Administrative"), 2: _("Basic"), 3: _("Device Professional"), 4: _("Device Basic"),
    5: _("Essential"), 6: _("Device Essential"), 7: _("Enterprise"), 8: _("Device Enterprise"),
})  # fmt: skip
OWNER_TEAM, ACCESS_TEAM = 0, 1
TEAM_TYPE = members({OWNER_TEAM: _("Owner"), ACCESS_TEAM: _("Access")})

#: Extensible option sets: their values are rows of crm.OptionValue; these are the first ones.
PAYMENT_TERMS, FREIGHT_TERMS, SHIPPING_METHOD = (
    "paymenttermscode",
    "address1_freighttermscode",
    "address1_shippingmethodcode",
)
OPTION_ENTITIES = {"account": _("Account")}
OPTION_SETS = {
    PAYMENT_TERMS: _("Payment Terms"),
    FREIGHT_TERMS: _("Freight Terms"),
    SHIPPING_METHOD: _("Shipping Method"),
}
STOCK_OPTIONS = {
    PAYMENT_TERMS: {1: "Net 30", 2: "2% 10; Net 30", 3: "Net 45", 4: "Net 60"},
    FREIGHT_TERMS: {1: "FOB", 2: "No Charge"},
    SHIPPING_METHOD: {1: "Airborne", 2: "DHL", 3: "FedEx", 4: "UPS", 5: "Postal Mail", 6: "Full Load", 7: "Will Call"},
}
FIRST_CUSTOM_OPTION = 100_000_000
