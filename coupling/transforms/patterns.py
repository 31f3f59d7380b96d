r"""Regular expressions with a bound: RE2 takes time in proportion to the text, whatever the pattern.

What it cannot do in that time (look-around, back-references in a pattern) is refused when the rule is stored.
`\w`, `\d` and `\s` mean ASCII; `\pL` is a letter of any script, `(?i)` at the start ignores case.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import re2

from coupling.transforms.rules import TransformError

_MEMORY = 8 << 20
_LONGEST_RESULT = 1 << 20
Template = list[str | int]


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Any:
    """The pattern, checked and translated. Raises TransformError `invalid_pattern`."""
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        said = error.args[0] if error.args else ""
        raise TransformError(
            "invalid_pattern", error=said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        ) from None


def regex_match(pattern: str) -> Callable[[str], str]:
    """All matching parts, one after the other; where the pattern has groups, what stands in the groups."""
    found = compiled(pattern)

    def match(value: str) -> str:
        return "".join(
            "".join(group or "" for group in one.groups()) if found.groups else one.group()
            for one in found.finditer(value)
        )

    return match


def regex_replace(pattern: str, replacement: str) -> Callable[[str], str]:
    """Each match becomes the replacement, in which `$1`, `${name}` and `$&` stand for groups and `$$` for a dollar."""
    found = compiled(pattern)
    template = _template(replacement, found)

    def expand(one: Any) -> str:
        return "".join(part if isinstance(part, str) else one.group(part) or "" for part in template)

    def replace(value: str) -> str:
        parts: list[str] = []
        at, size, empty = 0, 0, -1
        for one in found.finditer(value):
            if one.start() == one.end() == empty:
                continue  # the same empty match once more
            empty = one.end() if one.start() == one.end() else -1
            parts += [value[at : one.start()], expand(one)]
            at, size = one.end(), size + len(parts[-1])
            if size > _LONGEST_RESULT:
                raise TransformError("transform_too_long", max=_LONGEST_RESULT)
        return "".join([*parts, value[at:]])

    return replace


def _template(text: str, pattern: Any) -> Template:
    """The replacement as literals and group numbers. Raises TransformError `invalid_group`."""
    parts: Template = []
    at = 0
    while at < len(text):
        sign = text.find("$", at)
        if sign < 0 or sign == len(text) - 1:
            break
        parts.append(text[at:sign])
        part, at = _reference(text, sign + 1, pattern)
        parts.append(part)
    parts.append(text[at:])
    return parts


def _reference(text: str, at: int, pattern: Any) -> tuple[str | int, int]:
    """What stands behind a dollar, and where the text goes on."""
    sign = text[at]
    if sign == "$":
        return "$", at + 1
    if sign == "&":
        return 0, at + 1
    if sign == "{" and (end := text.find("}", at)) > 0:
        return _group(text[at + 1 : end], pattern), end + 1
    end = at
    while end < len(text) and end < at + 2 and text[end] in "0123456789":
        end += 1
    if end == at:
        return "$", at
    return _group(text[at:end], pattern), end


def _group(name: str, pattern: Any) -> int:
    number = int(name) if name.isdecimal() else pattern.groupindex.get(name, -1)
    if not 0 <= number <= pattern.groups:
        raise TransformError("invalid_group", group=name)
    return int(number)
