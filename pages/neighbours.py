"""The record before or behind another one in a list, by its order: keyset comparison, no counting."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.db.models.expressions import OrderBy
from django.http import HttpRequest, QueryDict

from pages import state
from pages.lists import ListPage
from records.filters import FilterError
from records.listing import order_by


def find(page: ListPage, request: HttpRequest, query: QueryDict, pk: str, step: int) -> str | None:
    """The key of the next (`step` 1) or previous (-1) record of the list in this state; None at its end."""
    present = state.read(query, page.table)
    try:
        found = page.found(request, present)
    except FilterError:
        return None
    name = page.order(request, present)
    orders = order_by(page.table, [name] if name else [])
    names = {f"order_{i}": order.expression for i, order in enumerate(orders) if isinstance(order, OrderBy)}
    here = page.table.model.objects.filter(pk=pk).annotate(**names).values(*names).first()
    if here is None:
        return None
    behind = Q()
    same = Q()
    for i, order in enumerate(orders):
        if isinstance(order, OrderBy):
            behind |= same & _behind(f"order_{i}", here[f"order_{i}"], order, forward=step > 0)
            same &= _same(f"order_{i}", here[f"order_{i}"])
        else:
            behind |= same & Q(**{f"pk__{'gt' if step > 0 else 'lt'}": pk})
    found = found.annotate(**names).filter(behind)
    keys = found.values_list("pk", flat=True)
    first = (keys if step > 0 else keys.reverse()).first()
    return str(first) if first else None


def _same(name: str, value: Any) -> Q:
    return Q(**{f"{name}__isnull": True}) if value is None else Q(**{name: value})


def _behind(name: str, value: Any, order: OrderBy, *, forward: bool) -> Q:
    """What stands behind a value in this order; blank values stand first ascending and last descending."""
    rising = order.descending != forward
    if value is None:
        return Q(**{f"{name}__isnull": False}) if rising else Q(pk__in=[])
    if rising:
        return Q(**{f"{name}__gt": value})
    return Q(**{f"{name}__lt": value}) | Q(**{f"{name}__isnull": True})
