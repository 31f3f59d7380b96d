"""Columns that users choose for list pages."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from pages.lists import Shown
from people.models import ListLayout, User


@transaction.atomic
def list_layout_store(*, user: User, page: str, columns: Sequence[Shown]) -> None:
    """Keep the columns of a list for this user; none at all brings back what the list declares."""
    if not columns:
        ListLayout.objects.filter(user=user, page=page).delete()
        return
    stored = [{"name": one.name, "width": one.width} for one in columns]
    ListLayout.objects.update_or_create(user=user, page=page, defaults={"columns": stored})
