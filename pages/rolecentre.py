"""RoleCentrePage: the home page of an app, with cues that lead to exactly what they count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.http import HttpRequest
from django.urls import URLPattern, path

from pages.page import Page
from pages.parts import CueGroup, Part


class RoleCentrePage(Page, kind=True):
    """Home of an app. `parts`: `CueGroup`s and `Part`s on twelve columns. `headline`: the line below the greeting."""

    parts: ClassVar[Sequence[CueGroup | Part]] = ()
    headline: ClassVar[Any] = ""
    icon: ClassVar[str] = "home"

    #: what other apps may add with `pages.extend`
    EXTENSIBLE: ClassVar[tuple[str, ...]] = ("parts",)

    def greeting(self, request: HttpRequest) -> str:
        """A greeting for the time of day."""
        from django.utils import timezone
        from django.utils.translation import gettext as _

        hour = timezone.localtime().hour
        name = request.user.get_username()
        if hour < 12:
            return _("Good morning, %(name)s") % {"name": name}
        if hour < 18:
            return _("Good afternoon, %(name)s") % {"name": name}
        return _("Good evening, %(name)s") % {"name": name}

    def urls(self) -> Sequence[URLPattern]:
        """One address."""
        from pages.views.role_centre import RoleCentreView

        return [path(self.path, RoleCentreView.as_view(page=self), name=self.name)]
