"""F4, F5 and F6: post code, city and country of an address fill and clear each other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from erp.rules.values import FieldRule
from erp.selectors.setup import general_ledger
from records import db
from records.batch import Batch, Row


class Place(NamedTuple):
    """One row of the post codes."""

    code: str
    city: str
    search_city: str
    country: str | None
    county: str


def search_city(city: str) -> str:
    """The city as it is searched: in capitals, at most 30 characters."""
    return str(city).strip().upper()[:30]


def choose(places: Iterable[Place], *, country: str | None, city: str = "", code: str = "") -> Place | None:
    """F4: prefer the candidates of the country, then the one of the city and code; else the first by key."""
    candidates = sorted(places, key=lambda place: (place.code, place.search_city))
    for fits in (
        lambda place: bool(country) and place.country == country,
        lambda place: bool(city) and place.search_city == search_city(city),
        lambda place: bool(code) and place.code == code,
    ):
        candidates = [place for place in candidates if fits(place)] or candidates
    return candidates[0] if candidates else None


def rules(prefix: str = "") -> dict[str, FieldRule]:
    """The field rules of one address, whose fields may have a prefix; the country comes first."""
    return {
        f"{prefix}country_region_code": lambda batch, rows: clear_on_country(batch, rows, prefix),
        f"{prefix}post_code": lambda batch, rows: fill_from_post_code(batch, rows, prefix),
        f"{prefix}city": lambda batch, rows: fill_from_city(batch, rows, prefix),
    }


def clear_on_country(_batch: Batch, rows: list[Row], prefix: str = "") -> None:
    """F6: another country empties post code, city and county, unless the setup keeps them."""
    country = f"{prefix}country_region_code"
    moved = [row for row in rows if country in row.given and row.old_value(country)]
    if not moved or general_ledger()["req_country_reg_code_in_addr"]:
        return
    for row in moved:
        for name in ("post_code", "city", "county"):
            row.set(prefix + name, "")


def fill_from_post_code(_batch: Batch, rows: list[Row], prefix: str = "") -> None:
    """F4: city, county and country come from the post code, where it is known."""
    name = f"{prefix}post_code"
    rows = [row for row in rows if name in row.given and row.get(name)]
    if not rows:
        return
    known: dict[str, list[Place]] = {}
    for place in _places("code = ANY(%s)", [[row.get(name) for row in rows]]):
        known.setdefault(place.code, []).append(place)
    for row in rows:
        country, city = row.get(f"{prefix}country_region_code"), row.get(f"{prefix}city") or ""
        found = choose(known.get(row.get(name), ()), country=country, city=city)
        if found is not None:
            row.set(f"{prefix}city", found.city)
            _take(row, found, prefix)


def fill_from_city(batch: Batch, rows: list[Row], prefix: str = "") -> None:
    """F5: where a person is present, post code, county and country come from the city; `*` at its end searches."""
    name = f"{prefix}city"
    rows = [row for row in rows if batch.user_present and name in row.given and row.get(name)]
    if not rows:
        return
    wanted = [search_city(row.get(name)) for row in rows]
    patterns = [text.rstrip("*") for text in wanted if text.endswith("*")]
    places = _places("search_city = ANY(%s) OR search_city ^@ ANY(%s)", [wanted, patterns])
    for row, text in zip(rows, wanted, strict=True):
        place = choose(
            _fitting(places, text), country=row.get(f"{prefix}country_region_code"), code=row.get(f"{prefix}post_code")
        )
        if place is not None:
            row.force(name, place.city)
            if batch.source == "page" or not row.get(f"{prefix}post_code"):
                row.set(f"{prefix}post_code", place.code)
            _take(row, place, prefix)


def _fitting(places: list[Place], text: str) -> list[Place]:
    if text.endswith("*"):
        return [place for place in places if place.search_city.startswith(text.rstrip("*"))]
    return [place for place in places if place.search_city == text]


def _take(row: Row, place: Place, prefix: str) -> None:
    row.set(f"{prefix}county", place.county)
    row.set(f"{prefix}country_region_code", place.country)


def _places(condition: str, params: list[Any]) -> list[Place]:
    sql = f"SELECT code, city, search_city, country_region_code_id, county FROM erp_postcode WHERE {condition}"
    return [Place(*row) for row in db.rows(sql, params)]
