"""Views that users keep of list pages."""

from __future__ import annotations

from django.db import transaction

from people.models import SavedView, User


@transaction.atomic
def saved_view_store(*, user: User, page: str, name: str, filter_text: str, ordering: str) -> SavedView:
    """Keep a view under a name; the same name again replaces it."""
    values = {"filter": filter_text, "ordering": ordering[:200]}
    view, _is_new = SavedView.objects.update_or_create(user=user, page=page, name=name, defaults=values)
    return view


def saved_view_delete(*, user: User, pk: int) -> SavedView | None:
    """Forget one of the user's own views; None when there is no such view."""
    view = SavedView.objects.filter(user=user, pk=pk).first()
    if view is not None:
        SavedView.objects.filter(pk=view.pk).delete()
    return view
