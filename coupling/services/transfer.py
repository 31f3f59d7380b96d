"""Mapping sets as files: JSON, described in `docs/administration/mappings.md`.

{"format": "tandem-mappings", "version": 2, "rules": [{"code": ..., ...}, ...],
 "mappings": [{"name": ..., ..., "fields": [{...}, ...], "templates": [{...}, ...]}]}

Version 1 knew neither rules nor templates.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from coupling.choices import RULES
from coupling.lines import SNAPSHOT_FIELDS
from coupling.mapping_rules import MAPPING_FIELDS, document_of
from coupling.models import IntegrationTableMapping
from coupling.services.documents import Applied, documents_apply, rehearse
from coupling.services.rule_documents import RuleApplied, rules_used, rules_write
from records.errors import FieldError, Rejected

FORMAT, VERSION = "tandem-mappings", 2
READ = (1, VERSION)
MAX_BYTES = 1_000_000
MAX_MAPPINGS, MAX_LINES = 500, 1000
_PARTS = ("fields", "templates")


@dataclass(slots=True)
class Trial:
    """What an import would do, or why it cannot. `seen`: the row versions that the trial was made with."""

    applied: list[Applied] = field(default_factory=list)
    rules: list[RuleApplied] = field(default_factory=list)
    errors: list[FieldError] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)

    @property
    def changed(self) -> list[Applied]:
        """The mappings that it would make or change."""
        return [one for one in self.applied if one.action != "unchanged"]

    @property
    def new_rules(self) -> list[str]:
        """The codes of the transformation rules that it would make."""
        return [one.code for one in self.rules if one.action == "create"]


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the mappings and rules of a file."""

    mappings: list[Applied]
    rules: list[RuleApplied]


def mappings_export(*, names: Collection[str] | None = None) -> dict[str, Any]:
    """These mappings (all of them) with lines, templates and the rules they use, as the content of a file."""
    found = IntegrationTableMapping.objects.order_by("name")
    chosen = found if names is None else found.filter(name__in=[name.upper() for name in names])
    mappings = [_exported(mapping) for mapping in chosen]
    return {"format": FORMAT, "version": VERSION, "rules": rules_used(chosen), "mappings": mappings}


def mappings_try(content: Mapping[str, Any]) -> Trial:
    """What importing this would do; nothing is written. Errors that `documents_apply` raises come with the answer."""
    try:
        seen = seen_now(documents_of(content))
        done = rehearse(lambda: set_import(content=content))
        return Trial(done.mappings, done.rules, seen=seen)
    except Rejected as error:
        return Trial(errors=error.errors)
    finally:
        RULES.forget()  # they may have been read while the rehearsal had made some


def mappings_import(*, content: Mapping[str, Any], seen: Mapping[str, int] | None = None) -> list[Applied]:
    """Make the mappings of a file what it says; mappings that it does not name stay as they are.

    Raises Rejected with the place of each error, Stale where `seen` (see `Trial`) is no longer true.
    """
    return set_import(content=content, seen=seen).mappings


@transaction.atomic
def set_import(*, content: Mapping[str, Any], seen: Mapping[str, int] | None = None) -> Imported:
    """The same, rules first: those that do not exist are made, others must be the same. All of it or nothing."""
    documents = documents_of(content)
    rules = rules_write(content.get("rules", ()))
    return Imported(documents_apply(documents, origin="import", seen=seen), rules)


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
    if content.get("version") not in READ:
        given = str(content.get("version"))[:20]
        raise Rejected([FieldError("version", "mapping_file_version", {"version": given, "known": VERSION})])
    mappings = content.get("mappings")
    if not isinstance(mappings, list) or not mappings or len(mappings) > MAX_MAPPINGS:
        raise Rejected([FieldError("mappings", "mapping_file_empty", {"max": MAX_MAPPINGS})])
    errors = _rule_shapes(content.get("rules", [])) + _shape_errors(mappings)
    if errors:
        raise Rejected(errors)
    return [_document(one) for one in mappings]


def _document(one: Mapping[str, Any]) -> dict[str, Any]:
    parts = {"templates": one["templates"]} if "templates" in one else {}
    head = {name: value for name, value in one.items() if name not in _PARTS}
    return {"mapping": head, "lines": one.get("fields", []), **parts}


def seen_now(documents: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """The row versions of the mappings that the documents name; 0 for one that does not exist."""
    names = [str(d["mapping"]["name"]).strip().upper() for d in documents]
    stored = dict(IntegrationTableMapping.objects.filter(name__in=names).values_list("name", "row_version"))
    return {name: stored.get(name, 0) for name in names}


def _exported(mapping: IntegrationTableMapping) -> dict[str, Any]:
    document = document_of(mapping)
    head = {name: document["mapping"][name] for name in MAPPING_FIELDS}
    fields = [{name: line[name] for name in SNAPSHOT_FIELDS} for line in document["lines"]]
    return head | {"fields": fields, "templates": document["templates"]}


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
        errors += [e for name in _PARTS for e in _list_shapes(f"{place}.{name}", one.get(name, []))]
    return errors


def _rule_shapes(given: Any) -> list[FieldError]:
    if errors := _list_shapes("rules", given):
        return errors
    codes = [str(one.get("code") or "").strip().upper() for one in given]
    found = [FieldError(f"rules[{at}].code", "mapping_file_rule") for at, code in enumerate(codes) if not code]
    return found + [
        FieldError(f"rules[{at}].code", "mapping_file_rule_double", {"rule": code})
        for at, code in enumerate(codes)
        if code and code in codes[:at]
    ]


def _list_shapes(place: str, given: Any) -> list[FieldError]:
    if not isinstance(given, list) or len(given) > MAX_LINES:
        return [FieldError(place, "mapping_file_lines", {"max": MAX_LINES})]
    return [
        FieldError(f"{place}[{at}]", "mapping_file_object") for at, one in enumerate(given) if not isinstance(one, dict)
    ]
