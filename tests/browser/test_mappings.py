"""Mapping administration as an administrator lives with it: wizard, lines, filter, versions."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


def settled(page: Page) -> None:
    """Wait until what was loaded answers: a select that is changed while it is put in tells nobody."""
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")).to_have_count(0)


def test_a_mapping_is_made_edited_and_brought_back(enter: Callable[..., Visitor]) -> None:
    visitor = enter("admin")
    page = visitor.page
    visitor.go("coupling/mappings/")
    visitor.act("new_mapping")
    dialog = visitor.dialog("New Mapping")
    with page.expect_response(lambda answer: "new-mapping" in answer.url):
        dialog.locator("#id_erp_table").select_option(label="Territories")
    expect(dialog.locator("#crm-choice.htmx-added, #crm-choice.htmx-settling")).to_have_count(0)
    dialog.locator("#id_crm_table").select_option(label="Business Units")
    dialog.locator("#id_direction").select_option(label="To Integration Table")
    dialog.get_by_role("button", name="Next").click()
    expect(dialog.locator(".wizard-steps [aria-current]")).to_contain_text("Filters")

    dialog.locator("#table_filter-add").click()
    settled(page)
    dialog.locator("#table_filter-0-field").select_option(label="Name")
    settled(page)
    expect(dialog.locator("#said-table_filter")).to_contain_text("needs a value")
    dialog.locator("#table_filter-0-operator").select_option(label="is not blank")
    expect(dialog.locator("#said-table_filter")).to_contain_text("Name is not blank")
    dialog.get_by_role("button", name="Next").click()
    expect(dialog.get_by_role("checkbox", name="Name – Name")).to_be_checked()
    dialog.get_by_role("button", name="Next").click()
    expect(dialog.locator(".wizard-steps [aria-current]")).to_contain_text("New Records")
    dialog.get_by_role("button", name="Next").click()
    expect(dialog.locator(".wizard-steps [aria-current]")).to_contain_text("Review")
    expect(dialog.locator(".values").first).to_contain_text("Name is not blank")
    dialog.get_by_role("button", name="Finish").click()
    expect(page.locator("#card-head")).to_contain_text("TERRITORY")

    lines = page.locator("#lines-fields tr[data-line]:not(.blank-line)")
    expect(lines).to_have_count(1)
    blank = page.locator("#lines-fields .blank-line [data-lookup]").first
    blank.click()
    blank.press_sequentially("code")
    expect(page.locator("#lookup-hits [role=option]").first).to_contain_text("Code")
    page.keyboard.press("Enter")
    other = page.locator("#lines-fields .blank-line [data-lookup]").nth(1)
    other.click()
    other.press_sequentially("parent")
    expect(page.locator("#lookup-hits [role=option]").first).to_contain_text("Parent Business")
    page.keyboard.press("Escape")

    switch = page.locator("input[name=only_coupled]")
    switch.click()
    expect(page.locator("#save-status")).to_have_text("Saved")
    visitor.act("versions")
    expect(page.locator(".version").first).to_contain_text("Synch. Only Coupled Records")
    page.get_by_role("button", name=re.compile("Restore version")).first.click()
    restore = visitor.dialog("Restore Version")
    expect(restore).to_contain_text("Synch. Only Coupled Records")
    restore.get_by_role("button", name="Restore").click()

    expect(page.locator(".version").first).to_contain_text("Version restored")
    page.get_by_role("link", name="Back").click()
    expect(page.locator("input[name=only_coupled]")).to_be_checked()
