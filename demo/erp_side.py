"""The Business Central side of the demo company."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from typing import Any

from demo import cast
from demo.names import SEED, Company, Maker, countries
from erp.choices import BLOCKED_ALL, CONTACT_PERSON
from erp.models import (
    CompanyInformation,
    ContactBusinessRelation,
    CountryRegion,
    Currency,
    PaymentTerms,
    SalespersonPurchaser,
    ShipmentMethod,
    ShippingAgent,
    Territory,
)
from records.writes import Edit, Written, insert, update

BLOCKED_SHIP = 1
_RATE_DAYS = (dt.date(2025, 1, 1), dt.date(2025, 7, 1), dt.date(2026, 1, 1))
_LIMITS = (0, 0, 5_000, 10_000, 20_000, 50_000, 100_000)


def name_company() -> str:
    """Give the company its name and address, unless somebody has done so."""
    company = CompanyInformation.objects.get()
    if not company.demo_company:
        germany = str(CountryRegion.objects.get(code="DE").pk)
        values = {**cast.COMPANY, "country_region_code": germany, "demo_company": True}
        update("erp.CompanyInformation", [Edit(str(company.pk), values)], source="setup").single()
    return str(CompanyInformation.objects.get().name)


def basics() -> str:
    """Territories, salespeople, currencies with rates, payment terms, shipment methods, agents, post codes."""
    put("erp.Territory", [{"code": code, "name": name} for code, name in cast.TERRITORIES.items()])
    people = [
        {
            "code": person.code,
            "name": person.name,
            "job_title": "Sales Manager",
            "phone_no": person.phone,
            "e_mail": person.e_mail,
            "commission_pct": Decimal(person.commission),
        }
        for person in cast.SALESPEOPLE
    ]
    put("erp.SalespersonPurchaser", people)
    _currencies()
    put("erp.PaymentTerms", cast.PAYMENT_TERMS)
    put("erp.ShipmentMethod", [{"code": code, "description": text} for code, text in cast.SHIPMENT_METHODS.items()])
    agents = [{"code": code, "name": n, "internet_address": u} for code, (n, u) in cast.SHIPPING_AGENTS.items()]
    put("erp.ShippingAgent", agents)
    places = _post_codes()
    return f"{len(people)} salespeople, {len(cast.CURRENCIES)} currencies, {places} post codes"


def _currencies() -> None:
    rows = [
        {"code": code, "description": text, "iso_code": code, "iso_numeric_code": number}
        for code, (text, number, _rates) in cast.CURRENCIES.items()
    ]
    keys = {row.get("code"): row.pk for row in put("erp.Currency", rows).rows}
    rates = [
        {
            "currency_code": keys[code],
            "starting_date": day,
            "exchange_rate_amount": Decimal(100),
            "relational_exch_rate_amount": Decimal(rate),
        }
        for code, (_text, _number, values) in cast.CURRENCIES.items()
        for day, rate in zip(_RATE_DAYS, values, strict=True)
    ]
    put("erp.CurrencyExchangeRate", rates)


def _post_codes() -> int:
    keys = codes(CountryRegion)
    rows = [
        {
            "code": city.post_code,
            "city": city.name,
            "county": city.county[:30],
            "country_region_code": keys[country.code],
        }
        for country in countries().values()
        for city in country.cities
    ]
    return len(put("erp.PostCode", rows).rows)


def customers() -> str:
    """Customers with their company contacts, and the people who work for them."""
    chance = random.Random(SEED + 1)  # noqa: S311
    maker = Maker()
    made = [maker.company(countries()[code]) for code, count in cast.CUSTOMERS.items() for _n in range(count)]
    chance.shuffle(made)
    known = _Known()
    written = put("erp.Customer", [_customer(company, chance, known) for company in made])
    keys = [row.pk for row in written.rows]
    count = _people(maker, chance, dict(zip(keys, made, strict=True)))
    return f"{len(keys):,} customers, {count:,} people"


class _Known:
    """Keys of what customers refer to, by code."""

    def __init__(self) -> None:
        self.countries, self.currencies, self.territories = codes(CountryRegion), codes(Currency), codes(Territory)
        self.terms, self.methods = list(codes(PaymentTerms).values()), list(codes(ShipmentMethod).values())
        self.agents = list(codes(ShippingAgent).values())
        people = codes(SalespersonPurchaser)
        self.sellers: dict[str, list[tuple[str, str]]] = {}
        for person in cast.SALESPEOPLE:
            for country in person.countries:
                seller = people[person.code], self.territories[person.territory]
                self.sellers.setdefault(country, []).append(seller)


def _customer(company: Company, chance: random.Random, known: _Known) -> dict[str, Any]:
    seller, territory = chance.choice(known.sellers[company.country.code])
    draw = chance.random()
    return {
        "name": company.name,
        **address(company, known.countries),
        "phone_no": company.phone,
        "fax_no": company.fax,
        "e_mail": company.e_mail,
        "home_page": company.home_page,
        "vat_registration_no": company.vat,
        "currency_code": known.currencies.get(company.country.currency),
        "salesperson_code": seller,
        "territory_code": territory,
        "payment_terms_code": chance.choice(known.terms),
        "shipment_method_code": chance.choice(known.methods),
        "shipping_agent_code": chance.choice(known.agents),
        "credit_limit_lcy": Decimal(chance.choice(_LIMITS)),
        "blocked": BLOCKED_ALL if draw < 0.02 else BLOCKED_SHIP if draw < 0.03 else 0,
    }


def address(company: Company, country_keys: dict[str, str]) -> dict[str, Any]:
    """The address of a company in ERP fields."""
    return {
        "address": company.street,
        "country_region_code": country_keys[company.country.code],
        "post_code": company.city.post_code,
        "city": company.city.name,
        "county": company.city.county[:30],
    }


def _people(maker: Maker, chance: random.Random, made: dict[str, Company]) -> int:
    """People for three of four customers; the first of each becomes its primary contact."""
    contacts = dict(
        ContactBusinessRelation.objects.filter(customer__in=list(made)).values_list("customer", "contact_no")
    )
    keys = list(made)
    with_people = keys[: len(keys) * 3 // 4]
    employers = [*with_people, *chance.choices(with_people, k=max(cast.PEOPLE - len(with_people), 0))]
    company_of = {str(customer): str(contact) for customer, contact in contacts.items()}
    rows = [_person(maker, made[customer], company_of[customer]) for customer in employers]
    written = put("erp.Contact", rows)
    first: dict[str, str] = {}
    for customer, row in zip(employers, written.rows, strict=True):
        first.setdefault(customer, row.pk)
    edits = [Edit(customer, {"primary_contact_no": person}) for customer, person in first.items()]
    accept(update("erp.Customer", edits, source="import"))
    return len(written.rows)


def _person(maker: Maker, company: Company, contact: str) -> dict[str, Any]:
    person = maker.person(company)
    return {
        "type": CONTACT_PERSON,
        "company_no": contact,
        "first_name": person.first_name,
        "surname": person.surname,
        "job_title": person.job,
        "phone_no": person.phone,
        "mobile_phone_no": person.mobile,
        "e_mail": person.e_mail,
    }


def codes(model: Any) -> dict[str, str]:
    """{code: key} of a table."""
    return {code: str(pk) for code, pk in model.objects.values_list("code", "pk")}


def put(label: str, rows: Any) -> Written:
    """Insert as an import would, with all field rules; nothing may be refused."""
    return accept(insert(label, list(rows), source="import"))


def accept(written: Written) -> Written:
    """The result of a write in which every row went through; raises Rejected for the first that did not."""
    if written.rejected or written.stale:
        written.single()
    return written
