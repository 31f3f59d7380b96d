"""Which fields of two tables probably mean the same: by name, caption and type. No queries."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from coupling.conversions import Ends, Known, NotMappable, convert_fields, is_mappable
from records.schema import FieldInfo, Schema

#: Words of the Sales side in the words of the ERP.
SAME = {
    "telephone": "phone", "telephone1": "phone", "telephone2": "phone 2", "mobilephone": "mobile phone",
    "emailaddress": "mail", "emailaddress1": "mail", "email": "mail", "mail": "mail",
    "websiteurl": "home page", "webpage": "home page", "homepage": "home page", "website": "home page",
    "postalcode": "post code", "zip": "post code", "zipcode": "post code", "line1": "address", "line2": "address 2",
    "stateorprovince": "county", "state": "county", "province": "county", "country": "country region",
    "transactioncurrencyid": "currency", "transactioncurrency": "currency", "isocurrencycode": "code",
    "accountnumber": "no", "firstname": "first name", "lastname": "surname", "middlename": "middle name",
    "fullname": "name", "jobtitle": "job title", "creditlimit": "credit limit", "paymenttermscode": "payment terms",
    "surname": "surname", "customertypecode": "type", "primarycontactid": "primary contact", "ownerid": "owner",
    "exchangerate": "exchange rate", "parentcustomerid": "company", "salutation": "salutation",
}  # fmt: skip
_NOISE = frozenset({"the", "of", "1", "e", "code", "id", "main", "lcy", "no"})
ENOUGH = 0.5


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two fields and how sure (0 to 1); `direction`: the ways in which both can be written."""

    erp: FieldInfo
    crm: FieldInfo
    score: float
    direction: str


def suggest(erp: Schema, crm: Schema, known: Known, used: Iterable[tuple[str, str]] = ()) -> list[Suggestion]:
    """The best pairs, each field once, in the order of the ERP table; `used` fields are left out."""
    used = list(used)
    left = [f for f in erp if offered(f) and f.name not in {e for e, _c in used}]
    right = [f for f in crm if offered(f) and f.name not in {c for _e, c in used}]
    scored = [(score(a, b), a, b) for a in left for b in right]
    found: list[Suggestion] = []
    taken: set[str] = set()
    for value, a, b in sorted((s for s in scored if s[0] >= ENOUGH), key=lambda s: -s[0]):
        direction = fitting(erp, crm, a, b, known)
        if direction and f"erp.{a.name}" not in taken and f"crm.{b.name}" not in taken:
            taken |= {f"erp.{a.name}", f"crm.{b.name}"}
            found.append(Suggestion(a, b, value, direction))
    order = {f.name: at for at, f in enumerate(erp)}
    return sorted(found, key=lambda s: order[s.erp.name])


def offered(info: FieldInfo) -> bool:
    """True for fields that a line may name and people know."""
    return is_mappable(info) and not info.system and info.kind not in ("guid", "entityname")


def fitting(erp: Schema, crm: Schema, a: FieldInfo, b: FieldInfo, known: Known) -> str:
    """The direction in which values can pass between two fields; blank where they cannot."""
    try:
        convert_fields(Ends(erp, crm, a, b), known, None)
    except NotMappable:
        return ""
    to_crm, from_crm = writable(b, crm), writable(a, erp)
    if to_crm and from_crm:
        return "bidirectional"
    return "to_crm" if to_crm else "from_crm" if from_crm else ""


def writable(info: FieldInfo, table: Schema) -> bool:
    """True where a line may write the field."""
    return not info.readonly and not info.system and info.name != table.pk


def score(a: FieldInfo, b: FieldInfo) -> float:
    """How alike two fields are called, 0 to 1."""
    return max(_alike(_words(a.name), _words(b.name)), _alike(_words(a.caption), _words(b.caption)))


def _alike(a: frozenset[str], b: frozenset[str]) -> float:
    if not a or not b:
        return 0.0
    return len(a & b) / len(a | b)


def _words(text: Any) -> frozenset[str]:
    raw = re.findall(r"[a-z]+[0-9]*|[0-9]+", str(text).casefold().replace("_", " "))
    words = " ".join(SAME.get(word, word) for word in raw)
    if words.startswith("address1 "):
        words = words.removeprefix("address1 ")
    found = frozenset(words.split())
    if len(found) > 1 and "address" in found and "1" in found:  # "Address 1: City" is the city
        found -= {"address", "1"}
    return found - _NOISE or found
