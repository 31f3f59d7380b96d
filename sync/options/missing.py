"""Options that no code stands for: before records are read from the Sales side, the missing codes are added.

The code is the label's beginning, as long as the code field is. A code that is there already and stands for nothing is
taken; one that stands for another option leaves the record to fail. What was added is marked, so that somebody can look
at it later; the record itself goes through.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from coupling.gateways.base import WriteContext
from coupling.lookups import OptionValues
from coupling.models import IntegrationTableMapping, OptionMapping
from coupling.plan import Key, canon, unique
from coupling.services.option_mapping import option_rows
from records.schema import Schema, schema
from sync.engine.types import FROM, Pair
from sync.options import codes

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
    name = str(erp.natural_key)
    wanted = {codes.code_of(erp, name, label): (value, label) for value, label in sorted(labels.items(), reverse=True)}
    wanted.pop("", None)
    keys = codes.existing(erp, name, wanted) | _insert(
        run, mapping, erp, {c: label for c, (_v, label) in wanted.items()}
    )
    taken = {str(key) for key in OptionMapping.objects.filter(mapping=mapping).values_list("erp_id", flat=True)}
    for code, (value, label) in wanted.items():
        if code in keys and keys[code][0] not in taken:
            OptionMapping.objects.create(
                mapping=mapping, erp_id=keys[code][0], option_value=value, label=label, erp_version=keys[code][1],
                last_result_to_crm="success", appended=True,
            )  # fmt: skip


def _insert(
    run: Run, mapping: IntegrationTableMapping, erp: Schema, labels: dict[str, str]
) -> dict[str, tuple[Key, int]]:
    """Make the codes that do not exist, described by the label."""
    name = str(erp.natural_key)
    known = codes.existing(erp, name, labels)
    new = {code: label for code, label in labels.items() if code not in known}
    if not new:
        return {}
    keys, result = codes.insert(run.erp, erp, name, new, WriteContext(actor=run.actor, origin=f"sync:{mapping.name}"))
    return {code: (key, result.versions[key]) for code, key in keys.items() if key in result.versions}
