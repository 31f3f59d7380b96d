"""F15 and R4: what a person takes over from the company contact (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Values = Mapping[str, Any]

#: field -> flag of the marketing setup
SINGLE = {
    "salesperson_code": "inherit_salesperson_code",
    "territory_code": "inherit_territory_code",
    "country_region_code": "inherit_country_region_code",
    "language_code": "inherit_language_code",
}
ADDRESS = ("address", "address_2", "post_code", "city", "county")
COMMUNICATION = ("phone_no", "fax_no", "e_mail", "home_page", "mobile_phone_no", "pager")
FIELDS = ("name", *SINGLE, *ADDRESS, *COMMUNICATION)


def inherit(flags: Values, person: Values, company: Values, old_company: Values | None) -> dict[str, Any]:
    """F15: what changes in a person who joins a company; `old_company` is the one left behind."""
    found: dict[str, Any] = {"company_name": company["name"]}
    found |= {name: company[name] for name, flag in SINGLE.items() if flags[flag]}
    if flags["inherit_address_details"] and _has_stale_address(person, old_company):
        found |= {name: company[name] for name in ADDRESS}
    if flags["inherit_communication_details"]:
        old = old_company or {}
        found |= {n: company[n] for n in COMMUNICATION if not person.get(n) or person.get(n) == old.get(n)}
    return found


def _has_stale_address(person: Values, old_company: Values | None) -> bool:
    return _is_blank(person) or (old_company is not None and _same_address(person, old_company))


def _is_blank(person: Values) -> bool:
    return not any(person.get(name) for name in ADDRESS)


def _same_address(one: Values, other: Values) -> bool:
    return all((one.get(name) or "") == (other.get(name) or "") for name in ADDRESS)


def follow(flags: Values, person: Values, old: Values, new: Values) -> dict[str, Any]:
    """R4: what changes in a person when the company does; only what still had the company's old value."""
    found: dict[str, Any] = {}
    if old["name"] != new["name"] or person.get("company_name") != new["name"]:
        found["company_name"] = new["name"]
    for name, flag in SINGLE.items():
        if flags[flag] and old[name] != new[name] and person.get(name) == old[name]:
            found[name] = new[name]
    if flags["inherit_address_details"] and not _same_address(old, new) and _same_address(person, old):
        found |= {name: new[name] for name in ADDRESS}
    if flags["inherit_communication_details"]:
        found |= {n: new[n] for n in COMMUNICATION if old[n] != new[n] and person.get(n) == old[n]}
    return found
