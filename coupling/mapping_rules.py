"""Rules of mappings and field lines, whoever writes them: validation, versions with snapshots, audit.

Writes of source `setup` (the default mappings) bring their own checks and versions.
"""

from __future__ import annotations

from collections.abc import Collection
from types import SimpleNamespace
from typing import Any

from django.db.models import Max

from coupling import lines, registry
from coupling.conversions import Known
from coupling.kept import keep_filter, kept_value
from coupling.models import (
    ConfigTemplateLine,
    Connection,
    Coupling,
    IntegrationFieldMapping,
    IntegrationTableMapping,
    MappingVersion,
)
from coupling.signals import mappings_changed
from coupling.transformation_checks import line_rule_errors
from coupling.transformations import rules_of_lines
from coupling.validation import direction_errors, is_option, line_errors, mapping_errors, unknown_dependencies
from people.audit import audit, audit_change
from records import actor
from records.batch import Batch, Row
from records.errors import FieldError
from records.schema import schema

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
TEMPLATE_FIELDS = ("side", "name", "priority", "filter")
FIXED = ("name", "erp_table", "crm_table", "crm_key_field")


def before_mapping(batch: Batch) -> None:
    """Check mappings that are made, changed or deleted; a change counts a version up in the same write."""
    for row in batch.live if batch.kind != "delete" else ():
        keep_filter(row, "table_filter", row.get("erp_table") or "")
        keep_filter(row, "integration_table_filter", row.get("crm_table") or "")
    if batch.source == "setup":
        return
    if batch.kind == "delete":
        _before_mapping_delete(batch)
        return
    for row in batch.live:
        others = IntegrationTableMapping.objects.exclude(pk=row.pk)
        if batch.kind == "insert":
            row.force("user_defined", True)  # noqa: FBT003 - a field and its value
            if not row.get("crm_key_field"):
                row.force("crm_key_field", _default_key(row.get("erp_table"), row.get("crm_table")))
        row.errors += _fixed_errors(row) or mapping_errors(SimpleNamespace(**row.new), others)
        row.errors += _unknown_names(row, also=() if batch.source == "page" else registry.named())
        if not row.errors and batch.kind == "update":
            _turn(row)
        row.force("version", next_version(row.get("name")))


def after_mapping(batch: Batch) -> None:
    """Keep the new versions, note the change, tell who listens."""
    if batch.source == "setup" or not batch.rows:
        return
    for row in batch.rows:
        if batch.kind == "delete":
            audit("mapping_delete", target=row.get("name"), old=_shown(row.new))
            continue
        keep_version(IntegrationTableMapping.objects.get(pk=row.pk))
        if batch.kind == "insert":
            audit("mapping_create", target=row.get("name"), new=_shown(row.new))
        else:
            audit_change("mapping_update", target=row.get("name"), old=_shown(row.old or {}), new=_shown(row.new))
    mappings_changed.send(IntegrationTableMapping, names=[row.get("name") for row in batch.rows])


def number_lines(batch: Batch) -> None:
    """New lines come last and start disabled, unless said otherwise."""
    if batch.source == "setup":
        return
    last: dict[Any, int] = {}
    for row in batch.live:
        key = row.get("mapping")
        if key not in last:
            found = IntegrationFieldMapping.objects.filter(mapping=key).aggregate(last=Max("no"))
            last[key] = found["last"] or 0
        last[key] += 1
        row.force("no", last[key])
        row.set("enabled", False)  # noqa: FBT003 - a field and its value


def before_lines(batch: Batch) -> None:
    """Check lines that are made or changed, beside the other lines of their mapping."""
    if batch.kind == "delete":
        return
    _keep_constants(batch)
    if batch.source == "setup":
        return
    known = known_mappings()
    for row in batch.live:
        mapping = IntegrationTableMapping.objects.select_for_update().get(pk=row.get("mapping"))
        _one_way(row)
        wanted = SimpleNamespace(**row.new)
        if is_option(mapping):
            _turn_with_line(mapping, row)
        others = mapping.lines.exclude(pk=row.pk)
        row.errors += line_errors(mapping, wanted, others, known)


def _keep_constants(batch: Batch) -> None:
    """Options are kept by the names of their members, in whatever language they were typed."""
    rows = [row for row in batch.live if row.get("constant")]
    tables = {
        str(pk): (erp, crm)
        for pk, erp, crm in IntegrationTableMapping.objects.filter(
            pk__in={row.get("mapping") for row in rows}
        ).values_list("pk", "erp_table", "crm_table")
    }
    for row in rows:
        erp, crm = tables.get(str(row.get("mapping")), ("", ""))
        text, field = str(row.get("constant")), row.get("erp_field") or row.get("crm_field") or ""
        if (stored := kept_value(text, erp if row.get("erp_field") else crm, field)) != text:
            row.force("constant", stored)


def after_lines(batch: Batch) -> None:
    """One new version for each mapping whose lines changed."""
    if batch.source == "setup":
        return
    names = dict(IntegrationTableMapping.objects.values_list("pk", "name"))
    by_key = {str(pk): name for pk, name in names.items()}
    for row in batch.rows:
        _audit_line(batch.kind, by_key[str(row.get("mapping"))], row)
    touched = {str(row.get("mapping")) for row in batch.rows}
    for mapping in IntegrationTableMapping.objects.filter(pk__in=touched):
        raise_version(mapping)
    if touched:
        mappings_changed.send(IntegrationTableMapping, names=[by_key[key] for key in touched])


def known_mappings() -> Known:
    """The mappings that look-ups of field lines may use."""
    return Known.of(IntegrationTableMapping.objects.all())


def next_version(name: str) -> int:
    """The next version of a mapping of this name; counting goes on where it existed before."""
    last = MappingVersion.objects.filter(mapping=name).aggregate(last=Max("version"))["last"]
    return (last or 0) + 1


