"""The audit log speaks to people: every action that is written has a caption, in every language."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from people.audit import audit
from people.models import User
from people.models.audit import PREFIX
from records.messages import of_prefix

ROOT = Path(__file__).parents[2]
APPS = ("records", "pages", "people", "erp", "crm", "coupling", "sync", "config", "demo")


def calls(*names: str) -> Iterator[ast.Call]:
    """Calls of functions with these names, in the whole source."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            text = path.read_text("utf-8")
            for node in ast.walk(ast.parse(text)) if any(name in text for name in names) else ():
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                    yield node


def codes(given: ast.expr) -> set[str]:
    """The codes that an expression can be; an expression that cannot be told is an error."""
    match given:
        case ast.Constant(value=str(code)):
            return {code}
        case ast.IfExp(body=yes, orelse=no):
            return codes(yes) | codes(no)
        case ast.JoinedStr(values=[ast.Constant(value="mapping_"), ast.FormattedValue(value=ast.Name(id="origin"))]):
            return {f"mapping_{origin}" for origin in origins()}
        case ast.Name(id="action"):  # people.audit itself hands on what it was given
            return set()
    raise AssertionError(f"line {given.lineno}: which action is {ast.unparse(given)}?")


def origins() -> set[str]:
    """Where documents of mappings come from."""
    given = [word.value for call in calls("documents_apply") for word in call.keywords if word.arg == "origin"]
    return {code for one in given for code in codes(one)}


def written() -> set[str]:
    return {code for call in calls("audit", "audit_change") for code in codes(call.args[0])}


def test_every_action_has_a_caption() -> None:
    found = written()

    assert len(found) > 30
    assert found - set(of_prefix(PREFIX)) == set()


def test_no_caption_is_for_nothing() -> None:
    assert set(of_prefix(PREFIX)) - written() == set()


@pytest.mark.django_db
def test_the_log_shows_captions_and_is_searched_by_them(admin: User) -> None:
    audit("mapping_line_move", target="CUSTOMER: name")
    audit("of_an_older_version", target="CUSTOMER")
    client = Client()
    client.force_login(admin)

    with translation.override("en"):
        whole = client.get("/audit-log/").content.decode()
        found = client.get("/audit-log/", {"q": "FIELD mapping MÓVED"}).content.decode()

    assert "Field mapping moved" in whole
    assert ">of_an_older_version<" in whole
    assert "CUSTOMER: name" in found
    assert "of_an_older_version" not in found
