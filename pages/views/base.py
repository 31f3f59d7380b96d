"""What all views of pages share: the right is asked first, answers to htmx are fragments, refusals are notices."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views import View

from pages.actions import Action, Done
from pages.page import Page
from pages.parts import is_visible
from pages.selection import Selection
from records.errors import RecordError, Refused, Rejected, Stale
from records.messages import text


class PageView(View):
    """A view of one page. GET needs the page's `right`, everything else its `edit_right` (or `write_right`)."""

    page: Any = None
    #: the right that other methods than GET need, where it is not the page's `edit_right`
    write_right: ClassVar[str] = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask for the right before anything else, then show the page to the shell."""
        page: Page = self.page
        if request.method not in ("GET", "HEAD", "OPTIONS") or self.is_edit():
            require(request, self.needed_right(request))
        require(request, page.right)
        if not page.of("visible", request):
            raise Http404
        request.page = page  # type: ignore[attr-defined]
        response = super().dispatch(request, *args, **kwargs)
        patch_vary_headers(response, ["HX-Request"])
        response.setdefault("Cache-Control", "no-store")
        return response

    def needed_right(self, request: HttpRequest) -> str:
        """The right to change something here."""
        return self.write_right or str(self.page.edit_right)

    def is_edit(self) -> bool:
        """True for views whose GET already belongs to a change (its question)."""
        return False

    def render(self, template: str, context: dict[str, Any], **options: Any) -> TemplateResponse:
        """A template with the page in its context."""
        user: Any = self.request.user
        frame = {
            "page": self.page,
            "may_edit": user.has_right(self.page.edit_right),
            "filter_open": pane_open(self.request, "filter", is_open=self.page.app == "erp"),
            "factbox_open": pane_open(self.request, "factbox", is_open=True),
        }
        return TemplateResponse(self.request, template, frame | context, **options)


def pane_open(request: HttpRequest, name: str, is_open: bool) -> bool:
    """Whether the user has left a side pane open (kept in a cookie, so that the first paint is right)."""
    kept = request.COOKIES.get(f"pane_{name}", "")
    return is_open if kept not in ("0", "1") else kept == "1"


def require(request: HttpRequest, right: str) -> None:
    """Refuse users without this right (403)."""
    user: Any = request.user
    if not user.is_authenticated or (right and not user.has_right(right)):
        raise PermissionDenied


def wants_fragment(request: HttpRequest) -> bool:
    """True for htmx, unless the browser restores a page that it no longer has."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.history_restore_request


def sentence(error: RecordError) -> str:
    """What an error says in the user's language."""
    if isinstance(error, Rejected):
        return " ".join(text(e.code, e.params) for e in error.errors)
    if isinstance(error, Stale):
        return text("stale")
    return text(getattr(error, "code", str(error)), getattr(error, "params", {}))


def attempt(request: HttpRequest, work: Callable[[], Done | HttpResponseBase | None]) -> HttpResponseBase:
    """Do the work; what the rules refuse becomes a notice."""
    try:
        result = work()
    except (Refused, Rejected, Stale) as error:
        return notice(sentence(error), "bad")
    if isinstance(result, Done) or result is None:
        done = result or Done()
        return done.response(request) if getattr(request, "htmx", False) else redirect_after(request, done)
    return result


def redirect_after(request: HttpRequest, done: Done) -> HttpResponse:
    """The answer to a form that was sent without htmx."""
    from django.http import HttpResponseRedirect

    done.keep(request)
    return HttpResponseRedirect(done.url or request.headers.get("Referer") or "/")


def notice(message: str, tone: str = "ok") -> HttpResponse:
    """Only a notice: nothing on the screen changes."""
    response = HttpResponse(status=200)
    response["HX-Reswap"] = "none"
    response["HX-Trigger"] = json.dumps({"toast": {"text": message, "tone": tone}})
    return response


def right_of_action(page: Any, request: HttpRequest, name: str) -> str:
    """The right that an action asks for; for an unknown one that of changing the page."""
    return next((str(a.right) for a in page.of("actions", request) if a.name == name), str(page.edit_right))


def find_action(page: Any, request: HttpRequest, name: str) -> Action:
    """The visible action with this name that the user may run. Raises Http404, PermissionDenied."""
    action = next((a for a in page.of("actions", request) if a.name == name), None)
    if action is None or not is_visible(action, request):
        raise Http404
    require(request, action.right)
    return action  # type: ignore[no-any-return]


def refusal_of(action: Action, request: HttpRequest, selection: Selection) -> str:
    """Why the action cannot be done with this selection; blank when it can."""
    if action.scope == "one" and selection.count != 1:
        return _("Select exactly one record.")
    if action.scope == "many" and not selection.count:
        return _("Select one or more records.")
    return str(action.disabled(request, selection) or "") if action.disabled else ""


def run_action(view: PageView, action: Action, selection: Selection) -> HttpResponseBase:
    """Ask the question first where there is one, then run the action and answer."""
    request = view.request
    if action.run is None:
        raise Http404
    if reason := refusal_of(action, request, selection):
        return notice(reason, "bad")
    if request.method == "GET" or (action.confirm and "confirmed" not in request.POST):
        context = {"action": action, "selection": selection, "address": request.path}
        return view.render("pages/dialog_confirm.html", context)
    run = action.run
    return attempt(request, lambda: run(request, selection))
