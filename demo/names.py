"""Companies and people that look real: put together from the names of their country, the same ones every time.

Addresses end in example.com or example.org; telephone numbers follow the pattern of the place.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from records.text import fold

DATA = Path(__file__).parent / "data"
SEED = 20260109
_DOMAINS = ("example.com", "example.com", "example.org")
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
_JOBS = (
    "Managing Director", "Purchasing Manager", "Office Manager", "Head of Finance", "Accountant", "Production Manager",
    "Project Manager", "Buyer", "Warehouse Manager", "Marketing Manager", "Assistant", "Technical Director", "Owner",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class City:
    """A place with its post code; `area` is the dialling code."""

    name: str
    post_code: str
    county: str
    area: str


@dataclass(frozen=True, slots=True)
class Country:
    """What names, addresses and numbers of a country are made of. In patterns `#` is a digit."""

    code: str
    currency: str
    vat: str
    phone: str
    mobile: str
    street: str
    streets: Sequence[str]
    forms: Sequence[str]
    trades: Sequence[str]
    first_names: Sequence[str]
    surnames: Sequence[str]
    cities: Sequence[City]


@dataclass(frozen=True, slots=True)
class Company:
    """A company with one address."""

    name: str
    country: Country
    city: City
    street: str
    phone: str
    fax: str
    vat: str
    domain: str

    @property
    def e_mail(self) -> str:
        """The address of the office."""
        return f"info@{self.domain}"

    @property
    def home_page(self) -> str:
        """The web address."""
        return f"https://www.{self.domain}"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works for a company."""

    first_name: str
    surname: str
    job: str
    phone: str
    mobile: str
    e_mail: str


@cache
def countries() -> dict[str, Country]:
    """The countries of the demo company by code."""
    return {path.stem: _read(path) for path in sorted(DATA.glob("??.toml"))}


def _read(path: Path) -> Country:
    values = tomllib.loads(path.read_text(encoding="utf-8"))
    cities = [City(*row) for row in values.pop("cities")]
    return Country(code=path.stem, cities=cities, **values)


def slug(text: str) -> str:
    """The text as it stands in an address."""
    return _NOT_LETTERS.sub("-", fold(text)).strip("-")


class Maker:
    """Makes companies and people; with the same seed the same ones in the same order. No company comes twice."""

    def __init__(self, seed: int = SEED) -> None:
        self.random = random.Random(seed)  # noqa: S311  (looks, not secrets)
        self._used: set[str] = set()

    def company(self, country: Country) -> Company:
        """A company that has not come before."""
        city = self.random.choice(country.cities)
        name, domain = self._company_name(country, city)
        street = country.street.format(street=self.random.choice(country.streets), number=self.random.randint(1, 120))
        return Company(
            name=name,
            country=country,
            city=city,
            street=street,
            phone=self._number(country.phone, city),
            fax=self._number(country.phone, city) if self.random.random() < 0.25 else "",
            vat=self.digits(country.vat),
            domain=domain,
        )

    def person(self, company: Company) -> Person:
        """Somebody of this company."""
        country = company.country
        first, last = self.random.choice(country.first_names), self.random.choice(country.surnames)
        return Person(
            first_name=first,
            surname=last,
            job=self.random.choice(_JOBS),
            phone=self._number(country.phone, company.city),
            mobile=self._number(country.mobile, company.city) if self.random.random() < 0.7 else "",
            e_mail=f"{slug(first)}.{slug(last)}@{company.domain}",
        )

    def digits(self, pattern: str) -> str:
        """The pattern with a digit for each `#`; the first one is at least 2."""
        least = 2
        text = ""
        for character in pattern:
            if character != "#":
                text += character
                continue
            text += str(self.random.randint(least, 9))
            least = 0
        return text

    def _number(self, pattern: str, city: City) -> str:
        return self.digits(pattern.replace("{area}", city.area))

    def _company_name(self, country: Country, city: City) -> tuple[str, str]:
        while True:
            surname, trade = self.random.choice(country.surnames), self.random.choice(country.trades)
            stem = self.random.choice(
                (f"{surname} {trade}", f"{surname} {trade}", f"{surname} {trade}", f"{trade} {city.name}")
            )
            domain = f"{slug(stem)}.{self.random.choice(_DOMAINS)}"
            if slug(stem) not in self._used:
                self._used.add(slug(stem))
                return f"{stem} {self.random.choice(country.forms)}", domain
