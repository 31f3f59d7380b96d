"""Texts of codes, registered by whoever raises them and looked up at the edge in the user's language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_TEXTS: dict[str, str | Promise] = {}
_NAMES: dict[str, Callable[[], str]] = {}


def register(texts: Mapping[str, str | Promise]) -> None:
    """Add texts by code; a code may be registered once (again only with the same text)."""
    for code, text in texts.items():
        if code in _TEXTS and str(_TEXTS[code]) != str(text):
            raise ValueError(f"message code {code!r} has two texts")
        _TEXTS[code] = text


def of_prefix(prefix: str) -> dict[str, str]:
    """The texts of all codes that begin so, by the rest of the code, in the active language."""
    return {code.removeprefix(prefix): str(text) for code, text in _TEXTS.items() if code.startswith(prefix)}


def register_names(names: Mapping[str, Callable[[], str]]) -> None:
    """Names that every text may use as `%(name)s` without a parameter, such as those of the products."""
    _NAMES.update(names)


def text(code: str, params: Mapping[str, Any] | None = None) -> str:
    """The sentence for a code in the active language; the code itself when nobody registered a text.

    A parameter `@erp.Customer` or `@erp.Customer.name` stands for the caption of that table or field, `@:code` for
    the text of another code. A parameter that nobody gives is shown as three dots.
    """
    template = str(_TEXTS.get(code, code))
    try:
        return template % _Params({name: caption(value) for name, value in (params or {}).items()})
    except (KeyError, ValueError, TypeError):
        return template


def general(code: str, known: Mapping[str, str] | None = None) -> str:
    """The sentence of a code without particulars: each parameter that is not `known` is shown as three dots."""
    names = re.findall(r"%\((\w+)\)", str(_TEXTS.get(code, code)))
    return text(code, {name: "…" for name in names if name not in _NAMES} | dict(known or {}))


class _Params(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return _NAMES[name]() if name in _NAMES else "…"


def caption(value: Any) -> Any:
    """What a parameter is called where it begins with `@` (see `text`); any other value as it is."""
    if not isinstance(value, str) or not value.startswith("@"):
        return value
    if value.startswith("@:"):
        return text(value[2:])
    from records.schema import schema

    app, _dot, rest = value[1:].partition(".")
    table, _dot, field = rest.partition(".")
    try:
        described = schema(f"{app}.{table}")
        return str(described[field].caption if field else described.model.Record.label)
    except (LookupError, AttributeError):
        return value


def codes() -> frozenset[str]:
    """All registered codes."""
    return frozenset(_TEXTS)


register(
    {
        "required": _("%(caption)s must have a value."),
        "too_long": _("The value is too long: %(length)s characters, at most %(max)s are allowed."),
        "invalid_value": _("'%(value)s' is not a valid value."),
        "invalid_option": _("'%(value)s' is not one of the allowed values."),
        "invalid_number": _("'%(value)s' is not a number."),
        "invalid_date": _("'%(value)s' is not a date."),
        "invalid_date_formula": _("'%(value)s' is not a date formula."),
        "out_of_range": _("The value must be between %(min)s and %(max)s."),
        "too_many_digits": _("The number has more digits than the field can hold."),
        "not_found": _("'%(value)s' does not exist."),
        "unique_violation": _("%(caption)s '%(value)s' already exists."),
        "read_only": _("%(caption)s cannot be changed."),
        "insert_only": _("%(caption)s cannot be changed after the record has been created."),
        "unknown_field": _("There is no field '%(field)s'."),
        "nul_character": _("The text contains a character that cannot be stored."),
        "in_use": _("The record cannot be deleted because other records refer to it (%(table)s)."),
        "stale": _("Another user has changed the record since you opened it."),
        "rule": _("The database refused the record: %(message)s"),
    }
)
