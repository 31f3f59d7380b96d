"""Specs of chunks, cut at one record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from coupling.plan import Key

#: Chunks that are lists of records, and can be cut.
LISTS = ("ids", "range", "pending")


def only(spec: dict[str, Any], key: Key) -> dict[str, Any]:
    """The spec of this record alone. `from` is exclusive."""
    if spec["take"] == "ids":
        return {**spec, "ids": [key]}
    return {**spec, "from": str(UUID(int=UUID(key).int - 1)), "to": key}


def behind(spec: dict[str, Any], key: Key) -> dict[str, Any]:
    """What is left when this record and all before it are done."""
    if spec["take"] == "ids":
        return {**spec, "ids": [other for other in spec["ids"] if other != key]}
    return {**spec, "from": key}
