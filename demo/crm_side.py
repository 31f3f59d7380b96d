"""The Sales side of the demo company: its users, and the accounts and contacts that only Sales knows."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

from crm.choices import CUSTOMER, INACTIVE
from crm.models import SystemUser, TransactionCurrency
from demo import cast
from demo.erp_side import accept, put
from demo.names import SEED, Company, Maker, Person, countries
from erp.models import Customer
from people.models import User
from people.services.user import user_update
from records.writes import Edit, update

_KINDS = (8, 8, 8, 3, 3, 2, 5, 6, 9, 10, 12)
#: How many customers Sales knows by the same name without being coupled: for Match-Based Coupling.
TWINS = 40
_INACTIVE = 15


def users() -> str:
    """A system user for each salesperson; the user `salesperson` is one of them."""
    first = cast.SALESPEOPLE[0]
    user = User.objects.get(username=first.user_name)
    user_update(user=user, values={"salesperson": first.code, "email": first.e_mail})
    known = {name: str(pk) for name, pk in SystemUser.objects.values_list("domainname", "pk")}
    accept(update("crm.SystemUser", [Edit(known[first.user_name], _user(first))], source="setup"))
    rows = [{"domainname": person.user_name, **_user(person)} for person in cast.SALESPEOPLE[1:]]
    put("crm.SystemUser", [row for row in rows if row["domainname"] not in known])
    return f"{len(cast.SALESPEOPLE)} users"


def _user(person: cast.Salesperson) -> dict[str, Any]:
    return {
        "firstname": person.first_name,
        "lastname": person.surname,
        "title": "Sales Manager",
        "internalemailaddress": person.e_mail,
        "mobilephone": person.phone,
    }


def prospects() -> str:
    """Accounts that only Sales knows, some of them under the name of a customer, with their people."""
    chance = random.Random(SEED + 2)  # noqa: S311
    maker = Maker(SEED + 3)
    owners = _owners()
    made = [maker.company(countries()[code]) for code, count in cast.PROSPECTS.items() for _n in range(count)]
    rows = [{**account(company), **_details(company, chance, owners)} for company in made]
    accounts = put("crm.Account", rows).rows
    people = [
        contact(maker.person(company), company, row.pk, row.get("ownerid"))
        for company, row in zip(made, accounts, strict=True)
        for _n in range(chance.choice((1, 1, 1, 2, 2, 3)))
    ]
    contacts = put("crm.Contact", people).rows
    first = {row.get("parentcustomerid"): row.pk for row in reversed(contacts)}
    edits = [Edit(pk, {"primarycontactid": person}) for pk, person in first.items()]
    accept(update("crm.Account", edits, source="import"))
    quiet = [Edit(row.pk, {"statecode": INACTIVE}) for row in chance.sample(accounts, _INACTIVE)]
    accept(update("crm.Account", quiet, source="import"))
    twins = _twins(owners)
    return f"{len(accounts) + twins:,} accounts, {len(contacts):,} contacts"


def _owners() -> dict[str, list[str]]:
    """The system users who sell in each country."""
    users = {name: str(pk) for name, pk in SystemUser.objects.values_list("domainname", "pk")}
    found: dict[str, list[str]] = {}
    for person in cast.SALESPEOPLE:
        for country in person.countries:
            found.setdefault(country, []).append(users[person.user_name])
    return found


def account(company: Company) -> dict[str, Any]:
    """The account of a company in Sales fields."""
    return {
        "name": company.name,
        "telephone1": company.phone,
        "fax": company.fax or None,
        "emailaddress1": company.e_mail,
        "websiteurl": company.home_page,
        **_address(company),
    }


def _address(company: Company) -> dict[str, Any]:
    return {
        "address1_line1": company.street,
        "address1_postalcode": company.city.post_code,
        "address1_city": company.city.name,
        "address1_stateorprovince": company.city.county,
        "address1_country": company.country.code,
    }


def _details(company: Company, chance: random.Random, owners: dict[str, list[str]]) -> dict[str, Any]:
    return {
        "customertypecode": chance.choice(_KINDS),
        "ownerid": chance.choice(owners[company.country.code]),
        **trade_and_size(chance),
    }


def trade_and_size(chance: random.Random) -> dict[str, Any]:
    """Industry, employees and revenue of an account."""
    return {
        "industrycode": chance.randint(1, 33),
        "numberofemployees": chance.choice((4, 9, 15, 28, 60, 140, 350)),
        "revenue": Decimal(chance.randint(2, 400) * 50_000),
    }


def contact(person: Person, company: Company, parent: str, owner: str) -> dict[str, Any]:
    """The contact of a person in Sales fields."""
    return {
        "firstname": person.first_name,
        "lastname": person.surname,
        "jobtitle": person.job,
        "telephone1": person.phone,
        "mobilephone": person.mobile or None,
        "emailaddress1": person.e_mail,
        "parentcustomerid": parent,
        "parentcustomeridtype": "account",
        "ownerid": owner,
        "owneridtype": "systemuser",
        **_address(company),
    }


def _twins(owners: dict[str, list[str]]) -> int:
    """Accounts with the name of a customer, as somebody in Sales has typed them."""
    euro = str(TransactionCurrency.objects.get(isbasecurrency=True).pk)
    customers = Customer.objects.filter(blocked=0).order_by("-no").select_related("country_region_code")[:TWINS]
    rows = [
        {
            "name": customer.name,
            "telephone1": customer.phone_no.replace(" ", ""),
            "emailaddress1": customer.e_mail,
            "address1_city": customer.city,
            "address1_country": customer.country_region_code.name,
            "customertypecode": CUSTOMER,
            "ownerid": owners[customer.country_region_code.code][0],
            "transactioncurrencyid": euro if customer.currency_code_id is None else None,
        }
        for customer in customers
    ]
    return len(put("crm.Account", rows).rows)
