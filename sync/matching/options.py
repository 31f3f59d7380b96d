"""Matching codes with the labels of an option set: the label of an option is the code it stands for."""

from __future__ import annotations

from typing import Any

from coupling.matching import COUPLED, MATCHED, Candidate, Criterion, Verdict, groups, match
from coupling.models import IntegrationTableMapping, OptionMapping
from coupling.plan import Key, MappingPlan
from coupling.selectors.records import record_keys
from coupling.services.option_mapping import option_rows
from records.ids import uuid7
from sync import waiting
from sync.jobs.results import Done, count
from sync.models import Chunk, Job, OutcomeRow

_LABEL = "label"


def codes(plan: MappingPlan, keys: list[str] | None) -> dict[Key, str]:
    """The codes (of these keys) that stand for no option yet, in alphabetical order."""
    from coupling.sides import gateway

    found = keys or gateway("erp").select(plan.erp_table, plan.erp_filter, limit=1_000_000)
    mapped = OptionMapping.objects.filter(mapping__name=plan.name, erp_id__in=found).values_list("erp_id", flat=True)
    known = {str(key) for key in mapped}
    named = record_keys(plan.erp_table, [key for key in found if key not in known])
    return dict(sorted(named.items(), key=lambda entry: entry[1]))


def run_chunk(job: Job, chunk: Chunk, plan: MappingPlan) -> Done:
    """Map every code to the only option with its label."""
    mapping = IntegrationTableMapping.objects.get(pk=plan.id)
    names = codes(plan, list(job.param("erp_ids") or []) or None)
    labels = {str(value): (str(key), label) for key, value, label in _options(mapping)}
    holders = dict(OptionMapping.objects.filter(mapping=mapping).values_list("option_value", "erp_id"))
    candidates = [
        Candidate(value, {_LABEL: label}, str(holders[int(value)]) if int(value) in holders else None)
        for value, (_key, label) in labels.items()
    ]
    verdicts = match({k: {_LABEL: code} for k, code in names.items()}, groups([Criterion(_LABEL, _LABEL)]), candidates)
    made = set(names) & {key for key, verdict in verdicts.items() if verdict.reason == MATCHED}
    if not job.preview:
        made = _map(mapping, {key: (int(verdicts[key].partner or 0), labels[verdicts[key].partner or ""][1])
                              for key in made})  # fmt: skip
        waiting.wake(plan.name, (), erp_ids=sorted(made), crm_ids=())
    rows = [_row(job, chunk, key, verdict, names, labels, is_made=key in made) for key, verdict in verdicts.items()]
    OutcomeRow.objects.bulk_create(rows, batch_size=2000)
    return Done({"": count(rows)}, len(names))


def _options(mapping: IntegrationTableMapping) -> Any:
    return option_rows(mapping).order_by("value").values_list("pk", "value", "label")


def _map(mapping: IntegrationTableMapping, pairs: dict[Key, tuple[int, str]]) -> set[Key]:
    """Store the option mappings; what somebody mapped meanwhile is left out."""
    OptionMapping.objects.bulk_create(
        (
            OptionMapping(mapping=mapping, erp_id=key, option_value=value, label=label)
            for key, (value, label) in sorted(pairs.items())
        ),
        ignore_conflicts=True,
    )
    stored = OptionMapping.objects.filter(mapping=mapping, erp_id__in=list(pairs)).values_list("erp_id", "option_value")
    return {str(key) for key, value in stored if pairs[str(key)][0] == value}


def _row(
    job: Job, chunk: Chunk, key: Key, verdict: Verdict, names: dict[Key, str], labels: dict[str, tuple[str, str]],
    *, is_made: bool,
) -> OutcomeRow:  # fmt: skip
    reason = COUPLED if verdict.partner and not is_made else verdict.reason
    action = "couple" if is_made else "skip" if reason == "no_match" and job.create_new else "fail"
    shown = [{"crm_id": labels[value][0], "name": labels[value][1]} for value in verdict.candidates]
    params: dict[str, Any] = {"priority": 0} if is_made else {"candidates": shown, "count": len(shown)}
    if reason == COUPLED and verdict.holder:
        holder = record_keys(IntegrationTableMapping.objects.get(name=job.mapping).erp_table, [verdict.holder])
        params |= {"record": shown[0]["name"], "partner": holder.get(verdict.holder, "")}
    return OutcomeRow(
        id=uuid7(),
        job=job,
        chunk_id=chunk.pk,
        mapping=job.mapping,
        erp_id=key,
        **({"crm_id": labels[verdict.partner][0]} if is_made and verdict.partner else {}),
        erp_key=names[key][:250],
        crm_name=labels[verdict.partner][1][:250] if is_made and verdict.partner else "",
        action=action,
        reason=reason,
        params=params,
    )


# Taking back


def is_option(row: OutcomeRow) -> bool:
    """True for a row about a code and an option."""
    mapping = IntegrationTableMapping.objects.filter(name=row.mapping).first()
    return mapping is not None and mapping.is_option


def take_off(row: OutcomeRow) -> int:
    """Undo a coupling of a code, where it still stands for the same option; how many rows went."""
    found = OptionMapping.objects.filter(mapping__name=row.mapping, erp_id=row.erp_id, label=row.crm_name)
    return found.delete()[0]


def forget(row: OutcomeRow) -> None:
    """A code that was made for an option is gone again: it stands for nothing."""
    OptionMapping.objects.filter(mapping__name=row.mapping, erp_id=row.erp_id).delete()


def put_on(row: OutcomeRow) -> bool:
    """Undo an uncoupling of a code, where code and option are still there and free."""
    mapping = IntegrationTableMapping.objects.get(name=row.mapping)
    value = row.params.get("option_value")
    if not record_keys(mapping.erp_table, [row.erp_id]) or not option_rows(mapping).filter(value=value).exists():
        return False
    made = OptionMapping(mapping=mapping, erp_id=row.erp_id, option_value=value, label=row.crm_name)
    OptionMapping.objects.bulk_create([made], ignore_conflicts=True)
    return OptionMapping.objects.filter(pk=made.pk).exists()
