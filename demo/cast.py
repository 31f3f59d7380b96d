"""Who and what the demo company consists of: its own data, its salespeople, the currencies and terms it works with."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

COMPANY = {
    "name": "Harbour Supply GmbH",
    "address": "Hafenstraße 12",
    "post_code": "20457",
    "city": "Hamburg",
    "county": "Hamburg",
    "phone_no": "+49 40 5550120",
    "e_mail": "info@harbour-supply.example.com",
    "home_page": "https://www.harbour-supply.example.com",
    "vat_registration_no": "DE299999999",
    "bank_name": "Hafenbank Hamburg",
}
DOMAIN = "harbour-supply.example.com"


class Salesperson(NamedTuple):
    """Somebody who sells, on both sides: `code` in the ERP, `user_name` in Sales."""

    code: str
    first_name: str
    surname: str
    user_name: str
    territory: str
    countries: tuple[str, ...]
    phone: str
    commission: int

    @property
    def name(self) -> str:
        """First name and surname."""
        return f"{self.first_name} {self.surname}"

    @property
    def e_mail(self) -> str:
        """The address at the company."""
        return f"{self.first_name}.{self.surname}@{DOMAIN}".lower()


#: The first one is the user `salesperson` of every installation.
SALESPEOPLE = (
    Salesperson("SL", "Sofia", "Lindgren", "salesperson", "NORDIC", ("SE", "DK"), "+46 70 555 01 10", 5),
    Salesperson("JW", "Jonas", "Weber", "jonas.weber", "DACH", ("DE",), "+49 1522 5550111", 4),
    Salesperson("NB", "Nina", "Becker", "nina.becker", "DACH", ("DE", "CH"), "+49 1522 5550112", 4),
    Salesperson("CR", "Chiara", "Riva", "chiara.riva", "SOUTH", ("IT",), "+39 345 5550113", 5),
    Salesperson("JS", "Jorge", "Salvat", "jorge.salvat", "SOUTH", ("ES",), "+34 655 550 114", 5),
    Salesperson("CD", "Claire", "Dumont", "claire.dumont", "FRANCE", ("FR", "CH"), "+33 6 55 50 11 50", 5),
    Salesperson("TW", "Thomas", "Whitby", "thomas.whitby", "UK", ("GB",), "+44 7700 900116", 6),
    Salesperson("RE", "Ruth", "Ellison", "ruth.ellison", "OVERSEAS", ("US", "NZ"), "+64 21 555 0117", 6),
)
TERRITORIES = {
    "NORDIC": "Nordic Countries",
    "DACH": "Germany and Switzerland",
    "SOUTH": "Southern Europe",
    "FRANCE": "France",
    "UK": "United Kingdom",
    "OVERSEAS": "Overseas",
}

#: How many customers of each country.
CUSTOMERS = {
    "DE": 380, "SE": 300, "IT": 260, "FR": 240, "GB": 220, "ES": 200, "CH": 120, "US": 120, "DK": 90, "NZ": 70,
}  # fmt: skip
PEOPLE = 3000
#: How many accounts only Sales knows, of each country.
PROSPECTS = {"DE": 50, "SE": 45, "IT": 35, "FR": 30, "GB": 30, "ES": 25, "CH": 15, "US": 15, "DK": 10, "NZ": 5}

#: code -> description, ISO number, LCY for 100 units on three days
CURRENCIES: dict[str, tuple[str, str, tuple[str, str, str]]] = {
    "CHF": ("Swiss Franc", "756", ("104.2000", "105.9000", "106.4000")),
    "DKK": ("Danish Krone", "208", ("13.4100", "13.4050", "13.4000")),
    "GBP": ("Pound Sterling", "826", ("118.6000", "116.9000", "115.3000")),
    "NOK": ("Norwegian Krone", "578", ("8.6000", "8.5200", "8.4600")),
    "NZD": ("New Zealand Dollar", "554", ("54.3000", "51.8000", "50.6000")),
    "SEK": ("Swedish Krona", "752", ("8.7200", "9.1000", "9.0400")),
    "USD": ("US Dollar", "840", ("96.1000", "88.4000", "85.9000")),
}

PAYMENT_TERMS: tuple[dict[str, Any], ...] = (
    {"code": "COD", "due_date_calculation": "0D", "description": "Cash on delivery"},
    {"code": "14D", "due_date_calculation": "14D", "description": "Net 14 days"},
    {"code": "30D", "due_date_calculation": "30D", "description": "Net 30 days"},
    {"code": "60D", "due_date_calculation": "60D", "description": "Net 60 days"},
    {"code": "CM", "due_date_calculation": "CM", "description": "End of the current month"},
    {
        "code": "1M(8D)",
        "due_date_calculation": "1M",
        "discount_date_calculation": "8D",
        "discount_pct": Decimal(2),
        "description": "1 month, 2% within 8 days",
    },
)
SHIPMENT_METHODS = {
    "EXW": "Ex works",
    "FCA": "Free carrier",
    "CPT": "Carriage paid to",
    "DAP": "Delivered at place",
    "DDP": "Delivered duty paid",
    "PICKUP": "Collected by the customer",
}
SHIPPING_AGENTS = {
    "NORDFRACHT": ("Nordfracht Spedition", "https://www.nordfracht.example.com"),
    "BLUEVAN": ("Blue Van Parcels", "https://www.bluevan.example.com"),
    "ALPENLOG": ("Alpen Logistik", "https://www.alpenlog.example.com"),
    "SEALINE": ("Sealine Cargo", "https://www.sealine.example.org"),
    "OWN": ("Own delivery", ""),
}
