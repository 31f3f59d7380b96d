"""A role centre: cues that count exactly what they lead to, and other cards."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.response import TemplateResponse

from pages import cues
from pages.parts import CueGroup, is_visible
from pages.rolecentre import RoleCentrePage
from pages.views.base import PageView


class RoleCentreView(PageView):
    """The home page of an app."""

    page: RoleCentrePage

    def get(self, request: HttpRequest) -> TemplateResponse:
        """Greeting and cards."""
        parts = [part for part in self.page.of("parts", request) if is_visible(part, request)]
        cards: list[dict[str, Any]] = []
        for part in parts:
            is_cues = isinstance(part, CueGroup)
            content = {"cues": cues.tiles(part, request)} if is_cues else {"context": part.context(request)}
            cards.append({"part": part, "is_cues": is_cues, **content})
        context = {
            "cards": cards,
            "greeting": self.page.greeting(request),
            "headline": self.page.of("headline", request),
        }
        return self.render("pages/role_centre.html", context)
