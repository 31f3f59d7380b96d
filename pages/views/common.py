"""Home, Tell Me, the help pane and the bell."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views import View

from pages import documentation, finding, keyboard, registry, shell, tellme
from pages.page import Help
from pages.views.base import require


def home(request: HttpRequest) -> HttpResponseBase:
    """The home page of the first app; users without any right go to their settings."""
    user: Any = request.user
    if not user.has_right("view"):
        settings = shell.Shell(request).links.get("settings", "")
        if settings:
            return HttpResponseRedirect(settings)
    url = shell.home("erp")
    if url == request.path:
        raise Http404
    return HttpResponseRedirect(url)


class TellMeView(View):
    """Search over pages and actions, or with `data` over records: they are asked for behind the others."""

    def get(self, request: HttpRequest) -> TemplateResponse:
        """The hits for what was typed."""
        require(request, "view")
        typed = request.GET.get("q", "").replace("\x00", "")[:100]
        page = registry.find(request.GET.get("page", ""))
        if "data" in request.GET:
            groups = finding.find(request, typed, page)
            return TemplateResponse(request, "pages/_tell_me_hits.html", {"groups": groups, "prefix": "td"})
        context = {"groups": tellme.search(request, typed, page), "typed": typed}
        return TemplateResponse(request, "pages/_tell_me.html", context)


class HelpView(View):
    """The documentation of a page."""

    def get(self, request: HttpRequest, name: str) -> TemplateResponse:
        """The pane."""
        require(request, "view")
        page = registry.find(name)
        if page is None or not shell.may_see(page, request):
            raise Http404
        found = page.of("help", request)
        shown = found if isinstance(found, Help) else Help(found)
        context = {"page": page, "help": shown, "documents": offered(request), "shortcuts": keyboard.basic()}
        return TemplateResponse(request, "pages/_help.html", context)


class CaptionsView(View):
    """The captions of a video in the language of the user."""

    def get(self, request: HttpRequest, name: str, video: str) -> HttpResponse:
        """WebVTT."""
        require(request, "view")
        page = registry.find(name)
        found = next((one for one in page.films if one.name == video), None) if page is not None else None
        if page is None or found is None or not shell.may_see(page, request):
            raise Http404
        return HttpResponse(found.captions(), content_type="text/vtt; charset=utf-8")


def offered(request: HttpRequest) -> list[tuple[str, str]]:
    """(title, address) of the documents for this user."""
    user: Any = request.user
    found = [(name, documentation.find(name)) for name, right in documentation.OFFERED if user.has_right(right)]
    return [(documentation.shown(path)[0], reverse("pages.documentation", args=[name])) for name, path in found if path]


class DocumentationView(View):
    """A document of this installation."""

    def get(self, request: HttpRequest, name: str) -> TemplateResponse:
        """The page; 404 for what is no document."""
        require(request, "view")
        path = documentation.find(name)
        if path is None:
            raise Http404
        title, html = documentation.shown(path)
        return TemplateResponse(request, "pages/documentation.html", {"title": title, "html": html})


class NotificationsView(View):
    """What stands behind the bell."""

    def get(self, request: HttpRequest) -> TemplateResponse:
        """The notices."""
        require(request, "view")
        return TemplateResponse(request, "pages/_notifications.html", {"notices": shell.notices(request)})
