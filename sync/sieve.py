"""The first look at a key range, in SQL: which of its records need looking at, and how many surely do not.

Only where both sides live in this database. A record is left out when its pair is known and nothing of it changed (by
row version); in an unconditional run also every mapped value must agree. Values that pass through a look-up are judged
once per distinct combination. When in doubt a record is kept: the engine decides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from coupling.gateways.base import Record
from coupling.plan import FieldPlan, Key, MappingPlan
from records import db
from records.filters import to_sql
from records.schema import Schema, schema
from sync.engine.differ import Differ
from sync.engine.types import FROM, TO, Mode, Pair
from sync.tables import coupling_table

if TYPE_CHECKING:
    from sync.run import Run

_MOST_GROUPS = 500
#: Records and couplings of one key range lie in the same order in their indexes: they are merged, not looked up.
_MERGED = "SET LOCAL enable_mergejoin = on; SET LOCAL enable_sort = off; "
_AS_BEFORE = "SET LOCAL enable_mergejoin = off; SET LOCAL enable_sort = on"


@dataclass(frozen=True, slots=True)
class Sieved:
    """The keys to look at, those of them without a coupling, and the number of coupled records surely unchanged."""

    keys: list[Key]
    uncoupled: set[Key]
    unchanged: int


def applies(run: Run) -> bool:
    """True for a key range of two sides that can be joined."""
    return (
        run.chunk.spec["take"] == "range"
        and run.request.mode in (Mode.FULL, Mode.UNCONDITIONAL)
        and run.plan.option is None
        and not run.plan.hooks.compares_always
        and run.erp.capabilities.same_database
        and run.crm.capabilities.same_database
    )


def sieve(run: Run, woken: list[Key]) -> Sieved:
    """Look at the chunk's range; `woken`: keys that must be kept whatever their versions say."""
    query = _Query(run, woken)
    sql, params = query.grouped()
    groups = db.rows(_MERGED + sql, params)
    keys = [key for row in groups for key in row[-2] or ()]
    uncoupled = {key for row in groups for key in row[-1] or ()}
    sure = [(row[:-3], n) for row in groups if (n := row[-3] - len(row[-2] or ()))]
    differing = _differing(run.plan, query.looked_up, [values for values, _n in sure])
    unchanged = sum(n for (_values, n), differs in zip(sure, differing, strict=True) if not differs)
    if any(differing):
        wrong = {values for (values, _n), differs in zip(sure, differing, strict=True) if differs}
        keys += [row[-1] for row in db.rows(*query.plain()) if row[:-1] in wrong]
    if keys:
        db.execute(_AS_BEFORE)
    return Sieved(sorted(keys), uncoupled, unchanged)


def _differing(plan: MappingPlan, lines: list[FieldPlan], groups: list[tuple[Any, ...]]) -> list[bool]:
    """For each combination of looked-up values: do they differ under the mapping?"""
    if not lines or not groups:
        return [False] * len(groups)
    if len(groups) > _MOST_GROUPS:
        return [True] * len(groups)
    pairs = []
    for group in groups:
        erp = {line.erp or "": value for line, value in zip(lines, group[0::2], strict=True)}
        crm = {line.crm or "": value for line, value in zip(lines, group[1::2], strict=True)}
        pairs.append(Pair(None, Record("", 0, erp), Record("", 0, crm)))
    differ = Differ(replace(plan, fields=tuple(lines)), pairs)
    return [bool(d or u) for d, u in zip(differ.differing, differ.unruled, strict=True)]


