"""The installation's own documentation: files of `docs/` as pages, readable without a way to the internet."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

FOLDER = Path(__file__).parents[1] / "docs"
#: the documents that the help pane leads to: with the right to read them of use
OFFERED = (("using", "view"), ("conflicts", "use"), ("schedules", "setup"), ("administration", "setup"))
_IMAGE = re.compile(r"^!\[[^\]]*\]\([^)]*\)\s*$", re.MULTILINE)
_LINK = re.compile(r'href="(?!https?:)(?:\.\./)?(?:administration/)?(?P<name>[a-z-]+)\.md(?P<place>#[\w-]*)?"')
_NAME = re.compile(r"[a-z-]{1,40}")


def find(name: str) -> Path | None:
    """The file of a document; None where there is none."""
    if not _NAME.fullmatch(name):
        return None
    paths = (FOLDER / f"{name}.md", FOLDER / "administration" / f"{name}.md")
    return next((path for path in paths if path.exists()), None)


@cache
def shown(path: Path) -> tuple[str, SafeString]:
    """Title and HTML of a document. Tags in it are shown as text; pictures are left out."""
    text = _IMAGE.sub("", path.read_text("utf-8"))
    title, _line, body = text.partition("\n")
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(body)
    return title.lstrip("# ").strip(), SafeString(_LINK.sub(r'href="../\g<name>/\g<place>"', html))
