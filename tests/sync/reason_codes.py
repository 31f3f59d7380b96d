"""Which reasons the code can give, read from its source: the first arguments of everything that names one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: Calls that name a reason of a record or a job, and the place of the code among their arguments.
NAMING = {"Problem": 0, "Passing": 0, "Left": 1, "_closed": 1, "fail_chunk": 1, "Step": 1}
#: The same, where the code is the first text among the arguments (`item.fail(code)`, `finish.fail(job, code)`).
SAYING = {"fail", "_outcome", "Done", "Refusal", "_fail"}
_CODE = re.compile(r"[a-z][a-z_]{3,49}")
#: Words in these places that are no codes: actions of outcome rows.
_ACTIONS = {"insert", "modify", "delete", "skip", "fail", "couple", "uncouple"}


def engine_codes() -> set[str]:
    """Codes that jobs, the engine, mappings and the rules of pairs give."""
    return set(_codes("sync", "coupling"))


def table_codes() -> set[str]:
    """Codes that tables give when they refuse a record."""
    found = set()
    for app in ("records", "erp", "crm"):
        for path in sources(app):
            for call in calls(path):
                if name_of(call) in ("FieldError", "reject") and len(call.args) > 1:
                    found |= set(texts(call.args[1]))
    return found


def _codes(*apps: str) -> Iterator[str]:
    for app in apps:
        for path in sources(app):
            for call in calls(path):
                yield from _of(call)


def _of(call: ast.Call) -> Iterator[str]:
    name = name_of(call)
    if name in NAMING and len(call.args) > NAMING[name]:
        yield from texts(call.args[NAMING[name]])
    elif name in SAYING:
        for argument in call.args[:4]:
            found = [code for code in texts(argument) if code not in _ACTIONS]
            if found:
                yield from found
                return


def sources(app: str) -> list[Path]:
    """The modules of an app, without tests and migrations."""
    return [p for p in sorted((ROOT / app).rglob("*.py")) if not {"tests", "migrations"} & set(p.parts)]


def calls(path: Path) -> list[ast.Call]:
    """All calls of a module."""
    return [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]


def name_of(call: ast.Call) -> str:
    """The last part of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def texts(node: ast.expr) -> list[str]:
    """The code, or both of `a if x else b`."""
    if isinstance(node, ast.IfExp):
        return texts(node.body) + texts(node.orelse)
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and _CODE.fullmatch(node.value):
        return [node.value]
    return []
