"""Why a record is outside the table filter of its mapping: the conditions that it does not meet, and what helps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from coupling import registry
from coupling.access import count_inside, kept, mapping_of_table
from coupling.declare import COMPANY
from coupling.installation import NO_COMPANY, installation
from coupling.models import IntegrationTableMapping
from coupling.plan import Key
from coupling.rules import PairHooks, Remedy
from coupling.selectors.records import record_names
from pages.registry import address_of
from records.filters import Filter, FilterError, describe, parse, to_text
from records.messages import text
from records.schema import schema


@dataclass(frozen=True, slots=True)
class Outside:
    """A record that its mapping leaves out. `asked`: the conditions it does not meet, in words.

    `field`: the field that has to be filled, where that is all; `remedy`: what filling it is called, and why.
    """

    mapping: IntegrationTableMapping
    side: str
    asked: str
    field: str = ""
    remedy: Remedy | None = None

    @property
    def reason(self) -> str:
        """The sentence on disabled actions."""
        said = _("The record is outside the table filter of the mapping %(mapping)s.")
        asked = _("The filter asks for: %(conditions)s.") % {"conditions": self.asked}
        return f"{said % {'mapping': self.mapping.name}} {asked}"

    @property
    def address(self) -> str:
        """The filter on the mapping's card."""
        name = "table_filter" if self.side == "erp" else "integration_table_filter"
        return f"{address_of(IntegrationTableMapping._meta.label, self.mapping.pk)}#field-{name}"


def outside_reason(request: HttpRequest, label: str, keys: Iterable[Key]) -> str:
    """Why records of a table cannot be coupled: no mapping, or one of them is outside its filter; blank when they can."""
    mapping = mapping_of_table(request, label)
    if mapping is None:
        return _("This table is not mapped.")
    wanted = list(keys)
    try:
        if is_inside(request, mapping, label, wanted):
            return ""
    except FilterError as error:
        return text(error.code, error.params)
    found = outside_of(request, label, wanted[0]) if len(wanted) == 1 else None
    if found is not None:
        return found.reason
    return _("The record is outside the table filter of the mapping %(mapping)s.") % {"mapping": mapping.name}


def is_inside(request: HttpRequest, mapping: IntegrationTableMapping, label: str, keys: list[Key]) -> bool:
    """True when all of these records are inside the filter; asked once per request. Raises FilterError."""
    filter_text = filter_of(mapping, label)
    if not filter_text or not keys:
        return True
    inside = kept(request, ("inside", label, tuple(keys)), lambda: count_inside(label, filter_text, keys))
    return bool(inside == len(set(keys)))


def filter_of(mapping: IntegrationTableMapping, label: str) -> str:
    """The filter of the side that a table is on."""
    return mapping.table_filter if label.startswith("erp.") else mapping.integration_table_filter


def outside_of(request: HttpRequest, label: str, key: Key) -> Outside | None:
    """Why this record is left out; None where it is not, or where the filter itself does not work."""
    mapping = mapping_of_table(request, label)
    if mapping is None:
        return None
    try:
        if is_inside(request, mapping, label, [key]):
            return None
        return kept(request, ("outside", label, key), lambda: explained(mapping, label, key))
    except FilterError:
        return None


def explained(mapping: IntegrationTableMapping, label: str, key: Key) -> Outside | None:
    """The conditions that the record does not meet, one question each. Raises FilterError."""
    terms = parse(filter_of(mapping, label)).terms
    unmet = Filter(tuple(term for term in terms if not count_inside(label, to_text(term), [key])))
    if not unmet.terms:
        return None
    side = "erp" if label.startswith("erp.") else "crm"
    hooks: Any = registry.hooks_for(registry.tables_of(mapping))
    remedies = hooks.remedies if isinstance(hooks, PairHooks) else {}
    named = only_field(label, unmet.fields)
    remedy = remedies.get(f"{label}.{named}")
    return Outside(mapping, side, in_words(to_text(unmet), label), named if remedy else "", remedy)


def only_field(label: str, fields: Iterable[str]) -> str:
    """The one field of these that has to be filled; a look-up stands for its type, too. Blank for several."""
    asked, table = set(fields), schema(label)
    alone = asked - {table[name].companion for name in asked if table[name].kind == "polyref"}
    return alone.pop() if len(alone) == 1 else ""


def in_words(filter_text: str, label: str) -> str:
    """A filter as a sentence, with the name of the company instead of its id."""
    if COMPANY not in filter_text:
        return describe(filter_text, label)
    company = installation().company_id or NO_COMPANY
    name = record_names("crm.Company", [company]).get(company, COMPANY)
    return describe(filter_text.replace(COMPANY, company), label).replace(company, name)
