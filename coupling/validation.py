"""What a mapping and its field lines must fulfil, as field errors with codes. The same for page, API and declarations."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from coupling import lines
from coupling.conversions import Ends, Known, NotMappable, convert_fields, is_mappable
from coupling.filtering import checked_filter
from coupling.transformation_checks import line_rule_errors
from records.errors import FieldError
from records.filters import FilterError
from records.schema import FieldInfo, Schema, schema

_SIDES = {"erp_table": "erp", "crm_table": "crm"}
_GUIDS = ("guid", "ref", "polyref")


def mapping_errors(values: Any, others: Iterable[Any] = ()) -> list[FieldError]:
    """Errors of a mapping (an object with its attributes) beside the `others`; tables first, they decide the rest."""
    errors = [error for field in _SIDES for error in _table_errors(field, getattr(values, field))]
    if errors:
        return errors
    others = list(others)
    wrong_key = _key_errors(values)
    errors += wrong_key
    errors += _double_errors(values, others)
    errors += filter_errors("table_filter", values.table_filter, values.erp_table)
    errors += filter_errors("integration_table_filter", values.integration_table_filter, values.crm_table)
    errors += _dependency_errors(values, others)
    if values.direction == "bidirectional" and not wrong_key and is_option(values):
        errors.append(FieldError("direction", "option_not_bidirectional"))
    return errors


def is_option(values: Any) -> bool:
    """True where the key field is an option set instead of the primary key."""
    return bool(values.crm_key_field != schema(values.crm_table).pk)


def is_option_set(crm: Schema, name: str) -> bool:
    """True for a field whose values are rows of an option set of its own table."""
    owners = schema("crm.OptionValue")["entityname"].options
    return name in crm and crm[name].extensible and crm.model.__name__.lower() in owners


def filter_errors(field: str, text: str, table: str) -> list[FieldError]:
    """Errors of a filter text: it must parse, and name stored fields with values of their type."""
    try:
        checked = checked_filter(text or "", table, None)
    except FilterError as error:
        return [FieldError(field, error.code, error.params)]
    calculated = [c.info.name for c in checked.conditions if c.info.calculated]
    return [FieldError(field, "filter_calculated_field", {"field": name}) for name in calculated]


def direction_errors(direction: str, stored_lines: Sequence[Any]) -> list[FieldError]:
    """A mapping's direction needs an enabled line that carries it (unless none is enabled at all)."""
    enabled = [line for line in stored_lines if line.enabled]
    allowed = {"bidirectional"} if direction == "bidirectional" else {"bidirectional", direction}
    if not enabled or any(line.direction in allowed for line in enabled):
        return []
    return [FieldError("direction", "direction_without_line", named_direction(direction))]


def named_direction(direction: str) -> dict[str, str]:
    """Parameters of a message: the direction, and what it is called."""
    return {"direction": direction, "caption": f"@:direction_{direction}"}


def line_errors(mapping: Any, line: Any, others: Iterable[Any], known: Known) -> list[FieldError]:
    """Errors of one field line of a mapping beside its `others`."""
    erp, crm = schema(mapping.erp_table), schema(mapping.crm_table)
    errors = _field_errors("erp_field", line.erp_field, erp) + _field_errors("crm_field", line.crm_field, crm)
    if not line.erp_field and not line.crm_field:
        errors.append(FieldError("erp_field", "line_without_field"))
    if errors:
        return errors
    errors += _constant_errors(line, erp, crm) if lines.is_constant(line) else _pair_errors(mapping, line, known)
    errors += _destination_errors(mapping, line, erp, crm)
    errors += _flag_errors(line, crm)
    return [*errors, *_duplicate_errors(line, others), *(line_rule_errors(mapping, line) if not errors else ())]


def _table_errors(field: str, label: str) -> list[FieldError]:
    try:
        schema(label)
    except LookupError:
        return [FieldError(field, "unknown_table", {"table": label})]
    if label.partition(".")[0] != _SIDES[field]:
        return [FieldError(field, "wrong_side", {"table": label})]
    return []


def _key_errors(values: Any) -> list[FieldError]:
    crm = schema(values.crm_table)
    key = values.crm_key_field
    if key == crm.pk or is_option_set(crm, key):
        return []
    return [FieldError("crm_key_field", "not_a_key_field", {"field": key, "table": values.crm_table})]


def _double_errors(values: Any, others: Iterable[Any]) -> list[FieldError]:
    for other in others:
        if other.name == values.name:
            return [
                FieldError(
                    "name",
                    "unique_violation",
                    {"caption": "@coupling.IntegrationTableMapping.name", "value": values.name},
                )
            ]
        same = (other.erp_table, other.crm_table, other.crm_key_field)
        if same == (values.erp_table, values.crm_table, values.crm_key_field):
            return [FieldError("crm_table", "mapping_exists", {"mapping": other.name})]
        if same[::2] == (values.erp_table, values.crm_key_field) and is_option(values):
            return [FieldError("crm_key_field", "mapping_exists", {"mapping": other.name})]
    return []


def unknown_dependencies(names: Iterable[str], known: Collection[str]) -> list[FieldError]:
    """Names of mappings that nobody knows."""
    return [FieldError("depends_on", "mapping_missing", {"mapping": name}) for name in names if name not in known]


