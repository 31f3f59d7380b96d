"""What Synchronize Now tells before it is confirmed: which ways there are, which one fits, what they overwrite.

A bidirectional mapping lets the user choose, a one-way mapping only confirm. One record whose values were changed on
both sides cannot be merged; a record without a partner is offered Set Up Coupling first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coupling.models import Coupling, IntegrationTableMapping, OptionMapping
from coupling.plan import Direction, Key, MappingPlan, Problem
from coupling.plans import plan_for
from coupling.products import products
from coupling.selectors.records import record_keys
from coupling.services.option_mapping import OPTION_VALUES, option_rows
from records.messages import text
from records.schema import schema
from sync.engine.types import FROM, TO
from sync.examine import Examined, FieldState, examine
from sync.options.codes import code_of, is_cut
from sync.readable import Readable, captions

#: Records of a selection that are looked at one by one for the preview; beyond them only counts are shown.
LOOKED_AT = 500

_Row = TypeVar("_Row", Coupling, OptionMapping)


@dataclass(frozen=True, slots=True)
class Overwrite:
    """One value that would change: field caption, what stands there now, what will stand there, or why it cannot."""

    record: str
    caption: str
    side: str
    before: str
    after: str
    is_newer: bool = False
    problem: str = ""


@dataclass(slots=True)
class Way:
    """One choice of the dialog. `overwrites`: what it changes; `warning`: newer data that would be lost."""

    direction: str
    caption: str
    effect: str
    overwrites: list[Overwrite] = field(default_factory=list)
    warning: str = ""


@dataclass(slots=True)
class Advice:
    """Everything the dialog shows. `ways` is empty where nothing can be synchronized (`obstacle` says why).

    `looked_at`: the records of both sides whose values were looked at.
    """

    mapping: IntegrationTableMapping
    count: int
    ways: list[Way] = field(default_factory=list)
    recommended: str = ""
    explanation: str = ""
    obstacle: str = ""
    uncoupled: list[Key] = field(default_factory=list)
    skipped: int = 0
    clashes: list[str] = field(default_factory=list)
    versions: dict[Key, int] = field(default_factory=dict)
    looked_at: dict[str, list[Key]] = field(default_factory=lambda: {"erp": [], "crm": []})
    not_shown: int = 0

    @property
    def needs_choice(self) -> bool:
        """True where there is more than one way to go."""
        return len(self.ways) > 1


def mapping_for(label: str, keys: Sequence[Key]) -> IntegrationTableMapping | None:
    """The mapping that these records are synchronized under: of most of their couplings, else by the filter."""
    side = "erp" if label.startswith("erp.") else "crm"
    found = [
        m
        for m in IntegrationTableMapping.objects.filter(**{f"{side}_table": label})
        if side == "erp" or not m.is_option
    ]
    if len(found) < 2:
        return found[0] if found else None
    pairs = Coupling.objects.filter(pair__in=[m.name for m in found], **{f"{side}_id__in": list(keys)})
    most = Counter(pairs.values_list("pair", flat=True)).most_common(1)
    if most:
        return next(m for m in found if m.name == most[0][0])
    return next((m for m in found if _is_inside(m, side, keys)), found[0])


def _is_inside(mapping: IntegrationTableMapping, side: str, keys: Sequence[Key]) -> bool:
    from sync.examine import inside, read

    plan = plan_for(mapping)
    return any(inside(plan, side, record) for record in read(plan, side, list(keys)[:1]).values())


def advise(mapping: IntegrationTableMapping, side: str, keys: Sequence[Key]) -> Advice:
    """Look at the records (all of them, for the counts; the first ones by value) and say what can be done."""
    advice = Advice(mapping, len(keys))
    plan = plan_for(mapping)
    if mapping.is_option:
        return _option_advice(advice, keys)
    by_key = {
        str(getattr(c, f"{side}_id")): c
        for c in Coupling.objects.filter(pair=mapping.name, **{f"{side}_id__in": list(keys)})
    }
    living = _living(advice, keys, by_key)
    if not living:
        return advice
    shown = examine(plan, living[:LOOKED_AT])
    advice.not_shown = len(living) - len(shown)
    is_single = len(keys) == 1
    if is_single and not shown[0].is_whole:
        advice.obstacle = text("destination_deleted")
        return advice
    advice.versions = {record.key: record.version for e in shown for record in (e.pair.erp, e.pair.crm) if record}
    advice.looked_at = {"erp": [e.pair.erp.key for e in shown if e.pair.erp],
                        "crm": [e.pair.crm.key for e in shown if e.pair.crm]}  # fmt: skip
    advice.clashes = _captions(plan, shown[0].clashes) if is_single else []
    advice.ways = [_way(plan, direction, shown, is_single) for direction in _directions(plan, advice, is_single)]
    advice.recommended = _recommended(plan, shown[0]) if is_single else ""
    if advice.recommended not in {way.direction for way in advice.ways}:
        advice.recommended = advice.ways[0].direction if len(advice.ways) == 1 else ""
    advice.explanation = _explanation(advice, shown[0] if is_single else None)
    return advice


def _living(advice: Advice, keys: Sequence[Key], rows: Mapping[Key, _Row]) -> list[_Row]:
    """The couplings that can be synchronized; the others are counted, and where there are only such, said why."""
    advice.uncoupled = [key for key in keys if key not in rows]
    advice.skipped = sum(row.skipped for row in rows.values())
    living = [rows[key] for key in keys if key in rows and not rows[key].skipped]
    if not living:
        advice.obstacle = _obstacle(advice)
    return living


def _option_advice(advice: Advice, keys: Sequence[Key]) -> Advice:
    """The same for codes of an option mapping: what their options, or from CRM the codes themselves, will be called."""
    names = products()
    rows = {str(row.erp_id): row for row in OptionMapping.objects.filter(mapping=advice.mapping, erp_id__in=list(keys))}
    living = _living(advice, keys, rows)
    if not living:
        return advice
    to_crm = advice.mapping.allows("to_crm")
    advice.recommended = "to_crm" if to_crm else "from_crm"
    said, product = (_send(names), names.crm) if to_crm else (_get(names), names.erp)
    advice.ways = [Way(advice.recommended, said, _overwritten(product), _renames(advice.mapping, living[:LOOKED_AT]))]
    advice.not_shown = len(living) - len(living[:LOOKED_AT])
    return advice


def _renames(mapping: IntegrationTableMapping, rows: Sequence[OptionMapping]) -> list[Overwrite]:
    """The labels, or from CRM the codes, that would change."""
    erp, to_crm = schema(mapping.erp_table), mapping.allows("to_crm")
    codes = record_keys(mapping.erp_table, [row.erp_id for row in rows])
    options = option_rows(mapping).filter(value__in=[row.option_value for row in rows])
    labels, found = dict(options.values_list("value", "label")), []
    for row in rows:
        code, label = codes.get(str(row.erp_id), ""), labels.get(row.option_value, "")
        keeps = is_cut(code, row.label, labelled=label)
        before, after = (
            (label, label if keeps else code) if to_crm else (code, code_of(erp, erp.natural_key or "", label))
        )
        table, name = (OPTION_VALUES, "label") if to_crm else (mapping.erp_table, erp.natural_key or "")
        if before != after and code and label:
            side = "crm" if to_crm else "erp"
            found.append(Overwrite(code, captions(table, [name])[name], side, before, after))
    return found


def _obstacle(advice: Advice) -> str:
    if advice.skipped:
        return text("skipped_coupling")
    return text("not_coupled") if advice.count == 1 else _("None of the selected records is coupled.")


def _directions(plan: MappingPlan, advice: Advice, is_single: bool) -> list[str]:
    """Both ways, and merge for one record without a clash; only its own way for a one-way mapping."""
    if plan.direction is not Direction.BOTH:
        return [plan.direction.value]
    return ["to_crm", "from_crm", *(["merge"] if is_single and not advice.clashes else [])]


def _recommended(plan: MappingPlan, found: Examined) -> str:
    """The side that changed since the last sync; merge where both or neither did."""
    if found.clashes:
        return ""
    changed = found.comparison
    if changed.erp_changed == changed.crm_changed:
        return "merge" if plan.direction is Direction.BOTH else plan.direction.value
    return "to_crm" if changed.erp_changed else "from_crm"


def _explanation(advice: Advice, found: Examined | None) -> str:
    names = products()
    if found is None:
        return ""
    if advice.clashes:
        return _(
            "The same fields were changed both in %(erp)s and in %(crm)s since the last synchronization (%(fields)s). "
            "Choose which side's values are kept."
        ) % {"erp": names.erp, "crm": names.crm, "fields": ", ".join(advice.clashes)}
    if found.comparison.both:
        return _("The record was changed both in %(erp)s and in %(crm)s, but in different fields.") % _names(names)
    if found.comparison.erp_changed:
        return _("The record was changed in %(erp)s since the last synchronization.") % _names(names)
    if found.comparison.crm_changed:
        return _("The record was changed in %(crm)s since the last synchronization.") % _names(names)
    return _("Neither side was changed since the last synchronization.")


def _names(names: Any) -> dict[str, str]:
    return {"erp": names.erp, "crm": names.crm}


# Ways


def _way(plan: MappingPlan, direction: str, shown: Sequence[Examined], is_single: bool) -> Way:
    names = products()
    effects = {"to_crm": _overwritten(names.crm), "from_crm": _overwritten(names.erp)}
    caption = {"to_crm": _send, "from_crm": _get, "merge": _merge}[direction](names)
    effect = effects.get(direction) or _(
        "Changes of %(erp)s overwrite values in %(crm)s, and changes of %(crm)s overwrite values in %(erp)s."
    ) % _names(names)
    way = Way(direction, caption, effect)
    texts = Readable()
    left_out = [e for e in shown if _destination_changed(e, direction)]
    carried = shown if is_single else [e for e in shown if not _destination_changed(e, direction)]
    flowing = [(e, state, to) for e in carried for state, to in _flow(e, direction)]
    for _e, state, _to in flowing:
        _announce(plan, state, texts)
    way.overwrites = [_overwrite(plan, e, state, to, texts, is_single) for e, state, to in flowing]
    if left_out:
        way.warning = _warning(direction, is_single, len(left_out), names)
    return way


def _flow(found: Examined, direction: str) -> list[tuple[FieldState, Direction]]:
    """Which fields go which way."""
    if direction != "merge":
        way = TO if direction == "to_crm" else FROM
        return [(state, way) for state in found.fields if state.passes(way)]
    flows: list[tuple[FieldState, Direction]] = []
    for state in found.fields:
        way = FROM if state.crm_changed and not state.erp_changed else TO
        if state.direction is not Direction.BOTH:
            way = state.direction
        flows.append((state, way))
    return flows


def _destination_changed(found: Examined, direction: str) -> bool:
    if direction == "merge" or found.coupling.last_synced_at is None:
        return False
    return found.comparison.crm_changed if direction == "to_crm" else found.comparison.erp_changed


def _warning(direction: str, is_single: bool, newer: int, names: Any) -> str:
    product = names.crm if direction == "to_crm" else names.erp
    if is_single:
        return _(
            "The record in %(product)s was changed after the last synchronization. Its newer data will be overwritten."
        ) % {"product": product}
    return ngettext(
        "%(count)s of the records was changed in %(product)s after the last synchronization. It will be left out.",
        "%(count)s of the records were changed in %(product)s after the last synchronization. They will be left out.",
        newer,
    ) % {"count": newer, "product": product}


def _announce(plan: MappingPlan, state: FieldState, texts: Readable) -> None:
    line = state.line
    for value in (state.erp, state.from_crm):
        texts.want(plan.erp_table, line.erp or "", value if not isinstance(value, Problem) else None)
    for value in (state.crm, state.to_crm):
        texts.want(plan.crm_table, line.crm or "", value if not isinstance(value, Problem) else None)


def _overwrite(
    plan: MappingPlan, found: Examined, state: FieldState, way: Direction, texts: Readable, is_single: bool
) -> Overwrite:
    line = state.line
    to_crm = way is TO
    table, name = (plan.crm_table, line.crm or "") if to_crm else (plan.erp_table, line.erp or "")
    before, after = (state.crm, state.to_crm) if to_crm else (state.erp, state.from_crm)
    is_problem = isinstance(after, Problem)
    return Overwrite(
        record="" if is_single else _title(plan, found),
        caption=captions(table, [name])[name],
        side="crm" if to_crm else "erp",
        before=texts.text(table, name, before),
        after="" if is_problem else texts.text(table, name, after),
        is_newer=state.crm_changed if to_crm else state.erp_changed,
        problem=text(after.code, after.params) if is_problem else "",
    )


def _title(plan: MappingPlan, found: Examined) -> str:
    record = found.pair.erp
    return " ".join(str(record.values.get(name) or "") for name in plan.erp_title) if record else ""


def _captions(plan: MappingPlan, states: Sequence[FieldState]) -> list[str]:
    found = []
    for state in states:
        table, name = (plan.erp_table, state.line.erp) if state.line.erp else (plan.crm_table, state.line.crm)
        found.append(captions(table, [name or ""])[name or ""])
    return found


def _send(names: Any) -> str:
    return _("Send data update from %(erp)s to %(crm)s") % _names(names)


def _get(names: Any) -> str:
    return _("Get data update from %(crm)s to %(erp)s") % _names(names)


def _merge(names: Any) -> str:
    return _("Merge the data of %(erp)s and %(crm)s") % _names(names)


def _overwritten(product: str) -> str:
    return _("Values in %(product)s are overwritten.") % {"product": product}
