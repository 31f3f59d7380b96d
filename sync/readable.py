"""Stored values as people read them: codes and names instead of GUIDs, captions of options; many at once.

texts = Readable()
texts.want("erp.Customer", "currency_code", key)      # any number of values, of any tables
texts.text("erp.Customer", "currency_code", key)      # one query for each referenced table, at the first call
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from coupling.selectors.preview import targets
from coupling.selectors.records import record_keys, record_names
from records.schema import FieldInfo, schema

Change = tuple[str, str, str]


class Readable:
    """Collects values, then names what they refer to."""

    def __init__(self) -> None:
        self._wanted: dict[tuple[str, bool], set[str]] = defaultdict(set)
        self._names: dict[tuple[str, bool], dict[str, str]] | None = None
        self._labels: dict[str, dict[str, str]] = {}

    def want(self, table: str, field: str, value: Any) -> None:
        """Announce a value that will be asked for."""
        info = _info(table, field)
        if info is not None and value:
            for label in _tables(table, info):
                self._wanted[label, bool(info.ref_code)].add(str(value))
                self._names = None

    def text(self, table: str, field: str, value: Any) -> str:
        """The value in the user's language and format; blank for nothing."""
        info = _info(table, field)
        if value is None or value == "":
            return ""
        if info is None:
            return str(value)
        if info.ref or info.targets:
            names = self._known()
            found = (names.get((label, bool(info.ref_code)), {}).get(str(value)) for label in _tables(table, info))
            return next((name for name in found if name), str(value))
        return self._label(info, value) if info.extensible else plain_text(info, value)

    def _label(self, info: FieldInfo, value: Any) -> str:
        """What an option is called whose set takes further values; one query for each set."""
        if info.name not in self._labels:
            self._labels[info.name] = {str(number): label for number, label in info.field.labels(info.name).items()}
        return self._labels[info.name].get(str(value)) or plain_text(info, value)

    def _known(self) -> dict[tuple[str, bool], dict[str, str]]:
        if self._names is None:
            self._names = {
                (label, by_key): (record_keys if by_key else record_names)(label, sorted(keys))
                for (label, by_key), keys in self._wanted.items()
            }
        return self._names


def plain_text(info: FieldInfo, value: Any) -> str:
    """A value that refers to nothing, as text in the active language."""
    if info.kind == "bool":
        return _("Yes") if value in (True, "true", 1) else _("No")
    if info.kind == "option":
        return _option(info, value)
    if info.kind == "decimal":
        return _decimal(value)
    if info.kind in ("date", "datetime"):
        return _moment(value)
    return str(value)


def _option(info: FieldInfo, value: Any) -> str:
    try:
        number = int(value)
    except (TypeError, ValueError):
        return str(value)
    return str(info.options[number][1]) if number in info.options else str(value)


def _decimal(value: Any) -> str:
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        return str(value)
    decimals = -int(number.normalize().as_tuple().exponent)
    return formats.number_format(number, max(2, decimals), use_l10n=True, force_grouping=True)


def _moment(value: Any) -> str:
    found = value
    if isinstance(value, str):
        try:
            found = dt.datetime.fromisoformat(value) if "T" in value else dt.date.fromisoformat(value)
        except ValueError:
            return value
    if isinstance(found, dt.datetime):
        return formats.date_format(timezone.localtime(found), "SHORT_DATETIME_FORMAT")
    return formats.date_format(found, "SHORT_DATE_FORMAT") if isinstance(found, dt.date) else str(value)


def _info(table: str, field: str) -> FieldInfo | None:
    try:
        return schema(table).fields.get(field)
    except LookupError:
        return None


def _tables(table: str, info: FieldInfo) -> list[str]:
    """Labels of the tables that a value of this field may refer to."""
    if info.kind == "ref":
        return [info.ref]
    return targets(table, info) if info.kind == "polyref" else []


def captions(table: str, fields: Iterable[str]) -> dict[str, str]:
    """Captions by field name; the name itself where the table has no such field (any more)."""
    found: dict[str, str] = {}
    for name in fields:
        info = _info(table, name)
        found[name] = str(info.caption) if info else name
    return found


def changes_text(
    changes: Mapping[str, Mapping[str, Any]], tables: Mapping[str, str], texts: Readable
) -> dict[str, list[Change]]:
    """The `changes` of an outcome row as {side: [(caption, before, after)]}, announced before by `want_changes`."""
    shown: dict[str, list[Change]] = {}
    for side, fields in changes.items():
        table = tables.get(side, "")
        names = captions(table, fields)
        shown[side] = [
            (names[field], texts.text(table, field, pair[0]), texts.text(table, field, pair[1]))
            for field, pair in fields.items()
        ]
    return shown


def want_changes(changes: Mapping[str, Mapping[str, Any]], tables: Mapping[str, str], texts: Readable) -> None:
    """Announce every value of an outcome row's `changes`."""
    for side, fields in changes.items():
        for field, pair in fields.items():
            for value in pair:
                texts.want(tables.get(side, ""), field, value)
