"""Addresses of the machinery itself: home, Tell Me, help, notifications, look-ups."""

from __future__ import annotations

from django.urls import URLPattern, path

from pages.views import common, lookup


def machinery() -> list[URLPattern]:
    """Addresses that belong to no single page."""
    return [
        path("", common.home, name="pages.home"),
        path("tell-me/", common.TellMeView.as_view(), name="pages.tell_me"),
        path("help/<str:name>/", common.HelpView.as_view(), name="pages.help"),
        path("help/<str:name>/<slug:video>.vtt", common.CaptionsView.as_view(), name="pages.captions"),
        path("documentation/<slug:name>/", common.DocumentationView.as_view(), name="pages.documentation"),
        path("notifications/", common.NotificationsView.as_view(), name="pages.notifications"),
        path("lookup/<str:label>/<slug:field>/", lookup.LookupView.as_view(), name="pages.lookup"),
    ]
