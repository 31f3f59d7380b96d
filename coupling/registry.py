"""The pairs this installation knows: what the packages of `settings.TANDEM_PAIRS` declare.

A pair package holds `mapping.py` with `MAPPING = TableMapping(...)`, and where it has business rules `rules.py` with
`HOOKS = ...` (an instance of a `coupling.plan.Hooks` class). Read once per value of the setting; `coupling.checks`
reports what does not fit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from coupling.declare import TableMapping
from coupling.plan import Hooks

Tables = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """One pair folder: its package, its default mapping and its rules."""

    package: str
    mapping: TableMapping
    hooks: Hooks


def pairs() -> tuple[Pair, ...]:
    """All pairs in the order of the setting."""
    return _load(tuple(settings.TANDEM_PAIRS))


def declarations(ownership: str) -> list[TableMapping]:
    """The default mappings under this ownership model."""
    return [p.mapping for p in pairs() if ownership == "person" or not p.mapping.person_only]


def declaration(name: str) -> TableMapping | None:
    """The default mapping of this name; None for a user-defined one."""
    return next((p.mapping for p in pairs() if p.mapping.name == name), None)


def named() -> set[str]:
    """The names of the default mappings and of those that they depend on, in this installation or not."""
    return {name for pair in pairs() for name in (pair.mapping.name, *pair.mapping.depends_on)}


def hooks_for(tables: Tables) -> Hooks:
    """The business rules of a pair of tables, whatever its mapping is called; no rules when no pair has any."""
    return next((p.hooks for p in pairs() if tables_of(p.mapping) == tables), Hooks())


def goes_with_erp(tables: Tables) -> bool:
    """True where a coupling goes with its ERP record, whatever the mapping says of deletions."""
    return bool(getattr(hooks_for(tables), "goes_with_erp", False))


def tables_of(mapping: Any) -> Tables:
    """What makes a pair unique: ERP table, CRM table and key field (of a declaration or a stored mapping)."""
    return mapping.erp_table, mapping.crm_table, mapping.crm_key_field


def depends_on(mapping: TableMapping, ownership: str) -> list[str]:
    """Names of the mappings that go first, without those that this ownership model leaves out."""
    absent = {p.mapping.name for p in pairs() if p.mapping.person_only and ownership != "person"}
    return [name for name in mapping.depends_on if name not in absent]


@lru_cache(maxsize=16)
def _load(packages: tuple[str, ...]) -> tuple[Pair, ...]:
    found = tuple(_pair(package) for package in packages)
    _no_doubles(found)
    return found


def _pair(package: str) -> Pair:
    module = import_module(f"{package}.mapping")
    mapping = getattr(module, "MAPPING", None)
    if not isinstance(mapping, TableMapping):
        raise ImproperlyConfigured(f"{package}.mapping has no MAPPING = TableMapping(...)")
    return Pair(package, mapping, _hooks(package))


def _hooks(package: str) -> Hooks:
    if find_spec(f"{package}.rules") is None:
        return Hooks()
    hooks = getattr(import_module(f"{package}.rules"), "HOOKS", None)
    if not isinstance(hooks, Hooks):
        raise ImproperlyConfigured(f"{package}.rules has no HOOKS")
    return hooks


def _no_doubles(found: Iterable[Pair]) -> None:
    seen: dict[Any, str] = {}
    for pair in found:
        for key in (pair.mapping.name, tables_of(pair.mapping)):
            other = seen.setdefault(key, pair.package)
            if other != pair.package:
                raise ImproperlyConfigured(f"{pair.package} and {other} both declare {key}")
