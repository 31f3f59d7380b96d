"""How a pair folder declares its default mapping: one `TableMapping` with its field lines, in processing order.

No Django and no tables here: names are text, `coupling.checks` proves that they exist.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

BIDIRECTIONAL, TO_CRM, FROM_CRM = "bidirectional", "to_crm", "from_crm"
DIRECTIONS = (BIDIRECTIONAL, TO_CRM, FROM_CRM)
UPDATE_CONFLICTS = ("none", "send", "get", "merge")
DELETION_CONFLICTS = ("none", "restore", "remove_coupling")
OWNERSHIP_MODELS = ("team", "person")

#: Stands in filters for the `bcbi_companyid` of this company.
COMPANY = "{company}"


class DeclarationError(ValueError):
    """A pair folder declares something that cannot be: raised at import."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One default field line; `person_only` lines exist only with ownership Person.

    An empty field cell makes it a constant for the other side.
    """

    erp_field: str = ""
    crm_field: str = ""
    direction: str = BIDIRECTIONAL
    constant: str = ""
    validate_erp: bool = False
    validate_crm: bool = False
    clear_on_failure: bool = False
    not_null: bool = False
    truncate: bool = False
    only_new: bool = False
    enabled: bool = True
    transformation: str = ""
    transformation_direction: str = TO_CRM
    match: bool = False
    match_case_sensitive: bool = False
    match_priority: int = 0
    person_only: bool = False

    def __post_init__(self) -> None:
        if not self.erp_field and not self.crm_field:
            raise DeclarationError("a line needs an ERP or a CRM field")
        if self.direction not in DIRECTIONS:
            raise DeclarationError(f"unknown direction {self.direction!r} of line {self.key}")

    @property
    def key(self) -> str:
        """The name of the line where one key stands for it."""
        return self.erp_field or self.crm_field

    def values(self) -> dict[str, Any]:
        """What an integration field mapping stores of it."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "person_only"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMapping:
    """The default integration table mapping of a pair folder, its field lines and its schedule (minutes)."""

    name: str
    erp_table: str
    crm_table: str
    crm_key_field: str
    lines: tuple[Line, ...]
    direction: str = BIDIRECTIONAL
    only_coupled: bool = True
    depends_on: tuple[str, ...] = ()
    table_filter: str = ""
    integration_table_filter: str = ""
    update_conflict: str = "none"
    deletion_conflict: str = "none"
    create_new_in_case_of_no_match: bool = False
    synch_after_bulk_coupling: bool = False
    interval_minutes: int = 30
    inactivity_minutes: int = 720
    person_only: bool = False

    def __post_init__(self) -> None:
        checks = (
            (self.direction, DIRECTIONS),
            (self.update_conflict, UPDATE_CONFLICTS),
            (self.deletion_conflict, DELETION_CONFLICTS),
        )
        for value, allowed in checks:
            if value not in allowed:
                raise DeclarationError(f"{self.name}: {value!r} is none of {', '.join(allowed)}")
        if not self.name or not self.lines:
            raise DeclarationError("a mapping needs a name and field lines")

    def lines_for(self, ownership: str) -> list[Line]:
        """The field lines under this ownership model."""
        return [line for line in self.lines if ownership == "person" or not line.person_only]

    def values(self) -> dict[str, Any]:
        """What an integration table mapping stores of it, without `depends_on`."""
        skip = {"lines", "interval_minutes", "inactivity_minutes", "person_only", "depends_on"}
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in skip}


def both(pairs: Iterable[tuple[str, str]], **options: Any) -> tuple[Line, ...]:
    """Bidirectional lines with the same flags, one for each pair of field names."""
    return tuple(Line(erp_field=erp, crm_field=crm, **options) for erp, crm in pairs)
