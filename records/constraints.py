"""Check constraints that follow from the declared fields: options and ranges hold whoever writes."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from records.fields import Dec, Int, Option


def declared(attrs: dict[str, Any]) -> list[models.CheckConstraint]:
    """The constraints of the fields in a class body: fixed options and limits of numbers."""
    found: list[models.CheckConstraint] = []
    for name, field in attrs.items():
        condition = _condition(name, field)
        if condition is not None:
            found.append(models.CheckConstraint(condition=condition, name=f"%(app_label)s_%(class)s_{name}_valid"))
    return found


def _condition(name: str, field: Any) -> Q | None:
    if isinstance(field, Option) and field.options and not field.extensible:
        return Q(**{f"{name}__in": sorted(field.options)})
    if isinstance(field, Dec | Int) and (field.minimum is not None or field.maximum is not None):
        limits = {f"{name}__gte": field.minimum, f"{name}__lte": field.maximum}
        return Q(**{key: limit for key, limit in limits.items() if limit is not None})
    return None
