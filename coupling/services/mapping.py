"""Editing integration table mappings and their field lines. Each change makes a new version with a snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any

from django.db import transaction
from django.db.models import Max

from coupling import lines
from coupling.conversions import Known
from coupling.models import Connection, Coupling, IntegrationFieldMapping, IntegrationTableMapping, MappingVersion
from coupling.signals import mappings_changed
from coupling.validation import direction_errors, is_option, line_errors, mapping_errors
from people.audit import audit, audit_change
from records import writes
from records.errors import FieldError, Refused, Rejected
from records.schema import Schema, schema

MAPPING_FIELDS = (
    "name",
    "erp_table",
    "crm_table",
    "crm_key_field",
    "direction",
    "only_coupled",
    "table_filter",
    "integration_table_filter",
    "update_conflict",
    "deletion_conflict",
    "depends_on",
    "disable_event_job_resch",
    "create_new_in_case_of_no_match",
    "synch_after_bulk_coupling",
    "multi_company_synch_enabled",
)
LINE_FIELDS = lines.SNAPSHOT_FIELDS
FIXED = ("name", "erp_table", "crm_table", "crm_key_field")
#: Sent back by clients as they got them; never taken over.
INFORMATION = frozenset(
    {
        "id",
        "page",
        "row_version",
        "version",
        "user_defined",
        "synch_int_tbl_mod_on_fltr",
        "synch_modified_on_filter",
        "failed_count",
        "skipped_count",
        "pending_count",
        "no",
        "key",
        "mapping",
    }
)


@transaction.atomic
def mapping_create(*, values: Mapping[str, Any], user_defined: bool = True) -> IntegrationTableMapping:
    """A new mapping, without field lines. Raises Rejected."""
    given = _clean(IntegrationTableMapping, values, MAPPING_FIELDS)
    defaults = writes.defaults(schema(IntegrationTableMapping))
    wanted = SimpleNamespace(**{**{name: defaults[name] for name in MAPPING_FIELDS}, **given})
    if not wanted.crm_key_field:
        wanted.crm_key_field = given["crm_key_field"] = _default_key(wanted.crm_table)
    _refuse(mapping_errors(wanted, IntegrationTableMapping.objects.all()))
    version = next_version(wanted.name)
    row = {**given, "user_defined": user_defined, "version": version}
    mapping = _load(writes.insert(IntegrationTableMapping, [row], source="setup").single().pk)
    keep_version(mapping)
    audit("mapping_create", target=mapping.name, new=_shown(mapping))
    mappings_changed.send(IntegrationTableMapping, names=[mapping.name])
    return mapping


@transaction.atomic
def mapping_update(
    *, mapping: IntegrationTableMapping, values: Mapping[str, Any], row_version: int | None = None
) -> IntegrationTableMapping:
    """Change a mapping; with `row_version` only if nobody changed it since. Raises Rejected or Stale.

    The direction of an option mapping goes for all its lines.
    """
    mapping = _load(mapping.pk, lock=True)
    given = _clean(IntegrationTableMapping, values, MAPPING_FIELDS)
    fixed = [name for name in FIXED if name in given and given[name] != getattr(mapping, name)]
    _refuse(FieldError(n, "insert_only", {"caption": f"@coupling.IntegrationTableMapping.{n}"}) for n in fixed)
    old = _shown(mapping)
    wanted = SimpleNamespace(**{name: given.get(name, getattr(mapping, name)) for name in MAPPING_FIELDS})
    errors = mapping_errors(wanted, IntegrationTableMapping.objects.exclude(pk=mapping.pk))
    turned = wanted.direction != mapping.direction
    if turned and not errors and not is_option(wanted):
        errors += direction_errors(wanted.direction, list(mapping.lines.all()))
    _refuse(errors)
    if turned and is_option(wanted):
        mapping.lines.update(direction=wanted.direction)
    edit = writes.Edit(str(mapping.pk), given, row_version)
    done = writes.update(IntegrationTableMapping, [edit], source="setup")
    done.single()
    return _changed(mapping, old) if done.rows else _load(mapping.pk)


@transaction.atomic
def mapping_delete(*, mapping: IntegrationTableMapping, row_version: int | None = None) -> None:
    """Remove a mapping with its lines and option mappings. Raises Refused while it has couplings, Stale."""
    mapping = _load(mapping.pk, lock=True)
    count = Coupling.objects.filter(pair=mapping.name).count()
    if count:
        raise Refused("mapping_has_couplings", {"mapping": mapping.name, "count": count})
    audit("mapping_delete", target=mapping.name, old=_shown(mapping))
    mapping.lines.all().delete()
    mapping.options.all().delete()
    writes.delete(IntegrationTableMapping, [(str(mapping.pk), row_version)], source="setup").single()
    mappings_changed.send(IntegrationTableMapping, names=[mapping.name])


@transaction.atomic
def line_create(*, mapping: IntegrationTableMapping, values: Mapping[str, Any]) -> IntegrationFieldMapping:
    """A new field line at the end, disabled unless said otherwise. Raises Rejected."""
    mapping = _load(mapping.pk, lock=True)
    given = _one_way({"enabled": False} | _clean(IntegrationFieldMapping, values, LINE_FIELDS), values)
    defaults = writes.defaults(schema(IntegrationFieldMapping))
    wanted = SimpleNamespace(**{name: given.get(name, defaults[name]) for name in LINE_FIELDS})
    stored = list(mapping.lines.all())
    _refuse(line_errors(mapping, wanted, stored, known_mappings()))
    old = _shown(mapping)
    row = {**given, "mapping": str(mapping.pk), "no": max((line.no for line in stored), default=0) + 1}
    pk = writes.insert(IntegrationFieldMapping, [row], source="setup").single().pk
    _changed(mapping, old)
    return IntegrationFieldMapping.objects.select_related("mapping").get(pk=pk)


@transaction.atomic
def line_update(
    *, line: IntegrationFieldMapping, values: Mapping[str, Any], row_version: int | None = None
) -> IntegrationFieldMapping:
    """Change a field line; with `row_version` only if nobody changed it since. Raises Rejected or Stale.

    The direction of a line of an option mapping is that of the mapping.
    """
    mapping = _load(line.mapping_id, lock=True)
    line = IntegrationFieldMapping.objects.get(pk=line.pk)
    given = _one_way(_clean(IntegrationFieldMapping, values, LINE_FIELDS), values, line)
    if set(given) & {"direction", "transformation_direction"} and is_option(mapping):
        _turn_option_mapping(mapping, given)
    wanted = SimpleNamespace(**{name: given.get(name, getattr(line, name)) for name in LINE_FIELDS})
    others = [other for other in mapping.lines.all() if other.pk != line.pk]
    _refuse(line_errors(mapping, wanted, others, known_mappings()))
    old = _shown(mapping)
    done = writes.update(IntegrationFieldMapping, [writes.Edit(str(line.pk), given, row_version)], source="setup")
    done.single()
    if done.rows:
        _changed(mapping, old)
    return IntegrationFieldMapping.objects.select_related("mapping").get(pk=line.pk)


@transaction.atomic
def line_delete(*, line: IntegrationFieldMapping, row_version: int | None = None) -> None:
    """Remove a field line. Raises Stale."""
    mapping = _load(line.mapping_id, lock=True)
    old = _shown(mapping)
    writes.delete(IntegrationFieldMapping, [(str(line.pk), row_version)], source="setup").single()
    _changed(mapping, old)


def known_mappings() -> Known:
    """The mappings that look-ups of field lines may use."""
    return Known.of(IntegrationTableMapping.objects.all())


def next_version(name: str) -> int:
    """The first version of a mapping of this name; counting goes on where it existed before."""
    last = MappingVersion.objects.filter(mapping=name).aggregate(last=Max("version"))["last"]
    return (last or 0) + 1


def keep_version(mapping: IntegrationTableMapping) -> None:
    """Store what the mapping and its lines are in the present version."""
    head = {name: getattr(mapping, name) for name in MAPPING_FIELDS}
    head["ownership"] = Connection.load().ownership_model
    snapshot = {"mapping": head, "lines": lines.snapshot(mapping.lines.all().order_by("no"))}
    MappingVersion.objects.create(mapping=mapping.name, version=mapping.version, snapshot=snapshot)


def raise_version(mapping: IntegrationTableMapping) -> IntegrationTableMapping:
    """Count one version up and keep it; the caller holds the lock on the mapping."""
    mapping = _load(mapping.pk, lock=True)
    mapping.version = max(mapping.version + 1, next_version(mapping.name))
    IntegrationTableMapping.objects.filter(pk=mapping.pk).update(version=mapping.version)
    keep_version(mapping)
    return _load(mapping.pk)


def _changed(mapping: IntegrationTableMapping, old: dict[str, Any]) -> IntegrationTableMapping:
    mapping = raise_version(mapping)
    audit_change("mapping_update", target=mapping.name, old=old, new=_shown(mapping))
    mappings_changed.send(IntegrationTableMapping, names=[mapping.name])
    return mapping


def _shown(mapping: IntegrationTableMapping) -> dict[str, Any]:
    """The mapping as the audit log shows it; the row as it is in the database now."""
    values = {name: getattr(mapping, name) for name in MAPPING_FIELDS}
    stored = mapping.lines.all().order_by("no")
    return values | {"lines": lines.snapshot(stored)}


def _load(pk: Any, *, lock: bool = False) -> IntegrationTableMapping:
    query = IntegrationTableMapping.objects.select_for_update() if lock else IntegrationTableMapping.objects
    return query.get(pk=pk)


def _clean(model: Any, values: Mapping[str, Any], allowed: Iterable[str]) -> dict[str, Any]:
    """The stored values of what a caller gave; unknown names and wrong values are errors, information is ignored."""
    described, permitted = schema(model), set(allowed)
    clean: dict[str, Any] = {}
    errors: list[FieldError] = []
    for name, value in values.items():
        if name in permitted:
            try:
                clean[name] = _value(described, name, value)
            except FieldError as error:
                errors.append(FieldError(name, error.code, error.params))
        elif name not in INFORMATION:
            errors.append(FieldError(name, "unknown_field", {"field": name}))
    _refuse(errors)
    return clean


def _value(described: Schema, name: str, value: Any) -> Any:
    if name == "depends_on":
        return _names(value)
    if name == "constant" and isinstance(value, bool):
        value = "true" if value else "false"
    if isinstance(value, dict | list):
        raise FieldError(name, "invalid_value", {"value": str(value)[:50]})
    return described[name].normalize(value)


def _names(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(name, str) and len(name) <= 20 for name in value):
        raise FieldError("depends_on", "invalid_value", {"value": str(value)[:50]})
    return list(dict.fromkeys(name.strip().upper() for name in value if name.strip()))


def _one_way(given: dict[str, Any], values: Mapping[str, Any], line: Any = None) -> dict[str, Any]:
    """Fill in the direction that follows: of a constant its only one, of a transformation that of a one-way line."""
    now = {name: given.get(name, getattr(line, name, "")) for name in ("erp_field", "crm_field", "direction")}
    if bool(now["erp_field"]) != bool(now["crm_field"]) and "direction" not in values:
        given["direction"] = now["direction"] = "from_crm" if now["erp_field"] else "to_crm"
    if now["direction"] in ("to_crm", "from_crm"):
        given["transformation_direction"] = now["direction"]
    return given


def _turn_option_mapping(mapping: IntegrationTableMapping, given: Mapping[str, Any]) -> None:
    direction = given.get("direction", mapping.direction)
    if direction == "bidirectional":
        raise Rejected([FieldError("direction", "option_not_bidirectional")])
    if direction != mapping.direction:
        IntegrationTableMapping.objects.filter(pk=mapping.pk).update(direction=direction)
        mapping.lines.update(direction=direction)
        mapping.direction = direction


def _default_key(crm_table: str) -> str:
    try:
        return schema(crm_table).pk
    except LookupError:
        return ""


def _refuse(errors: Iterable[FieldError]) -> None:
    found = list(errors)
    if found:
        raise Rejected(found)
