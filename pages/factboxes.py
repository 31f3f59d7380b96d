"""The side pane: FactBoxes of one record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from pages.parts import FactBox, is_visible
from pages.rows import Row


@dataclass(frozen=True, slots=True)
class Box:
    """A FactBox with what its template shows."""

    box: FactBox
    context: dict[str, Any]


def boxes(page: Any, request: HttpRequest, record: Row) -> list[Box]:
    """The FactBoxes that have something to show for this record."""
    found = []
    for box in page.of("factboxes", request):
        if not is_visible(box, request):
            continue
        context = box.context(request, record)
        if context is not None:
            found.append(Box(box, context))
    return found
