"""The salespeople among whom users name themselves: kept by an app that the people do not know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html

from records.errors import FieldError

#: code -> (reason, its parameters) where nobody can be this salesperson
Refusal = Callable[[str], tuple[str, dict[str, Any]] | None]


@dataclass(frozen=True, slots=True)
class Salespeople:
    """Where they are: a field whose look-up offers them (table, field), and what refuses one."""

    lookup: tuple[str, str]
    refusal: Refusal


_kept: list[Salespeople] = []


def keep_salespeople(lookup: tuple[str, str], refusal: Refusal) -> None:
    """Take salespeople from here."""
    _kept[:] = [Salespeople(lookup, refusal)]


def refusal_of(code: str) -> FieldError | None:
    """Why nobody can be the salesperson with this code; None where it can be so, or where nobody keeps any."""
    found = _kept[0].refusal(code) if _kept and code else None
    return FieldError("salesperson", *found) if found else None


class SalespersonInput(forms.TextInput):
    """A code with the look-up of salespeople."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> str:  # type: ignore[override]
        """The field, and what its list needs around it."""
        if _kept:
            combobox = {
                "role": "combobox",
                "aria-expanded": "false",
                "aria-autocomplete": "list",
                "autocomplete": "off",
            }
            attrs = {**(attrs or {}), **combobox, "data-lookup": reverse("pages.lookup", args=_kept[0].lookup)}
        return format_html('<span class="lookup">{}</span>', super().render(name, value, attrs, renderer))
