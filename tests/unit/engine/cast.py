"""A small mapping and its records for the engine's case tables: plain data, no database."""

from __future__ import annotations

from typing import Any

from coupling.gateways.base import Record
from coupling.plan import (
    Conversion,
    DeletionConflict,
    Direction,
    FieldPlan,
    MappingPlan,
    UpdateConflict,
)
from sync.engine import base
from sync.engine.types import FROM, TO, Link, Mode, Pair, Request

BOTH = Direction.BOTH
COUNTRIES = {"de-pk": "DE", "se-pk": "SE"}


def country_to(values: list[Any]) -> dict[Any, Any]:
    return {v: COUNTRIES[v] for v in values if v in COUNTRIES}


def country_from(values: list[Any]) -> dict[Any, Any]:
    names = {"DE": "de-pk", "Germany": "de-pk", "SE": "se-pk"}
    return {v: names[v] for v in values if v in names}


LINES = (
    FieldPlan(
        "name",
        "name",
        "name",
        BOTH,
        from_crm=Conversion(max_length=10, truncate=True),
        to_crm=Conversion(max_length=20),
    ),
    FieldPlan("phone", "phone", "telephone1", BOTH),
    FieldPlan("city", "city", "address1_city", BOTH),
    FieldPlan("credit", "credit", "creditlimit", TO),
    FieldPlan("remark", "remark", "description", FROM),
    FieldPlan(
        "country", "country", "address1_country", BOTH, to_crm=Conversion(country_to), from_crm=Conversion(country_from)
    ),
    FieldPlan("primary", "primary", "primarycontactid", BOTH, to_crm=Conversion(lambda _: {}), clear_on_failure=True),
    FieldPlan("type", None, "customertypecode", TO, constant=3, is_constant=True, only_new=True),
)


def plan(**changes: Any) -> MappingPlan:
    given: dict[str, Any] = {
        "id": 1, "name": "CUSTOMER", "version": 1, "erp_table": "erp", "crm_table": "crm", "direction": BOTH,
        "only_coupled": True, "update_conflict": UpdateConflict.NONE, "deletion_conflict": DeletionConflict.NONE,
        "fields": LINES,
    }  # fmt: skip
    return MappingPlan(**{**given, **changes})


ERP = {"name": "Adatum", "phone": "1", "city": "Oslo", "credit": 0, "remark": "", "country": "de-pk", "primary": None}
CRM = {
    "name": "Adatum", "telephone1": "1", "address1_city": "Oslo", "creditlimit": 0, "description": None,
    "address1_country": "DE", "primarycontactid": None, "customertypecode": 3, "statecode": 0,
}  # fmt: skip


def coupled(erp: dict[str, Any] | None = None, crm: dict[str, Any] | None = None, **link: Any) -> Pair:
    """A pair in step before the given edits; an edit raises the version of its side."""
    before = base.build(plan(), ERP, CRM)
    known = {
        "id": "k",
        "erp_id": "e",
        "crm_id": "c",
        "erp_version": 1,
        "crm_version": 1,
        "base": before,
        "base_version": 1,
    }
    return Pair(
        Link(**{**known, **link}),
        Record("e", 2 if erp is not None else 1, {**ERP, **(erp or {})}),
        Record("c", 2 if crm is not None else 1, {**CRM, **(crm or {})}),
        presented=frozenset({TO, FROM}),
    )


def request(*directions: Direction, **more: Any) -> Request:
    return Request(frozenset(directions or (TO, FROM)), **more)


def forced(direction: Direction, **more: Any) -> Request:
    return request(direction, mode=Mode.FORCED, named=True, **more)
