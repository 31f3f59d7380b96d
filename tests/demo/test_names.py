"""Names of the demo company: real looking, unmistakably invented, the same ones every time."""

from __future__ import annotations

import re

import pytest

from demo.cast import CUSTOMERS, PROSPECTS, SALESPEOPLE
from demo.names import Maker, countries, slug


def companies(seed, count=50):
    maker = Maker(seed)
    return [maker.company(country) for country in countries().values() for _n in range(count)]


def test_the_same_seed_gives_the_same_companies():
    assert companies(7) == companies(7)
    assert companies(7) != companies(8)


def test_no_company_comes_twice():
    made = companies(7, 150)

    assert len({company.name for company in made}) == len({company.e_mail for company in made}) == len(made)


def test_addresses_lead_nowhere():
    maker = Maker()
    for country in countries().values():
        company = maker.company(country)
        person = maker.person(company)
        for address in (company.e_mail, person.e_mail):
            assert re.fullmatch(r"[a-z0-9.-]+@[a-z0-9-]+\.example\.(com|org)", address)


@pytest.mark.parametrize("code", sorted(countries()))
def test_values_fit_the_fields_of_both_sides(code):
    country = countries()[code]
    made = [company for company in companies(3) if company.country is country]

    for city in country.cities:
        assert 0 < len(city.name) <= 30
        assert 0 < len(city.post_code) <= 20
    for company in made:
        assert len(company.name) <= 100
        assert len(company.e_mail) <= 80
        assert 8 <= len(company.phone) <= 30
        assert not re.search(r"[^\d +]", company.phone)
        assert len(company.vat) <= 20


def test_everybody_has_a_country_and_every_country_somebody():
    sold = {country for person in SALESPEOPLE for country in person.countries}

    assert set(CUSTOMERS) == set(PROSPECTS) == set(countries()) == sold
    assert sum(CUSTOMERS.values()) == 2000


def test_names_become_addresses_without_accents():
    assert slug("Kök & Bad Jönköping") == "kok-bad-jonkoping"
    assert slug("D'Angelo") == "d-angelo"
