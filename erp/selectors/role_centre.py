"""Numbers for the home page."""

from __future__ import annotations

from typing import NamedTuple

from records import db


class CountryCount(NamedTuple):
    """How many customers a country has, and how many for a hundred of the country with the most."""

    code: str
    name: str
    customers: int
    percent: int


_COUNTS = """
SELECT coalesce(l.code, ''), coalesce(l.name, ''), c.n
FROM (SELECT country_region_code_id AS country, count(*) AS n FROM erp_customer GROUP BY 1) c
LEFT JOIN erp_countryregion l ON l.system_id = c.country
ORDER BY c.n DESC, 1 LIMIT %s
"""


def customers_by_country(*, limit: int) -> list[CountryCount]:
    """The countries with the most customers; a blank code means customers without a country."""
    found = db.rows(_COUNTS, [limit])
    largest = max((count for _code, _name, count in found), default=1)
    return [CountryCount(code, name or code, count, count * 100 // largest) for code, name, count in found]
