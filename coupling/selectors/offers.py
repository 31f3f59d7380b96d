"""What both sides of Set Up Coupling share: an offer, what may be offered, and how names are scored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from records.filters import to_sql
from records.schema import Schema
from records.text import fold, like_escape

NAME_SCORE, START_SCORE, FIELD_SCORE = 100, 30, 12
#: A row with at least this score is called the best match.
GOOD = NAME_SCORE


@dataclass(frozen=True, slots=True)
class Candidate:
    """One offer: the key of its record. `detail` tells rows of the same name apart, `is_best` marks a good match."""

    crm_id: str
    name: str
    detail: str
    is_best: bool = False


@dataclass(frozen=True, slots=True)
class Candidates:
    """A page of offers and how many there are in all."""

    count: int
    results: list[Candidate]


def offered(sch: Schema, *, side: str, pair: str, filter: str, q: str) -> tuple[str, list[Any]]:
    """A condition on `t` with its values: inside the filter, not coupled, and with each word of `q`."""
    inside, params = to_sql(filter, sch.model, "t") if filter else ("TRUE", [])
    free = (
        "NOT EXISTS (SELECT 1 FROM coupling_coupling k WHERE k.pair = %s "
        f'AND k.{side}_id = t."{sch.pk_column}" AND NOT k.broken)'
    )
    parts, values = [inside, free], [*params, pair]
    for word in fold(q).split():
        parts.append("t.search_fold LIKE %s")
        values.append(f"%{like_escape(word)}%")
    return " AND ".join(f"({part})" for part in parts), values


def name_order(sch: Schema, name: str) -> str:
    """What a table is sorted by its name with: the generated column, where it has one."""
    generated = f"sort_{name}"
    has = any(f.name == generated for f in sch.model._meta.concrete_fields)
    return f't."{generated}"' if has else sch[name].sql("t")


def name_score(sch: Schema, field: str, name: str) -> tuple[str, list[Any]]:
    """Points for the same name, fewer for the same first word; "0" where there is no name to compare with."""
    folded = fold(name)
    if not folded:
        return "0", []
    own = name_order(sch, field)
    subject = own if own.startswith('t."sort_') else f"fold({own})"
    sql = f"CASE WHEN {subject} = %s THEN {NAME_SCORE} WHEN {subject} LIKE %s THEN {START_SCORE} ELSE 0 END"
    return sql, [folded, like_escape(folded.split()[0]) + "%"]
