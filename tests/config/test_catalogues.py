"""Texts: found in Python and templates, kept in catalogues, compiled; all without GNU gettext."""

from __future__ import annotations

import ast
import gettext
import os
from pathlib import Path

import polib
import pytest

from config.catalogues import compile_all
from config.extraction import KEYWORDS, extract, sources, update
from config.folders import ROOT

PYTHON = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext_lazy
NUMBER = _("No.")
LONG = _("%(field)s is too long: "
         "at most %(limit)s characters")
MONTH = pgettext_lazy("month", "May")
MAY = _("May")
count = ngettext("%(n)s row", "%(n)s rows", 2)
other = print("not a text")
"""
TEMPLATE = """{% load i18n %}
<b title="{% translate 'No.' %}">
    {% blocktranslate count n=rows|length trimmed %}
        {{ n }} customer of 'Smith & Sons'
    {% plural %}
        {{ n }} customers
    {% endblocktranslate %}
</b>{# {% translate "hidden" %} #}
      {% translate "March" context "month" %} {{ _("Save") }} it's
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in {
        "erp/texts.py": PYTHON,
        "erp/tests/test_x.py": "_('no')",
        "templates/erp/x.html": TEMPLATE,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def aliases(path: Path) -> set[str]:
    """The names under which a Python file imports the functions that mark texts."""
    imports = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)]
    names = [name for node in imports if node.module == "django.utils.translation" for name in node.names]
    return {name.asname or name.name for name in names if "gettext" in name.name}


def test_every_name_that_marks_texts_in_the_program_is_searched_for():
    used = {name for path in sources(ROOT) if path.suffix == ".py" for name in aliases(path)}

    assert "_" in used
    assert used - set(KEYWORDS) == set()


def test_texts_are_found_in_python_and_templates(project: Path):
    found = {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in extract(project)}

    assert found == {
        (None, "No.", ""),
        (None, "%(field)s is too long: at most %(limit)s characters", ""),
        (None, "May", ""),
        ("month", "May", ""),
        ("month", "March", ""),
        (None, "%(n)s row", "%(n)s rows"),
        (None, "%(n)s customer of 'Smith & Sons'", "%(n)s customers"),
        (None, "Save", ""),
    }


def test_a_text_names_the_files_that_use_it_without_line_numbers(project: Path):
    entry = extract(project).find("No.")

    assert entry.occurrences == [("erp/texts.py", ""), ("templates/erp/x.html", "")]


def test_an_update_keeps_translations_adds_new_texts_and_drops_gone_ones(project: Path):
    path = project / "locale" / "fr" / "LC_MESSAGES" / "django.po"
    assert update("fr", extract(project), project) == (8, 0)
    catalogue = polib.pofile(str(path))
    catalogue.find("No.").msgstr = "N°"
    catalogue.save()
    (project / "erp" / "texts.py").write_text("A = _('No.'); B = _('Name')")

    assert update("fr", extract(project), project) == (1, 4)

    assert polib.pofile(str(path)).find("No.").msgstr == "N°"
    before = path.read_bytes()
    assert update("fr", extract(project), project) == (0, 0)
    assert path.read_bytes() == before


def test_catalogues_compile_without_any_program(project: Path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    update("fr", extract(project), project)
    path = project / "locale" / "fr" / "LC_MESSAGES" / "django.po"
    catalogue = polib.pofile(str(path))
    catalogue.find("May", msgctxt="month").msgstr = "mai"
    catalogue.find("%(n)s row").msgstr_plural = {0: "%(n)s ligne", 1: "%(n)s lignes"}
    catalogue.save()

    assert [compiled.name for compiled in compile_all(project)] == ["django.mo"]

    texts = gettext.translation("django", project / "locale", ["fr"])
    assert texts.pgettext("month", "May") == "mai"
    assert [texts.ngettext("%(n)s row", "%(n)s rows", n) for n in (0, 1, 2)] == [
        "%(n)s ligne", "%(n)s ligne", "%(n)s lignes",
    ]  # fmt: skip


def test_only_changed_catalogues_are_compiled(project: Path):
    update("sv", extract(project), project)
    update("it", extract(project), project)
    assert len(compile_all(project)) == 2
    assert compile_all(project) == []
    path = project / "locale" / "it" / "LC_MESSAGES" / "django.po"
    os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns + 2_000_000_000))

    assert [compiled.parts[-3] for compiled in compile_all(project)] == ["it"]
