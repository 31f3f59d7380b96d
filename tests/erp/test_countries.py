"""Countries by code, ISO code, name and the other names they go by."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erp.selectors.country import resolve_countries, shipped_countries
from records.values import parse_many
from tests.erp.tools import change, country, create, refusals

pytestmark = pytest.mark.usefixtures("installed")

NORTHWIND = [
    "Argentina", "Austria", "Belgium", "Brazil", "Canada", "Denmark", "Finland", "France", "Germany", "Ireland",
    "Italy", "Mexico", "Norway", "Poland", "Portugal", "Spain", "Sweden", "Switzerland", "UK", "USA", "Venezuela",
]  # fmt: skip


def resolved(text):
    return resolve_countries([text]).get(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("DE", "DE"),
        (" de ", "DE"),
        ("Germany", "DE"),
        ("GERMANY", "DE"),
        ("DEU", "DE"),
        ("Deutschland", "DE"),
        ("USA", "US"),
        ("United States of America", "US"),
        ("UK", "GB"),
        ("Great Britain", "GB"),
        ("Reunion", "RE"),
        ("Côte d’Ivoire".replace("’", "'"), "CI"),
        ("cote d'ivoire", "CI"),
        ("Turkey", "TR"),
        ("turkiye", "TR"),
        ("The  Netherlands", "NL"),
    ],
)
def test_a_country_is_found(text, code):
    assert resolved(text) == country(code)


@pytest.mark.parametrize("text", ["", " ", "Atlantis", "D", "GER MANY"])
def test_anything_else_is_unknown(text):
    assert resolved(text) is None


def test_the_country_names_of_northwind_are_known():
    assert set(resolve_countries(NORTHWIND)) == set(NORTHWIND)


def test_all_of_iso_3166_is_shipped_once():
    countries = shipped_countries()

    assert len(countries) == 249
    for key in ("code", "name", "numeric"):
        assert len({getattr(c, key) for c in countries}) == 249
    assert all(len(c.name) <= 50 and c.other_names[0].isupper() and len(c.other_names[0]) == 3 for c in countries)


def test_no_name_means_two_countries():
    owners: dict[str, str] = {}
    for c in shipped_countries():
        for name in {c.code, c.name, *c.other_names}:
            assert owners.setdefault(name.casefold(), c.code) == c.code, name


def test_a_code_wins_over_a_name_and_a_country_of_ones_own_counts():
    mine = create("erp.CountryRegion", code="UK", name="My country")

    assert resolved("uk") == mine
    assert resolved("my country") == mine


def test_a_renamed_country_is_still_found_by_its_shipped_names():
    change("erp.CountryRegion", country("DE"), code="D", name="Bundesrepublik")

    assert resolved("Germany") == country("D")
    assert resolved("bundesrepublik") == country("D")


def test_many_texts_take_one_query():
    with CaptureQueriesContext(connection) as queries:
        resolve_countries([*NORTHWIND, "nowhere"])

    assert len(queries) == 1


def test_an_import_takes_names_and_reports_unknown_ones():
    raws = [{"name": "a", "country_region_code": text} for text in ("Germany", "UK", "Atlantis")]

    values, errors = parse_many("erp.Customer", raws, insert=True, lookup=True)

    assert [v.get("country_region_code") for v in values] == [country("DE"), country("GB"), None]
    assert [(e.field, e.code) for e in errors[2]] == [("country_region_code", "not_found")]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("iso_code", "D", "letters_expected"),
        ("iso_code", "1A", "letters_expected"),
        ("iso_numeric_code", "12", "digits_expected"),
    ],
)
def test_iso_codes_are_complete(field, value, code):
    assert refusals(create, "erp.CountryRegion", code="ZZ", **{field: value}) == [(field, code)]


def test_the_shipped_file_is_sorted_by_code():
    from erp.selectors.country import COUNTRIES

    lines = Path(COUNTRIES).read_text(encoding="utf-8").splitlines()
    codes = [row["code"] for row in csv.DictReader(lines)]
    assert codes == sorted(codes)