class _Query:
    """The SQL of one range."""

    def __init__(self, run: Run, woken: list[Key]) -> None:
        self.run, self.woken, self.spec = run, woken, run.chunk.spec
        self.erp, self.crm = schema(run.plan.erp_table), schema(run.plan.crm_table)
        self.side = self.spec["side"]
        by_value = run.request.mode is Mode.UNCONDITIONAL
        self.lines = [f for f in run.plan.fields if by_value and not f.only_new and self._flows(f)]
        self.looked_up = [f for f in self.lines if not f.plain and not f.is_constant and not f.clear_on_failure]

    def _flows(self, line: FieldPlan) -> bool:
        way = self.run.plan.direction_of(line)
        return way is not None and any(way.covers(d) for d in self.run.request.directions)

    @property
    def own(self) -> Schema:
        """The schema of the side that is read."""
        return self.erp if self.side == "erp" else self.crm

    def grouped(self) -> tuple[str, list[Any]]:
        """Combination of looked-up values, number of records, keys of those that are not sure, of the uncoupled ones."""
        inner, params = self._inner()
        names = ", ".join(self._names())
        group = f" GROUP BY {names}" if names else ""
        head = f"{names}, " if names else ""
        columns = "count(*), array_agg(pk) FILTER (WHERE NOT is_sure), array_agg(pk) FILTER (WHERE is_uncoupled)"
        return f"SELECT {head}{columns} FROM ({inner}) x{group}", params

    def plain(self) -> tuple[str, list[Any]]:
        """Combination and key of every sure record."""
        inner, params = self._inner()
        return f"SELECT {', '.join([*self._names(), 'pk'])} FROM ({inner}) x WHERE is_sure", params

    def _names(self) -> list[str]:
        return [f"v{i}" for i in range(2 * len(self.looked_up))]

    def _inner(self) -> tuple[str, list[Any]]:
        own, alias, other = self.own, self.side[0], "c" if self.side == "erp" else "e"
        table, filter_ = (
            (self.crm, self.run.plan.erp_filter) if self.side == "erp" else (self.erp, self.run.plan.crm_filter)
        )
        sure, sure_params = self._sure()
        where, params = to_sql(filter_, own.model, alias) if filter_ else ("TRUE", [])
        borders = [(sign, key) for sign, key in ((">", self.spec.get("from")), ("<=", self.spec.get("to"))) if key]
        keys = [key for _sign, key in borders]
        within = "".join(f" AND k.{self.side}_id {sign} %s::uuid" for sign, _key in borders)
        where += "".join(f' AND {alias}."{own.pk_column}" {sign} %s::uuid' for sign, _key in borders)
        more, more_params = self._worth_looking()
        values = "".join(
            f", {self.erp[f.erp or ''].sql('e')} AS v{2 * i}, {self.crm[f.crm or ''].sql('c')} AS v{2 * i + 1}"
            for i, f in enumerate(self.looked_up)
        )
        sql = (
            f'SELECT {alias}."{own.pk_column}" AS pk, ({sure}) AS is_sure, k.id IS NULL AS is_uncoupled{values} FROM "{own.table}" {alias} '
            f'LEFT JOIN {coupling_table()} k ON k.{self.side}_id = {alias}."{own.pk_column}" AND k.pair = %s{within} '
            f'LEFT JOIN LATERAL (SELECT * FROM "{table.table}" t WHERE t."{table.pk_column}" = k.{_other(self.side)}_id '
            f"OFFSET 0) {other} ON true WHERE {where} AND {more}"
        )
        return sql, [*sure_params, self.run.plan.name, *keys, *params, *keys, *more_params]

    def _worth_looking(self) -> tuple[str, list[Any]]:
        """Uncoupled records are passed by where nothing is created; so are pairs that the first pass has decided."""
        parts: list[str] = []
        params: list[Any] = []
        direction = TO if self.side == "erp" else FROM
        create = self.run.request.create or not self.run.plan.only_coupled
        if not (create and self.run.plan.allows(direction) and direction in self.run.request.directions):
            parts.append("k.id IS NOT NULL")
        if self.spec.get("handled_by_erp_pass"):
            inside, params = (
                to_sql(self.run.plan.erp_filter, self.erp.model, "e") if self.run.plan.erp_filter else ("TRUE", [])
            )
            parts.append(
                f'NOT (k.id IS NOT NULL AND e."{self.erp.pk_column}" IS NOT NULL AND coalesce(({inside}), false))'
            )
        return " AND ".join(parts) or "TRUE", params

    def _sure(self) -> tuple[str, list[Any]]:
        """Nothing to look at: coupled, both there, versions known, nothing remembered, values equal."""
        parts = [
            "k.id IS NOT NULL AND NOT k.skipped AND NOT k.broken AND k.error_to_crm IS NULL AND k.error_from_crm IS NULL",
            "e.row_version = k.erp_version AND c.row_version = k.crm_version",
        ]
        params: list[Any] = []
        if self.woken:
            parts.append(f'{self.side[0]}."{self.own.pk_column}" <> ALL(%s::uuid[])')
            params.append(self.woken)
        for line in self.lines:
            if line in self.looked_up:
                continue
            if line.is_constant:
                info, alias = (self.crm[line.crm], "c") if line.crm else (self.erp[line.erp or ""], "e")
                parts.append(f"{info.sql(alias)} IS NOT DISTINCT FROM %s")
                params.append(line.constant)
            else:
                parts.append(self._equal(line))
        return "coalesce(" + " AND ".join(f"({p})" for p in parts) + ", false)", params

    def _equal(self, line: FieldPlan) -> str:
        erp, crm = self.erp[line.erp or ""], self.crm[line.crm or ""]
        left, right = erp.sql("e"), crm.sql("c")
        if line.clear_on_failure and not line.plain:
            return f"{left} IS NULL AND {right} IS NULL"
        if erp.kind in _TEXTS:
            return f"nullif({left}, '') IS NOT DISTINCT FROM nullif({right}, '')"
        return f"{left} IS NOT DISTINCT FROM {right}"


_TEXTS = frozenset({"text", "code", "memo", "dateformula"})


def _other(side: str) -> str:
    return "crm" if side == "erp" else "erp"
