"""Match-based coupling of whole tables: the rule of `coupling.matching` as SQL over temporary tables.

1. the uncoupled ERP records inside the filter, their values converted to what the CRM side would hold (`match_left`)
2. the CRM rows inside the filter with their present partners (`match_right`)
3. group by group, which rows have equal values (`match_hit`) and which pairs follow from that (`match_pair`)
4. one verdict for each record (`verdicts`)

The number of statements depends on the criteria, never on the records. Call it in a transaction: the temporary tables
live as long as that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from coupling.matching import Criterion, Group, as_text, groups
from coupling.models import Coupling
from coupling.plan import Conversion, FieldPlan, Key, MappingPlan, canon
from records import db
from records.filters import to_sql
from records.schema import FieldInfo, schema
from records.stage import copy_into

#: How a column of values passes a conversion: values, conversion, name of the destination field.
Convert = Callable[[list[Any], Conversion | None, str], list[Any]]
BATCH = 50_000
#: Candidates that a verdict names.
SHOWN = 10
_TABLES = ("match_left", "match_right", "match_hit", "match_pair", "match_seen")

#: Whole tables are compared: hashes and scans, whatever the session prefers for the chunks of other jobs.
_PLANNER = """
SET LOCAL enable_hashjoin = on; SET LOCAL enable_seqscan = on; SET LOCAL enable_mergejoin = on;
SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '256MB'
"""
_AFTERWARDS = "SET LOCAL enable_nestloop = on"

#: no: place in the order of the business keys; holder: the ERP record that has the only candidate.
_VERDICTS = """
SELECT row_number() OVER (ORDER BY l.sort, l.id) AS no, l.id AS erp_id, p.crm_id,
  CASE WHEN p.crm_id IS NOT NULL THEN 'matched' WHEN h.found > 1 THEN 'ambiguous_match'
    WHEN h.found = 1 THEN 'already_coupled' ELSE 'no_match' END AS reason,
  coalesce(h.found, 0) AS found, coalesce(h.candidates, '{}') AS candidates,
  coalesce(h.holder, r.erp_id) AS holder, coalesce(p.priority, h.priority) AS priority
FROM match_left l LEFT JOIN match_pair p ON p.erp_id = l.id
LEFT JOIN (SELECT DISTINCT ON (erp_id) * FROM match_hit ORDER BY erp_id, (found > 1) DESC, priority) h
  ON h.erp_id = l.id AND p.erp_id IS NULL
LEFT JOIN match_pair r ON r.crm_id = h.crm_id AND h.found = 1
"""
#: Of all verdicts those about rows that were named: pairs with one of them, and records for which one was a candidate.
_ABOUT_NAMED = """
WHERE EXISTS (SELECT 1 FROM match_seen s WHERE s.erp_id = l.id AND (p.crm_id IS NULL OR p.crm_id = s.crm_id))
"""
#: Named rows that are nobody's and that no verdict is about.
_LEFT_OVER = """
SELECT c.id FROM match_right c WHERE c.is_named AND c.holder IS NULL AND NOT EXISTS (
  SELECT 1 FROM match_seen s WHERE s.crm_id = c.id AND NOT EXISTS (
    SELECT 1 FROM match_pair p WHERE p.erp_id = s.erp_id AND p.crm_id <> s.crm_id)) ORDER BY c.id
