"""An administrator couples what belongs together: criteria, preview, the sections with mouse and keyboard, coupling."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.axe import violations
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser]

Enter = Callable[..., Visitor]


def tile(visitor: Visitor, caption: str) -> Locator:
    return visitor.page.locator(".match-sections a", has_text=caption)


def number(visitor: Visitor, caption: str) -> int:
    return int(re.sub(r"\D", "", tile(visitor, caption).locator(".cue-count").inner_text()))


def test_what_belongs_together_is_seen_before_it_is_coupled(enter: Enter):
    visitor = enter("admin")
    page = visitor.page
    visitor.go("coupling/mappings/")
    visitor.choose(visitor.row("CUSTOMER"))
    visitor.act("coupling_criteria")
    dialog = visitor.dialog("Select Coupling Criteria")
    dialog.get_by_role("checkbox", name="Name", exact=True).check()
    dialog.get_by_role("textbox", name="Match Priority: Name", exact=True).fill("1")
    visitor.confirm(dialog)

    visitor.choose(visitor.row("CUSTOMER"))
    visitor.act("match")
    dialog = visitor.dialog("Match-Based Coupling")
    expect(dialog.get_by_role("row", name="1 Name Account Name No")).to_be_visible()
    dialog.get_by_role("button", name="Preview", exact=True).click()
    page.wait_for_url(re.compile("/sync/match/"))
    expect(tile(visitor, "Pairs to be coupled")).to_be_visible()
    pairs, left = number(visitor, "Pairs to be coupled"), number(visitor, "Left over in Dynamics 365 Sales")
    assert pairs > 0
    assert violations(page) == []

    tile(visitor, "Left over in").focus()
    page.keyboard.press("Enter")
    expect(tile(visitor, "Left over in")).to_have_attribute("aria-current", "page")
    expect(page.locator(".match-preview .grid tbody tr")).to_have_count(min(left, 50))
    expect(page.get_by_text("Preview: nothing was written")).to_be_visible()

    preview = page.url
    page.get_by_role("button", name="Couple", exact=True).click()
    page.wait_for_url(re.compile("/sync/jobs/"))
    expect(page.locator(".job-state")).to_contain_text("Finished")
    page.goto(preview)
    page.get_by_role("button", name="Preview Again", exact=True).click()
    expect(tile(visitor, "Pairs to be coupled").locator(".cue-count")).to_have_text("0")
    assert number(visitor, "Left over in Dynamics 365 Sales") == left
