"""Who may open a page."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from people.models import User


def signed_in(request: HttpRequest) -> User:
    """The user of a request that the middleware let through."""
    assert isinstance(request.user, User)
    return request.user


class RightRequiredMixin:
    """Refuses users without the right `right` (403)."""

    right = "setup"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Check the right before anything else."""
        if not signed_in(request).has_right(self.right):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response
