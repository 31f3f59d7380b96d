"""Values for people: numbers, dates, options and references in the language and time zone of the request."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from records.schema import FieldInfo

if TYPE_CHECKING:
    from pages.rows import Row

#: amounts show at least two decimals, rates as many as they have
MIN_DECIMALS = 2


def shown(info: FieldInfo, row: Row) -> str:
    """The value of one field of a row."""
    value = row.values.get(info.name)
    if value is None or value == "":
        return ""
    if info.kind in ("ref", "polyref"):
        return row.names.text(info, row)
    if info.kind == "option":
        return option(info, value, row)
    if info.kind == "json":
        return "|".join(str(part) for part in value)
    return plain(info, value)


def plain(info: FieldInfo, value: Any) -> str:
    """A value that is no reference and no option."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Decimal | int | float):
        return number(value, info.decimals)
    if isinstance(value, dt.datetime):
        return moment(value)
    if isinstance(value, dt.date):
        return formats.date_format(value, "SHORT_DATE_FORMAT")
    return str(value)


def number(value: Any, decimals: int | None = None) -> str:
    """A number with grouped digits; no more decimals than needed, but two where the field has any."""
    if isinstance(value, Decimal) and (decimals is None or decimals > 0):
        tuple_ = value.normalize().as_tuple()
        used = max(0, -tuple_.exponent) if isinstance(tuple_.exponent, int) else 0
        places = max(MIN_DECIMALS if decimals is None else min(MIN_DECIMALS, decimals), used)
        return formats.number_format(value, places, use_l10n=True, force_grouping=True)
    return formats.number_format(value, 0 if isinstance(value, int) else None, use_l10n=True, force_grouping=True)


def moment(value: dt.datetime) -> str:
    """Date and time in the user's zone, to the minute."""
    return formats.date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")


def option(info: FieldInfo, value: Any, row: Row) -> str:
    """The caption of an option value."""
    found = info.options.get(value)
    return str(found[1]) if found is not None else row.names.labels(info).get(value, str(value))
