"""Cards and forms as a user lives with them: saving, errors, conflicts, look-ups, lines, an ended session."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser
Enter = Callable[..., Visitor]


@pytest.fixture
def visitor(enter: Enter) -> Visitor:
    return enter("salesperson")


def status(page: Page):
    return page.locator("#save-status")


def new_customer(visitor: Visitor, name: str) -> str:
    """Make a customer by typing its name; the address of its card."""
    page = visitor.page
    visitor.go("erp/customers/")
    page.keyboard.press("Alt+n")
    page.wait_for_url(re.compile("/new/"))
    visitor.field("name").fill(name)
    visitor.field("name").press("Tab")
    expect(status(page)).to_have_text("Saved")
    page.wait_for_url(re.compile(r"/erp/customers/[0-9a-f-]{36}/"))
    return page.url


def test_leaving_the_name_of_a_new_card_makes_the_customer(visitor: Visitor) -> None:
    page = visitor.page
    new_customer(visitor, "Ny kund Öst")

    expect(page.locator("#card-head h1")).to_contain_text("Ny kund Öst")
    expect(visitor.field("no")).not_to_have_value("")
    visitor.field("city").fill("Lund")
    visitor.field("city").press("Tab")
    expect(status(page)).to_have_text("Saved")
    page.reload()
    expect(visitor.field("city")).to_have_value("Lund")


def test_a_rule_fills_other_fields_without_taking_what_is_typed(visitor: Visitor) -> None:
    page = visitor.page
    new_customer(visitor, "Regelkund")
    visitor.field("country_region_code").fill("DE")
    visitor.field("country_region_code").press("Tab")
    expect(status(page)).to_have_text("Saved")

    visitor.field("post_code").fill("80331")
    visitor.field("post_code").press("Tab")
    page.keyboard.type("089 555")

    expect(visitor.field("city")).to_have_value("München")
    focused = page.evaluate("document.activeElement.value")
    assert focused == "089 555"


def test_an_error_stands_at_its_field_and_nothing_is_lost(visitor: Visitor) -> None:
    page = visitor.page
    new_customer(visitor, "Felkund")
    visitor.field("name").fill("x" * 10_000)
    visitor.field("name").press("Tab")
    expect(page.locator("#field-name-field .field-error")).to_contain_text("10000")
    expect(status(page)).to_have_text("Not saved")

    visitor.field("phone_no").fill("+46 8 1")
    visitor.field("phone_no").press("Tab")

    expect(visitor.field("name")).to_have_value("x" * 10_000)
    visitor.field("name").fill("Felkund 2")
    visitor.field("name").press("Tab")
    expect(status(page)).to_have_text("Saved")
    expect(page.locator(".field-error")).to_have_count(0)
    page.reload()
    expect(visitor.field("phone_no")).to_have_value("+46 8 1")


def test_another_users_change_is_shown_beside_mine(visitor: Visitor, enter: Enter) -> None:
    page = visitor.page
    url = new_customer(visitor, "Konfliktkund")
    other = enter("admin")
    other.page.goto(url)
    other.field("address").fill("Deras gata 1")
    other.field("address").press("Tab")
    expect(status(other.page)).to_have_text("Saved")

    visitor.field("address").fill("Min gata 2")
    visitor.field("address").press("Tab")

    conflict = page.locator(".conflict")
    expect(conflict.get_by_role("row", name=re.compile("Address"))).to_contain_text("Min gata 2")
    expect(conflict.get_by_role("row", name=re.compile("Address"))).to_contain_text("Deras gata 1")
    conflict.get_by_role("button", name="Save My Values").click()
    expect(status(page)).to_have_text("Saved")
    page.reload()
    expect(visitor.field("address")).to_have_value("Min gata 2")


def test_a_look_up_offers_code_and_name_and_takes_the_keyboard(visitor: Visitor) -> None:
    page = visitor.page
    new_customer(visitor, "Landkund")
    visitor.field("country_region_code").press_sequentially("swe")
    expect(page.locator("#lookup-hits [role=option]").first).to_contain_text("Sweden")

    page.keyboard.press("Enter")

    expect(visitor.field("country_region_code")).to_have_value("SE")
    expect(status(page)).to_have_text("Saved")


def test_fasttabs_stay_as_they_were_left(visitor: Visitor) -> None:
    page = visitor.page
    url = new_customer(visitor, "Flikkund")
    page.locator("#tab-general > summary").click()
    page.locator("#tab-address .more-button").click()

    page.goto(url)

    expect(page.locator("#tab-general")).not_to_have_attribute("open", "")
    expect(page.locator("#summary-general")).to_contain_text("Flikkund")
    expect(page.locator("#tab-address .field.more").first).to_be_visible()


def test_an_open_menu_stays_open_while_the_card_is_refreshed(visitor: Visitor) -> None:
    visitor.go("erp/customers/?view=coupled")
    visitor.open(visitor.rows().first)
    menu = visitor.page.locator(".holder:has([data-action=open_coupled]) > [data-menu]").first
    menu.press("Enter")
    items = visitor.page.locator("[data-action=open_coupled]")
    expect(items).to_be_visible()
    old = items.element_handle()

    visitor.page.evaluate("document.body.dispatchEvent(new CustomEvent('listChanged'))")
    visitor.page.wait_for_function("(item) => !item.isConnected", arg=old)

    expect(items).to_be_visible()
    assert visitor.page.evaluate("document.activeElement.closest('[role=menu], .menu') !== null")
    visitor.page.keyboard.press("Escape")
    expect(items).to_be_hidden()


def test_deleting_a_coupled_customer_warns_of_the_coupling(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("erp/customers/?filter=coupled_to_dataverse%3Dyes")
    visitor.open(visitor.rows().first)
    page.get_by_role("button", name="Delete", exact=True).click()

    dialog = visitor.dialog("Delete")

    expect(dialog.locator(".notice.warn")).to_contain_text("coupled")
    expect(dialog.locator(".record-names")).to_contain_text(re.compile("C0"))


def test_a_deleted_customer_is_gone_from_the_list(visitor: Visitor) -> None:
    page = visitor.page
    new_customer(visitor, "Raderakund")
    page.get_by_role("button", name="Delete", exact=True).click()

    visitor.confirm(visitor.dialog("Delete"))

    page.wait_for_url(re.compile("/erp/customers/$"))
    visitor.go("erp/customers/?q=raderakund")
    expect(page.get_by_text("No record fits.")).to_be_visible()


def test_a_form_saves_when_save_is_pressed_and_blocks_without_what_is_required(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("crm/accounts/new/")
    visitor.field("telephone1").fill("+46 40 1")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#field-name-field .field-error")).to_be_visible()
    expect(visitor.field("name")).to_be_focused()

    visitor.field("name").fill("Zebra Handel")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(status(page)).to_have_text("Saved")
    expect(page.locator("#card-head h1")).to_contain_text("Zebra Handel")
    visitor.field("fax").fill("12")
    expect(status(page)).to_have_text("Not saved")
    visitor.press("Save & Close")
    page.wait_for_url(re.compile("/crm/accounts/(\\?|$)"))


def test_an_inactive_record_can_be_read_and_activated_again(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("crm/accounts/new/")
    visitor.field("name").fill("Vilande AB")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(status(page)).to_have_text("Saved")
    visitor.press("Deactivate")
    expect(page.get_by_text("This record is inactive.")).to_be_visible()
    expect(page.locator("input#field-name")).to_have_count(0)

    visitor.press("Activate")

    expect(page.locator("input#field-name")).to_have_value("Vilande AB")


def test_lines_are_added_changed_and_deleted_in_place(enter: Enter) -> None:
    visitor = enter("admin")
    page = visitor.page
    visitor.go("erp/currencies/")
    visitor.open(visitor.rows().first)
    lines = page.locator("#lines-rates tr[data-line]:not(.blank-line)")
    before = lines.count()
    blank = page.locator("#lines-rates .blank-line")
    blank.locator("input[name$=starting_date]").fill("01/01/2019")
    blank.locator("input[name$=starting_date]").press("Tab")
    blank.locator("input[name$=-exchange_rate_amount]").fill("100")
    blank.locator("input[name$=-relational_exch_rate_amount]").fill("112.5")
    blank.locator("input[name$=-relational_exch_rate_amount]").press("Tab")
    expect(lines).to_have_count(before + 1)

    added = lines.filter(has=page.locator("input[value='01/01/2019']"))
    added.locator("input[name$=-relational_exch_rate_amount]").fill("113.75")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        added.locator("input[name$=-relational_exch_rate_amount]").press("Tab")
    expect(added.locator("input[name$=-relational_exch_rate_amount]")).to_have_value("113.75")
    page.reload()
    expect(added.locator("input[name$=-relational_exch_rate_amount]")).to_have_value("113.75")
    added.locator("[data-delete-line]").click()

    expect(lines).to_have_count(before)


def test_what_was_typed_is_there_again_after_an_ended_session(visitor: Visitor) -> None:
    page = visitor.page
    url = new_customer(visitor, "Sessionskund")
    visitor.context.clear_cookies(name="sessionid")
    visitor.field("address").fill("Glöm inte 1")
    visitor.field("address").press("Tab")
    dialog = page.locator("#session-ended")
    expect(dialog).to_contain_text("Your session has ended")
    dialog.get_by_role("link", name="Sign in").click()
    visitor.complaints.clear()  # the refused save

    page.locator("input[name=username]").fill("salesperson")
    page.locator("input[name=password]").fill("salesperson-of-a-test-1")
    page.keyboard.press("Enter")

    page.wait_for_url(url)
    expect(visitor.field("address")).to_have_value("Glöm inte 1")
    expect(status(page)).to_have_text("Saved")


def test_a_dialog_opens_again_with_its_input_after_an_ended_session(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go("erp/customers/?filter=coupled_to_dataverse%3Dno%2Cblocked%3D''")
    visitor.choose(visitor.rows().first)
    visitor.act("set_up_coupling")
    dialog = visitor.dialog("Set Up Coupling")
    dialog.get_by_label("Create New").check()
    visitor.context.clear_cookies(name="sessionid")
    dialog.locator(".dialog-foot .primary").click()
    page.locator("#session-ended").get_by_role("link", name="Sign in").click()
    visitor.complaints.clear()

    page.locator("input[name=username]").fill("salesperson")
    page.locator("input[name=password]").fill("salesperson-of-a-test-1")
    page.keyboard.press("Enter")

    expect(visitor.dialog("Set Up Coupling").get_by_label("Create New")).to_be_checked()


def test_unknown_records_and_pages_are_told_kindly(visitor: Visitor) -> None:
    visitor.go("erp/customers/00000000-0000-7000-8000-00000000dead/")
    visitor.complaints.clear()

    expect(visitor.page.get_by_role("heading", name="This page or record does not exist")).to_be_visible()
