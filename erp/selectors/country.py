"""Which country a text means: code, ISO code, name or one of the other names it goes by."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from records import db
from records.text import fold

COUNTRIES = Path(__file__).parent.parent / "data" / "countries.csv"


class ShippedCountry(NamedTuple):
    """One country of ISO 3166-1; `other_names` begin with the alpha-3 code."""

    code: str
    name: str
    numeric: str
    other_names: tuple[str, ...]


@cache
def shipped_countries() -> tuple[ShippedCountry, ...]:
    """All countries of ISO 3166-1 with the names they also go by."""
    with COUNTRIES.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return tuple(
            ShippedCountry(row["code"], row["name"], row["numeric"], tuple(row["other_names"].split("|")))
            for row in rows
        )


@cache
def _other_names() -> dict[str, str]:
    """Key of a name -> alpha-2 code."""
    found: dict[str, str] = {}
    for country in shipped_countries():
        for name in (country.name, *country.other_names):
            found.setdefault(_key(name), country.code)
    return found


@lru_cache(maxsize=4096)  # the names of all countries pass here for every file and every chunk
def _key(text: str) -> str:
    return " ".join(fold(text).split())


def resolve_countries(texts: Iterable[str]) -> dict[str, str]:
    """The primary key of the country that each text means; unknown texts are left out.

    Case, accents and surrounding blanks are ignored. Tried in this order: code, ISO code, name, other names. One query.
    """
    wanted = {text: _key(text) for text in texts if text}
    if not wanted:
        return {}
    by_code, by_iso, by_name = {}, {}, {}
    for pk, code, iso_code, name in db.rows(
        "SELECT system_id, code, iso_code, name FROM erp_countryregion ORDER BY code DESC"
    ):
        by_code[_key(code)], by_iso[_key(iso_code)], by_name[_key(name)] = pk, pk, pk
    by_iso.pop("", None)
    by_name.pop("", None)
    found = {}
    for text, key in wanted.items():
        alpha_2 = _other_names().get(key, "").lower()
        pk = by_code.get(key) or by_iso.get(key) or by_name.get(key) or by_iso.get(alpha_2) or by_code.get(alpha_2)
        if pk and key:
            found[text] = pk
    return found
