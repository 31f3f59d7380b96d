"""One server with demo data for all browser tests, and a window for each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.demo import chromium, demo_server
from tests.browser.visitor import Visitor


# Not for the whole session: while Playwright runs, Django takes this thread for one with an event loop.
@pytest.fixture(scope="package")
def address() -> Iterator[str]:
    """The address of the server, without a last slash."""
    with demo_server() as address:
        yield address


@pytest.fixture(scope="package")
def browser(chromium_path: str) -> Iterator[Browser]:
    with chromium(chromium_path) as browser:
        yield browser


@pytest.fixture
def enter(browser: Browser, address: str) -> Iterator[Callable[..., Visitor]]:
    """Gives visitors that have signed in. None of them may have had an error, a CSP breach or a refused request."""
    visitors: list[Visitor] = []

    def sign_in(name: str = "salesperson", **options: str) -> Visitor:
        visitor = Visitor(browser, address, **options)  # type: ignore[arg-type]
        visitors.append(visitor)
        visitor.sign_in(name)
        return visitor

    yield sign_in
    complaints = [complaint for visitor in visitors for complaint in visitor.complaints]
    for visitor in visitors:
        visitor.close()
    assert complaints == []
