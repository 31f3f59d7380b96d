"""Find every text of the interface in Python files and templates, and bring the catalogues up to date.

Works without GNU gettext: Babel reads Python, Django's own `templatize` turns a template into something like it.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import polib
from babel.messages.extract import extract_python
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

from config import wiring
from config.folders import ROOT

KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    **dict.fromkeys(("_", "_now", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
LINE = 78  # columns of a line in a catalogue, as the tools of gettext write it
APPS = (*wiring.APPS, "config")
HEADER = {
    "Project-Id-Version": "Tandem",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
}
PLURALS = {"fr": "nplurals=2; plural=(n > 1);"}
TWO_FORMS = "nplurals=2; plural=(n != 1);"


def extract(root: Path = ROOT) -> polib.POFile:
    """Return a template catalogue with all texts below `root`, in a stable order, with the files that use them."""
    catalogue = polib.POFile(wrapwidth=LINE, check_for_duplicates=False)
    entries: dict[tuple[str, str], polib.POEntry] = {}
    for path, name, messages, comments in found_in(root):
        entry = new_entry(name, messages)
        known = entries.setdefault((entry.msgctxt or "", entry.msgid), entry)
        known.msgid_plural = known.msgid_plural or entry.msgid_plural
        known.msgstr_plural = known.msgstr_plural or entry.msgstr_plural
        if (path, "") not in known.occurrences:
            known.occurrences.append((path, ""))
        if comments:
            known.comment = "\n".join(comments)
    catalogue.extend(entries[key] for key in sorted(entries, key=lambda key: (key[1], key[0])))
    return catalogue


def found_in(root: Path) -> Iterator[tuple[str, str, tuple[str, ...], list[str]]]:
    """Yield file, function, its text arguments and the translators' comments, for each marked text."""
    for path in sources(root):
        code = readable(path)
        stream, names = io.BytesIO(code.encode()), dict.fromkeys(KEYWORDS)
        marks: Any = extract_python(stream, names, ["Translators:"], {"encoding": "utf-8"})
        for _, function, messages, comments in marks:
            texts = (messages,) if isinstance(messages, str) else tuple(messages)
            yield path.relative_to(root).as_posix(), function, chosen(function, texts), comments


def chosen(function: str, texts: tuple[str | None, ...]) -> tuple[str, ...]:
    """Return those arguments that are texts: one, or context, singular and plural."""
    spec = KEYWORDS[function]
    count = 1 if spec is None else len(spec)
    return tuple(text or "" for text in texts[:count])


def sources(root: Path) -> Iterable[Path]:
    """Return the Python files and templates that may hold texts, sorted."""
    python = [path for app in APPS for path in (root / app).rglob("*.py") if has_texts(path.relative_to(root))]
    templates = [path for folder in ("templates", *APPS) for path in (root / folder).rglob("*.html")]
    templates += (root / "templates").rglob("*.txt")
    return sorted({*python, *templates})


def has_texts(path: Path) -> bool:
    """Say whether a Python file can hold texts of the interface."""
    return not {"tests", "migrations"} & set(path.parts)


def readable(path: Path) -> str:
    """Return Python for the extractor; a template line by line without indents, which mean nothing there."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text
    if "{%" not in text and "{{" not in text:
        return ""
    code = templatize(text, origin=str(path))
    return "".join(line.lstrip() for line in code.splitlines(keepends=True))


def new_entry(function: str, texts: tuple[str, ...]) -> polib.POEntry:
    """Return an empty entry for one call."""
    rest = list(texts)
    context = rest.pop(0) if function.startswith(("p", "np")) else None
    entry = polib.POEntry(msgid=rest[0], msgctxt=context)
    if len(rest) > 1:
        entry.msgid_plural = rest[1]
        entry.msgstr_plural = {0: "", 1: ""}
    if "%(" in rest[0]:
        entry.flags.append("python-format")
    return entry


def update(language: str, template: polib.POFile, root: Path = ROOT) -> tuple[int, int]:
    """Bring one catalogue up to date, keeping its translations; return how many texts came and how many went."""
    path = root / "locale" / to_locale(language) / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        empty = polib.POFile(wrapwidth=LINE)
        empty.metadata = HEADER | {"Language": to_locale(language), "Plural-Forms": PLURALS.get(language, TWO_FORMS)}
        empty.save(str(path))
    catalogue = polib.pofile(str(path), encoding="utf-8", wrapwidth=LINE)
    before = {(entry.msgctxt, entry.msgid) for entry in catalogue if not entry.obsolete}
    catalogue.merge(template)
    gone = [entry for entry in catalogue if entry.obsolete]
    for entry in gone:
        catalogue.remove(entry)
    after = {(entry.msgctxt, entry.msgid) for entry in catalogue}
    catalogue.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
    catalogue.save(str(path))
    return len(after - before), len(before - after)
