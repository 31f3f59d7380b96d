"""Lists as a user lives with them: choosing rows, searching, filtering, keys, actions."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser
Enter = Callable[..., Visitor]
LIST = "erp/customers/"


@pytest.fixture
def visitor(enter: Enter) -> Visitor:
    """A salesperson on the list of customers."""
    found = enter("salesperson")
    found.go(LIST)
    return found


def row(page: Page, number: int) -> Locator:
    return page.locator("#grid tbody tr").nth(number)


def chosen(page: Page) -> Locator:
    return page.locator("#selection-count")


def total(page: Page) -> int:
    return int(page.locator("[data-total]").get_attribute("data-total") or "0")


def search(page: Page, text: str) -> None:
    page.keyboard.press("F3")
    page.keyboard.type(text)
    page.wait_for_url(lambda url: f"q={text.replace(' ', '+')}" in url)


def test_a_selection_survives_paging(visitor: Visitor) -> None:
    page = visitor.page
    row(page, 1).locator("[data-check]").check()
    page.get_by_role("link", name="Next", exact=True).click()
    expect(page.get_by_text(re.compile("^101–200 of "))).to_be_visible()
    row(page, 2).locator("[data-check]").check()
    expect(chosen(page)).to_have_text("2 selected")

    page.get_by_role("link", name="Previous", exact=True).click()

    expect(row(page, 1)).to_have_class(re.compile("selected"))
    expect(chosen(page)).to_have_text("2 selected")


def test_everything_in_the_filter_can_be_chosen(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_label("Select all rows").check()
    expect(chosen(page)).to_have_text("100 selected")

    page.get_by_role("button", name=re.compile("^Select all .* in this filter$")).click()

    expect(chosen(page)).to_have_text(f"All {total(page):,} selected")
    row(page, 0).locator("[data-check]").uncheck()
    expect(chosen(page)).to_have_text("99 selected")


def test_shift_and_ctrl_choose_as_in_a_file_manager(visitor: Visitor) -> None:
    page = visitor.page
    row(page, 1).click()
    row(page, 4).click(modifiers=["Shift"])
    expect(chosen(page)).to_have_text("4 selected")
    row(page, 8).click(modifiers=["Control"])
    expect(chosen(page)).to_have_text("5 selected")
    row(page, 2).click()
    expect(chosen(page)).to_have_text("1 selected")

    page.keyboard.press("Escape")

    expect(chosen(page)).to_have_text("")
    page.keyboard.press("Control+a")
    expect(chosen(page)).to_have_text("100 selected")


def test_the_search_forgives_accents_and_stands_in_the_address(visitor: Visitor) -> None:
    page = visitor.page
    search(page, "metallbau")
    expect(row(page, 0)).to_contain_text("Metallbau")
    page.get_by_placeholder("Search").fill("malmo")
    expect(row(page, 0)).to_contain_text("Malmö")

    page.get_by_placeholder("Search").fill("zzzz")

    expect(page.get_by_text("No record fits.")).to_be_visible()
    expect(page.get_by_text("Searched for “zzzz”.")).to_be_visible()


def test_the_filter_pane_keeps_the_order_and_the_search(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go(f"{LIST}?q=ab&sort=-name")
    page.get_by_label("City", exact=True).fill("Malmö|Stockholm")
    page.get_by_label("City", exact=True).press("Enter")
    page.wait_for_url(re.compile("filter=city"))

    assert "sort=-name" in page.url
    assert "q=ab" in page.url
    assert 0 < total(page) < 200
    for cell in page.locator("#grid tbody tr").all()[:10]:
        assert re.search("Malmö|Stockholm", cell.inner_text())


def test_a_filter_that_does_not_parse_says_why(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_label("City", exact=True).fill("'open")
    page.get_by_label("City", exact=True).press("Enter")

    expect(page.get_by_role("alert")).to_contain_text("quote")
    assert page.locator("#grid tbody tr").count() == 0


def test_a_cue_and_a_view_open_what_they_count(visitor: Visitor) -> None:
    page = visitor.page
    blocked = page.locator(".views a", has_text="Blocked")
    expect(blocked.locator(".count")).not_to_have_text("")
    said = blocked.locator(".count").inner_text()

    blocked.click()

    expect(page.get_by_text(re.compile(f"of {said}$")).first).to_be_visible()


def test_actions_tell_why_they_cannot_be_used(visitor: Visitor) -> None:
    page = visitor.page
    delete = page.locator(".action-bar [data-action=delete]")
    expect(delete).to_have_attribute("title", "Select one or more records.")
    row(page, 0).click()
    expect(delete).not_to_have_attribute("aria-disabled", "true")

    row(page, 1).click(modifiers=["Control"])

    expect(page.locator(".action-bar [data-action=edit]")).to_have_attribute("title", "Select exactly one record.")


def test_a_viewer_is_told_that_the_right_is_missing(enter: Enter) -> None:
    visitor = enter("viewer")
    visitor.go(LIST)
    row(visitor.page, 0).click()

    delete = visitor.page.locator(".action-bar [data-action=delete]")

    expect(delete).to_have_attribute("title", "You do not have the right to do this.")


def test_escape_closes_a_dialog_and_the_focus_goes_back(visitor: Visitor) -> None:
    page = visitor.page
    row(page, 0).click()
    opener = page.locator(".action-bar [data-action=delete]")
    opener.click()
    dialog = visitor.dialog("Delete")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()

    page.keyboard.press("Escape")

    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()


def test_menus_work_by_keyboard(visitor: Visitor) -> None:
    page = visitor.page
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


def test_the_row_menu_acts_on_its_row(visitor: Visitor) -> None:
    page = visitor.page
    key = row(page, 5).locator("a.key").inner_text()
    row(page, 5).locator("[data-row-menu]").click()
    expect(chosen(page)).to_have_text("1 selected")

    page.locator("#row-menu").get_by_role("menuitem", name="Edit").click()

    expect(page.locator("#card-head h1")).to_contain_text(key)


def test_panes_stay_as_they_were_left(visitor: Visitor) -> None:
    page = visitor.page
    page.keyboard.press("Shift+F3")
    page.keyboard.press("Alt+F2")
    expect(page.locator("#filter-pane")).to_be_hidden()

    page.reload()

    expect(page.locator("#filter-pane")).to_be_hidden()
    expect(page.locator("#factbox-pane")).to_be_hidden()


def test_factboxes_follow_the_selection(visitor: Visitor) -> None:
    page = visitor.page
    row(page, 3).click()
    expect(page.locator("#factboxes")).to_contain_text(row(page, 3).locator("a.key").inner_text())

    row(page, 6).click()

    expect(page.locator("#factboxes")).to_contain_text(row(page, 6).locator("a.key").inner_text())


def test_tell_me_opens_a_page_with_enter(visitor: Visitor) -> None:
    page = visitor.page
    page.keyboard.press("Alt+q")
    page.keyboard.type("currencies")
    expect(page.locator(".tell-me-hit[aria-selected=true]")).to_contain_text("Currencies")

    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/erp/currencies/"))


def test_next_and_previous_record_follow_the_list(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go(f"{LIST}?filter=country_region_code%3DSE&sort=-no")
    titles = [row(page, number).locator("a.key").inner_text() for number in range(3)]
    visitor.open(row(page, 1))

    page.keyboard.press("Control+ArrowDown")
    expect(page.locator("#card-head h1")).to_contain_text(titles[2])
    page.wait_for_load_state()
    page.keyboard.press("Control+ArrowUp")
    expect(page.locator("#card-head h1")).to_contain_text(titles[1])
    page.locator("[data-back]").click()

    assert "filter=country_region_code%3DSE" in page.url
    assert "sort=-no" in page.url


def test_help_shows_the_documentation_of_the_page(visitor: Visitor) -> None:
    visitor.page.keyboard.press("Control+F1")

    expect(visitor.page.locator("#help-pane")).to_contain_text("Keyboard")
    expect(visitor.page.locator("#help-pane")).to_contain_text("Customers")


def test_the_language_changes_numbers_and_texts_at_once(visitor: Visitor) -> None:
    page = visitor.page
    page.locator(".avatar").click()
    page.get_by_role("button", name="Svenska").click()

    expect(page.locator("html")).to_have_attribute("lang", "sv")
    expect(page.get_by_text(re.compile("2\u00a0\\d\\d\\d")).first).to_be_visible()
    page.locator(".avatar").click()
    page.get_by_role("button", name="English (United States)").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
