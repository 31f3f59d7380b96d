"""Every address × method × role, generated from the table of addresses and compared with `rights_table`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from records import db
from tests.architecture.rights_table import RIGHTS
from tests.cast import CAST, make_user

#: What may stand in an address; records with these keys do not exist.
SAMPLES = {
    "uuid": "00000000-0000-7000-8000-000000000000",
    "int": "999999999",
    "str": "nothing",
    "slug": "nothing",
    "path": "nothing",
}
METHODS = ("get", "post", "patch", "put", "delete")
HOLDS = {"admin": ("view", "use", "setup"), "salesperson": ("view", "use"), "viewer": ("view",), "outsider": ()}
#: Addresses of libraries and of the process itself.
NOT_OURS = ("static/", "healthz", "readyz")


def routes() -> list[str]:
    """All routes of the site as texts, with the names of their variables."""
    return sorted({route for route in walk(get_resolver().url_patterns, "") if not route.startswith(NOT_OURS)})


def walk(patterns: list[Any], prefix: str) -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route).replace("^", "").replace("$", "").replace("\\Z", "")


def address(route: str) -> str:
    """An address of this route, for records that do not exist."""
    path = re.sub(r"<(\w+):\w+>", lambda m: SAMPLES.get(m[1], "nothing"), route)
    path = re.sub(r"<(\w+)>", SAMPLES["uuid"], path)
    return "/" + path.replace("(?:.*/)?", "nothing/").replace("\\", "")


def rights_of(route: str) -> tuple[str | None, str | None]:
    for pattern, read, write in RIGHTS:
        if fnmatchcase(route, pattern):
            return read, write
    pytest.fail(f"{route} has no line in tests/architecture/rights_table.py")


def send(client: Client, method: str, path: str) -> Any:
    sent = {} if method == "get" else {"data": "{}", "content_type": "application/json"}
    response = getattr(client, method)(path, **sent)
    if response.streaming:
        list(response.streaming_content)
    return response


def is_refused(response: Any, *, anonymous: bool) -> bool:
    if not anonymous:
        return response.status_code in (403, 405)
    to_sign_in = response.status_code == 302 and response["Location"].startswith("/sign-in/")
    return to_sign_in or response.status_code in (401, 405)


def test_every_address_has_a_line_in_the_table() -> None:
    assert all(rights_of(route) for route in routes())
    assert len(routes()) > 20


def groups() -> dict[str, list[str]]:
    """The routes by the beginning of their address."""
    found: dict[str, list[str]] = {}
    for route in routes():
        found.setdefault("/".join(route.split("/")[: 3 if route.startswith("api") else 2]), []).append(route)
    return found


@pytest.fixture
def clients(db: Any, settings: Any) -> dict[str, Client]:
    """A browser for each of the cast and one for nobody; sessions live in cookies, which saves a query each."""
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    found = {name: Client(raise_request_exception=False) for name in ("", *CAST)}
    for name in CAST:
        found[name].force_login(make_user(name))
    return found


@pytest.mark.parametrize("group", groups())
def test_every_method_asks_for_its_right(group: str, clients: dict[str, Client]) -> None:
    problems = [
        problem
        for route in groups()[group]
        for name, client in clients.items()
        for method in (METHODS if name in ("", "admin") else handled(address(route)))
        if (problem := problem_of(route, method, name, client))
    ]

    assert problems == []


def problem_of(route: str, method: str, name: str, client: Client) -> str:
    """What is wrong with the answer that somebody gets; blank when nothing is."""
    read, write = rights_of(route)
    needed = read if method == "get" else write
    may = needed is None or (name != "" and (needed == "" or needed in HOLDS[name]))
    response = send(client, method, address(route))
    if route == "sign-out/" and name:
        client.force_login(make_user(name))
    is_good = response.status_code not in (401, 403) if may else is_refused(response, anonymous=not name)
    if is_good and response.status_code < 500:
        return ""
    return f"{name or 'nobody'} {method.upper()} {address(route)}: {response.status_code}"


def handled(path: str) -> list[str]:
    """The methods that the view at this address knows; all others answer 405 to everybody."""
    function = resolve(path).func
    actions = getattr(function, "actions", None)
    view = getattr(function, "view_class", None) or getattr(function, "cls", None)
    if view is None:
        return list(METHODS)
    return [m for m in METHODS if (m in actions if actions is not None else hasattr(view, m))]


def test_reading_changes_no_table(clients: dict[str, Client]) -> None:
    client = clients["admin"]
    before, content = counts(), contents()
    for route in routes():
        send(client, "get", address(route))
        if (after := counts()) != before:  # a rehearsal is rolled back, and counts all the same
            assert contents() == content, route
            before = after


def counts() -> dict[str, int]:
    """Rows written so far in this transaction, by table (sessions may move)."""
    found = db.rows("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
    return {table: written for table, written in found if table != "django_session"}


def contents() -> dict[str, Any]:
    """A hash of what is in each table (sessions may move)."""
    tables = [
        row[0] for row in db.rows("SELECT relname FROM pg_stat_xact_user_tables WHERE relname <> 'django_session'")
    ]
    return {table: db.one(f'SELECT count(*), sum(hashtextextended(t::text, 0)) FROM "{table}" t') for table in tables}


@pytest.mark.parametrize("name", ["", "admin"])
def test_every_answer_carries_the_security_headers(name: str, clients: dict[str, Client]) -> None:
    client = clients[name]
    for route in routes():
        response = send(client, "get", address(route))
        assert response["X-Content-Type-Options"] == "nosniff", route
        assert response["X-Frame-Options"] == "DENY", route
        assert response["Referrer-Policy"] == "same-origin", route
        assert "default-src 'none'" in response["Content-Security-Policy"], route
