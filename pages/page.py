"""What every page declares, and the one override rule: an attribute, or `get_<attribute>(request)`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.http import HttpRequest
from django.urls import URLPattern


@dataclass(frozen=True, slots=True)
class Video:
    """A short film in the help pane: a static file, and what can be seen as `(second, text)`.

    The texts are its captions and, one below the other, what people read who do not watch it.
    """

    name: str
    title: Any
    file: str
    seconds: int
    cues: Sequence[tuple[int, Any]]

    def captions(self) -> str:
        """The captions as WebVTT, in the language of the request."""
        ends = [*(at for at, _text in self.cues[1:]), self.seconds]
        parts = [f"{_time(at)} --> {_time(end)}\n{text}" for (at, text), end in zip(self.cues, ends, strict=True)]
        return "\n\n".join(["WEBVTT", *parts]) + "\n"


def _time(second: int) -> str:
    return f"{second // 60:02}:{second % 60:02}.000"


@dataclass(frozen=True, slots=True)
class Help:
    """The documentation of a page: a short text, and links `(caption, address)`. Films stand in `videos` of the page."""

    text: Any = ""
    links: Sequence[tuple[Any, str]] = ()


class Page:
    """One page. Subclasses declare class attributes; a misspelt one is an error when the class is made.

    Any attribute may be replaced by a method `get_<attribute>(self, request)`; the machinery reads both through `of`.
    """

    #: dotted name, also the name of its address: "erp.customer.list"
    name: ClassVar[str] = ""
    #: which shell shows it: "erp" or "crm"
    app: ClassVar[str] = "erp"
    #: address without leading slash
    path: ClassVar[str] = ""
    title: ClassVar[Any] = ""
    #: the right that opens it, and the right that changes something on it; "" lets every signed-in user
    right: ClassVar[str] = "view"
    edit_right: ClassVar[str] = "use"
    #: (menu group, order) or None
    menu: ClassVar[tuple[str, int] | None] = None
    #: stands in the menu bar itself as well (ERP): its place there
    pinned: ClassVar[int | None] = None
    icon: ClassVar[str] = "document"
    #: words that Tell Me finds the page by, separated by commas
    keywords: ClassVar[Any] = ""
    help: ClassVar[Help | Any] = Help()
    videos: ClassVar[Sequence[Video]] = ()
    #: False hides the page from menus and Tell Me and answers 404; usually `get_visible(request)`
    visible: ClassVar[bool] = True

    def __init_subclass__(cls, *, kind: bool = False, **kwargs: Any) -> None:
        """Refuse options that no kind of page has; `kind=True` declares a kind of page with options of its own."""
        super().__init_subclass__(**kwargs)
        if kind:
            return
        known = {name for base in cls.__mro__[1:] for name in vars(base)}
        for name, value in vars(cls).items():
            if name.startswith("_") or name in known or (callable(value) and not name.startswith("get_")):
                continue
            if isinstance(value, staticmethod | classmethod | property):
                continue
            if not name.startswith("get_") or name.removeprefix("get_") not in known:
                raise TypeError(f"{cls.__name__}.{name}: pages have no such option")

    def of(self, attribute: str, request: HttpRequest) -> Any:
        """The value of an attribute for this request, with what other apps have added to it."""
        getter = getattr(self, f"get_{attribute}", None)
        value = getter(request) if getter else getattr(self, attribute)
        added = self.extensions.get(attribute)
        return (*value, *added) if added else value

    @property
    def films(self) -> tuple[Video, ...]:
        """The videos of its help."""
        return (*self.videos, *self.extensions.get("videos", ()))

    @property
    def extensions(self) -> dict[str, tuple[Any, ...]]:
        """What other apps have added, by attribute; set when the registry freezes."""
        found: dict[str, tuple[Any, ...]] = getattr(self, "_extensions", {})
        return found

    def all(self, attribute: str) -> tuple[Any, ...]:
        """Declared and added parts of a list attribute, without a request: for checks, Tell Me and addresses."""
        return (*getattr(self, attribute), *self.extensions.get(attribute, ()))

    def urls(self) -> Sequence[URLPattern]:
        """The addresses of this page."""
        raise NotImplementedError
