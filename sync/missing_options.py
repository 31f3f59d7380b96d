"""Options that no code stands for: before records are read from the Sales side, the missing codes are added.

The code is the label's beginning, as long as the code field is. A code that is there already and stands for nothing is
taken; one that stands for another option leaves the record to fail. What was added is marked, so that somebody can look
at it later; the record itself goes through.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from coupling.gateways.base import Write, WriteContext
from coupling.lookups import OptionValues
from coupling.models import IntegrationTableMapping, OptionMapping
from coupling.plan import Key, canon, unique
from coupling.services.option_mapping import option_rows
from records import db
from records.ids import uuid7
from records.schema import Schema, schema
from sync.engine.types import FROM, Pair

if TYPE_CHECKING:
    from sync.run import Run


def append_missing(run: Run, pairs: Sequence[Pair]) -> None:
    """Add a code for every option that the Sales records of a chunk use and that none stands for."""
    if FROM not in run.request.directions:
        return
    records = [pair.crm for pair in pairs if pair.crm is not None and _is_open(pair)]
    for line in run.plan.fields:
        way, lookup = run.plan.direction_of(line), line.from_crm.lookup if line.from_crm else None
        if isinstance(lookup, OptionValues) and way is not None and way.covers(FROM):
            values = unique(canon(record.values.get(line.crm or "")) for record in records)
            if values:
                _append(run, lookup, values)


def _is_open(pair: Pair) -> bool:
    """True for a Sales record inside the filter that this run may carry to the ERP."""
    return pair.crm_inside and (pair.link is None or not pair.link.skipped)


def _append(run: Run, lookup: OptionValues, values: list[Any]) -> None:
    known = OptionMapping.objects.filter(mapping__pk=lookup.mapping_id, option_value__in=values)
    missing = set(values) - set(known.values_list("option_value", flat=True))
    if not missing:
        return
    mapping = IntegrationTableMapping.objects.get(pk=lookup.mapping_id)
    labels = dict(option_rows(mapping).filter(value__in=missing).values_list("value", "label"))
    erp = schema(mapping.erp_table)
    wanted = {_code(erp, label): (value, label) for value, label in sorted(labels.items(), reverse=True)}
    wanted.pop("", None)
    keys = _codes(erp, wanted) | _insert(run, mapping, erp, {c: label for c, (_value, label) in wanted.items()})
    taken = {str(key) for key in OptionMapping.objects.filter(mapping=mapping).values_list("erp_id", flat=True)}
    for code, (value, label) in wanted.items():
        if code in keys and keys[code][0] not in taken:
            OptionMapping.objects.create(
                mapping=mapping, erp_id=keys[code][0], option_value=value, label=label, erp_version=keys[code][1],
                last_result_to_crm="success", appended=True,
            )  # fmt: skip


def _code(erp: Schema, label: str) -> str:
    """The label's beginning as a code."""
    return label[: erp[_key(erp)].max_length].strip().upper()


def _key(erp: Schema) -> str:
    assert erp.natural_key
    return erp.natural_key


def _codes(erp: Schema, wanted: dict[str, Any]) -> dict[str, tuple[Key, int]]:
    """The codes that exist already: their key and version."""
    column = erp[_key(erp)].column
    sql = f'SELECT "{column}", "{erp.pk_column}", row_version FROM "{erp.table}" WHERE "{column}" = ANY(%s)'
    return {code: (str(key), version) for code, key, version in db.rows(sql, [list(wanted)])}


def _insert(
    run: Run, mapping: IntegrationTableMapping, erp: Schema, labels: dict[str, str]
) -> dict[str, tuple[Key, int]]:
    """Make the codes that do not exist, described by the label."""
    new = {uuid7(): code for code in labels if code not in _codes(erp, labels)}
    if not new:
        return {}
    description = {"description"} & set(erp.fields)
    writes = [
        Write(key, {_key(erp): code, **{name: labels[code][: erp[name].max_length] for name in description}})
        for key, code in new.items()
    ]
    result = run.erp.insert_many(
        mapping.erp_table, writes, WriteContext(actor=run.actor, origin=f"sync:{mapping.name}")
    )
    return {new[key]: (key, version) for key, version in result.versions.items()}
