"""Every request runs as somebody, in the language and time zone of that person; pages need a sign-in."""

from __future__ import annotations

import json
import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from records.actor import acting


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Denies all pages to people who are not signed in, unless a view says otherwise.

    A page goes to the sign-in page and back. A part of a page (htmx) that only reads takes the whole page there;
    one that saves leaves the page as it is and tells it, so that nothing typed is lost.
    """

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        """The answer for somebody who is not signed in."""
        if not request.headers.get("HX-Request"):
            return super().handle_no_permission(request, view_func)
        return session_ended(request)


def session_ended(request: HttpRequest) -> HttpResponse:
    """The answer to a part of a page whose session is gone."""
    url = sign_in_url(request.headers.get("HX-Current-URL", ""))
    response = HttpResponse(_("Your session has ended. Please sign in again."), status=401)
    if request.method in ("GET", "HEAD"):
        response["HX-Redirect"] = url
    else:
        response["HX-Reswap"] = "none"
        response["HX-Trigger"] = json.dumps({"signInRequired": {"url": url}})
    return response


def sign_in_url(back: str) -> str:
    """The address of the sign-in page that leads back to a path of this site."""
    path = "/" + back.split("://", 1)[-1].partition("/")[2] if "://" in back else back
    url = resolve_url(settings.LOGIN_URL)
    return f"{url}?{urlencode({'next': path})}" if path.startswith("/") else url


class PersonMiddleware:
    """Sets the actor of all writes, and the language and time zone that the user has chosen.

    Without a choice the language is the one that the request asks for (Django's LocaleMiddleware).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request as its user."""
        user = request.user
        activate(request)
        try:
            with acting(user.get_username() if user.is_authenticated else "", "page"):
                return self.get_response(request)
        finally:
            timezone.deactivate()


def activate(request: HttpRequest) -> None:
    """Switch to the language and the time zone of the user of this request."""
    language = getattr(request.user, "language", "")
    if language:
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language() or language
    zone = getattr(request.user, "time_zone", "")
    try:
        timezone.activate(zoneinfo.ZoneInfo(zone)) if zone else timezone.deactivate()
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        timezone.deactivate()
