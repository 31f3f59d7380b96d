"""Translations of the values of a whole chunk, one query each (a second one only to name what does not resolve).

Each is a `coupling.plan.Lookup`: values in, {value: translation or Problem} out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coupling.plan import Problem
from coupling.selectors.records import record_keys
from records import db
from records.schema import schema

Answer = dict[Any, Any]


@dataclass(frozen=True, slots=True)
class CoupledKeys:
    """Keys of one side through the couplings of a mapping. `table`: the table asked about, `caption`: `@label.field`."""

    pair: str
    to_crm: bool
    table: str
    caption: str

    def __call__(self, values: Sequence[Any]) -> Answer:
        """The partners' keys; a problem for what is not coupled."""
        own, other = ("erp_id", "crm_id") if self.to_crm else ("crm_id", "erp_id")
        sql = f"SELECT {own}, {other} FROM coupling_coupling WHERE pair = %s AND {own} = ANY(%s::uuid[]) AND NOT broken"
        found: Answer = dict(db.rows(sql, [self.pair, list(values)]))
        return found | not_coupled(self.table, self.caption, [v for v in values if v not in found], self.pair)


@dataclass(frozen=True, slots=True)
class LocalCurrency:
    """CRM currency to ERP currency where the local currency is blank on the ERP side."""

    coupled: CoupledKeys
    lcy_crm_currency: str | None

    def __call__(self, values: Sequence[Any]) -> Answer:
        """None for the local currency, the coupled currency for all others."""
        others = [v for v in values if v != self.lcy_crm_currency]
        found = self.coupled(others) if others else {}
        return found | {v: None for v in values if v == self.lcy_crm_currency}


@dataclass(frozen=True, slots=True)
class Owners:
    """Owners of CRM rows to salespeople; teams are no salespeople."""

    coupled: CoupledKeys

    def __call__(self, values: Sequence[Any]) -> Answer:
        """The coupled salespeople; a problem of its own for teams."""
        found = self.coupled(values)
        open_ = [v for v in values if isinstance(found.get(v), Problem)]
        teams = schema("crm.Team")
        sql = f'SELECT "{teams.pk_column}" FROM "{teams.table}" WHERE "{teams.pk_column}" = ANY(%s::uuid[])'
        return found | {key: Problem("owner_is_team") for (key,) in (db.rows(sql, [open_]) if open_ else ())}


@dataclass(frozen=True, slots=True)
class OptionValues:
    """Codes of the ERP and values of a CRM option set through the rows of an option mapping."""

    mapping_id: str
    to_crm: bool
    table: str
    caption: str
    pair: str = ""

    def __call__(self, values: Sequence[Any]) -> Answer:
        """The other side's value; a problem for what is not mapped."""
        own, other, kind = ("erp_id", "option_value", "uuid") if self.to_crm else ("option_value", "erp_id", "int")
        sql = f"SELECT {own}, {other} FROM coupling_optionmapping WHERE mapping_id = %s AND {own} = ANY(%s::{kind}[])"
        found: Answer = dict(db.rows(sql, [self.mapping_id, list(values)]))
        missing = [v for v in values if v not in found]
        if self.to_crm:
            return found | not_coupled(self.table, self.caption, missing, self.pair)
        return found | self._unmapped(missing)

    def _unmapped(self, values: Sequence[Any]) -> Answer:
        """The problem of each option that no code stands for, by its label; those of no set by their number."""
        options = schema("crm.OptionValue")
        sql = (
            f'SELECT o.value, o."{options.pk_column}", o.label FROM "{options.table}" o '
            f"JOIN coupling_integrationtablemapping m ON m.id = %s::uuid AND o.attributename = m.crm_key_field "
            "AND o.entityname = lower(split_part(m.crm_table, '.', 2)) WHERE o.value = ANY(%s)"
        )
        named = {v: (key, label) for v, key, label in db.rows(sql, [self.mapping_id, list(values)])} if values else {}
        where = {v: {"table": "crm.OptionValue", "key": key, "needs": self.pair} for v, (key, _label) in named.items()}
        return {v: _uncoupled(self.caption, named.get(v, ("", str(v)))[1], **where.get(v, {})) for v in values}


@dataclass(frozen=True, slots=True)
class Codes:
    """The code of a referenced ERP record, as text for the other side."""

    table: str
    code: str

    def __call__(self, values: Sequence[Any]) -> Answer:
        """Codes by primary key."""
        sch = schema(self.table)
        column = sch[self.code].column
        sql = f'SELECT "{sch.pk_column}", "{column}" FROM "{sch.table}" WHERE "{sch.pk_column}" = ANY(%s::uuid[])'
        return dict(db.rows(sql, [list(values)]))


@dataclass(frozen=True, slots=True)
class ByCode:
    """ERP records by what the other side calls them: `names` is the reference's own look-up, else the code itself."""

    table: str
    code: str
    caption: str
    names: Callable[[list[str]], Mapping[str, str]] | None = None

    def __call__(self, values: Sequence[Any]) -> Answer:
        """Primary keys by text; a problem for unknown texts."""
        texts = [str(v) for v in values]
        found: Answer = dict(self.names(texts)) if self.names else self._codes(texts)
        missing = [v for v in texts if not found.get(v)]
        return found | {v: Problem("code_not_found", {"caption": self.caption, "value": v}) for v in missing}

    def _codes(self, texts: list[str]) -> Answer:
        sch = schema(self.table)
        column = sch[self.code].column
        sql = f'SELECT "{column}", "{sch.pk_column}" FROM "{sch.table}" WHERE "{column}" = ANY(%s)'
        by_code = dict(db.rows(sql, [[t.strip().upper() for t in texts]]))
        return {t: by_code[t.strip().upper()] for t in texts if t.strip().upper() in by_code}


def not_coupled(table: str, caption: str, keys: Sequence[Any], pair: str = "") -> dict[Any, Problem]:
    """The problem of each key that has no partner, naming the record by its number or name.

    `table` and `key` lead to the record, `needs` names the mapping that it has to be coupled under.
    """
    names = record_keys(table, keys) if keys else {}
    return {key: _uncoupled(caption, names.get(key, str(key)), table=table, key=str(key), needs=pair) for key in keys}


def _uncoupled(caption: str, value: str, **where: str) -> Problem:
    return Problem("dependency_not_coupled", {"caption": caption, "value": value, **where})
