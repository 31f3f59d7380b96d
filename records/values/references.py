"""References by code or GUID to primary keys: one query for each referenced table, however many records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from records import db
from records.errors import FieldError
from records.schema import FieldInfo, Schema, schema

Target = tuple[str, str | None]


class References:
    """Collect what records refer to, resolve it at once, then ask for single keys.

    `lookup`: also ask the reference's own look-up for texts that are no code (names of countries).
    """

    def __init__(self, described: Schema, *, lookup: bool = False) -> None:
        self.schema, self.lookup = described, lookup
        self.fields = [f for f in described if f.kind in ("ref", "polyref") and not f.internal]
        self.wanted: dict[Target, set[str]] = defaultdict(set)
        self.texts: dict[str, set[str]] = defaultdict(set)
        self.found: dict[Target, dict[str, str]] = {}
        self.named: dict[str, dict[str, str]] = {}
        self.labels: dict[str, dict[str, int]] = {}

    def collect(self, raw: Mapping[str, Any]) -> None:
        """Remember what one record refers to."""
        for info in self.fields:
            value = raw.get(info.name)
            if value is None or value == "":
                continue
            for target in self.targets(info):
                text = self.normal(target, value)
                if text is not None:
                    self.wanted[target].add(text)
            if self.lookup and getattr(info.field, "lookup", None):
                self.texts[info.name].add(str(value).strip())

    def resolve(self) -> None:
        """Ask the database, once for each table."""
        for target, texts in self.wanted.items():
            self.found[target] = _keys(target, sorted(texts))
        for name, texts in self.texts.items():
            self.named[name] = self.schema[name].field.lookup(sorted(texts))

    def key(self, info: FieldInfo, value: Any) -> str:
        """The primary key behind a code or GUID. Raises `FieldError`."""
        (target,) = self.targets(info)
        text = self.normal(target, value)
        key = self.found.get(target, {}).get(text or "") or self.named.get(info.name, {}).get(str(value).strip())
        if key is None:
            malformed = text is None and not info.ref_code
            raise FieldError(info.name, "invalid_value" if malformed else "not_found", {"value": _shown(value)})
        return key

    def option(self, info: FieldInfo, text: str) -> Any:
        """The number behind a label of an option set that lives in a table; other texts as they are."""
        reader = getattr(info.field, "labels", None)
        if reader is None or text.strip().lstrip("-").isdigit():
            return text
        if info.name not in self.labels:
            self.labels[info.name] = {label.casefold(): number for number, label in reader(info.name).items()}
        return self.labels[info.name].get(text.strip().casefold(), text)

    def target(self, info: FieldInfo, value: Any, entity: Any) -> tuple[str, str]:
        """Key and entity name behind a GUID that may point to several tables. Raises `FieldError`."""
        wanted = None if entity in (None, "") else self.entity(self.schema[info.companion], entity)
        text = guid(value)
        if text is None:
            raise FieldError(info.name, "invalid_value", {"value": _shown(value)})
        for name, target in self.entities(info).items():
            if wanted in (None, name) and text in self.found.get(target, {}):
                return text, name
        raise FieldError(info.name, "not_found", {"value": text})

    def entity(self, info: FieldInfo, value: Any) -> str:
        """The entity name that a caller gives. Raises `FieldError`."""
        name = value.strip().lower() if isinstance(value, str) else ""
        if name not in info.targets:
            raise FieldError(info.name, "invalid_option", {"value": _shown(value)})
        return name

    def targets(self, info: FieldInfo) -> list[Target]:
        """The tables that a look-up may point to."""
        if info.kind == "ref":
            return [(info.ref, info.ref_code)]
        return list(self.entities(info).values())

    def entities(self, info: FieldInfo) -> dict[str, Target]:
        """Entity name to table of a look-up with several targets."""
        return {entity: (self.schema[name].ref, None) for entity, name in info.field.targets.items()}

    def normal(self, target: Target, value: Any) -> str | None:
        """The text to look for; None for what cannot be one."""
        label, code = target
        if code is None:
            return guid(value)
        if isinstance(value, bool) or not isinstance(value, str | int):
            return None
        try:
            return str(schema(label)[code].normalize(str(value))) or None
        except FieldError:
            return None


def _keys(target: Target, texts: list[str]) -> dict[str, str]:
    label, code = target
    described = schema(label)
    key = described.pk_column
    if code is None:
        found = db.rows(f'SELECT t."{key}" FROM "{described.table}" t WHERE t."{key}" = ANY(%s::uuid[])', [texts])
        return {pk: pk for (pk,) in found}
    column = described[code].column
    return dict(
        db.rows(f'SELECT t."{column}", t."{key}" FROM "{described.table}" t WHERE t."{column}" = ANY(%s)', [texts])
    )


def guid(value: Any) -> str | None:
    """The identifier as lowercase text with dashes; None for what is none."""
    if isinstance(value, UUID):
        return str(value)
    try:
        return str(UUID(value.strip())) if isinstance(value, str) else None
    except ValueError:
        return None


def _shown(value: Any) -> str:
    return str(value).encode("utf-8", "replace").decode().replace("\x00", "?")[:50]
