"""Reading bodies and query parameters: what cannot be stored or shown again is refused at the door."""

from __future__ import annotations

import re
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from pages.api.errors import BadParameter
from records.errors import FieldError, Rejected

FORBIDDEN = re.compile("[\x00\ud800-\udfff]")
MAX_DEPTH = 20
DEFAULT_LIMIT, MAX_LIMIT = 100, 1000
_MAX_OFFSET = 2**62


class StrictJSONParser(JSONParser):
    """JSON without NUL, lone surrogates, NaN, or nesting beyond what any request needs."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The parsed body."""
        try:
            body = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError from None
        check_text(body)
        return body


def check_text(body: Any) -> None:
    """Refuse text that cannot be stored, at the field that holds it. Raises `Rejected`."""
    if not isinstance(body, dict):
        if _is_bad(body, MAX_DEPTH):
            raise Rejected([FieldError("", "nul_character")])
        return
    bad = [
        FieldError(FORBIDDEN.sub("?", key)[:80], "nul_character")
        for key, value in body.items()
        if FORBIDDEN.search(key) or _is_bad(value, MAX_DEPTH)
    ]
    if bad:
        raise Rejected(bad)


def _is_bad(value: Any, depth: int) -> bool:
    if depth == 0:
        return True
    if isinstance(value, str):
        return bool(FORBIDDEN.search(value))
    if isinstance(value, dict):
        return any(FORBIDDEN.search(k) or _is_bad(v, depth - 1) for k, v in value.items())
    return isinstance(value, list) and any(_is_bad(v, depth - 1) for v in value)


def body_object(request: Any) -> dict[str, Any]:
    """The body as an object of fields. Raises `Rejected`."""
    data = request.data
    if hasattr(data, "lists"):
        data = {key: values[-1] for key, values in data.lists()}
        check_text({k: v for k, v in data.items() if isinstance(v, str)})
    if not isinstance(data, dict):
        raise Rejected([FieldError("", "body_not_an_object")])
    return data


def check_query(request: Any) -> None:
    """Refuse NUL in any query parameter. Raises `BadParameter`."""
    for key, values in request.query_params.lists():
        if FORBIDDEN.search(key) or any(FORBIDDEN.search(value) for value in values):
            raise BadParameter(FORBIDDEN.sub("?", key)[:80], "nul_character")


def whole_number(request: Any, key: str, default: int, *, low: int, high: int, cut: bool = False) -> int:
    """A number among the query parameters; with `cut` a larger one becomes `high`. Raises `BadParameter`."""
    given = request.query_params.get(key)
    if given is None:
        return default
    number = int(given) if re.fullmatch(r"[0-9]{1,19}", given) else None
    if number is None or number < low or (number > high and not cut):
        raise BadParameter(key, "bad_parameter", {"value": given[:50]})
    return min(number, high)


def window(request: Any) -> tuple[int, int]:
    """`limit` and `offset` of a list. Raises `BadParameter`."""
    limit = whole_number(request, "limit", DEFAULT_LIMIT, low=1, high=MAX_LIMIT, cut=True)
    return limit, whole_number(request, "offset", 0, low=0, high=_MAX_OFFSET)


def if_match(request: Any) -> int | None:
    """The row version that the caller has seen; None without the header or with `*`. Raises `BadParameter`."""
    given = request.headers.get("If-Match")
    if given is None or given.strip() == "*":
        return None
    match = re.fullmatch(r'\s*(?:W/)?"([0-9]{1,18})"\s*', given)
    if match is None:
        raise BadParameter("If-Match", "bad_parameter", {"value": given[:50]})
    return int(match[1])
