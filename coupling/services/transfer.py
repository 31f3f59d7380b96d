"""Mapping sets as files: JSON, described in `docs/administration/mappings.md`.

{"format": "tandem-mappings", "version": 1, "mappings": [{"name": ..., ..., "fields": [{...}, ...]}]}
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from coupling.lines import SNAPSHOT_FIELDS
from coupling.mapping_rules import MAPPING_FIELDS, document_of
from coupling.models import IntegrationTableMapping
from coupling.services.documents import Applied, documents_apply, rehearse
from records.errors import FieldError, Rejected

FORMAT, VERSION = "tandem-mappings", 1
MAX_BYTES = 1_000_000
MAX_MAPPINGS, MAX_LINES = 500, 1000


@dataclass(slots=True)
class Trial:
    """What an import would do, or why it cannot. `seen`: the row versions that the trial was made with."""

    applied: list[Applied] = field(default_factory=list)
    errors: list[FieldError] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)

    @property
    def changed(self) -> list[Applied]:
        """The mappings that it would make or change."""
        return [one for one in self.applied if one.action != "unchanged"]


def mappings_export(*, names: Collection[str] | None = None) -> dict[str, Any]:
    """These mappings (all of them) with their lines, as the content of a file."""
    found = IntegrationTableMapping.objects.order_by("name")
    chosen = found if names is None else found.filter(name__in=[name.upper() for name in names])
    return {"format": FORMAT, "version": VERSION, "mappings": [_exported(mapping) for mapping in chosen]}


def mappings_try(content: Mapping[str, Any]) -> Trial:
    """What importing this would do; nothing is written. Errors that `documents_apply` raises come with the answer."""
    try:
        documents = documents_of(content)
        seen = seen_now(documents)
        return Trial(rehearse(lambda: documents_apply(documents, origin="import")), seen=seen)
    except Rejected as error:
        return Trial(errors=error.errors)


def mappings_import(*, content: Mapping[str, Any], seen: Mapping[str, int] | None = None) -> list[Applied]:
    """Make the mappings of a file what it says; mappings that it does not name stay as they are.

    Raises Rejected with the place of each error, Stale where `seen` (see `Trial`) is no longer true.
    """
    return documents_apply(documents_of(content), origin="import", seen=seen)


def content_of(raw: bytes) -> dict[str, Any]:
    """The content of a file. Raises Rejected at `file`, with line and column where it is no JSON."""
    if len(raw) > MAX_BYTES:
        raise Rejected([FieldError("file", "mapping_file_large", {"max": MAX_BYTES})])
    try:
        found = json.loads(raw.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise Rejected(
            [FieldError("file", "mapping_file_syntax", {"line": error.lineno, "column": error.colno})]
        ) from None
    except (UnicodeDecodeError, RecursionError, ValueError):
        raise Rejected([FieldError("file", "mapping_file_text")]) from None
    if not isinstance(found, dict):
        raise Rejected([FieldError("file", "mapping_file_format", {"format": FORMAT})])
    return found


def documents_of(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The documents of a file's content. Raises Rejected at the place of what does not have the right shape."""
    if content.get("format") != FORMAT:
        raise Rejected([FieldError("format", "mapping_file_format", {"format": FORMAT})])
    if content.get("version") != VERSION:
        given = str(content.get("version"))[:20]
        raise Rejected([FieldError("version", "mapping_file_version", {"version": given, "known": VERSION})])
    mappings = content.get("mappings")
    if not isinstance(mappings, list) or not mappings or len(mappings) > MAX_MAPPINGS:
        raise Rejected([FieldError("mappings", "mapping_file_empty", {"max": MAX_MAPPINGS})])
    errors = _shape_errors(mappings)
    if errors:
        raise Rejected(errors)
    return [
        {"mapping": {k: v for k, v in one.items() if k != "fields"}, "lines": one.get("fields", [])} for one in mappings
    ]


def seen_now(documents: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """The row versions of the mappings that the documents name; 0 for one that does not exist."""
    names = [str(d["mapping"]["name"]).strip().upper() for d in documents]
    stored = dict(IntegrationTableMapping.objects.filter(name__in=names).values_list("name", "row_version"))
    return {name: stored.get(name, 0) for name in names}


def _exported(mapping: IntegrationTableMapping) -> dict[str, Any]:
    document = document_of(mapping)
    head = {name: document["mapping"][name] for name in MAPPING_FIELDS}
    return head | {"fields": [{name: line[name] for name in SNAPSHOT_FIELDS} for line in document["lines"]]}


def _shape_errors(mappings: Sequence[Any]) -> list[FieldError]:
    errors: list[FieldError] = []
    seen: set[str] = set()
    for at, one in enumerate(mappings):
        place = f"mappings[{at}]"
        if not isinstance(one, dict):
            errors.append(FieldError(place, "mapping_file_object"))
            continue
        name = one.get("name")
        if not isinstance(name, str) or not name.strip():
            errors.append(FieldError(f"{place}.name", "mapping_file_name"))
        elif name.strip().upper() in seen:
            errors.append(FieldError(f"{place}.name", "mapping_file_double", {"name": name}))
        seen.add(str(name).strip().upper())
        errors += _line_shapes(place, one.get("fields", []))
    return errors


def _line_shapes(place: str, given: Any) -> list[FieldError]:
    if not isinstance(given, list) or len(given) > MAX_LINES:
        return [FieldError(f"{place}.fields", "mapping_file_lines", {"max": MAX_LINES})]
    return [
        FieldError(f"{place}.fields[{at}]", "mapping_file_object")
        for at, line in enumerate(given)
        if not isinstance(line, dict)
    ]
