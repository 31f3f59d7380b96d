"""A mapping and its lines changed as a whole: a version restored, a file imported, a wizard finished.

Everything is checked together, as it would be afterwards, and written as one version; see `coupling.documents`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, TypeVar

from django.db import transaction

from coupling import registry
from coupling.documents import FACTS, Difference, LineKey, differences, keyed
from coupling.lines import SNAPSHOT_FIELDS
from coupling.mapping_rules import (
    MAPPING_FIELDS,
    document_of,
    keep_version,
    known_mappings,
    next_version,
    raise_version,
)
from coupling.models import IntegrationFieldMapping, IntegrationTableMapping, MappingVersion
from coupling.services.mapping import clean_values
from coupling.services.template_documents import templates_write
from coupling.signals import mappings_changed
from coupling.validation import direction_errors, is_option, line_errors, mapping_errors, unknown_dependencies
from people.audit import audit
from records import writes
from records.errors import FieldError, Refused, Rejected, Stale
from records.schema import schema

T = TypeVar("T")
_LATER = frozenset({"depends_on"})


@dataclass(slots=True)
class Applied:
    """What became of one document. `action`: "create", "change" or "unchanged"."""

    name: str
    action: str
    changes: list[Difference] = field(default_factory=list)


class _TakenBack(Exception):
    """Ends a rehearsal."""


def rehearse(work: Callable[[], T]) -> T:
    """What the work would answer, with nothing of it left in the database."""
    found: list[T] = []
    try:
        with transaction.atomic():
            found.append(work())
            raise _TakenBack
    except _TakenBack:
        return found[0]


@transaction.atomic
def documents_apply(
    documents: Sequence[Mapping[str, Any]],
    *,
    origin: str,
    origin_version: int | None = None,
    seen: Mapping[str, int] | None = None,
) -> list[Applied]:
    """Make these mappings what the documents say: new ones are made, others changed, the rest stays.

    First the values of all mappings, then their lines and templates, because lines look through other mappings. Raises Rejected with
    all errors at their places (`mappings[0].fields[3].crm_field`). `seen`: row versions by name; Stale where somebody
    was faster.
    """
    names = [str(d.get("mapping", {}).get("name", "")).strip().upper() for d in documents]
    stored = {m.name: m for m in IntegrationTableMapping.objects.select_for_update().filter(name__in=names)}
    _check_seen(stored, names, seen)
    before = {name: document_of(mapping) for name, mapping in stored.items()}
    errors: list[FieldError] = []
    for at, document in enumerate(documents):
        errors += [_at(f"mappings[{at}]", e) for e in _write_head(document, stored, names[at])]
    _stop(errors)
    for at, document in enumerate(documents):
        known_before = before.get(names[at], {}).get("mapping", {}).get("depends_on", ())
        found = _check_dependencies(stored[names[at]], None if origin == "restore" else known_before)
        errors += [_at(f"mappings[{at}]", e) for e in found]
        errors += [_at(f"mappings[{at}]", e) for e in _write_lines(stored[names[at]], document.get("lines", ()))]
        if "templates" in document:
            errors += [_at(f"mappings[{at}]", e) for e in templates_write(stored[names[at]], document["templates"])]
    _stop(errors)
    return [_finish(stored[name], before.get(name), origin, origin_version) for name in names]


def mapping_restore(
    *, mapping: IntegrationTableMapping, version: int, row_version: int | None = None
) -> IntegrationTableMapping:
    """Make a mapping and its lines what they were in an earlier version, as a new version.

    Raises Refused `version_missing`, Rejected where it would not work today, Stale.
    """
    kept = MappingVersion.objects.filter(mapping=mapping.name, version=version).first()
    if kept is None:
        raise Refused("version_missing", {"mapping": mapping.name, "version": version})
    seen = None if row_version is None else {mapping.name: row_version}
    documents_apply([kept.snapshot], origin="restore", origin_version=version, seen=seen)
    return IntegrationTableMapping.objects.get(pk=mapping.pk)


def _check_seen(
    stored: Mapping[str, IntegrationTableMapping], names: Sequence[str], seen: Mapping[str, int] | None
) -> None:
    for name in names if seen is not None else ():
        now = stored[name].row_version if name in stored else 0
        if now != (seen or {}).get(name, 0):
            raise Stale(str(stored[name].pk) if name in stored else name)


def _at(place: str, error: FieldError) -> FieldError:
    return FieldError(f"{place}.{error.field}" if error.field else place, error.code, error.params)


def _stop(errors: Sequence[FieldError]) -> None:
    if errors:
        raise Rejected(errors)


def _write_head(document: Mapping[str, Any], stored: dict[str, IntegrationTableMapping], name: str) -> list[FieldError]:
    """Write the values of the mapping, its name among those of its own table; its errors."""
    given = {k: v for k, v in document.get("mapping", {}).items() if k not in FACTS}
    try:
        values = clean_values(IntegrationTableMapping, given, MAPPING_FIELDS)
        if name in stored:
            return _change_head(stored, name, values)
        return _make_head(stored, name, values)
    except Rejected as error:
        return error.errors


def _make_head(stored: dict[str, IntegrationTableMapping], name: str, values: dict[str, Any]) -> list[FieldError]:
    table = schema(IntegrationTableMapping)
    values = {n: table[n].blank for n in MAPPING_FIELDS} | writes.defaults(table) | values
    values = {n: values[n] for n in MAPPING_FIELDS} | {"name": name}
    if not values["crm_key_field"]:
        values["crm_key_field"] = _primary_key(values["crm_table"])
    if errors := mapping_errors(SimpleNamespace(**values), IntegrationTableMapping.objects.all()):
        return errors
    declared = registry.declaration(name)
    wanted = SimpleNamespace(**values)
    own = declared is None or registry.tables_of(declared) != registry.tables_of(wanted)
    row = values | {"user_defined": own, "version": next_version(name)}
    pk = writes.insert(IntegrationTableMapping, [row], source="setup").single().pk
    stored[name] = IntegrationTableMapping.objects.get(pk=pk)
    return []


def _change_head(stored: dict[str, IntegrationTableMapping], name: str, values: dict[str, Any]) -> list[FieldError]:
    mapping = stored[name]
    fixed = ("erp_table", "crm_table", "crm_key_field")
    errors = [
        FieldError(n, "insert_only", {"caption": f"@coupling.IntegrationTableMapping.{n}"})
        for n in fixed
        if values.get(n) and values[n] != getattr(mapping, n)
    ]
    values = {n: v for n, v in values.items() if n not in (*fixed, "name")}
    wanted = SimpleNamespace(**{n: getattr(mapping, n) for n in MAPPING_FIELDS} | values)
    others = IntegrationTableMapping.objects.exclude(pk=mapping.pk)
    errors += [e for e in mapping_errors(wanted, others) if e.field not in _LATER]
    if not errors:
        writes.update(IntegrationTableMapping, [writes.Edit(str(mapping.pk), values)], source="setup").single()
        mapping.refresh_from_db()
    return errors


def _check_dependencies(mapping: IntegrationTableMapping, before: Collection[str] | None) -> list[FieldError]:
    """Once all mappings are written: a mapping must not wait for itself, nor for one that nobody knows.

    `before`: the names it had already; None lets all names pass (an earlier version is what it was).
    """
    others = list(IntegrationTableMapping.objects.exclude(pk=mapping.pk))
    found = [e for e in mapping_errors(mapping, others) if e.field in _LATER]
    if before is None:
        return found
    known = {*(other.name for other in others), *before, *registry.named()}
    return found + unknown_dependencies([name for name in mapping.depends_on if name != mapping.name], known)


def _primary_key(label: str) -> str:
    try:
        return schema(label).pk
    except LookupError:
        return ""


def _write_lines(mapping: IntegrationTableMapping, given: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    """Check all lines beside each other, then delete, change and insert what differs; their errors."""
    table = schema(IntegrationFieldMapping)
    blank = {n: table[n].blank for n in SNAPSHOT_FIELDS} | writes.defaults(table)
    wanted: list[dict[str, Any]] = []
    errors: list[FieldError] = []
    for at, line in enumerate(given):
        try:
            wanted.append(
                {n: blank[n] for n in SNAPSHOT_FIELDS} | clean_values(IntegrationFieldMapping, line, SNAPSHOT_FIELDS)
            )
        except Rejected as error:
            errors += [_at(f"fields[{at}]", e) for e in error.errors]
    if errors:
        return errors
    errors = _check_lines(mapping, [SimpleNamespace(**line) for line in wanted])
    if not errors:
        _store_lines(mapping, wanted)
    return errors


def _check_lines(mapping: IntegrationTableMapping, wanted: Sequence[Any]) -> list[FieldError]:
    known = known_mappings()
    errors: list[FieldError] = []
    for at, line in enumerate(wanted):
        others = [other for index, other in enumerate(wanted) if index != at]
        found = line_errors(mapping, line, others, known)
        if not line.enabled:  # it may wait for the mapping that it needs, as default lines do
            found = [error for error in found if error.code != "tables_not_mapped"]
        if is_option(mapping) and line.direction != mapping.direction:
            found.append(FieldError("direction", "option_not_bidirectional"))
        errors += [_at(f"fields[{at}]", error) for error in found]
    return errors or direction_errors(mapping.direction, wanted)


def _store_lines(mapping: IntegrationTableMapping, wanted: Sequence[Mapping[str, Any]]) -> None:
    present: dict[LineKey, IntegrationFieldMapping] = {}
    for line in mapping.lines.order_by("no"):
        fields = (line.erp_field, line.crm_field)
        turn = sum(1 for key in present if key[:2] == fields)
        present[(*fields, turn)] = line
    after = keyed(wanted)
    gone = [(str(line.pk), None) for key, line in present.items() if key not in after]
    writes.delete(IntegrationFieldMapping, gone, source="setup")
    numbered = {key: {**line, "no": number} for number, (key, line) in enumerate(after.items(), 1)}
    edits = [writes.Edit(str(present[key].pk), values) for key, values in numbered.items() if key in present]
    writes.update(IntegrationFieldMapping, edits, source="setup")
    fresh = [{**values, "mapping": str(mapping.pk)} for key, values in numbered.items() if key not in present]
    written = writes.insert(IntegrationFieldMapping, fresh, source="setup")
    if written.rejected:
        raise Rejected(written.rejected[0].errors)


def _finish(
    mapping: IntegrationTableMapping, before: Mapping[str, Any] | None, origin: str, origin_version: int | None
) -> Applied:
    """One version, one entry in the audit log, and word to who listens, where anything changed at all."""
    after = document_of(mapping)
    changes = differences(before, after)
    if before is None:
        keep_version(mapping, origin, origin_version)
        audit("mapping_create", target=mapping.name, new=after)
    elif changes:
        raise_version(mapping, origin, origin_version)
        audit(f"mapping_{origin}", target=mapping.name, new={"changes": [one.stored() for one in changes]})
    else:
        return Applied(mapping.name, "unchanged")
    mappings_changed.send(IntegrationTableMapping, names=[mapping.name])
    return Applied(mapping.name, "create" if before is None else "change", changes)
