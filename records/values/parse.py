"""What a page, an API caller or an import file gives becomes stored values, with an error for each bad field.

Names of the record envelope (`id`, `page`, `row_version`), stamps, calculated fields, read-only fields and the
companions `<look-up>name` are accepted and dropped, so that a record may be sent back as it was read.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from records.errors import FieldError, Rejected
from records.schema import FieldInfo, Schema, schema
from records.values.references import References, guid

_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")
_ACCEPTED: dict[str, tuple[type, ...]] = {
    "bool": (bool, str),
    "int": (int, float, str, Decimal),
    "decimal": (int, float, str, Decimal),
    "option": (int, str),
    "date": (str, dt.date),
    "datetime": (str, dt.datetime),
}

Raw = Mapping[str, Any]
Values = dict[str, Any]


def parse(model: Any, raw: Raw, *, insert: bool, current: Raw | None = None, lookup: bool = False) -> Values:
    """Read one record. Raises `Rejected` with the errors of all fields.

    `current`: the stored values of the record that is changed; insert-only fields may repeat them.
    `lookup`: references may also be given by what people type (names of countries).
    """
    values, errors = parse_many(model, [raw], insert=insert, currents=[current], lookup=lookup)
    if errors[0]:
        raise Rejected(errors[0])
    return values[0]


def parse_many(
    model: Any,
    raws: Sequence[Raw],
    *,
    insert: bool,
    currents: Sequence[Raw | None] | None = None,
    lookup: bool = False,
) -> tuple[list[Values], list[list[FieldError]]]:
    """Read many records with one query for each referenced table.

    Returns stored values and errors, both in the order of `raws`; a record with errors keeps its good values.
    """
    described = schema(model)
    references = References(described, lookup=lookup)
    for raw in raws:
        references.collect(raw)
    references.resolve()
    present = currents if currents is not None else [None] * len(raws)
    readers = [_Reader(described, references, insert=insert, current=now) for now in present]
    results = [reader.read(raw) for reader, raw in zip(readers, raws, strict=True)]
    return [values for values, _errors in results], [errors for _values, errors in results]


class _Reader:
    """Reads one record."""

    def __init__(self, described: Schema, references: References, *, insert: bool, current: Raw | None) -> None:
        self.schema, self.references = described, references
        self.insert, self.current = insert, current
        self.values: Values = {}
        self.errors: list[FieldError] = []

    def read(self, raw: Raw) -> tuple[Values, list[FieldError]]:
        for name, value in raw.items():
            try:
                self.field(name, value, raw)
            except FieldError as error:
                self.errors.append(error)
        return self.values, self.errors

    def field(self, name: str, value: Any, raw: Raw) -> None:
        info = self.find(name)
        if info is None:
            return
        if isinstance(value, str) and _FORBIDDEN.search(value):
            raise FieldError(name, "nul_character")
        if info.kind == "polyref":
            self.pair(info, raw)
        elif info.kind == "entityname":
            self.type_alone(info, raw)
        else:
            self.keep(info, self.convert(info, value))

    def find(self, name: str) -> FieldInfo | None:
        """The field to set; None for what is dropped. An unknown name is an error."""
        if name in ("page", "row_version"):
            return None
        if name == "id":
            name = self.schema.pk
        info = self.schema.fields.get(name)
        if info is None:
            if self.is_companion(name):
                return None
            shown = _FORBIDDEN.sub("?", str(name))[:80]
            raise FieldError(shown, "unknown_field", {"field": shown})
        if info.internal:
            raise FieldError(name, "unknown_field", {"field": name})
        if name != self.schema.pk and (info.system or info.calculated or info.readonly):
            return None
        return info

    def is_companion(self, name: str) -> bool:
        info = self.schema.fields.get(name.removesuffix("name")) if name.endswith("name") else None
        return (
            info is not None
            and not info.internal
            and (info.kind == "polyref" or (info.kind == "ref" and not info.ref_code))
        )

    def keep(self, info: FieldInfo, value: Any) -> None:
        if info.insert_only and not self.insert:
            if self.current is None or self.current.get(info.name) != value:
                raise FieldError(info.name, "insert_only", {"caption": str(info.caption)})
            return
        if info.name == self.schema.pk and value is None:
            return
        self.values[info.name] = value

    def convert(self, info: FieldInfo, value: Any) -> Any:
        if info.name == self.schema.pk:
            return self.key(info, value)
        if value is None or value == "":
            return info.normalize(None)
        if info.kind == "ref":
            return self.references.key(info, value)
        if info.extensible and isinstance(value, str):
            value = self.references.option(info, value)
        if info.kind != "json" and not _is_acceptable(info.kind, value):
            raise FieldError(info.name, "invalid_value", {"value": _shown(value)})
        return info.normalize(value)

    def key(self, info: FieldInfo, value: Any) -> str | None:
        """The identifier of the record itself."""
        if value is None or value == "":
            return None
        found = guid(value)
        if found is None:
            raise FieldError(info.name, "invalid_value", {"value": _shown(value)})
        return found

    def pair(self, info: FieldInfo, raw: Raw) -> None:
        """A look-up with several targets: identifier and type together, or the identifier alone."""
        key, wanted = raw.get(info.name), raw.get(info.companion)
        if key is None or key == "":
            self.keep(info, None)
            self.keep(self.schema[info.companion], None)
            return
        found_key, entity = self.references.target(info, key, wanted)
        self.keep(info, found_key)
        self.keep(self.schema[info.companion], entity)

    def type_alone(self, info: FieldInfo, raw: Raw) -> None:
        """The type companion: read together with its look-up; alone it may only repeat what is stored."""
        value = raw.get(info.name)
        if info.companion in raw or value is None or value == "":
            return
        entity = self.references.entity(info, value)
        if self.insert or (self.current or {}).get(info.name) not in (entity, None):
            raise FieldError(info.companion, "required", {"caption": str(self.schema[info.companion].caption)})


def _is_acceptable(kind: str, value: Any) -> bool:
    accepted = _ACCEPTED.get(kind, (str,))
    if isinstance(value, bool) and bool not in accepted:
        return False
    if isinstance(value, float) and kind == "option":
        return False
    return isinstance(value, accepted) or (kind == "guid" and hasattr(value, "hex"))


def _shown(value: Any) -> str:
    return _FORBIDDEN.sub("?", str(value))[:50]


def unknown_fields(described: Schema, names: Iterable[str]) -> list[str]:
    """Of these names those that no caller may set: for the head line of an import."""
    reader = _Reader(described, References(described), insert=True, current=None)
    bad = []
    for name in names:
        try:
            if reader.find(name) is None:
                bad.append(name)
        except FieldError:
            bad.append(name)
    return bad
