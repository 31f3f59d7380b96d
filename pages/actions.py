"""Actions of the action bar: what they need, what they do, and what they answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from pages.selection import Selection

Scope = Literal["page", "one", "many"]


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an action: a notice, and where to go or what to refresh.

    `tone`: ok, warn or bad. `url`: go there. `changed`: lists and cards on the screen reload.
    """

    message: Any = ""
    tone: str = "ok"
    url: str = ""
    changed: bool = True
    details: Sequence[str] = ()

    def keep(self, request: HttpRequest) -> None:
        """Show the notice on the next page."""
        if self.message:
            level = messages.SUCCESS if self.tone == "ok" else messages.WARNING
            messages.add_message(request, level, " ".join(str(part) for part in (self.message, *self.details)))

    def response(self, request: HttpRequest) -> HttpResponse:
        """The answer to htmx: close the dialog, show the notice, refresh; or go elsewhere and show it there."""
        if self.url:
            self.keep(request)
            response = HttpResponse(status=200)
            response["HX-Redirect"] = self.url
            return response
        events: dict[str, Any] = {"closeDialog": {}}
        if self.changed:
            events["listChanged"] = {}
        if self.message:
            events["toast"] = {"text": str(self.message), "tone": self.tone, "details": [str(d) for d in self.details]}
        response = HttpResponse(status=200)
        response["HX-Reswap"] = "none"
        response["HX-Trigger"] = json.dumps(events)
        return response


Run = Callable[[HttpRequest, Selection], Done | HttpResponseBase | None]


@dataclass(frozen=True)
class Action:
    """A command of a list or card. Exactly one of `run`, `url`, `dialog`.

    `scope`: "page" needs no record, "one" exactly one, "many" at least one. `url(request, selection)` leads elsewhere,
    `dialog` names a `DialogPage`, `run(request, selection)` does it (it may raise `Refused`, `Rejected`, `Stale`).
    `visible(request)`: an action that is not possible at all is absent. `disabled(request, selection)` gives the
    reason why it is not possible now (for scope "page" the selection may be empty). `confirm`: a question asked first.
    `group`: name of an `ActionGroup` of the page or one of its extensions; blank stands in the bar itself.
    """

    name: str
    caption: Any
    run: Run | None = None
    url: Callable[[HttpRequest, Selection], str] | str = ""
    dialog: str = ""
    scope: Scope = "page"
    right: str = "use"
    group: str = ""
    icon: str = ""
    visible: Callable[[HttpRequest], bool] | None = None
    disabled: Callable[[HttpRequest, Selection], Any] | None = None
    confirm: Any = ""
    keywords: Any = ""
    order: int = 50
    separated: bool = False
    new_tab: bool = False
    key: str = ""

    def __post_init__(self) -> None:
        given = [bool(self.run), bool(self.url), bool(self.dialog)]
        if sum(given) != 1:
            raise TypeError(f"action {self.name}: exactly one of run, url, dialog")
        if self.scope not in ("page", "one", "many"):
            raise TypeError(f"action {self.name}: there is no scope {self.scope!r}")

    def address(self, request: HttpRequest, selection: Selection) -> str:
        """Where a link of this action leads."""
        return self.url(request, selection) if callable(self.url) else self.url
