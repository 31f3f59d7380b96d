"""Lists as a user lives with them: choosing rows, searching, filtering, keys, actions."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
LIST = "/erp/customers/"


def row(page: Page, number: int):
    return page.locator("#grid tbody tr").nth(number)


def count(page: Page):
    return page.locator("#selection-count")


def test_a_selection_survives_paging(visit: Visit) -> None:
    page = visit(LIST)
    row(page, 1).locator("[data-check]").check()

    page.get_by_role("link", name="Next", exact=True).click()
    expect(page.get_by_text("101–120 of 120")).to_be_visible()
    row(page, 2).locator("[data-check]").check()

    expect(count(page)).to_have_text("2 selected")
    page.get_by_role("link", name="Previous", exact=True).click()
    expect(row(page, 1)).to_have_class(re.compile("selected"))


def test_everything_in_the_filter_can_be_chosen(visit: Visit) -> None:
    page = visit(f"{LIST}?filter=city%3DMalm%C3%B6")
    page.get_by_label("Select all rows").check()
    expect(count(page)).to_have_text("60 selected")
    page = visit(LIST)
    page.get_by_label("Select all rows").check()
    expect(count(page)).to_have_text("100 selected")

    page.get_by_role("button", name="Select all 120 in this filter").click()

    expect(count(page)).to_have_text("All 120 selected")


def test_shift_and_ctrl_choose_as_in_a_file_manager(visit: Visit) -> None:
    page = visit(LIST)
    row(page, 1).click()
    row(page, 4).click(modifiers=["Shift"])
    expect(count(page)).to_have_text("4 selected")
    row(page, 8).click(modifiers=["Control"])
    expect(count(page)).to_have_text("5 selected")

    row(page, 2).click()

    expect(count(page)).to_have_text("1 selected")
    page.keyboard.press("Escape")
    expect(count(page)).to_have_text("")
    page.keyboard.press("Control+a")
    expect(count(page)).to_have_text("100 selected")


def test_the_search_forgives_accents_and_stands_in_the_address(visit: Visit) -> None:
    page = visit(LIST)
    page.keyboard.press("F3")
    page.keyboard.type("aberg 07")

    expect(page.get_by_text("1–10 of 10")).to_be_visible()
    assert "q=aberg+07" in page.url
    page.get_by_placeholder("Search").fill("zzz")
    expect(page.get_by_text("No record fits.")).to_be_visible()
    expect(page.get_by_text("Searched for “zzz”.")).to_be_visible()


def test_the_filter_pane_keeps_the_order_and_the_search(visit: Visit) -> None:
    page = visit(f"{LIST}?q=aberg&sort=-name")
    page.get_by_label("City", exact=True).fill("Lund")
    page.get_by_label("City", exact=True).press("Enter")

    expect(page.get_by_text("1–60 of 60")).to_be_visible()
    assert "filter=city%3DLund" in page.url
    assert "sort=-name" in page.url
    assert "q=aberg" in page.url


def test_a_filter_that_does_not_fit_says_why(visit: Visit) -> None:
    page = visit(LIST)
    page.get_by_label("City", exact=True).fill("'open")
    page.get_by_label("City", exact=True).press("Enter")

    expect(page.get_by_role("alert")).to_contain_text("quote")


def test_actions_tell_why_they_cannot_be_used(visit: Visit) -> None:
    page = visit(LIST)
    delete = page.get_by_role("button", name="Delete", exact=True)
    expect(delete).to_have_attribute("aria-disabled", "true")
    expect(delete).to_have_attribute("title", "Select one or more records.")

    row(page, 0).click()

    expect(delete).not_to_have_attribute("aria-disabled", "true")
    edit = page.get_by_role("button", name="Edit", exact=True)
    row(page, 1).click(modifiers=["Control"])
    expect(edit).to_have_attribute("title", "Select exactly one record.")


def test_records_are_deleted_after_a_question_that_names_them(visit: Visit) -> None:
    page = visit(f"{LIST}?q=Aberg 01")
    name = row(page, 0).locator("td").nth(3).inner_text()
    row(page, 0).click()
    page.get_by_role("button", name="Delete", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(name)
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    assert violations(page) == []

    dialog.get_by_role("button", name="Delete", exact=True).click()

    expect(page.get_by_text("1 record deleted.")).to_be_visible()
    expect(page.get_by_text("1–9 of 9")).to_be_visible()
    expect(count(page)).to_have_text("")


def test_escape_closes_a_dialog_and_the_focus_goes_back(visit: Visit) -> None:
    page = visit(LIST)
    row(page, 0).click()
    opener = page.get_by_role("button", name="Delete", exact=True)
    opener.click()
    expect(page.get_by_role("dialog")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(opener).to_be_focused()


def test_menus_work_by_keyboard(visit: Visit) -> None:
    page = visit(LIST)
    menu = page.get_by_role("button", name="Sales", exact=True)
    menu.focus()
    page.keyboard.press("ArrowDown")
    expect(menu).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("menuitem", name="Customers")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Contacts")).to_be_focused()

    page.keyboard.press("Escape")

    expect(menu).to_be_focused()
    expect(menu).to_have_attribute("aria-expanded", "false")


def test_the_row_menu_acts_on_its_row(visit: Visit) -> None:
    page = visit(LIST)
    row(page, 5).locator("[data-row-menu]").click()
    expect(count(page)).to_have_text("1 selected")

    page.locator("#row-menu").get_by_role("menuitem", name="Edit").click()

    expect(page.locator("#card-head h1")).to_contain_text("Åberg 005")


def test_panes_stay_as_they_were_left(visit: Visit) -> None:
    page = visit(LIST)
    page.keyboard.press("Shift+F3")
    page.keyboard.press("Alt+F2")
    expect(page.locator("#filter-pane")).to_be_hidden()

    page.reload()

    expect(page.locator("#filter-pane")).to_be_hidden()
    expect(page.locator("#factbox-pane")).to_be_hidden()


def test_factboxes_follow_the_selection(visit: Visit) -> None:
    page = visit(LIST)
    row(page, 3).click()
    key = row(page, 3).locator("a.key").inner_text()

    expect(page.get_by_role("complementary", name="FactBoxes")).to_contain_text(key)


def test_tell_me_opens_a_page_with_enter(visit: Visit) -> None:
    page = visit(LIST)
    page.keyboard.press("Alt+q")
    page.keyboard.type("vendors" if False else "currencies")
    expect(page.locator(".tell-me-hit[aria-selected=true]")).to_contain_text("Currencies")

    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/erp/currencies/"))


def test_next_and_previous_record_follow_the_list(visit: Visit) -> None:
    page = visit(f"{LIST}?filter=city%3DLund&sort=-no")
    page.locator("#grid a.key").nth(1).click()
    expect(page.locator("#card-head h1")).to_contain_text("Åberg 116")

    page.keyboard.press("Control+ArrowDown")
    expect(page.locator("#card-head h1")).to_contain_text("Åberg 114")
    page.keyboard.press("Control+ArrowUp")
    page.keyboard.press("Control+ArrowUp") if page.locator("#card-head h1").inner_text().endswith("116") else None
    expect(page.locator("#card-head h1")).to_contain_text(re.compile("Åberg 11[68]"))
    page.locator("[data-back]").click()

    assert "filter=city%3DLund" in page.url
    assert "sort=-no" in page.url


@pytest.mark.parametrize("path", ["/erp/", LIST, "/crm/", "/crm/accounts/", "/erp/currencies/", "/users/", "/my-settings/"])
def test_no_accessibility_rule_is_broken(visit: Visit, path: str) -> None:
    assert violations(visit(path)) == []


def test_open_menus_and_tell_me_break_no_rule(visit: Visit) -> None:
    page = visit(LIST)
    row(page, 0).locator("[data-row-menu]").click()
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


def test_a_narrow_window_has_no_sideways_scrolling(visit: Visit) -> None:
    for path in (LIST, "/crm/accounts/", "/erp/"):
        page = visit(path, width=1024, height=768)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
