"""What must not stand in our sources: ways around CSRF, escaping, the Content-Security-Policy, or the field lists."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
APPS = ("config", "demo", "sync", "coupling", "erp", "crm", "people", "pages", "records")
#: Names that may not be used, with the reason.
FORBIDDEN_NAMES = {
    "csrf_exempt": "every form and the session of the API check the CSRF token",
    "mark_safe": "texts are escaped",
    "eval": "nothing that a user typed is run",
    "exec": "nothing that a user typed is run",
    "pickle": "messages and stored values are JSON",
}
#: Files that were looked at: what they call safe was made by a template or holds no text of anybody.
REVIEWED = {
    "pages/documentation.py": "SafeString(): texts are escaped",
    "pages/grid.py": "SafeString(): texts are escaped",
    "pages/icons.py": "SafeString(): texts are escaped",
    "pages/templatetags/pages.py": "SafeString(): texts are escaped",
}
FORBIDDEN_IN_TEMPLATES = {
    r"\|\s*safe\b": "texts are escaped",
    r"autoescape\s+off": "texts are escaped",
    r"\son[a-z]+\s*=": "no inline handlers under the Content-Security-Policy",
    r"\sstyle\s*=": "no inline styles under the Content-Security-Policy",
    r"<style\b": "no inline styles under the Content-Security-Policy",
    r"javascript:": "no script in links",
    r"<script(?![^>]*\bsrc=)(?![^>]*application/json)": "no inline script under the Content-Security-Policy",
    r"(?:src|href)\s*=\s*[\"']https?://": "no file from elsewhere",
}


def python_files() -> list[Path]:
    return [path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]


def template_files() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def names_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.ImportFrom | ast.Import):
            yield from (alias.name for alias in node.names)


def problems_of_python(source: str) -> list[str]:
    tree = ast.parse(source)
    found = [f"{name}: {FORBIDDEN_NAMES[name]}" for name in names_in(tree) if name in FORBIDDEN_NAMES]
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            targets = {target.id for target in node.targets if isinstance(target, ast.Name)}
            if "fields" in targets and isinstance(node.value, ast.Constant) and node.value.value == "__all__":
                found.append("fields = '__all__': fields are named")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "extra":
            found.append("extra(): SQL is built from compiled field names")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "SafeString":
            found.append("SafeString(): texts are escaped")
    return found


def problems_of_template(source: str) -> list[str]:
    plain = re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", source, flags=re.DOTALL)
    return [reason for pattern, reason in FORBIDDEN_IN_TEMPLATES.items() if re.search(pattern, plain, re.IGNORECASE)]


@pytest.mark.parametrize("path", python_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_python_takes_no_way_around(path: Path) -> None:
    reviewed = REVIEWED.get(str(path.relative_to(ROOT)))

    assert [p for p in problems_of_python(path.read_text(encoding="utf-8")) if p != reviewed] == []


@pytest.mark.parametrize("path", template_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_take_no_way_around(path: Path) -> None:
    assert problems_of_template(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "@csrf_exempt\ndef f(): ...",
        "from x import mark_safe",
        "SafeString(text)",
        "eval('1')",
        "import pickle",
        "fields = '__all__'",
        "q.extra(where=[])",
    ],
)
def test_a_planted_way_around_in_python_is_found(source: str) -> None:
    assert problems_of_python(source)


@pytest.mark.parametrize(
    "source",
    [
        "{{ x|safe }}",
        '<a onclick="x()">',
        '<p style="color:red">',
        '<a href="javascript:x">',
        "<script>x</script>",
        '<script src="https://cdn.example/x.js"></script>',
        "{% autoescape off %}",
    ],
)
def test_a_planted_way_around_in_a_template_is_found(source: str) -> None:
    assert problems_of_template(source)


def test_the_content_security_policy_allows_nothing_from_elsewhere() -> None:
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    sources = {
        str(source) for values in policy.values() for source in (values if isinstance(values, list) else [values])
    }

    assert not {s for s in sources if "http" in s or "unsafe" in s or s == "*"}
