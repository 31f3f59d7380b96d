"""A stored mapping with its field lines made into a `coupling.plan.MappingPlan` for the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from django.apps import apps

from coupling import lines, registry, transformations
from coupling.conversions import Ends, Known, NotMappable, Passage, convert_fields
from coupling.filtering import checked_filter
from coupling.installation import NO_COMPANY, Installation, installation
from coupling.models import IntegrationFieldMapping, IntegrationTableMapping, MappingVersion
from coupling.plan import (
    Conversion,
    ConversionError,
    DeletionConflict,
    Direction,
    FieldPlan,
    MappingPlan,
    OptionKey,
    Problem,
    UpdateConflict,
)
from coupling.ruled import Ruling
from coupling.rules import PairHooks
from coupling.selectors.records import title_fields
from coupling.templates import templates_of
from coupling.transforms.rules import TransformError
from records import db
from records.errors import FieldError
from records.filters import Checked, FilterError, Matcher, check
from records.option_names import stored_text
from records.schema import Schema, schema

Equal = Callable[[Any, Any], bool]
_FLAGS = ("only_new", "not_null", "clear_on_failure", "validate_erp", "validate_crm")


#: Every table whose rows a plan rests on.
FOUNDATION = (
    "coupling.IntegrationTableMapping", "coupling.IntegrationFieldMapping", "coupling.TransformationRule",
    "coupling.ConfigTemplate", "coupling.ConfigTemplateLine", "coupling.Connection",
    "erp.CompanyInformation", "erp.GeneralLedgerSetup", "erp.Currency", "crm.Company", "crm.TransactionCurrency",
)  # fmt: skip
#: Columns of them that runs move and that decide nothing.
_NO_MATTER = ["row_version", "synch_modified_on_filter", "synch_int_tbl_mod_on_fltr"]


def fingerprint() -> str:
    """A text that differs as soon as a row that plans rest on was added, changed or removed. One query."""
    parts = []
    for label in FOUNDATION:
        meta = apps.get_model(label)._meta
        parts.append(f'(SELECT sum(hashtextextended((to_jsonb(t) - %(no_matter)s)::text, 0)) FROM "{meta.db_table}" t)')
    row = db.one(f"SELECT concat_ws(' ', {', '.join(parts)})", {"no_matter": _NO_MATTER})
    return str(row[0]) if row else ""


def plan_for(mapping: IntegrationTableMapping | str) -> MappingPlan:
    """The plan of a mapping (or of the mapping of this name); LookupError when there is none of that name.

    A constant number of queries; nothing is written.
    """
    if isinstance(mapping, str):
        mapping = mapping_named(mapping)
    facts, everybody = installation(), list(IntegrationTableMapping.objects.all())
    erp_filter = _filter_or_nothing(mapping.table_filter, mapping.erp_table, facts)
    crm_filter = _filter_or_nothing(mapping.integration_table_filter, mapping.crm_table, facts)
    hooks = registry.hooks_for(registry.tables_of(mapping))
    return MappingPlan(
        id=str(mapping.pk),
        name=mapping.name,
        version=mapping.version,
        erp_table=mapping.erp_table,
        crm_table=mapping.crm_table,
        direction=Direction(mapping.direction),
        only_coupled=mapping.only_coupled,
        update_conflict=UpdateConflict(mapping.update_conflict),
        deletion_conflict=DeletionConflict(mapping.deletion_conflict),
        fields=field_plans(mapping, Known.of(everybody), facts),
        erp_filter=erp_filter or None,
        crm_filter=crm_filter or None,
        erp_matches=Matcher(erp_filter) if erp_filter else None,
        crm_matches=Matcher(crm_filter) if crm_filter else None,
        erp_filter_fields=erp_filter.filter.fields,
        crm_filter_fields=crm_filter.filter.fields,
        hooks=hooks,
        option=option_key(mapping),
        depends_on=tuple(mapping.depends_on),
        context=_context(mapping, everybody, facts),
        erp_title=tuple(title_fields(schema(mapping.erp_table))),
        crm_title=tuple(title_fields(schema(mapping.crm_table))),
        base_keys=partial(base_keys, mapping.name),
        templates=templates_of(mapping, facts),
    )


def mapping_named(name: str) -> IntegrationTableMapping:
    """The mapping of this name with its lines; LookupError when there is none."""
    found = IntegrationTableMapping.objects.filter(name=name).first()
    if found is None:
        raise LookupError(name)
    return found


def _filter_or_nothing(text: str, table: str, facts: Installation | None) -> Checked:
    """The stored filter; one that no longer works lets nothing in (no job of its mapping starts, pages go on)."""
    try:
        with stored_text():
            return checked_filter(text, table, facts)
    except FilterError:
        return check(f"{schema(table).pk}={NO_COMPANY}", table)


def option_key(mapping: IntegrationTableMapping) -> OptionKey | None:
    """The option set that an option mapping fills; None for mappings of records."""
    if not mapping.is_option:
        return None
    return OptionKey(schema(mapping.crm_table).model.__name__.lower(), mapping.crm_key_field)


def base_keys(mapping: str, version: int) -> Sequence[str]:
    """The keys of the `base` arrays that were stored under an older version; empty when it is not known."""
    kept = MappingVersion.objects.filter(mapping=mapping, version=version).values_list("snapshot", flat=True).first()
    newest = MappingVersion.objects.filter(mapping=mapping).order_by("-version")
    now = newest.values_list("snapshot", flat=True).first()
    if not kept or not now:
        return ()
    changed = _ruled_otherwise(kept, now)
    return ["" if key in changed else key for key in snapshot_keys(kept)]


def _ruled_otherwise(then: dict[str, Any], now: dict[str, Any]) -> set[str]:
    """The keys of lines whose rule was another one: what was stored under it says nothing about who changed."""
    before, after = _rules_by_key(then), _rules_by_key(now)
    return {key for key in {*before, *after} if before.get(key) != after.get(key)}


def _rules_by_key(snapshot: dict[str, Any]) -> dict[str, Any]:
    stored = lines.from_snapshot(snapshot["lines"])
    rules = snapshot.get("rules", {})
    return {
        key: [line.transformation_direction, rules.get(line.transformation)]
        for key, line in zip(lines.keys(stored), stored, strict=True)
        if line.transformation
    }


def snapshot_keys(snapshot: dict[str, Any]) -> list[str]:
    """The keys of the `base` arrays of one stored mapping version."""
    head = snapshot["mapping"]
    return lines.base_keys(head["direction"], head["ownership"], lines.from_snapshot(snapshot["lines"]))


def field_plans(mapping: IntegrationTableMapping, known: Known, facts: Installation) -> tuple[FieldPlan, ...]:
    """The enabled lines of a mapping that have an effect, in processing order; see `coupling.soundness` for the others.

    An option mapping writes labels of option values: its key line reads the code and writes `label`.
    """
    stored = list(mapping.lines.all().order_by("no"))
    hooks = registry.hooks_for(registry.tables_of(mapping))
    equal = hooks.equal if isinstance(hooks, PairHooks) else {}
    found = lines.effective(mapping.direction, facts.ownership, stored)
    if mapping.is_option:
        return tuple(_option_plan(key, way, line) for key, way, line in found if not lines.is_constant(line))
    erp, crm = schema(mapping.erp_table), schema(mapping.crm_table)
    found = [one for one in found if _can_be_planned(one[2], (erp, crm))]
    rulings = transformations.rulings(line for _key, _way, line in found)
    return tuple(
        _field_plan(key, way, line, (erp, crm), known, facts, equal.get(key), rulings.get(line))
        for key, way, line in found
    )


def _can_be_planned(line: Any, schemas: tuple[Schema, Schema]) -> bool:
    """False where a field is gone or a constant does not fit: no job of the mapping starts, pages go on without it."""
    erp, crm = schemas
    if (line.erp_field and line.erp_field not in erp) or (line.crm_field and line.crm_field not in crm):
        return False
    if lines.is_constant(line):
        try:
            _constant(line, schemas)
        except FieldError:
            return False
    return True


def _option_plan(key: str, way: str, line: Any) -> FieldPlan:
    return FieldPlan(key, line.erp_field, "label", Direction(way), Conversion(max_length=250), None)


def _field_plan(
    key: str,
    way: str,
    line: Any,
    schemas: tuple[Schema, Schema],
    known: Known,
    facts: Installation,
    equal: Equal | None,
    ruling: Ruling | TransformError | None,
) -> FieldPlan:
    flags = {name: getattr(line, name) for name in _FLAGS}
    if lines.is_constant(line):
        erp, crm = line.erp_field or None, line.crm_field or None
        value = _constant(line, schemas)
        return FieldPlan(key, erp, crm, Direction(way), constant=value, is_constant=True, **flags)
    passage = _passage(line, schemas, known, facts, ruling)
    return FieldPlan(
        key,
        line.erp_field,
        line.crm_field,
        Direction(way),
        to_crm=passage.to_crm,
        from_crm=passage.from_crm,
        equal=None if ruling else either(passage.equal, equal),
        depends_on=passage.depends_on,
        plain=passage.plain,
        rule_direction=ruling.direction if isinstance(ruling, Ruling) else None,
        **flags,
    )


def either(one: Equal | None, other: Equal | None) -> Equal | None:
    """Two ways of being equal made into one."""
    if one is None or other is None:
        return one or other
    return lambda erp, crm: one(erp, crm) or other(erp, crm)


def _constant(line: Any, schemas: tuple[Schema, Schema]) -> Any:
    info = schemas[0][line.erp_field] if line.erp_field else schemas[1][line.crm_field]
    with stored_text():
        return info.normalize(line.constant)


def _passage(
    line: Any,
    schemas: tuple[Schema, Schema],
    known: Known,
    facts: Installation,
    ruling: Ruling | TransformError | None,
) -> Passage:
    """The conversions of a line; where the mapping or rule it needs is gone or broken, its values fail one by one."""
    erp, crm = schemas
    ends = Ends(erp, crm, erp[line.erp_field], crm[line.crm_field])
    try:
        if isinstance(ruling, TransformError):
            raise NotMappable(ruling.code, **ruling.params)
        return convert_fields(ends, known, facts, truncate=line.truncate, ruling=ruling)
    except NotMappable as error:
        broken = Conversion(convert=partial(_refuse, Problem(error.code, error.params)))
        return Passage(broken, broken)


def _refuse(problem: Problem, _value: Any) -> Any:
    raise ConversionError(problem)


def _context(
    mapping: IntegrationTableMapping, everybody: Iterable[IntegrationTableMapping], facts: Installation
) -> dict[str, Any]:
    """What hooks and the engine's writes need of the installation.

    `quiet_to_crm`, `quiet_from_crm`: no other mapping reads what this one writes, so its writes need no log.
    `dependents`: see `_dependents`.
    """
    others = [m for m in everybody if m.pk != mapping.pk]
    return {
        "facts": facts,
        "company_id": facts.company_id,
        "owner_team": facts.owner_team,
        "ownership": facts.ownership,
        "mappings": {registry.tables_of(m)[:2]: m.name for m in everybody if not m.is_option},
        "dependents": _dependents(mapping),
        "quiet_to_crm": not any(m.crm_table == mapping.crm_table and m.allows("from_crm") for m in others),
        "quiet_from_crm": not any(m.erp_table == mapping.erp_table and m.allows("to_crm") for m in others),
    }


Reference = tuple[str, str, str]


def _dependents(mapping: IntegrationTableMapping) -> list[tuple[str, Reference, Reference]]:
    """Where records of other mappings point to records of this one and may have gone through without them.

    (mapping name, ERP reference, CRM reference) of each line with *clear on failure*; a reference is (database table,
    its key column, the referring column).
    """
    if mapping.is_option:
        return []
    found = []
    others = IntegrationFieldMapping.objects.filter(clear_on_failure=True, enabled=True).exclude(mapping=mapping)
    for line in others.select_related("mapping"):
        erp, crm = schema(line.mapping.erp_table), schema(line.mapping.crm_table)
        if line.erp_field in erp and line.crm_field in crm:
            left, right = erp[line.erp_field], crm[line.crm_field]
            if left.ref == mapping.erp_table and right.ref == mapping.crm_table:
                ends = (erp.table, erp.pk_column, left.column), (crm.table, crm.pk_column, right.column)
                found.append((line.mapping.name, *ends))
    return found
