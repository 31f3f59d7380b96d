"""A new mapping on its way through the steps of the wizard: what was chosen so far, and what is wrong with it.

Everything travels with the form; nothing is stored before the last step.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.apps import apps

from coupling.mapping_rules import known_mappings
from coupling.models import IntegrationTableMapping
from coupling.models.mapping import DIRECTIONS
from coupling.services.documents import Applied, documents_apply, rehearse
from coupling.suggestions import fitting, offered, suggest
from coupling.validation import filter_errors
from coupling.wizard_options import code_tables, option_document, option_errors, option_sets
from coupling.wizard_values import SIDES, NewRecords
from records.errors import FieldError, Rejected
from records.schema import FieldInfo, Schema, schema
from records.table import Table

STEPS = ("tables", "filters", "fields", "values", "review")
#: An option mapping has one line, which follows from its tables, and makes no records with templates.
OPTION_STEPS = ("tables", "filters", "review")
KINDS = ("records", "options")
MAX_PAIRS = 300


@dataclass(slots=True)
class Pair:
    """A field line that is offered: both field names, its direction, and whether it is wanted."""

    erp: str
    crm: str
    direction: str = "bidirectional"
    on: bool = True


@dataclass
class Draft:
    """The mapping as chosen so far. `errors`: by field of the step that is shown.

    `kind`: records of two tables, or the codes of a table with the values of an option set (`crm.Account.field`).
    """

    step: str = "tables"
    kind: str = "records"
    name: str = ""
    erp_table: str = ""
    crm_table: str = ""
    option_set: str = ""
    direction: str = "bidirectional"
    only_coupled: bool = True
    table_filter: str = ""
    integration_table_filter: str = ""
    pairs: list[Pair] = field(default_factory=list)
    paired: str = ""
    new_records: list[NewRecords] = field(default_factory=list)
    errors: dict[str, FieldError] = field(default_factory=dict)

    @classmethod
    def of_data(cls, data: Mapping[str, Any]) -> Draft:
        """The draft as it was sent; what no control could have sent is left at its default."""
        found = cls()
        for name in (
            "name",
            "erp_table",
            "crm_table",
            "option_set",
            "direction",
            "table_filter",
            "integration_table_filter",
            "paired",
        ):
            setattr(found, name, str(data.get(name, getattr(found, name))).strip())
        found.kind = data["kind"] if data.get("kind") in KINDS else "records"
        if found.is_option:
            found.crm_table = found.option_set.rpartition(".")[0]
        found.step = data["step"] if data.get("step") in found.steps else "tables"
        found.only_coupled = data.get("only_coupled", "1" if "step" not in data else "") == "1"
        found.pairs = _pairs(data)
        if found.tables is None:
            found.step = "tables"
        else:
            found.new_records = [
                NewRecords.of_data(side, table.label, data) for side, table in zip(SIDES, found.tables, strict=True)
            ]
        return found

    @property
    def is_option(self) -> bool:
        """True for an option mapping."""
        return self.kind == "options"

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps on the way to such a mapping."""
        return OPTION_STEPS if self.is_option else STEPS

    @cached_property
    def tables(self) -> tuple[Schema, Schema] | None:
        """Both tables; None while they are not chosen."""
        known = self.erp_table in labels("erp") and self.crm_table in labels("crm")
        return (schema(self.erp_table), schema(self.crm_table)) if known else None

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the first step has chosen, for the steps behind it."""
        names = ("kind", "name", "erp_table", "crm_table", "option_set", "direction")
        return [*((n, getattr(self, n)) for n in names), ("only_coupled", "1" if self.only_coupled else "0")]

    @property
    def ways(self) -> list[str]:
        """The directions that a line may have under that of the mapping."""
        return list(DIRECTIONS) if self.direction == "bidirectional" else [self.direction]

    def document(self) -> dict[str, Any]:
        """The mapping with the wanted lines and templates, as `documents_apply` takes it."""
        head = {n: getattr(self, n) for n in ("name", "erp_table", "crm_table", "direction", "only_coupled")}
        head |= {"table_filter": self.table_filter, "integration_table_filter": self.integration_table_filter}
        if self.is_option:
            return option_document(head | {"crm_key_field": self.option_set.rpartition(".")[2]})
        lines = [
            {"erp_field": pair.erp, "crm_field": pair.crm, "direction": self._way(pair), "enabled": True}
            for pair in self.pairs
            if pair.on
        ]
        templates = [one for side in self.new_records for one in side.document()]
        return {"mapping": head, "lines": lines, "templates": templates}

    def _way(self, pair: Pair) -> str:
        return pair.direction if pair.direction in self.ways else self.direction

    def check(self) -> bool:
        """Whether the present step is in order; its errors are kept."""
        self.errors = {error.field: error for error in getattr(self, f"_check_{self.step}")()}
        return not self.errors

    def _check_tables(self) -> list[FieldError]:
        found = self._option_errors() if self.is_option else self._pair_errors()
        if self.direction not in DIRECTIONS:
            found.append(FieldError("direction", "invalid_option", {"value": self.direction[:20]}))
        if not self.name and not found:
            self.name = suggested_name(self.erp_table)
        if IntegrationTableMapping.objects.filter(name=self.name.upper()).exists():
            params = {"caption": "@coupling.IntegrationTableMapping.name", "value": self.name}
            found.append(FieldError("name", "unique_violation", params))
        elif len(self.name) > 20:
            found.append(FieldError("name", "too_long", {"max": 20, "length": len(self.name)}))
        return found

    def _pair_errors(self) -> list[FieldError]:
        found = [
            FieldError(name, "required", {"caption": f"@coupling.IntegrationTableMapping.{name}"})
            for name in ("erp_table", "crm_table")
            if getattr(self, name) not in labels(name[:3])
        ]
        if not found and self.crm_table not in self.free:
            found.append(FieldError("crm_table", "mapping_exists", {"mapping": self._taken_by()}))
        return found

    def _option_errors(self) -> list[FieldError]:
        table, _dot, name = self.option_set.rpartition(".")
        return option_errors(
            self.erp_table, (table, name), self.direction, codes=self.code_tables, sets=self.option_sets
        )

    def _check_filters(self) -> list[FieldError]:
        return [
            *filter_errors("table_filter", self.table_filter, self.erp_table),
            *filter_errors("integration_table_filter", self.integration_table_filter, self.crm_table),
        ]

    def _check_fields(self) -> list[FieldError]:
        if not any(pair.on for pair in self.pairs):
            return [FieldError("pairs", "wizard_no_lines")]
        return list(_named(self.try_out()))

    def _check_values(self) -> list[FieldError]:
        return [error for side in self.new_records for error in side.errors()] or list(_named(self.try_out()))

    def _check_review(self) -> list[FieldError]:
        return list(_named(self.try_out()))

    def try_out(self) -> list[FieldError]:
        """The errors that finishing would end with."""
        try:
            rehearse(lambda: documents_apply([self.document()], origin="wizard", seen={}))
        except Rejected as error:
            return error.errors
        return []

    def finish(self) -> Applied:
        """Make the mapping. Raises Rejected, Stale where somebody made one of this name meanwhile."""
        (made,) = documents_apply([self.document()], origin="wizard", seen={})
        return made

    def suggest(self) -> None:
        """Offer pairs of fields once for these tables; afterwards what was chosen stays."""
        tables = self.tables
        if tables is None or self.paired == f"{self.erp_table}|{self.crm_table}":
            return
        self.paired = f"{self.erp_table}|{self.crm_table}"
        found = suggest(*tables, known_mappings())
        self.pairs = [
            Pair(one.erp.name, one.crm.name, direction)
            for one in found
            if (direction := _within(one.direction, self.direction))
        ]

    def ask(self) -> None:
        """Offer the fields that new records need and no line gives."""
        missing = self._required()
        for side in self.new_records:
            side.ask([info for name, info in missing if name == side.side])

    def side(self, name: str) -> NewRecords | None:
        """The values for new records of one side."""
        return next((one for one in self.new_records if one.side == name), None)

    def add(self, erp: str, crm: str) -> None:
        """Another pair, if values can pass between its fields in a direction of the mapping."""
        tables = self.tables
        if tables is None or erp not in tables[0] or crm not in tables[1]:
            self.errors = {"pairs": FieldError("pairs", "wizard_choose_fields")}
            return
        way = _within(fitting(*tables, tables[0][erp], tables[1][crm], known_mappings()), self.direction)
        if not way:
            self.errors = {"pairs": FieldError("pairs", "type_mismatch", {"erp": erp, "crm": crm})}
        elif (erp, crm) not in [(pair.erp, pair.crm) for pair in self.pairs] and len(self.pairs) < MAX_PAIRS:
            self.pairs.append(Pair(erp, crm, way))

    @property
    def free(self) -> list[str]:
        """The tables of the Sales side that this ERP table has no mapping with."""
        taken = {m.crm_table for m in self._mappings if m.erp_table == self.erp_table and not m.is_option}
        return [label for label in labels("crm") if label not in taken]

    @cached_property
    def _mappings(self) -> list[IntegrationTableMapping]:
        return list(IntegrationTableMapping.objects.all())

    def _taken_by(self) -> str:
        same = (m for m in self._mappings if (m.erp_table, m.crm_table) == (self.erp_table, self.crm_table))
        return next((m.name for m in same), "")

    @property
    def code_tables(self) -> list[str]:
        """The tables whose codes may be mapped to options."""
        return code_tables(labels("erp"), self._mappings)

    @property
    def option_sets(self) -> list[tuple[str, str, str]]:
        """The option sets that have no mapping yet."""
        return option_sets(labels("crm"), self._mappings)

    @property
    def missing(self) -> list[FieldInfo]:
        """Fields that a new record needs and neither a wanted line nor a template gives: creating will fail."""
        given = {(one.side, name) for one in self.new_records for name in one.given}
        return [info for side, info in self._required() if (side, info.name) not in given]

    def _required(self) -> list[tuple[str, FieldInfo]]:
        """(side, field) of what a new record needs and no wanted line gives."""
        if self.tables is None or self.only_coupled or self.is_option:
            return []
        given = {name for pair in self.pairs if pair.on for name in (f"erp.{pair.erp}", f"crm.{pair.crm}")}
        found: list[tuple[str, FieldInfo]] = []
        for side, table, way in zip(SIDES, self.tables, ("from_crm", "to_crm"), strict=True):
            if self.direction in ("bidirectional", way):
                found += [
                    (side, f)
                    for f in table.writable
                    if f.required and f"{side}.{f.name}" not in given and _asked(f, table)
                ]
        return found

    def candidates(self, side: int) -> list[FieldInfo]:
        """The fields of one table that another pair may take."""
        return [f for f in self.tables[side] if offered(f)] if self.tables else []


def _pairs(data: Mapping[str, Any]) -> list[Pair]:
    """The offered lines as they were sent."""
    found: list[Pair] = []
    for at in range(MAX_PAIRS):
        if f"pair-{at}" not in data:
            break
        erp, _bar, crm = str(data[f"pair-{at}"]).partition("|")
        way = str(data.get(f"pair-{at}-direction", ""))
        found.append(Pair(erp, crm, way if way in DIRECTIONS else "bidirectional", f"pair-{at}-on" in data))
    return found


def labels(side: str) -> list[str]:
    """The tables of one side with several records, by caption."""
    models: list[Any] = [m for m in apps.get_app_config(side).get_models() if issubclass(m, Table) and m._meta.managed]
    several = [m for m in models if not getattr(m.Record, "singleton", False)]
    return [m._meta.label for m in sorted(several, key=lambda m: str(m.Record.label).casefold())]


def suggested_name(label: str) -> str:
    """A free name after the table: TERRITORY, TERRITORY 2."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", label.rpartition(".")[2]).upper()[:16]
    taken = set(IntegrationTableMapping.objects.values_list("name", flat=True))
    names = [words, *(f"{words} {number}" for number in range(2, 100))]
    return next(name for name in names if name not in taken)


def _asked(info: FieldInfo, table: Schema) -> bool:
    return not info.readonly and info.name != table.pk and info.name != table.natural_key


def _within(line: str, mapping: str) -> str:
    """The direction of a line under that of its mapping; blank where it has none."""
    if not line or mapping == "bidirectional" or line == mapping:
        return line
    return mapping if line == "bidirectional" else ""


def _named(errors: Sequence[FieldError]) -> list[FieldError]:
    """Errors of the document by the control that they belong to: `pair-3`, `name`, `table_filter` ..."""
    found = []
    for error in errors:
        place = error.field.removeprefix("mappings[0]").removeprefix(".")
        line = re.match(r"fields\[(\d+)\]", place)
        found.append(FieldError(f"line-{line[1]}" if line else place or "pairs", error.code, error.params))
    return found