def _dependency_errors(values: Any, others: Iterable[Any]) -> list[FieldError]:
    """A mapping must not wait for itself, by whatever way."""
    graph = {other.name: list(other.depends_on) for other in others} | {values.name: list(values.depends_on)}
    path = _cycle(graph, values.name, [values.name])
    return [FieldError("depends_on", "depends_on_itself", {"path": " > ".join(path)})] if path else []


def _cycle(graph: dict[str, list[str]], name: str, path: list[str]) -> list[str]:
    for follower in graph.get(name, ()):
        if follower == path[0]:
            return [*path, follower]
        if follower not in path and (found := _cycle(graph, follower, [*path, follower])):
            return found
    return []


def _field_errors(cell: str, name: str, table: Schema) -> list[FieldError]:
    if not name:
        return []
    if name not in table:
        return [FieldError(cell, "unknown_field", {"field": name})]
    if not is_mappable(table[name]):
        return [FieldError(cell, "not_mappable", {"field": name})]
    return []


def _pair_errors(mapping: Any, line: Any, known: Known) -> list[FieldError]:
    errors = []
    if line.constant:
        errors.append(FieldError("constant", "constant_with_both_fields"))
    if mapping_is_option_line(mapping, line):
        return errors
    erp, crm = schema(mapping.erp_table), schema(mapping.crm_table)
    try:
        convert_fields(Ends(erp, crm, erp[line.erp_field], crm[line.crm_field]), known, None, truncate=line.truncate)
    except NotMappable as error:
        cell = "erp_field" if error.params.get("field") == line.erp_field else "crm_field"
        errors.append(FieldError(cell, error.code, error.params))
    return errors


def mapping_is_option_line(mapping: Any, line: Any) -> bool:
    """True for the key line of an option mapping, whose CRM field is the option set itself."""
    return is_option(mapping) and line.crm_field == mapping.crm_key_field


def _constant_errors(line: Any, erp: Schema, crm: Schema) -> list[FieldError]:
    info = erp[line.erp_field] if line.erp_field else crm[line.crm_field]
    allowed = "from_crm" if line.erp_field else "to_crm"
    errors = []
    if line.direction not in (allowed, "bidirectional"):
        errors.append(FieldError("direction", "constant_direction", named_direction(allowed)))
    if line.constant == "":
        return [*errors, FieldError("constant", "line_without_constant")]
    try:
        info.normalize(line.constant)
        _entity_errors(info, line.constant)
    except FieldError as error:
        errors.append(FieldError("constant", error.code, error.params))
    if line.match:
        errors.append(FieldError("match", "constant_with_both_fields"))
    return errors


def _entity_errors(info: FieldInfo, value: str) -> None:
    if info.kind == "entityname" and value.lower() not in info.targets:
        raise FieldError(info.name, "invalid_option", {"value": value})
    if info.kind == "ref" or info.extensible:
        _must_be_key(info, value)


def _must_be_key(info: FieldInfo, value: str) -> None:
    if info.kind == "ref" and not schema(info.ref).model.objects.filter(pk=value).exists():
        raise FieldError(info.name, "not_found", {"value": value})


def _destination_errors(mapping: Any, line: Any, erp: Schema, crm: Schema) -> list[FieldError]:
    """Fields that nobody may write cannot be a destination; insert-only fields may be given once."""
    if mapping_is_option_line(mapping, line):
        return []
    to_crm, from_crm = _ways(mapping, line)
    errors = []
    if to_crm and line.crm_field and not _writable(crm[line.crm_field], crm):
        errors.append(FieldError("crm_field", "read_only_destination", {"field": line.crm_field}))
    if from_crm and line.erp_field and not _writable(erp[line.erp_field], erp):
        errors.append(FieldError("erp_field", "read_only_destination", {"field": line.erp_field}))
    return errors


def _writable(info: FieldInfo, table: Schema) -> bool:
    return not info.readonly and not info.system and info.name != table.pk


def _ways(mapping: Any, line: Any) -> tuple[bool, bool]:
    """Whether a line writes CRM, and whether it writes the ERP, when it is enabled under its mapping."""
    way = lines.effective_direction(mapping.direction, "person", line)
    return way in ("to_crm", "bidirectional"), way in ("from_crm", "bidirectional")


def _flag_errors(line: Any, crm: Schema) -> list[FieldError]:
    errors = []
    if line.not_null and (not line.crm_field or crm[line.crm_field].kind not in _GUIDS):
        errors.append(FieldError("not_null", "not_null_guid_only"))
    if line.not_null and line.clear_on_failure:
        errors.append(FieldError("clear_on_failure", "not_null_or_clear"))
    return errors


def _duplicate_errors(line: Any, others: Iterable[Any]) -> list[FieldError]:
    """A destination field is written by one enabled line in each direction."""
    if not line.enabled:
        return []
    for other in others:
        if not other.enabled:
            continue
        if (
            line.crm_field
            and line.crm_field == other.crm_field
            and _writes(line, "to_crm")
            and _writes(other, "to_crm")
        ):
            return [FieldError("crm_field", "duplicate_line", {"field": line.crm_field})]
        if (
            line.erp_field
            and line.erp_field == other.erp_field
            and _writes(line, "from_crm")
            and _writes(other, "from_crm")
        ):
            return [FieldError("erp_field", "duplicate_line", {"field": line.erp_field})]
    return []


def _writes(line: Any, way: str) -> bool:
    return line.direction in ("bidirectional", way)
