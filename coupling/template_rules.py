"""Rules of configuration templates, whoever writes them: fields and values must exist, mappings get a new version."""

from __future__ import annotations

from collections.abc import Iterable

from coupling.kept import keep_filter, kept_value
from coupling.mapping_rules import raise_version
from coupling.models import ConfigTemplate, ConfigTemplateLine, IntegrationTableMapping
from coupling.models.template import source_of
from coupling.signals import mappings_changed
from coupling.validation import filter_errors, is_option
from people.audit import audit, audit_change
from records.batch import Batch, Row
from records.errors import FieldError, Rejected
from records.schema import schema
from records.values import parse

FIELDS = ("side", "name", "priority", "filter")


def value_errors(table: str, field: str, value: str) -> list[FieldError]:
    """Errors of one value of a template: the field must be writable, the value of its type."""
    described = schema(table)
    if field not in described:
        return [FieldError("field", "unknown_field", {"field": field})]
    info = described[field]
    if info not in described.writable or info.readonly or info.calculated or field == described.pk:
        return [FieldError("field", "read_only_destination", {"field": field})]
    try:
        parse(table, {field: value}, insert=True)
    except Rejected as error:
        return [FieldError("value", e.code, e.params) for e in error.errors]
    return []


def before_templates(batch: Batch) -> None:
    """Check templates that are made or changed."""
    if batch.kind == "delete":
        for row in batch.live:
            ConfigTemplateLine.objects.filter(template__pk=row.pk).delete()
        return
    mappings = {str(m.pk): m for m in IntegrationTableMapping.objects.all()}
    for row in batch.live:
        mapping = mappings.get(str(row.get("mapping") or ""))
        if mapping is None:
            row.errors.append(FieldError("mapping", "required", {"caption": "@coupling.ConfigTemplate.mapping"}))
        elif is_option(mapping):
            row.errors.append(FieldError("mapping", "option_mapping_only", {"mapping": mapping.name}))
        else:
            keep_filter(row, "filter", source_of(mapping, row.get("side")))
            row.errors += _fixed(row) or filter_errors(
                "filter", row.get("filter") or "", source_of(mapping, row.get("side"))
            )


def _fixed(row: Row) -> list[FieldError]:
    """Mapping and side of a template never change."""
    if row.old is None:
        return []
    changed = [name for name in ("mapping", "side") if row.old[name] != row.new[name]]
    return [FieldError(n, "insert_only", {"caption": f"@coupling.ConfigTemplate.{n}"}) for n in changed]


def after_templates(batch: Batch) -> None:
    """Note the change and count the mappings' versions up."""
    if batch.source == "setup":
        return
    names = {str(pk): name for pk, name in IntegrationTableMapping.objects.values_list("pk", "name")}
    for row in batch.rows:
        target = f"{names.get(str(row.get('mapping')), '')}: {row.get('name')}"
        new = {name: row.new.get(name) for name in FIELDS}
        if batch.kind == "update":
            audit_change("template_update", target=target, old={n: (row.old or {}).get(n) for n in FIELDS}, new=new)
        elif batch.kind == "insert":
            audit("template_create", target=target, new=new)
        else:
            audit("template_delete", target=target, old=new)
    _touch(str(row.get("mapping")) for row in batch.rows)


def before_lines(batch: Batch) -> None:
    """Check the values of templates."""
    if batch.kind == "delete":
        return
    templates = {str(t.pk): t for t in _templates(batch)}
    for row in batch.live:
        template = templates[str(row.get("template"))]
        text = str(row.get("value") or "")
        if (stored := kept_value(text, template.table, row.get("field") or "")) != text:
            row.force("value", stored)
        row.errors += value_errors(template.table, row.get("field") or "", row.get("value") or "")


def after_lines(batch: Batch) -> None:
    """Note the change and count the mappings' versions up."""
    if batch.source == "setup":
        return
    templates = {str(t.pk): t for t in _templates(batch)}
    for row in batch.rows:
        template = templates[str(row.get("template"))]
        old, new = ({row.get("field"): (v or {}).get("value")} for v in (row.old, row.new))
        target = f"{template.mapping.name}: {template.name}"
        if batch.kind == "delete":
            audit("template_update", target=target, old=new, new={row.get("field"): None})
        else:
            audit("template_update", target=target, old=old, new=new)
    _touch(str(t.mapping_id) for t in templates.values())


def _templates(batch: Batch) -> list[ConfigTemplate]:
    keys = {str(row.get("template")) for row in batch.rows}
    return list(ConfigTemplate.objects.filter(pk__in=keys).select_related("mapping"))


def _touch(keys: Iterable[str]) -> None:
    """Running jobs of these mappings stop and are planned anew."""
    mappings = [raise_version(m) for m in IntegrationTableMapping.objects.filter(pk__in=set(keys))]
    if mappings:
        mappings_changed.send(IntegrationTableMapping, names=[m.name for m in mappings])
