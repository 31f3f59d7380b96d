"""No page type and no open dialog breaks a rule of accessibility; everything fits into a narrow window."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser
Enter = Callable[..., Visitor]
PATHS = (
    "erp/", "erp/customers/", "erp/currencies/", "erp/company-information/", "crm/", "crm/accounts/", "sync/jobs/",
    "users/", "my-settings/",
)  # fmt: skip


def test_lists_role_centres_and_settings_break_no_rule(enter: Enter) -> None:
    visitor = enter("admin")
    for path in PATHS:
        visitor.go(path)
        assert violations(visitor.page) == [], path


def test_cards_and_forms_break_no_rule(enter: Enter) -> None:
    visitor = enter("admin")
    for path in ("erp/customers/", "crm/accounts/", "erp/currencies/"):
        visitor.go(path)
        visitor.open(visitor.rows().first)
        assert violations(visitor.page) == [], path
    for path in ("erp/customers/new/", "crm/accounts/new/"):
        visitor.go(path)
        assert violations(visitor.page) == [], path


def test_open_menus_dialogs_and_panes_break_no_rule(enter: Enter) -> None:
    visitor = enter("admin")
    page = visitor.page
    visitor.go("erp/customers/")
    visitor.rows().first.locator("[data-row-menu]").click()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+q")
    page.keyboard.type("cust")
    expect(page.locator(".tell-me-hit").first).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Control+F1")
    expect(page.get_by_role("heading", name="Keyboard")).to_be_visible()
    assert violations(page) == []
    visitor.act("delete")
    visitor.dialog("Delete")
    assert violations(page) == []


def test_a_form_with_errors_breaks_no_rule(enter: Enter) -> None:
    visitor = enter("salesperson")
    visitor.go("crm/accounts/new/")
    visitor.page.get_by_role("button", name="Save", exact=True).click()
    expect(visitor.page.locator(".field-error")).to_be_visible()

    assert violations(visitor.page) == []


def test_a_narrow_window_needs_no_sideways_scrolling(enter: Enter) -> None:
    visitor = enter("salesperson")
    visitor.page.set_viewport_size({"width": 1024, "height": 768})
    for path in ("erp/", "erp/customers/", "crm/", "crm/accounts/"):
        visitor.go(path)
        assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    visitor.go("erp/customers/")
    visitor.open(visitor.rows().first)
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
