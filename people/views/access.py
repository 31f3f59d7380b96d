"""Who may open a page."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase


class RightRequiredMixin:
    """Refuses users without the right `right` (403)."""

    right = "setup"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Check the right before anything else."""
        if not request.user.has_right(self.right):  # type: ignore[union-attr]
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response
