"""Filters in the ERP grammar: parse, check against a table, test rows in SQL or in Python, describe for people."""

from records.filters import messages as messages
from records.filters.checked import Checked, check, is_filterable
from records.filters.describe import compares_by_letter, describe
from records.filters.errors import FilterError
from records.filters.evaluate import Matcher, matches
from records.filters.grammar import (
    Compare,
    Filter,
    Range,
    Term,
    Value,
    equals_any,
    expression_text,
    literal,
    parse,
    parse_expression,
    to_text,
)
from records.filters.sql import to_q, to_sql

__all__ = [
    "Checked",
    "Compare",
    "Filter",
    "FilterError",
    "Matcher",
    "Range",
    "Term",
    "Value",
    "check",
    "compares_by_letter",
    "describe",
    "equals_any",
    "expression_text",
    "is_filterable",
    "literal",
    "matches",
    "parse",
    "parse_expression",
    "to_q",
    "to_sql",
    "to_text",
]
