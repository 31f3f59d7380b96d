"""What coupling two records would mean: the mapped values side by side, converted as the engine would convert them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from coupling.plan import Conversion, ConversionError, Direction, FieldPlan, Key, MappingPlan, Problem, Values, canon
from coupling.selectors.records import record_keys, record_names
from coupling.sides import gateway
from records.schema import FieldInfo, schema


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """One mapped field. `erp`, `crm`: the present values as people read them; `problem` why a value does not pass.

    `to_crm`, `from_crm`: what would be written in that direction (None where the line does not go that way).
    """

    key: str
    erp_caption: str
    crm_caption: str
    direction: str
    erp: str
    crm: str
    to_crm: str | None
    from_crm: str | None
    differs: bool
    problem: Problem | None = None


def preview(plan: MappingPlan, erp_id: Key | None, crm_id: Key | None = None) -> list[PreviewLine]:
    """The lines of a mapping for a pair; with one record missing for a new record on that side."""
    erp = _read("erp", plan.erp_table, erp_id, {f.erp for f in plan.fields if f.erp})
    crm = _read("crm", plan.crm_table, crm_id, {f.crm for f in plan.fields if f.crm})
    table = schema(plan.crm_table)
    told = [line for line in plan.fields if not line.crm or table[line.crm].kind != "entityname"]
    return [_line(plan, line, erp, crm, new_crm=crm_id is None, new_erp=erp_id is None) for line in told]


def _read(side: str, table: str, key: Key | None, fields: set[str]) -> Values:
    record = gateway(side).read_many(table, [key], fields).get(key) if key else None
    return record.values if record else {}


def _line(plan: MappingPlan, line: FieldPlan, erp: Values, crm: Values, *, new_crm: bool, new_erp: bool) -> PreviewLine:
    erp_table, crm_table = plan.erp_table, plan.crm_table
    left, right = canon(erp.get(line.erp or "")), canon(crm.get(line.crm or ""))
    to_crm = _passed(line, left, line.to_crm, Direction.TO_CRM, is_new=new_crm)
    from_crm = _passed(line, right, line.from_crm, Direction.FROM_CRM, is_new=new_erp)
    problem = next((v for v in (to_crm, from_crm) if isinstance(v, Problem)), None)
    return PreviewLine(
        key=line.key,
        erp_caption=str(schema(erp_table)[line.erp].caption) if line.erp else "",
        crm_caption=str(schema(crm_table)[line.crm].caption) if line.crm else "",
        direction=line.direction.value,
        erp=shown(erp_table, line.erp, left),
        crm=shown(crm_table, line.crm, right),
        to_crm=None if to_crm is _NOTHING or isinstance(to_crm, Problem) else shown(crm_table, line.crm, to_crm),
        from_crm=None
        if from_crm is _NOTHING or isinstance(from_crm, Problem)
        else shown(erp_table, line.erp, from_crm),
        differs=_differs(line, left, right, to_crm, from_crm),
        problem=problem,
    )


_NOTHING = object()


def _passed(line: FieldPlan, value: Any, conversion: Conversion | None, way: Direction, *, is_new: bool) -> Any:
    """What a line writes in one direction; `_NOTHING` where it does not go that way, a Problem where it cannot."""
    if not line.direction.covers(way) or (line.only_new and not is_new):
        return _NOTHING
    if line.is_constant:
        return line.constant
    converted = convert_one(value, conversion)
    if isinstance(converted, Problem) and line.clear_on_failure:
        return None
    return _NOTHING if line.not_null and converted is None else converted


def convert_one(value: Any, conversion: Conversion | None) -> Any:
    """One value through a conversion, as the engine does it with whole columns."""
    if conversion is None:
        return value
    if value is not None and conversion.lookup is not None:
        found = conversion.lookup([value])
        value = found.get(value, Problem(conversion.missing, {**conversion.missing_params, "value": str(value)}))
    if value is not None and conversion.convert is not None and not isinstance(value, Problem):
        try:
            value = canon(conversion.convert(value))
        except ConversionError as error:
            value = error.problem
    if isinstance(value, str) and conversion.max_length is not None and len(value) > conversion.max_length:
        limit = conversion.max_length
        value = value[:limit] if conversion.truncate else Problem("too_long", {"length": len(value), "max": limit})
    return conversion.blank if value is None else value


def _differs(line: FieldPlan, left: Any, right: Any, to_crm: Any, from_crm: Any) -> bool:
    if line.equal is not None and line.equal(left, right):
        return False
    same_to = to_crm is _NOTHING or canon(to_crm) == right
    same_from = from_crm is _NOTHING or canon(from_crm) == left
    both = to_crm is not _NOTHING and from_crm is not _NOTHING
    return not (same_to or same_from) if both else not (same_to and same_from)


def shown(table: str, name: str | None, value: Any) -> str:
    """A stored value of a field as people read it: captions of options, codes and names of references."""
    if not name or value in (None, ""):
        return ""
    info = schema(table)[name]
    if info.kind == "option" and value in info.options:
        return str(info.options[value][1])
    if info.kind == "ref":
        names = record_keys(info.ref, [value]) if info.ref_code else record_names(info.ref, [value])
        return names.get(str(value), str(value))
    if info.kind == "polyref":
        return next(
            (found[str(value)] for t in targets(table, info) if (found := record_names(t, [value]))), str(value)
        )
    return str(value)


def targets(table: str, info: FieldInfo) -> list[str]:
    """Labels of the tables that a look-up with several targets may point to."""
    columns = set(info.targets.values())
    fields = schema(table).model._meta.concrete_fields
    return [f.related_model._meta.label for f in fields if f.column in columns]
