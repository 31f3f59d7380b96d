"""Work without a mouse: cells, filters and columns of a list, saving and leaving a card, records by Tell Me."""

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


def head(page: Page, name: str) -> Locator:
    return page.locator(f'#grid th[data-column="{name}"]')


def cell(page: Page, row: int, name: str) -> Locator:
    at = head(page, name).evaluate("head => head.cellIndex")
    return page.locator("#grid tbody tr").nth(row).locator("td").nth(at)


def menu_of(page: Page, name: str) -> Locator:
    """The menu of a column, opened from its header by keyboard."""
    head(page, name).get_by_role("link").focus()
    page.keyboard.press("Alt+ArrowDown")
    return page.locator("#column-menu")


def test_a_list_is_filtered_to_the_cell_that_one_is_on(visitor: Visitor) -> None:
    page = visitor.page
    page.locator("#grid a.key").first.focus()
    for _step in range(10):
        if cell(page, 0, "city").evaluate("cell => cell === document.activeElement"):
            break
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    city = cell(page, 1, "city").inner_text()
    expect(cell(page, 1, "city")).to_be_focused()

    page.keyboard.press("Alt+F3")

    expect(head(page, "city").locator("[data-filtered]")).to_be_visible()
    expect(cell(page, 0, "city")).to_have_text(city)
    expect(page.get_by_label("City", exact=True)).to_have_value(re.compile(re.escape(city)))
    page.get_by_role("link", name="Items").or_(page.locator(".company")).first.click()
    page.get_by_role("button", name="Sales", exact=True).click()
    page.get_by_role("menuitem", name="Customers").click()
    expect(head(page, "city").locator("[data-filtered]")).to_be_visible()

    page.keyboard.press("Control+Alt+Shift+F3")

    expect(head(page, "city").locator("[data-filtered]")).to_have_count(0)


def test_the_menu_of_a_column_sorts_filters_and_hides(visitor: Visitor) -> None:
    page = visitor.page
    expect(menu_of(page, "city").get_by_role("menuitem", name="Sort Ascending")).to_be_focused()
    page.locator("#column-menu").get_by_role("menuitem", name="Sort Descending").click()
    expect(head(page, "city")).to_have_attribute("aria-sort", "descending")
    menu_of(page, "phone_no").get_by_role("menuitem", name="Filter...").click()
    expect(page.get_by_label("Phone No.", exact=True)).to_be_focused()

    menu_of(page, "city").get_by_role("menuitem", name="Hide Column").click()

    expect(head(page, "city")).to_have_count(0)
    menu_of(page, "name").get_by_role("menuitem", name="Columns...").click()
    dialog = visitor.dialog("Columns")
    expect(dialog.get_by_label("City", exact=True)).not_to_be_checked()
    dialog.get_by_role("button", name="Reset").click()
    expect(head(page, "city")).to_be_visible()


def test_a_column_is_as_wide_as_it_was_dragged(visitor: Visitor) -> None:
    page = visitor.page
    box = head(page, "name").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 3, box["y"] + 15)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 3 + 60, box["y"] + 15, steps=4)
    with page.expect_response(re.compile("/columns/store/")):
        page.mouse.up()

    page.reload()

    dragged = head(page, "name").bounding_box()
    assert dragged is not None
    assert abs(dragged["width"] - box["width"] - 60) <= 2
    with page.expect_response(re.compile("/columns/store/")):
        page.mouse.dblclick(dragged["x"] + dragged["width"] - 3, dragged["y"] + 15)
    widest = page.locator("#grid tbody tr").evaluate_all(
        "(rows, at) => Math.max(...rows.map((row) => row.cells[at].scrollWidth - row.cells[at].clientWidth))",
        head(page, "name").evaluate("head => head.cellIndex"),
    )
    assert widest == 0
    menu_of(page, "name").get_by_role("menuitem", name="Columns...").click()
    visitor.dialog("Columns").get_by_role("button", name="Reset").click()
    expect(head(page, "name")).not_to_have_attribute("data-width", re.compile("."))


def test_a_card_is_filled_saved_and_left_by_keyboard(visitor: Visitor) -> None:
    page = visitor.page
    page.keyboard.press("Alt+n")
    page.wait_for_url(re.compile("/new/"))
    page.wait_for_load_state()
    visitor.field("name").fill("Tangentkund")
    page.keyboard.press("Alt+Shift+N")
    page.wait_for_url(re.compile("/new/"))
    expect(visitor.field("name")).to_have_value("")
    page.wait_for_load_state()
    visitor.field("name").fill("Tangentkund Två")
    visitor.field("name").press("Tab")
    expect(page.locator("#save-status")).to_have_text("Saved")

    page.keyboard.press("F6")
    opened = page.evaluate("document.activeElement.closest('details').id")
    assert opened != "tab-general"
    visitor.field("credit_limit_lcy").fill("12*4")
    page.keyboard.press("F5")
    expect(visitor.field("credit_limit_lcy")).to_have_value("48.00")
    visitor.field("name").fill("Taken back")
    page.keyboard.press("Escape")
    expect(visitor.field("name")).to_have_value("Tangentkund Två")
    visitor.field("name").fill("Tangentkund 2")
    page.keyboard.press("Control+Enter")

    page.wait_for_url(re.compile(f"/{LIST}([?].*)?$"))
    visitor.go(f"{LIST}?q=tangentkund")
    expect(page.locator("#grid tbody")).to_contain_text("Tangentkund 2")
    assert page.locator("#grid tbody tr").count() == 2


def test_tell_me_finds_records_behind_pages(visitor: Visitor) -> None:
    page = visitor.page
    name = cell(page, 4, "name").inner_text()
    page.keyboard.press("Alt+q")
    page.keyboard.type(name)

    hit = page.locator("[data-records] .tell-me-hit").filter(has_text=name).first
    expect(hit).to_be_visible()
    hit.click()

    expect(page.locator("#card-head h1")).to_contain_text(name)


def test_a_form_saved_from_within_a_field_is_saved(visitor: Visitor) -> None:
    page, status = visitor.page, visitor.page.locator("#save-status")
    visitor.go("crm/accounts/")
    visitor.open(visitor.rows().nth(2))
    visitor.field("address1_city").fill("Kungsbacka")
    expect(status).to_have_text("Not saved")

    with page.expect_response(re.compile("/factboxes/")):  # what is asked for after the answer
        page.keyboard.press("Control+s")

    expect(status).to_have_text("Saved")
    expect(visitor.field("address1_city")).to_be_focused()


def test_a_form_is_saved_before_a_new_one_begins(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("crm/accounts/")
    address = visitor.open(page.locator("#grid tbody tr").nth(3))
    visitor.field("telephone1").fill("+1 555 0100")

    page.keyboard.press("Alt+Shift+N")

    page.wait_for_url(re.compile("/new/"))
    visitor.go(address)
    expect(visitor.field("telephone1")).to_have_value("+1 555 0100")
    page.wait_for_load_state()
    page.keyboard.press("F6")
    expect(page.locator("[role=tab]").nth(1)).to_have_attribute("aria-selected", "true")
