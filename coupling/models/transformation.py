"""Transformation rules: what happens to a value on its way through a field line."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coupling.choices import RuleCode, TableLabel
from coupling.models.base import CouplingTable
from coupling.transforms.numbers import plain
from coupling.transforms.rules import PARAMETERS, Rule
from records.fields import Choice, Code, Dec, Int, Text

if TYPE_CHECKING:
    from records.batch import Batch

TYPES = {
    "uppercase": _("Uppercase"),
    "lowercase": _("Lowercase"),
    "title_case": _("Title Case"),
    "trim": _("Trim"),
    "substring": _("Substring"),
    "replace": _("Replace"),
    "regex_replace": _("Regular Expression - Replace"),
    "remove_non_alphanumeric": _("Remove Non-Alphanumeric Characters"),
    "date_formatting": _("Date Formatting"),
    "decimal_formatting": _("Decimal Formatting"),
    "regex_match": _("Regular Expression - Match"),
    "custom": _("Custom"),
    "date_and_time_formatting": _("Date and Time Formatting"),
    "field_lookup": _("Field Lookup"),
    "round": _("Round"),
    "extract_from_date": _("Extract From Date"),
    "unix_timestamp": _("Unix Timestamp"),
}
LOOKUP_RULES = {"target": _("Target"), "original_if_blank": _("Original If Target Is Blank")}
ROUNDINGS = {
    "nearest": pgettext_lazy("rounding", "Nearest"),
    "up": pgettext_lazy("rounding", "Up"),
    "down": pgettext_lazy("rounding", "Down"),
}
DATE_PARTS = {
    "": "",
    "year": _("Year"),
    "quarter": _("Quarter"),
    "month": _("Month"),
    "week": _("Week"),
    "day": _("Day"),
    "weekday": _("Weekday"),
    "hour": _("Hour"),
    "minute": _("Minute"),
    "second": _("Second"),
}
#: The column of each parameter; most parameters have the name of their column.
_OTHER_COLUMNS = {
    "find": "find_value",
    "pattern": "find_value",
    "replace": "replace_value",
    "format": "data_format",
    "culture": "data_formatting_culture",
    "table": "lookup_table",
    "rule": "lookup_rule",
    "direction": "rounding_direction",
    "part": "date_part",
}


def column_of(parameter: str) -> str:
    """The column that holds a parameter of a rule."""
    if parameter == "code":
        return "custom_code"
    return _OTHER_COLUMNS.get(parameter, parameter)


def columns_of(type_: str) -> dict[str, str]:
    """The parameters of a type and their columns."""
    return {name: column_of(name) for name in PARAMETERS.get(type_, ())}


class Verbatim(Text):
    """Text that is kept as it is typed: blanks at its end have a meaning."""

    def tidy(self, text: str) -> str:
        """The text itself."""
        return text


class TransformationRule(CouplingTable):
    """One rule. Only the columns of its type count; the others are blank. `next_rule` is the code of what follows."""

    code = Code(20, caption=_("Code"), required=True, insert_only=True, unique=True)
    description = Text(100, caption=_("Description"))
    type = Choice(TYPES, default="uppercase", caption=_("Transformation Type"))
    find_value = Verbatim(250, caption=_("Find Value"))
    replace_value = Verbatim(250, caption=_("Replace Value"))
    start_position = Int(minimum=0, caption=_("Start Position"))
    starting_text = Verbatim(250, caption=_("Starting Text"))
    length = Int(minimum=0, caption=_("Length"))
    ending_text = Verbatim(250, caption=_("Ending Text"))
    data_format = Verbatim(100, caption=_("Data Format"))
    data_formatting_culture = Text(10, caption=_("Data Formatting Culture"))
    lookup_table = TableLabel(80, caption=_("Table"))
    source_field = Text(64, caption=_("Source Field"))
    target_field = Text(64, caption=_("Target Field"))
    lookup_rule = Choice(LOOKUP_RULES, caption=_("Field Lookup Rule"))
    precision = Dec(18, 6, minimum=0, caption=_("Precision"))
    rounding_direction = Choice(ROUNDINGS, caption=_("Direction"))
    date_part = Choice(DATE_PARTS, caption=_("Extract From Date Type"))
    custom_code = Text(100, caption=_("Custom Transformation"))
    next_rule = RuleCode(20, caption=_("Next Transformation Rule"))

    SYSTEM: ClassVar[tuple[str, ...]] = ()

    class Meta:
        verbose_name = _("Transformation Rule")
        verbose_name_plural = _("Transformation Rules")
        ordering: ClassVar[list[str]] = ["code"]

    class Record:
        label = _("Transformation Rule")
        plural = _("Transformation Rules")
        natural_key = "code"
        title = ("code", "description")
        search = ("code", "description")
        sort = ("code",)
        path = "transformation-rules"

    @classmethod
    def before_write(cls, batch: Batch) -> None:
        """Validation; see `coupling.transformation_rules`."""
        from coupling import transformation_rules

        transformation_rules.before_rules(batch)

    @classmethod
    def after_write(cls, batch: Batch) -> None:
        """New versions of the mappings that use the rules."""
        from coupling import transformation_rules

        transformation_rules.after_rules(batch)

    def __str__(self) -> str:
        return self.code


def rule_from(values: dict[str, Any]) -> Rule:
    """The pure rule of stored values."""
    found = {name: _parameter(values.get(column)) for name, column in columns_of(values["type"]).items()}
    return Rule(values["code"], values["type"], {n: v for n, v in found.items() if v}, values.get("next_rule") or "")


def _parameter(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value) if value else ""
    return value
