"""The pictures of the documentation: `script/screenshots` writes docs/images/*.png from a fresh demo server."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from playwright.sync_api import Browser, expect

from config.folders import ROOT
from tests.browser.demo import chromium, demo_server
from tests.browser.visitor import Visitor
from tests.needs import find_chromium, missing_reason

FOLDER = ROOT / "docs" / "images"


def main() -> None:
    """Make all pictures."""
    path = find_chromium()
    if path is None:
        sys.exit(missing_reason("browser"))
    FOLDER.mkdir(exist_ok=True)
    with demo_server() as address, chromium(path) as browser:
        for take in (
            of_customers, of_coupling, of_conflict, of_setup, of_administration, of_matching, of_partners, of_job,
        ):  # fmt: skip
            take(browser, address)


def enter(browser: Browser, address: str, name: str) -> Visitor:
    """A visitor who has signed in."""
    visitor = Visitor(browser, address)
    visitor.sign_in(name)
    return visitor


def picture(visitor: Visitor, name: str) -> None:
    """Write the window as docs/images/<name>.png once nothing moves or loads."""
    visitor.page.wait_for_load_state("networkidle")
    visitor.page.evaluate("document.fonts.ready")
    visitor.page.screenshot(path=Path(FOLDER, f"{name}.png"), animations="disabled", caret="hide")
    print(f"docs/images/{name}.png")


def of_customers(browser: Browser, address: str) -> None:
    """The role center and the list."""
    visitor = enter(browser, address, "salesperson")
    picture(visitor, "role-centre")
    visitor.go("erp/customers/")
    visitor.choose(visitor.rows().nth(2))
    expect(visitor.page.locator("#factboxes")).to_contain_text("Coupled with")
    picture(visitor, "customer-list")
    visitor.close()


def of_coupling(browser: Browser, address: str) -> None:
    """From a card over both dialogs to the account."""
    visitor = enter(browser, address, "salesperson")
    visitor.go("erp/customers/?view=not_coupled&filter=blocked%3D''")
    visitor.open(visitor.rows().nth(1))
    visitor.act("set_up_coupling")
    visitor.dialog("Set Up Coupling").get_by_label("Create New").check()
    picture(visitor, "set-up-coupling")
    visitor.go("erp/customers/?view=coupled")
    customer = visitor.open(visitor.rows().nth(3))
    picture(visitor, "customer-card")
    visitor.change("phone_no", "+64 6 325 2200")
    visitor.act("synchronize_now")
    visitor.dialog("Synchronize Now")
    picture(visitor, "synchronize-now")
    visitor.go(customer)
    visitor.open_account()
    picture(visitor, "account-form")
    visitor.close()


def of_conflict(browser: Browser, address: str) -> None:
    """The comparison of a record that both sides have changed."""
    visitor = enter(browser, address, "salesperson")
    visitor.go("sync/errors/?view=conflicts")
    visitor.choose(visitor.rows().first)
    visitor.act("synchronize")
    visitor.dialog("Synchronize")
    picture(visitor, "conflict")
    visitor.close()


def of_setup(browser: Browser, address: str) -> None:
    """What an administrator sets up."""
    visitor = enter(browser, address, "admin")
    visitor.go("connection-setup/")
    picture(visitor, "connection")
    visitor.go("coupling/mappings/")
    picture(visitor, "mappings")
    visitor.close()


def of_administration(browser: Browser, address: str) -> None:
    """A mapping with its lines, a filter being edited, a rule, schedules, what went wrong."""
    visitor = enter(browser, address, "admin")
    visitor.go("coupling/mappings/")
    visitor.choose(visitor.row("CUSTOMER"))
    visitor.act("table_filter")
    visitor.dialog("Table Filter")
    picture(visitor, "table-filter")
    visitor.go("coupling/mappings/")
    visitor.page.get_by_role("link", name="CUSTOMER", exact=True).click()
    picture(visitor, "mapping")
    visitor.go("coupling/transformation-rules/")
    visitor.page.get_by_role("link", name="ALPHANUMERIC_ONLY", exact=True).click()
    picture(visitor, "transformation-rule")
    for path, name in (
        ("sync/schedules/", "job-queue-entries"),
        ("sync/conflicts/", "conflicts"),
        ("sync/errors/", "synchronization-errors"),
        ("sync/error-catalogue/", "error-catalogue"),
        ("sync/full-sync/", "full-synch-review"),
        ("sync/job-notifications/", "job-failure-notifications"),
        ("keyboard-shortcuts/", "keyboard-shortcuts"),
    ):
        visitor.go(path)
        picture(visitor, name)
    visitor.close()


def of_partners(browser: Browser, address: str) -> None:
    """A customer whose currency has lost its partner."""
    visitor = enter(browser, address, "admin")
    visitor.go("erp/currencies/")
    visitor.choose(visitor.row("CHF"))
    visitor.act("delete_coupling")
    visitor.confirm(visitor.dialog("Delete Coupling"))
    visitor.go("erp/customers/?view=not_coupled&filter=currency_code%3DCHF,blocked%3D''")
    visitor.open(visitor.rows().first)
    visitor.act("set_up_coupling")
    visitor.dialog("Set Up Coupling").get_by_label("Create New").check()
    couple = visitor.page.get_by_role("button", name="Couple These First")
    expect(couple).to_be_visible()
    picture(visitor, "couple-these-first")
    couple.click()
    expect(couple).to_have_count(0)
    visitor.close()


def of_matching(browser: Browser, address: str) -> None:
    """Coupling criteria and what they would couple."""
    visitor = enter(browser, address, "admin")
    visitor.go("coupling/mappings/")
    visitor.choose(visitor.row("CUSTOMER"))
    visitor.act("coupling_criteria")
    dialog = visitor.dialog("Select Coupling Criteria")
    dialog.get_by_role("checkbox", name="Name", exact=True).check()
    picture(visitor, "coupling-criteria")
    visitor.confirm(dialog)
    visitor.choose(visitor.row("CUSTOMER"))
    visitor.act("match")
    visitor.dialog("Match-Based Coupling").get_by_role("button", name="Preview", exact=True).click()
    expect(visitor.page.locator(".match-sections")).to_be_visible()
    picture(visitor, "match-preview")
    visitor.close()


def of_job(browser: Browser, address: str) -> None:
    """A job that runs."""
    visitor = enter(browser, address, "salesperson")
    visitor.go("coupling/mappings/")
    visitor.choose(visitor.row("CUSTOMER"))
    visitor.act("run_full")
    dialog = visitor.dialog("Run Full Synchronization")
    dialog.get_by_label("Create new records for records that are not coupled").check()
    visitor.confirm(dialog)
    visitor.page.locator("#toasts").get_by_role("link", name="Show details").click()
    expect(visitor.page.locator("#job-progress")).to_contain_text(re.compile(r"[1-9]\d? %"))
    visitor.page.screenshot(path=FOLDER / "job-progress.png", caret="hide")
    print("docs/images/job-progress.png")
    visitor.close()


if __name__ == "__main__":
    main()
