"""The main story, as a salesperson lives it: couple, send, get, many at once, a conflict; and no errors meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser]

Enter = Callable[..., Visitor]


def test_a_customer_is_coupled_with_a_new_account_and_changes_go_both_ways(enter: Enter):
    visitor = enter()
    visitor.go("erp/customers/?view=not_coupled&filter=blocked%3D''")
    customer = visitor.open(visitor.rows().first)

    visitor.act("set_up_coupling")
    dialog = visitor.dialog("Set Up Coupling")
    dialog.get_by_label("Create New").check()
    visitor.confirm(dialog)
    visitor.wait_for_job()
    expect(visitor.page.locator("#factboxes")).to_contain_text("Coupled with")

    visitor.change("phone_no", "+46 31 701 90 00")
    visitor.synchronize_now("to_crm")
    account = visitor.open_account()
    expect(visitor.field("telephone1")).to_have_value("+46 31 701 90 00")

    visitor.change_form("address1_city", "Kungsbacka")
    visitor.go(customer)
    visitor.synchronize_now("from_crm")
    visitor.go(customer)
    expect(visitor.field("city")).to_have_value("Kungsbacka")
    assert account.startswith("crm/accounts/")


def test_a_selection_is_synchronized_with_one_dialog(enter: Enter):
    visitor = enter()
    visitor.go("erp/customers/?view=coupled&page=2")
    rows = visitor.rows()
    visitor.choose(rows.nth(0), rows.nth(1), rows.nth(3))

    visitor.act("synchronize_now")
    dialog = visitor.dialog("Synchronize Now")
    expect(dialog).to_contain_text("3 records")
    dialog.locator("input[name=direction][value=to_crm]").check()
    visitor.confirm(dialog)

    notice = visitor.wait_for_job()
    notice.get_by_role("link", name="Show details").click()
    expect(visitor.page.locator(".job-count")).to_contain_text("3 records")


def test_a_conflict_is_solved_field_by_field(enter: Enter):
    visitor = enter()
    visitor.go("erp/customers/?view=coupled&page=3")
    number = visitor.rows().nth(2).locator("a.key").inner_text()
    customer = visitor.open(visitor.rows().nth(2))
    account = visitor.open_account()
    visitor.change_form("telephone1", "+49 30 555 02")
    visitor.go(customer)
    visitor.change("phone_no", "+49 30 555 01")

    visitor.go("coupling/mappings/")
    visitor.choose(visitor.row("CUSTOMER"))
    visitor.act("sync_modified")
    visitor.agree("Synchronize Modified Records")
    visitor.wait_for_job("The synchronization has ended")

    visitor.go("sync/errors/?view=conflicts")
    expect(visitor.page.locator("h1")).to_contain_text("Coupled Data Synchronization Errors")
    visitor.choose(visitor.row(number))
    visitor.act("synchronize")
    dialog = visitor.dialog("Synchronize")
    phone = dialog.locator("tr.clash")
    expect(phone).to_contain_text("+49 30 555 01")
    phone.get_by_text("+49 30 555 02").click()
    visitor.confirm(dialog)
    visitor.wait_for_job()

    visitor.go("sync/errors/?view=conflicts")
    expect(visitor.row(number)).to_have_count(0)
    visitor.go(customer)
    expect(visitor.field("phone_no")).to_have_value("+49 30 555 02")
    visitor.go(account)
    expect(visitor.field("telephone1")).to_have_value("+49 30 555 02")


def test_tell_me_couples_with_the_keyboard_alone(enter: Enter):
    visitor = enter()
    visitor.go("erp/customers/?view=not_coupled&filter=blocked%3D''")
    visitor.open(visitor.rows().nth(1))
    keyboard = visitor.page.keyboard

    keyboard.press("Alt+q")
    expect(visitor.page.locator("#tell-me-input")).to_be_focused()
    keyboard.type("couple")
    expect(visitor.page.locator("#tell-me-hits")).to_contain_text("Set Up Coupling")
    hits = visitor.page.locator("#tell-me-hits [role=option]")
    place = [hit.strip().split("\n")[0] for hit in hits.all_inner_texts()].index("Set Up Coupling")
    for _ in range(hits.count()):
        if hits.nth(place).get_attribute("aria-selected") == "true":
            break
        keyboard.press("ArrowDown")
    keyboard.press("Enter")

    dialog = visitor.dialog("Set Up Coupling")
    keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_pages_speak_swedish(enter: Enter):
    visitor = enter("viewer")
    visitor.go("erp/customers/")
    visitor.page.locator("[data-menu=user-menu]").click()
    visitor.page.get_by_role("button", name="Svenska").click()

    expect(visitor.page.locator("html")).to_have_attribute("lang", "sv")
    expect(visitor.page.locator(".action-bar [data-action=set_up_coupling]")).to_have_text("Konfigurera koppling")


def test_what_is_typed_and_taken_back_is_no_change(enter: Enter):
    visitor = enter()
    visitor.go("erp/customers/")
    visitor.open(visitor.rows().nth(4))
    field, status = visitor.field("phone_no"), visitor.page.locator("#save-status")
    before = field.input_value()

    field.press_sequentially("5")
    expect(status).to_have_text("Not saved")
    field.press("Backspace")
    field.press("Tab")

    expect(status).to_have_text("Saved")
    expect(field).to_have_value(before)
