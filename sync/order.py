"""Dependency order: which mapping goes before which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from coupling.models import IntegrationTableMapping


def stored_dependencies() -> dict[str, list[str]]:
    """{mapping: mappings that go first} of all stored mappings, in name order."""
    return {name: list(first) for name, first in IntegrationTableMapping.objects.values_list("name", "depends_on")}


def in_order(names: Iterable[str], depends_on: Mapping[str, Iterable[str]]) -> list[str]:
    """The names, each after everything it depends on, directly or through others; a circle is cut where it is met."""
    wanted, done, found = list(names), set[str](), list[str]()

    def visit(name: str) -> None:
        if name in done:
            return
        done.add(name)
        for first in depends_on.get(name, ()):
            visit(first)
        found.append(name)

    for name in wanted:
        visit(name)
    return [name for name in found if name in set(wanted)]


def dependencies_among(name: str, names: Iterable[str], depends_on: Mapping[str, Iterable[str]]) -> set[str]:
    """Those of the names that `name` depends on, directly or through others."""
    reached: set[str] = set()
    waiting = list(depends_on.get(name, ()))
    while waiting:
        first = waiting.pop()
        if first not in reached and first != name:
            reached.add(first)
            waiting.extend(depends_on.get(first, ()))
    return reached & set(names)
