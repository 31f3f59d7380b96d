"""The default mappings: installing what is missing, putting everything back, following the ownership model."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction

from coupling import registry
from coupling.declare import Line, TableMapping
from coupling.mapping_rules import keep_version, known_mappings, next_version, raise_version
from coupling.models import Connection, IntegrationFieldMapping, IntegrationTableMapping
from coupling.signals import mappings_changed
from coupling.validation import line_errors
from people.audit import audit
from records import writes


@transaction.atomic
def mappings_install() -> list[IntegrationTableMapping]:
    """Make the default mappings that do not exist; those that do stay as they are. Returns the new ones."""
    ownership = Connection.load().ownership_model
    existing = {registry.tables_of(m) for m in IntegrationTableMapping.objects.all()}
    names = set(IntegrationTableMapping.objects.values_list("name", flat=True))
    wanted = [
        d for d in registry.declarations(ownership) if registry.tables_of(d) not in existing and d.name not in names
    ]
    return _make(wanted, ownership)


@transaction.atomic
def mappings_reset(*, names: Collection[str] | None = None) -> list[IntegrationTableMapping]:
    """Use Default Synchronization Setup: default mappings (or those named) get their default values and lines again.

    Couplings stay, user-defined mappings too. Default mappings of another ownership model are removed.
    """
    ownership = Connection.load().ownership_model
    chosen = [d for d in registry.declarations(ownership) if names is None or d.name in names]
    existing = {m.name: m for m in IntegrationTableMapping.objects.filter(user_defined=False)}
    if names is None:
        for name in set(existing) - {d.name for d in chosen}:
            _remove(existing[name])
    fresh = _make([d for d in chosen if d.name not in existing and _free(d)], ownership)
    renewed = [_renew(existing[d.name], d, ownership) for d in chosen if d.name in existing]
    audit("mapping_reset", target=", ".join(m.name for m in renewed))
    return sorted(fresh + renewed, key=lambda m: m.name)


@transaction.atomic
def mappings_follow_ownership() -> None:
    """Fit the default mappings to the ownership model: what exists only with Person comes or goes."""
    ownership = Connection.load().ownership_model
    existing = {m.name: m for m in IntegrationTableMapping.objects.filter(user_defined=False)}
    if not existing:
        return
    for pair in registry.pairs():
        declared, mapping = pair.mapping, existing.get(pair.mapping.name)
        if declared.person_only and ownership == "team" and mapping:
            _remove(mapping)
        elif declared.person_only and ownership == "person" and not mapping and _free(declared):
            _make([declared], ownership)
        elif mapping and not declared.person_only:
            _follow(mapping, declared, ownership)


def _free(declared: TableMapping) -> bool:
    """False where a user-defined mapping has the name or the tables of a default one."""
    stored = IntegrationTableMapping.objects.all()
    return not any(m.name == declared.name or registry.tables_of(m) == registry.tables_of(declared) for m in stored)


def _make(declared: list[TableMapping], ownership: str) -> list[IntegrationTableMapping]:
    """Insert mappings first and lines afterwards, because lines look through other mappings."""
    rows = [
        {
            **d.values(),
            "depends_on": registry.depends_on(d, ownership),
            "user_defined": False,
            "version": next_version(d.name),
        }
        for d in declared
    ]
    if not rows:
        return []
    written = writes.insert(IntegrationTableMapping, rows, source="setup")
    if written.rejected:
        written.single()
        raise AssertionError(written.rejected)
    made = {m.name: m for m in IntegrationTableMapping.objects.filter(name__in=[d.name for d in declared])}
    for d in declared:
        _insert_lines(made[d.name], d.lines_for(ownership))
        keep_version(made[d.name], "install")
        audit("mapping_install", target=d.name)
    mappings_changed.send(IntegrationTableMapping, names=list(made))
    return [made[d.name] for d in declared]


def _insert_lines(mapping: IntegrationTableMapping, declared: list[Line], first: int = 1) -> None:
    """Insert default lines; one that needs the mapping of a pair which is not installed starts disabled."""
    known = known_mappings()
    rows: list[dict[str, Any]] = []
    for number, line in enumerate(declared, first):
        usable = not line_errors(mapping, line, (), known)
        values = line.values() | {"enabled": line.enabled and usable}
        rows.append({**values, "mapping": str(mapping.pk), "no": number})
    written = writes.insert(IntegrationFieldMapping, rows, source="setup")
    if written.rejected:
        written.single()
        raise AssertionError(written.rejected)


def _renew(mapping: IntegrationTableMapping, declared: TableMapping, ownership: str) -> IntegrationTableMapping:
    blank = {
        "disable_event_job_resch": False,
        "multi_company_synch_enabled": False,
        "depends_on": registry.depends_on(declared, ownership),
    }
    edit = writes.Edit(str(mapping.pk), {**declared.values(), **blank})
    writes.update(IntegrationTableMapping, [edit], source="setup").single()
    mapping.refresh_from_db()
    mapping.lines.all().delete()
    _insert_lines(mapping, declared.lines_for(ownership))
    mappings_changed.send(IntegrationTableMapping, names=[mapping.name])
    return raise_version(mapping, "defaults")


def _remove(mapping: IntegrationTableMapping) -> None:
    """Remove a default mapping; its couplings stay and count again when it comes back."""
    mapping.lines.all().delete()
    mapping.options.all().delete()
    mapping.delete()
    mappings_changed.send(IntegrationTableMapping, names=[mapping.name])


def _follow(mapping: IntegrationTableMapping, declared: TableMapping, ownership: str) -> None:
    special = [line for line in declared.lines if line.person_only]
    dependencies = registry.depends_on(declared, ownership)
    have = {(line.erp_field, line.crm_field) for line in mapping.lines.all()}
    if ownership == "team":
        for line in special:
            mapping.lines.filter(erp_field=line.erp_field, crm_field=line.crm_field).delete()
    else:
        missing = [line for line in special if (line.erp_field, line.crm_field) not in have]
        for stored in mapping.lines.all().order_by("-no"):
            IntegrationFieldMapping.objects.filter(pk=stored.pk).update(no=stored.no + len(missing))
        if missing:
            _insert_lines(mapping, missing)
    others = [name for name in mapping.depends_on if not _is_person_only(name)]
    wanted = [n for n in dependencies if n in mapping.depends_on or _is_person_only(n)]
    IntegrationTableMapping.objects.filter(pk=mapping.pk).update(depends_on=list(dict.fromkeys([*wanted, *others])))
    raise_version(mapping, "ownership")


def _is_person_only(name: str) -> bool:
    declared = registry.declaration(name)
    return bool(declared and declared.person_only)