"""


@dataclass(frozen=True, slots=True)
class Matching:
    """What is to be matched: the mapping, by which criteria, which ERP records (None: all), how values are converted.

    `rows`: only what concerns these CRM rows. Whatever else they might be mistaken for counts as ever.
    """

    plan: MappingPlan
    criteria: tuple[Criterion, ...]
    convert: Convert
    keys: Sequence[Key] | None = None
    rows: Sequence[Key] | None = None


def matches_store(matching: Matching, insert: str, params: Sequence[Any] = ()) -> int:
    """Find the partner of every uncoupled ERP record inside the filter, and store the verdicts.

    `insert`: a statement with `{verdicts}` where the rows (no, erp_id, crm_id, reason, found, candidates, holder,
    priority) stand in FROM. Returns the number of records.
    """
    criteria = matching.criteria
    db.execute(_PLANNER)
    _make_tables(len(criteria))
    _load_records(matching)
    _load_candidates(matching.plan, criteria, matching.rows)
    places = {criterion: place for place, criterion in enumerate(criteria)}
    for group in groups(criteria):
        _find_equal(group, [places[criterion] for criterion in group], is_named=matching.rows is not None)
        _find_pairs(group[0].priority)
    verdicts = _VERDICTS if matching.rows is None else _VERDICTS + _ABOUT_NAMED
    stored = db.execute(insert.replace("{verdicts}", f"({verdicts}) AS v"), params)
    db.execute(_AFTERWARDS)
    return stored


def rows_left_over() -> list[Key]:
    """The named CRM rows inside the filter that are neither coupled nor in any verdict; right after `matches_store`."""
    return [key for (key,) in db.rows(_LEFT_OVER)]


def _make_tables(n: int) -> None:
    keys = "".join(f", k{i} text COLLATE pg_c_utf8" for i in range(n))
    db.execute(
        f"DROP TABLE IF EXISTS {', '.join(_TABLES)}; "
        f"CREATE TEMP TABLE match_left (id uuid, sort text COLLATE pg_c_utf8{keys}) ON COMMIT DROP; "
        f"CREATE TEMP TABLE match_right (id uuid, holder uuid, is_named boolean{keys}) ON COMMIT DROP; "
        "CREATE TEMP TABLE match_hit (erp_id uuid, sort text COLLATE pg_c_utf8, priority int, found bigint, "
        "crm_id uuid, holder uuid, candidates uuid[]) ON COMMIT DROP; "
        "CREATE TEMP TABLE match_pair (erp_id uuid, crm_id uuid, priority int) ON COMMIT DROP; "
        "CREATE TEMP TABLE match_seen (erp_id uuid, crm_id uuid) ON COMMIT DROP"
    )


def _normal(text: str, criterion: Criterion) -> str:
    """SQL for what `Criterion.normal` does with a text."""
    trimmed = f"btrim({text}) COLLATE pg_c_utf8"
    return f"nullif({trimmed if criterion.case_sensitive else f'lower({trimmed})'}, '')"


# The ERP side


def _load_records(matching: Matching) -> None:
    """Read in batches, because values are converted by the rules of the field lines; then normalized in one go."""
    criteria, lines = matching.criteria, {line.key: line for line in matching.plan.fields}
    wanted = [lines.get(criterion.key) for criterion in criteria]
    columns = ["id", "sort", *(f"c{i}" for i in range(len(criteria)))]
    raw = "".join(f", c{i} text" for i in range(len(criteria)))
    db.execute(f"DROP TABLE IF EXISTS match_raw; CREATE TEMP TABLE match_raw (id uuid, sort text{raw}) ON COMMIT DROP")
    for batch in _batches(matching, wanted):
        values = [_converted(matching, line, [row[2 + i] for row in batch]) for i, line in enumerate(wanted)]
        copy_into("match_raw", columns, list(zip((r[0] for r in batch), (r[1] for r in batch), *values, strict=True)))
    normal = ", ".join(_normal(f"c{i}", criterion) for i, criterion in enumerate(criteria))
    db.execute(f"INSERT INTO match_left SELECT id, sort, {normal} FROM match_raw; DROP TABLE match_raw")
    db.execute("ANALYZE match_left")


def _batches(matching: Matching, lines: Sequence[FieldPlan | None]) -> Iterable[list[tuple[Any, ...]]]:
    """(key, what it is sorted by, a value for each criterion) of the records to be matched."""
    plan, keys, erp = matching.plan, matching.keys, schema(matching.plan.erp_table)
    inside, params = to_sql(plan.erp_filter, erp.model, "t") if plan.erp_filter else ("TRUE", [])
    key, sort = f't."{erp.pk_column}"', erp[erp.natural_key].sql("t") if erp.natural_key else "''"
    columns = "".join(f", {erp[line.erp].sql('t')}" if line and line.erp else ", NULL" for line in lines)
    named, chosen = (f" AND {key} = ANY(%s::uuid[])", [list(keys)]) if keys is not None else ("", [])
    sql = (
        f'SELECT {key}, {sort}{columns} FROM "{erp.table}" t WHERE {inside}{named} AND NOT EXISTS (SELECT 1 FROM '
        f'"{Coupling._meta.db_table}" k WHERE k.pair = %s AND k.erp_id = {key}) AND {key} > %s::uuid '
        f"ORDER BY {key} LIMIT {BATCH}"
    )
    last = "00000000-0000-0000-0000-000000000000"
    while batch := db.rows(sql, [*params, *chosen, plan.name, last]):
        yield batch
        last = batch[-1][0]


def _converted(matching: Matching, line: FieldPlan | None, values: Sequence[Any]) -> list[str | None]:
    """The texts that are compared; a blank value stays blank, whatever would be written for it."""
    if line is None:
        return [None] * len(values)
    plain = [canon(value) for value in values]
    passed = matching.convert(plain, line.to_crm, line.crm or "")
    return [None if value is None else as_text(new) for value, new in zip(plain, passed, strict=True)]


# The CRM side


def _load_candidates(plan: MappingPlan, criteria: Sequence[Criterion], rows: Sequence[Key] | None) -> None:
    crm = schema(plan.crm_table)
    inside, params = to_sql(plan.crm_filter, crm.model, "t") if plan.crm_filter else ("TRUE", [])
    normal = ", ".join(_normal(text_of(crm[c.crm_field], "t"), c) for c in criteria)
    db.execute(
        f'INSERT INTO match_right SELECT t."{crm.pk_column}", k.erp_id, t."{crm.pk_column}" = ANY(%s::uuid[]), {normal} '
        f'FROM "{crm.table}" t '
        f'LEFT JOIN "{Coupling._meta.db_table}" k ON k.pair = %s AND k.crm_id = t."{crm.pk_column}" WHERE {inside}',
        [list(rows or ()), plan.name, *params],
    )
    db.execute("ANALYZE match_right")


def text_of(info: FieldInfo, alias: str) -> str:
    """SQL for what `as_text` makes of the value of a field."""
    column = info.sql(alias)
    if info.kind == "decimal":
        return f"trim_scale({column})::text"
    if info.kind == "date":
        return f"to_char({column}, 'YYYY-MM-DD')"
    if info.kind == "datetime":
        return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US')"
    return f"{column}::text"


# Which belong together


def _find_equal(group: Group, places: Sequence[int], *, is_named: bool) -> None:
    """Records without a partner so far, with the rows that equal them; one join for each set of values that count."""
    bits = " | ".join(f"((l.k{place} IS NOT NULL)::int << {n})" for n, place in enumerate(places))
    free = "NOT EXISTS (SELECT 1 FROM match_pair p WHERE p.erp_id = l.id)"
    for (mask,) in db.rows(f"SELECT DISTINCT {bits} FROM match_left l WHERE {free}"):
        used = [place for n, place in enumerate(places) if mask >> n & 1]
        if not used:
            continue
        columns = ", ".join(f"k{place}" for place in used)
        present = " AND ".join(f"k{place} IS NOT NULL" for place in used)
        equal = " AND ".join(f"r.k{place} = l.k{place}" for place in used)
        blank = "".join(f" AND l.k{place} IS NULL" for place in places if place not in used)
        db.execute(
            "INSERT INTO match_hit SELECT l.id, l.sort, %s, r.found, r.candidates[1], r.holder, r.candidates "
            "FROM match_left l JOIN (SELECT "
            f"{columns}, count(*) AS found, (array_agg(id ORDER BY id))[1:{SHOWN}] AS candidates, "
            f"(array_agg(holder))[1] AS holder FROM match_right WHERE {present} GROUP BY {columns}) r "
            f"ON {equal} WHERE {free}{blank}",
            [group[0].priority],
        )
        if is_named:
            db.execute(
                f"INSERT INTO match_seen SELECT l.id, r.id FROM match_left l JOIN match_right r ON {equal} "
                f"WHERE r.is_named AND {free}{blank}"
            )


def _find_pairs(priority: int) -> None:
    """A row that equals and is nobody's goes to the first record that it equals."""
    db.execute(
        "INSERT INTO match_pair SELECT DISTINCT ON (h.crm_id) h.erp_id, h.crm_id, h.priority FROM match_hit h "
        "WHERE h.priority = %s AND h.found = 1 AND h.holder IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM match_pair p WHERE p.crm_id = h.crm_id) ORDER BY h.crm_id, h.sort, h.erp_id",
        [priority],
    )
    db.execute("ANALYZE match_pair")