def document_of(mapping: IntegrationTableMapping) -> dict[str, Any]:
    """The mapping with its lines and templates as they are stored now; see `coupling.documents`."""
    head = {name: getattr(mapping, name) for name in MAPPING_FIELDS}
    own = lines.snapshot(mapping.lines.all().order_by("no"))
    return {"mapping": head, "lines": own, "templates": _templates(mapping)}


def _templates(mapping: IntegrationTableMapping) -> list[dict[str, Any]]:
    """The configuration templates of a mapping, values included."""
    found = list(mapping.templates.order_by("side", "priority", "name"))
    values: dict[Any, dict[str, str]] = {template.pk: {} for template in found}
    stored = ConfigTemplateLine.objects.filter(template__in=found).order_by("field") if found else ()
    for line in stored:
        values[line.template_id][line.field] = line.value
    return [{**{name: getattr(t, name) for name in TEMPLATE_FIELDS}, "values": values[t.pk]} for t in found]


def keep_version(mapping: IntegrationTableMapping, origin: str = "", origin_version: int | None = None) -> None:
    """Store what the mapping and its lines are in the present version, and who made them so."""
    snapshot = document_of(mapping)
    snapshot["rules"] = rules_of_lines(list(mapping.lines.all()))
    snapshot["mapping"]["ownership"] = Connection.load().ownership_model
    who = actor.current()
    MappingVersion.objects.create(
        mapping=mapping.name,
        version=mapping.version,
        snapshot=snapshot,
        changed_by=who.user_name,
        source=who.source,
        origin=origin,
        origin_version=origin_version,
    )


def raise_version(
    mapping: IntegrationTableMapping, origin: str = "", origin_version: int | None = None
) -> IntegrationTableMapping:
    """Count one version up and keep it."""
    mapping = IntegrationTableMapping.objects.select_for_update().get(pk=mapping.pk)
    version = next_version(mapping.name)
    IntegrationTableMapping.objects.filter(pk=mapping.pk).update(version=version)
    mapping = IntegrationTableMapping.objects.get(pk=mapping.pk)
    keep_version(mapping, origin, origin_version)
    return mapping


def _before_mapping_delete(batch: Batch) -> None:
    for row in batch.live:
        count = Coupling.objects.filter(pair=row.get("name")).count()
        if count:
            row.reject("", "mapping_has_couplings", mapping=row.get("name"), count=count)
    mappings = IntegrationTableMapping.objects.filter(pk__in=[row.pk for row in batch.live])
    for mapping in mappings:
        mapping.lines.all().delete()
        mapping.options.all().delete()
        mapping.templates.all().delete()


def _fixed_errors(row: Row) -> list[FieldError]:
    """Name and tables of a mapping never change."""
    if row.old is None:
        return []
    changed = [name for name in FIXED if row.old[name] != row.new[name]]
    return [FieldError(n, "insert_only", {"caption": f"@coupling.IntegrationTableMapping.{n}"}) for n in changed]


def _unknown_names(row: Row, also: Collection[str]) -> list[FieldError]:
    """What is new among the names is a mapping that there is; a program may also name default ones (`also`)."""
    before = (row.old or {}).get("depends_on") or []
    known = {*IntegrationTableMapping.objects.values_list("name", flat=True), *before, *also}
    return unknown_dependencies(row.get("depends_on") or [], known)


def _turn(row: Row) -> None:
    """Another direction: an option mapping takes its lines along, others need a line that carries it."""
    wanted = SimpleNamespace(**row.new)
    if row.old is None or row.old["direction"] == wanted.direction:
        return
    stored = IntegrationFieldMapping.objects.filter(mapping__id=row.pk)
    if is_option(wanted):
        stored.update(direction=wanted.direction)
    else:
        row.errors += direction_errors(wanted.direction, list(stored))
        found = [error for line in stored.exclude(transformation="") for error in line_rule_errors(wanted, line)]
        row.errors += [FieldError("direction", error.code, error.params) for error in found[:1]]


def _turn_with_line(mapping: IntegrationTableMapping, row: Row) -> None:
    """The direction of a line of an option mapping is that of the mapping."""
    direction = row.get("direction")
    if direction == "bidirectional":
        row.reject("direction", "option_not_bidirectional")
    elif direction != mapping.direction:
        IntegrationTableMapping.objects.filter(pk=mapping.pk).update(direction=direction)
        mapping.lines.exclude(pk=row.pk).update(direction=direction)
        mapping.direction = direction


def _one_way(row: Row) -> None:
    """Fill in the direction that follows: of a constant its only one, of a transformation that of a one-way line."""
    erp, crm = bool(row.get("erp_field")), bool(row.get("crm_field"))
    if erp != crm and "direction" not in row.given:
        row.force("direction", "from_crm" if erp else "to_crm")
    if row.get("direction") in ("to_crm", "from_crm"):
        row.force("transformation_direction", row.get("direction"))


def _default_key(*tables: str) -> str:
    try:
        return [schema(table) for table in tables][-1].pk
    except LookupError:
        return ""


def _shown(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values.get(name) for name in MAPPING_FIELDS}


def _audit_line(kind: str, mapping: str, row: Row) -> None:
    target = f"{mapping}: {row.get('erp_field')} - {row.get('crm_field')}"
    new = {name: row.new.get(name) for name in LINE_FIELDS}
    if kind == "update":
        audit_change(
            "mapping_line_update", target=target, old={n: (row.old or {}).get(n) for n in LINE_FIELDS}, new=new
        )
    elif kind == "insert":
        audit("mapping_line_create", target=target, new=new)
    else:
        audit("mapping_line_delete", target=target, old=new)
