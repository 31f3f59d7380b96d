"""Rights, checked where the work begins and not only at the door."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from people.models import User


def require(user: User, right: str) -> None:
    """Raises PermissionDenied unless the user has the right (view, use, setup)."""
    if not user.has_right(right):
        raise PermissionDenied
