"""Compare, second question: do the values differ? Only after conversion, and in both readings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from coupling.plan import FieldPlan, MappingPlan, Problem, canon
from sync.engine.transfer import Column, Transfer, canonical, compile_transfer, convert
from sync.engine.types import FROM, TO, Pair


class Differ:
    """The mapped values of coupled pairs, converted and compared line by line.

    After `Differ(plan, pairs)`: `to(i, line)` and `from_(i, line)` give the converted values for the destination,
    `differing[i]` the keys of the lines whose values differ in pair i. A bidirectional line with a transformation rule
    agrees when either reading does; `unruled[i]` are the lines that agree only because the plain way back does: the
    rule has not been applied to the values as they are.
    """

    def __init__(self, plan: MappingPlan, pairs: Sequence[Pair], *, to: bool = True, from_: bool = True) -> None:
        erp = [p.erp.values if p.erp else {} for p in pairs]
        crm = [p.crm.values if p.crm else {} for p in pairs]
        self.to_crm, self.from_crm = compile_transfer(plan, TO), compile_transfer(plan, FROM)
        self._to = self._run(self.to_crm, erp) if to else {}
        self._from = self._run(self.from_crm, crm) if from_ else {}
        self.differing: list[dict[str, FieldPlan]] = [{} for _ in pairs]
        self.unruled: list[dict[str, FieldPlan]] = [{} for _ in pairs]
        both = {line.key for line in self.to_crm.lines} & {line.key for line in self.from_crm.lines}
        for line in plan.fields:
            if line.only_new:
                continue
            indices = self._differs(line, line.key in both, erp, crm, to, from_)
            for i in indices:
                self.differing[i][line.key] = line
            if line.rule_direction is not None and line.key in both:
                for i in self._without_rule(line, erp, crm):
                    self.unruled[i][line.key] = line

    def _without_rule(self, line: FieldPlan, erp: Sequence[dict[str, Any]], crm: Sequence[dict[str, Any]]) -> list[int]:
        """Pairs that agree although the rule would write another value; a value it cannot transform is one."""
        to_crm = line.rule_direction is TO
        column = (self._to if to_crm else self._from).get(line.key, [])
        name, rows = (line.crm or "", crm) if to_crm else (line.erp or "", erp)
        return [
            i
            for i, value in enumerate(column)
            if line.key not in self.differing[i] and value != canon(rows[i].get(name))
        ]

    @staticmethod
    def _run(transfer: Transfer, records: Sequence[dict[str, Any]]) -> dict[str, Column]:
        columns = transfer.run(records)
        return {line.key: column for line, column in zip(transfer.lines, columns, strict=True)}

    def value_to(self, index: int, line: FieldPlan) -> Any:
        """What the line writes to the CRM record."""
        return self._to[line.key][index]

    def value_from(self, index: int, line: FieldPlan) -> Any:
        """What the line writes to the ERP record."""
        return self._from[line.key][index]

    def _differs(
        self,
        line: FieldPlan,
        is_both: bool,
        erp: Sequence[dict[str, Any]],
        crm: Sequence[dict[str, Any]],
        to: bool,
        from_: bool,
    ) -> list[int]:
        if line.key in self._to:
            name = line.crm or ""
            candidates = _unlike(self._to[line.key], canonical(crm, name))
            if candidates and is_both and line.from_crm is not None:
                candidates = self._still(candidates, line, line.from_crm, crm, name, erp, line.erp or "")
        elif line.key in self._from:
            name = line.erp or ""
            candidates = _unlike(self._from[line.key], canonical(erp, name))
            if candidates and is_both and line.to_crm is not None:
                candidates = self._still(candidates, line, line.to_crm, erp, name, crm, line.crm or "")
        else:
            return []
        if line.not_null:
            columns = self._to if line.key in self._to else self._from
            candidates = [i for i in candidates if columns[line.key][i] is not None]
        if line.equal is not None:
            candidates = [
                i
                for i in candidates
                if not line.equal(canon(erp[i].get(line.erp or "")), canon(crm[i].get(line.crm or "")))
            ]
        return candidates

    @staticmethod
    def _still(
        candidates: list[int],
        line: FieldPlan,
        back: Any,
        source: Sequence[dict[str, Any]],
        source_name: str,
        other: Sequence[dict[str, Any]],
        other_name: str,
    ) -> list[int]:
        """Drop what is equal when read the other way round (`Germany` is `DE`, a cut text is no change).

        So is a look-up that one side holds and the other was left blank for, because its record has no partner yet.
        """
        values = convert([canon(source[i].get(source_name)) for i in candidates], back, other_name)
        if line.clear_on_failure:
            values = [None if isinstance(v, Problem) else v for v in values]
        pairs = zip(candidates, values, strict=True)
        return [i for i, v in pairs if isinstance(v, Problem) or v != canon(other[i].get(other_name))]


def _unlike(new: Column, present: Column) -> list[int]:
    """Where two columns differ; most are the same throughout."""
    if new == present:
        return []
    return [i for i, (left, right) in enumerate(zip(new, present, strict=True)) if left != right]
