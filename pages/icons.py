"""Icons of the vendored sprite."""

from __future__ import annotations

import re
from functools import cache

from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

SPRITE = "icons.svg"


@cache
def names() -> frozenset[str]:
    """The icons that the sprite has."""
    path = finders.find(SPRITE)
    if not isinstance(path, str):
        return frozenset()
    with open(path, encoding="utf-8") as file:
        return frozenset(re.findall(r'<symbol id="([^"]+)"', file.read()))


@cache
def _drawn(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>', static(SPRITE), name
    )


def icon(name: str) -> SafeString:
    """The icon as SVG; blank for a blank name."""
    return _drawn(plain(name)) if name else SafeString("")


def plain(name: str) -> str:
    """The name as the sprite has it; dashes and underscores are one."""
    return name.replace("-", "_")
