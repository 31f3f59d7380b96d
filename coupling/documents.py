"""A mapping with its field lines as one document, and what two documents differ in. Pure.

A document is what a mapping version keeps and what an export file holds: `{"mapping": {...}, "lines": [{...}, ...]}`
with stored values. Lines are told apart by their two fields; two lines with the same fields by their order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coupling.lines import SNAPSHOT_FIELDS

Document = Mapping[str, Any]
LineKey = tuple[str, str, int]
#: What versions keep beside the values of a mapping: facts of their time, nothing that can be edited or restored.
FACTS = ("ownership",)


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. `kind`: "changed", "added", "removed" (a line) or "order" (of the lines).

    `line`: the two fields of the line, None for the mapping itself. `field`, `old`, `new`: of a changed value.
    """

    kind: str
    line: tuple[str, str] | None = None
    field: str = ""
    old: Any = None
    new: Any = None

    def stored(self) -> dict[str, Any]:
        """As the API and the audit log tell it."""
        found: dict[str, Any] = {"kind": self.kind}
        if self.line is not None:
            found |= {"erp_field": self.line[0], "crm_field": self.line[1]}
        if self.kind == "changed":
            found |= {"field": self.field, "old": self.old, "new": self.new}
        return found


def differences(old: Document | None, new: Document | None) -> list[Difference]:
    """What leads from one document to another; None stands for a mapping that does not exist."""
    return [*_of_heads(_head(old), _head(new)), *_of_lines(_lines(old), _lines(new))]


def keyed(lines: Iterable[Mapping[str, Any]]) -> dict[LineKey, Mapping[str, Any]]:
    """Lines by their two fields and, where several have the same, their turn."""
    seen: Counter[tuple[str, str]] = Counter()
    found: dict[LineKey, Mapping[str, Any]] = {}
    for line in lines:
        fields = (str(line.get("erp_field", "")), str(line.get("crm_field", "")))
        found[(*fields, seen[fields])] = line
        seen[fields] += 1
    return found


def _head(document: Document | None) -> dict[str, Any]:
    return {k: v for k, v in (document or {}).get("mapping", {}).items() if k not in FACTS}


def _lines(document: Document | None) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = (document or {}).get("lines", ())
    return found


def _of_heads(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    if not old or not new:
        return []
    names = dict.fromkeys([*old, *new])
    return [Difference("changed", None, n, old.get(n), new.get(n)) for n in names if old.get(n) != new.get(n)]


def _of_lines(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> list[Difference]:
    before, after = keyed(old), keyed(new)
    found = [Difference("removed", key[:2]) for key in before if key not in after]
    for key, line in after.items():
        if key not in before:
            found.append(Difference("added", key[:2]))
        else:
            found += _of_line(key, before[key], line)
    if [key for key in before if key in after] != [key for key in after if key in before]:
        found.append(Difference("order"))
    return found


def _of_line(key: LineKey, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    names = [name for name in SNAPSHOT_FIELDS if name in old or name in new]
    return [Difference("changed", key[:2], n, old.get(n), new.get(n)) for n in names if old.get(n) != new.get(n)]
