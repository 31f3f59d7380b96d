"""A mapping with its field lines and configuration templates as one document, and what two documents differ in. Pure.

A document is what a mapping version keeps and what an export file holds: `{"mapping": {...}, "lines": [{...}, ...],
"templates": [{...}, ...]}` with stored values. Lines are told apart by their two fields; two lines with the same fields
by their order; templates by side and name. A document without `templates` says nothing of them.
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
    """One difference. `kind`: "changed", "added", "removed" (a line or template) or "order" (of the lines).

    `line`: the two fields of the line, `template`: side and name; both None for the mapping itself. `field`, `old`,
    `new`: of a changed value; of a value that a template sets `values.<field>`.
    """

    kind: str
    line: tuple[str, str] | None = None
    field: str = ""
    old: Any = None
    new: Any = None
    template: tuple[str, str] | None = None

    def stored(self) -> dict[str, Any]:
        """As the API and the audit log tell it."""
        found: dict[str, Any] = {"kind": self.kind}
        if self.line is not None:
            found |= {"erp_field": self.line[0], "crm_field": self.line[1]}
        if self.template is not None:
            found |= {"side": self.template[0], "template": self.template[1]}
        if self.kind == "changed":
            found |= {"field": self.field, "old": self.old, "new": self.new}
        return found


def differences(old: Document | None, new: Document | None) -> list[Difference]:
    """What leads from one document to another; None stands for a mapping that does not exist."""
    return [*_of_heads(_head(old), _head(new)), *_of_lines(_lines(old), _lines(new)), *_of_templates(old, new)]


def keyed(lines: Iterable[Mapping[str, Any]]) -> dict[LineKey, Mapping[str, Any]]:
    """Lines by their two fields and, where several have the same, their turn."""
    seen: Counter[tuple[str, str]] = Counter()
    found: dict[LineKey, Mapping[str, Any]] = {}
    for line in lines:
        fields = (str(line.get("erp_field", "")), str(line.get("crm_field", "")))
        found[(*fields, seen[fields])] = line
        seen[fields] += 1
    return found


def template_key(template: Mapping[str, Any]) -> tuple[str, str]:
    """Side and name of a template, as they are stored."""
    return str(template.get("side") or "erp").strip().lower(), str(template.get("name") or "").strip().upper()


def _of_templates(old: Document | None, new: Document | None) -> list[Difference]:
    if old is None or new is None or "templates" not in old or "templates" not in new:
        return []
    before, after = ({template_key(t): _flat(t) for t in document["templates"]} for document in (old, new))
    found = [Difference("removed", template=key) for key in before if key not in after]
    for key, values in after.items():
        if key not in before:
            found.append(Difference("added", template=key))
            continue
        was = before[key]
        names = [name for name in dict.fromkeys([*was, *values]) if was.get(name) != values.get(name)]
        found += [Difference("changed", None, n, was.get(n), values.get(n), key) for n in names]
    return found


def _flat(template: Mapping[str, Any]) -> dict[str, Any]:
    values = {f"values.{name}": value for name, value in template.get("values", {}).items()}
    return {"priority": template.get("priority", 0), "filter": template.get("filter", ""), **values}


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
