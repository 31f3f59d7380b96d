"""Keyboard shortcuts: what the page lists is what the pages do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from pages.keyboard import GROUPS, basic
from people.models import User

ROOT = Path(__file__).parents[2]
LISTED = {keys for _caption, shortcuts in GROUPS for shortcut in shortcuts for keys in shortcut.keys}
#: done by other scripts than keys.js, or typed into fields
ELSEWHERE = {"Alt+Q", "Ctrl+A", "Enter", "Space", "Alt+ArrowDown", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"}
TYPED = {"t", "w", "5", "0503", "050326", "12*4", "(2+3)/2", "12-"}


def commands() -> set[str]:
    script = (ROOT / "static/js/keys.js").read_text("utf-8")
    table = script[script.index("const commands = {") : script.index("};", script.index("const commands"))]
    return set(re.findall(r'^ {4}"([^"]+)":', table, re.MULTILINE))


def test_the_page_lists_what_the_script_does() -> None:
    assert commands() == LISTED - ELSEWHERE - TYPED


def test_what_buttons_say_of_their_keys_is_listed() -> None:
    said = set()
    for path in (ROOT / "templates").rglob("*.html"):
        said |= set(re.findall(r'aria-keyshortcuts="([^"{]+)"', path.read_text("utf-8")))

    assert {keys.replace("Control", "Ctrl") for keys in said} <= LISTED


def test_keys_have_the_names_of_the_language() -> None:
    with translation.override("es"):
        shown = [keys for shortcut in basic() for keys in shortcut.shown]

    assert "Mayús+F3" in shown
    assert "Ctrl+↑" in shown


@pytest.mark.django_db
def test_everybody_finds_the_page(viewer: User) -> None:
    client = Client()
    client.force_login(viewer)

    assert "Alt+Shift+N" in client.get("/keyboard-shortcuts/").content.decode()
    assert "/keyboard-shortcuts/" in client.get("/help/erp.customer.list/").content.decode()
    assert "/keyboard-shortcuts/" in client.get("/tell-me/", {"q": "hotkeys"}).content.decode()
