"""Requests for named records, as pages, API, couplings and follow-ups make them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coupling.plan import Key
from sync.jobs.plan.base import slices
from sync.jobs.submit import Request

BOTH = ["to_crm", "from_crm"]


def passes(direction: str) -> list[str]:
    """The one-way directions of `to_crm`, `from_crm`, `merge` or `bidirectional`."""
    return BOTH if direction in ("merge", "bidirectional") else [direction]


def record_request(
    *,
    mapping: str,
    direction: str,
    side: str,
    ids: Sequence[Key],
    user_name: str,
    create_new: bool = False,
    preview: bool = False,
    mode: str = "forced",
    params: Mapping[str, Any] | None = None,
    **more: Any,
) -> Request:
    """A job for named records of one side; its chunks are known at once.

    In mode `forced` the source of the direction wins; in both directions (merge) each side's own changes go over.
    """
    common = {
        "take": "ids",
        "side": side,
        "directions": passes(direction),
        "mode": mode,
        "create_new": create_new,
    }
    return Request(
        kind="single" if len(ids) == 1 else "selected",
        user_name=user_name,
        mapping=mapping,
        direction=direction,
        preview=preview,
        create_new=create_new,
        total=len(ids),
        params=dict(params or {}),
        chunks=[{**common, "ids": part} for part in slices([str(key) for key in ids])],
        **more,
    )
