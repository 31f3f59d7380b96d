"""Views in the frame of the page machinery: it asks for the right and draws the shell."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.response import TemplateResponse

from pages.views.base import PageView
from people.models import User


def signed_in(request: HttpRequest) -> User:
    """The user of a request that the middleware let through."""
    assert isinstance(request.user, User)
    return request.user


class Framed(PageView):
    """Mixin for Django's generic views; `template_name` extends `pages/shell.html`."""

    template_name: str

    def render_to_response(self, context: dict[str, Any], **options: Any) -> TemplateResponse:
        """The template in the frame of its page."""
        return self.render(self.template_name, context, **options)
