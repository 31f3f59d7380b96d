"""The languages of the interface, and which one stands in for a region that has no texts of its own."""

from __future__ import annotations

from django.conf.locale import LANG_INFO

LANGUAGES = [
    ("en", "English (United States)"),
    ("en-gb", "English (United Kingdom)"),
    ("it", "Italiano"),
    ("sv", "Svenska"),
    ("fr", "Français"),
    ("es", "Español"),
]
BRITISH_SPELLING = ("en-au", "en-ie", "en-in", "en-nz", "en-za")


def install_fallbacks() -> None:
    """Let regions that spell the British way read en-gb; Django itself lets fr-ch read fr."""
    for code in BRITISH_SPELLING:
        LANG_INFO[code] = LANG_INFO.get(code, {}) | {"fallback": ["en-gb"]}
