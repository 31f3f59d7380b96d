"""Match-based coupling, decided on plain data: which CRM row belongs to which ERP record.

Lines marked for matching form groups by priority. Within a group all values must be equal, the groups are independent
alternatives, the one with the lowest number is tried first. Blank values do not count; a record of which nothing counts
has no match.

`match` is the rule for what fits into memory; `coupling.match_plan` does the same for whole tables in SQL.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from coupling.plan import Key, Problem, canon, jsonable

#: What stands for a value that has no counterpart on the other side: it counts, and nothing equals it.
NOWHERE = "\x01"
MATCHED, NONE, COUPLED, AMBIGUOUS = "matched", "no_match", "already_coupled", "ambiguous_match"
#: The reason that says most about a record, when its groups failed for different ones.
_WEIGHT = {NONE: 0, COUPLED: 1, AMBIGUOUS: 2}


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line used for matching: its key, the CRM field, and how values are compared."""

    key: str
    crm_field: str
    case_sensitive: bool = False
    priority: int = 0

    def normal(self, value: Any) -> str | None:
        """A value as it is compared; None for what does not count."""
        found = as_text(value)
        if found is None:
            return None
        found = found.strip(" ")
        return (found if self.case_sensitive else found.lower()) or None


Group = tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A CRM row that may match: its key, the values of the matching fields, and the ERP record it is coupled with."""

    key: Key
    values: Mapping[str, Any]
    holder: Key | None = None


@dataclass(slots=True)
class Verdict:
    """`reason`: matched, no_match, ambiguous_match or already_coupled; `partner` where matched.

    `holder`: the ERP record that has the only candidate already. `priority`: the group that decided.
    """

    reason: str = NONE
    partner: Key | None = None
    candidates: list[Key] = field(default_factory=list)
    holder: Key | None = None
    priority: int | None = None


def groups(criteria: Iterable[Criterion]) -> list[Group]:
    """The criteria by priority, lowest number first."""
    found: dict[int, list[Criterion]] = defaultdict(list)
    for criterion in criteria:
        found[criterion.priority].append(criterion)
    return [tuple(found[priority]) for priority in sorted(found)]


def as_text(value: Any) -> str | None:
    """A stored value as text that is equal exactly where the values are; None for blank ones."""
    if isinstance(value, Problem):
        return NOWHERE
    value = canon(value)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
    return str(jsonable(value)) if isinstance(value, Decimal | dt.date) else str(value)


def match(
    records: Mapping[Key, Mapping[str, Any]], alternatives: Sequence[Group], candidates: Sequence[Candidate]
) -> dict[Key, Verdict]:
    """A verdict for each record ({key: {criterion key: value as the CRM side would hold it}}).

    A candidate is given away once: who comes first (in the order of the records) keeps it.
    """
    verdicts = {key: Verdict() for key in records}
    taken: dict[Key, Key] = {c.key: c.holder for c in candidates if c.holder is not None}
    for group in alternatives:
        by_values = _index(group, candidates)
        for key, values in records.items():
            if verdicts[key].partner is None:
                _judge(verdicts, key, group, _among(by_values, group, values), taken)
    return verdicts


Values = tuple[str | None, ...]


def _index(group: Group, candidates: Iterable[Candidate]) -> dict[Values, list[Key]]:
    """Candidates by their values of the group."""
    found: dict[Values, list[Key]] = defaultdict(list)
    for candidate in candidates:
        found[tuple(c.normal(candidate.values.get(c.crm_field)) for c in group)].append(candidate.key)
    return found


def _among(by_values: Mapping[Values, list[Key]], group: Group, record: Mapping[str, Any]) -> list[Key]:
    """The candidates equal in all values that count, in the order of their keys."""
    wanted = tuple(c.normal(record.get(c.key)) for c in group)
    if all(value is None for value in wanted):
        return []
    if None not in wanted:
        return sorted(by_values.get(wanted, ()))
    found = [
        keys
        for values, keys in by_values.items()
        if all(w is None or w == v for w, v in zip(wanted, values, strict=True))
    ]
    return sorted(key for keys in found for key in keys)


def _judge(verdicts: dict[Key, Verdict], key: Key, group: Group, found: list[Key], taken: dict[Key, Key]) -> None:
    if not found:
        return
    verdict = Verdict(AMBIGUOUS, candidates=found, priority=group[0].priority)
    if len(found) == 1 and found[0] in taken:
        verdict.reason, verdict.holder = COUPLED, taken[found[0]]
    elif len(found) == 1:
        verdict.reason, verdict.partner = MATCHED, found[0]
        taken[found[0]] = key
    if verdict.partner is not None or _WEIGHT[verdict.reason] > _WEIGHT[verdicts[key].reason]:
        verdicts[key] = verdict
