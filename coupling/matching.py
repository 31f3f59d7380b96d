"""Match-based coupling, decided on plain data: which CRM row belongs to which ERP record.

Lines marked for matching form groups by priority. Within a group all values must be equal, the groups are independent
alternatives, the one with the lowest number is tried first. Blank texts do not count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from coupling.plan import Key, canon


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line used for matching: its key, the CRM field, and how values are compared."""

    key: str
    crm_field: str
    case_sensitive: bool = False
    priority: int = 0

    def normal(self, value: Any) -> Any:
        """A value as it is compared; None for what does not count."""
        value = canon(value)
        if isinstance(value, str):
            value = value.strip() or None
            return value if value is None or self.case_sensitive else value.lower()
        return value


@dataclass(frozen=True, slots=True)
class Candidate:
    """A CRM row that may match: its key, name, values of the matching fields, and whether it is coupled already."""

    key: Key
    values: Mapping[str, Any]
    coupled: bool = False
    name: str = ""


@dataclass(slots=True)
class Verdict:
    """`reason`: matched, no_match, ambiguous_match or already_coupled; `partner` where matched."""

    reason: str
    partner: Candidate | None = None
    candidates: list[Candidate] = field(default_factory=list)


Group = tuple[Criterion, ...]
#: Gives the candidates that have one of these values in one of these criteria, with all values of the group.
Find = Callable[[Group, Mapping[Criterion, set[Any]]], Iterable[Candidate]]
#: The reason that says most about a record, when its groups failed for different ones.
_WEIGHT = {"no_match": 0, "already_coupled": 1, "ambiguous_match": 2}


def groups(criteria: Iterable[Criterion]) -> list[Group]:
    """The criteria by priority, lowest number first."""
    found: dict[int, list[Criterion]] = defaultdict(list)
    for criterion in criteria:
        found[criterion.priority].append(criterion)
    return [tuple(found[priority]) for priority in sorted(found)]


def match(records: Mapping[Key, Mapping[str, Any]], alternatives: Sequence[Group], find: Find) -> dict[Key, Verdict]:
    """A verdict for each record ({key: {criterion key: value as the CRM side would hold it}}).

    A candidate is given away once: who comes first (in the order of the records) keeps it.
    """
    verdicts = {key: Verdict("no_match") for key in records}
    taken: set[Key] = set()
    for group in alternatives:
        wanted = {
            key: values for key in records if verdicts[key].partner is None and (values := _values(group, records[key]))
        }
        if not wanted:
            continue
        by_values = _index(group, find(group, _first_values(wanted.values())))
        for key, values in wanted.items():
            _judge(verdicts, key, _among(by_values, values), taken)
    return verdicts


Used = tuple[tuple[Criterion, Any], ...]


def _first_values(wanted: Iterable[Used]) -> dict[Criterion, set[Any]]:
    """By which criterion and value each record is looked for: its first one; the others are compared afterwards."""
    found: dict[Criterion, set[Any]] = defaultdict(set)
    for (criterion, value), *_rest in wanted:
        found[criterion].add(value)
    return found


def _values(group: Group, record: Mapping[str, Any]) -> Used:
    """The criteria of a group that count for a record, each with its compared value."""
    pairs = ((criterion, criterion.normal(record.get(criterion.key))) for criterion in group)
    return tuple((criterion, value) for criterion, value in pairs if value is not None)


def _index(group: Group, candidates: Iterable[Candidate]) -> dict[tuple[str, Any], list[Candidate]]:
    """Candidates by each of their values."""
    found: dict[tuple[str, Any], list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        for criterion in group:
            value = criterion.normal(candidate.values.get(criterion.crm_field))
            if value is not None:
                found[criterion.key, value].append(candidate)
    return found


def _among(by_values: Mapping[tuple[str, Any], list[Candidate]], values: Used) -> list[Candidate]:
    """The candidates equal in all values that count."""
    first, value = values[0]
    return [
        candidate
        for candidate in by_values.get((first.key, value), ())
        if all(c.normal(candidate.values.get(c.crm_field)) == v for c, v in values)
    ]


def _judge(verdicts: dict[Key, Verdict], key: Key, found: list[Candidate], taken: set[Key]) -> None:
    if not found:
        return
    if len(found) > 1:
        verdict = Verdict("ambiguous_match", candidates=found)
    elif found[0].coupled or found[0].key in taken:
        verdict = Verdict("already_coupled", candidates=found)
    else:
        taken.add(found[0].key)
        verdict = Verdict("matched", partner=found[0], candidates=found)
    if verdict.partner is not None or _WEIGHT[verdict.reason] > _WEIGHT[verdicts[key].reason]:
        verdicts[key] = verdict
