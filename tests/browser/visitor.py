"""What a user does with mouse and keyboard, in words of the pages."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response, expect

from tests.browser.demo import PASSWORDS

WAIT_MILLISECONDS = 15_000
SIZE = {"width": 1456, "height": 819}
ENDED = "The synchronization has ended."
#: The browser tells each breach of the content security policy; pages have no report address of their own.
TELL_BREACHES = """
document.addEventListener("securitypolicyviolation", (e) => console.error(`CSP ${e.violatedDirective} ${e.blockedURI}`));
"""


class Visitor:
    """A user with a browser window of his own; `complaints` are console errors, CSP breaches and refused requests."""

    def __init__(self, browser: Browser, address: str, *, locale: str = "en-US", scale: float = 1) -> None:
        self.address = address
        self.complaints: list[str] = []
        self.context = browser.new_context(
            viewport=SIZE, locale=locale, device_scale_factor=scale, reduced_motion="reduce"
        )
        self.context.add_init_script(TELL_BREACHES)
        self.context.set_default_timeout(WAIT_MILLISECONDS)
        self.context.on("console", self._hear)
        self.context.on("response", self._check)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.page: Page = self.context.new_page()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _check(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status} {response.request.method} {response.url}")

    def sign_in(self, name: str) -> None:
        """Sign in; the role center opens."""
        self.page.goto(f"{self.address}/")
        self.page.locator("input[name=username]").fill(name)
        self.page.locator("input[name=password]").fill(PASSWORDS[name])
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".avatar")).to_be_visible()

    def go(self, path: str) -> None:
        """Open a page by its address."""
        self.page.goto(f"{self.address}/{path}")

    def rows(self) -> Locator:
        """The rows of the list."""
        return self.page.locator("#list tbody tr[data-pk]")

    def row(self, text: str) -> Locator:
        """The row of the list that shows a text."""
        return self.rows().filter(has_text=text)

    def open(self, row: Locator) -> str:
        """Open the card of a row; return its address below the server's, without a query."""
        row.locator("a.key").click()
        expect(self.page.locator("#card-head")).to_be_visible()
        self.page.wait_for_load_state()  # keys mean nothing before the scripts are there
        return self.page.url.removeprefix(f"{self.address}/").partition("?")[0]

    def choose(self, *rows: Locator) -> None:
        """Tick rows of the list."""
        for row in rows:
            row.locator("[data-check]").check()
        said = "1 selected" if len(rows) == 1 else f"{len(rows)} selected"
        expect(self.page.locator("#selection-count")).to_have_text(said)

    def act(self, name: str) -> None:
        """Press a button of the action bar, in its menu where it is in one."""
        bar = self.page.locator(".action-bar")
        button = bar.locator(f"[data-action={name}]")
        menu = bar.locator(f".holder:has([data-action={name}]) > [data-menu]").first
        if not button.is_visible():
            if not menu.is_visible():
                bar.locator("[data-menu=overflow-menu]").click()
            if not button.is_visible():
                menu.click()
        expect(button).not_to_have_attribute("aria-disabled", "true")
        button.click()

    def press(self, caption: str) -> None:
        """Press a button of the action bar by its caption, behind "..." where there is no room for it."""
        bar = self.page.locator(".action-bar")
        button = bar.get_by_role("button", name=caption, exact=True)
        if not button.is_visible():
            bar.locator("[data-menu=overflow-menu]").click()
        button.or_(bar.get_by_role("menuitem", name=caption, exact=True)).click()

    def dialog(self, title: str) -> Locator:
        """The open dialog, which must have this title."""
        dialog = self.page.locator("dialog[open]")
        expect(dialog.get_by_role("heading", name=title)).to_be_visible()
        return dialog

    def confirm(self, dialog: Locator) -> None:
        """Press the main button of a dialog and see it close."""
        dialog.locator(".dialog-foot .primary").click()
        expect(dialog).to_have_count(0)

    def agree(self, title: str) -> None:
        """Answer the question of an action with yes."""
        self.confirm(self.dialog(title))

    def wait_for_job(self, said: str = ENDED) -> Locator:
        """Wait for the notice of ended jobs; return it. Where it says something else, the job's page tells why."""
        notice = self.page.locator("#toasts [data-watch-ended]")
        expect(notice).to_be_visible()
        told = notice.inner_text()
        if said not in told:
            notice.get_by_role("link", name="Show details").click()
            self.page.wait_for_url(re.compile("/sync/"))
            raise AssertionError(f"{told}\n{self.page.locator('main').inner_text()}")
        return notice

    def field(self, name: str) -> Locator:
        """The input of a field on a card; its FastTab is opened where it is closed."""
        field = self.page.locator(f"#field-{name}")
        tab = self.page.locator(f"details:not([open]):has(#field-{name}) > summary")
        if tab.count():
            tab.first.click()
        return field

    def change(self, name: str, value: str) -> None:
        """Type a value on an ERP card and see that it is stored."""
        self.field(name).fill(value)
        self.field(name).press("Tab")
        expect(self.page.locator("#save-status")).to_have_text("Saved")
        self.page.reload()
        expect(self.field(name)).to_have_value(value)

    def change_form(self, name: str, value: str) -> None:
        """Type a value on a Sales form and save it."""
        self.field(name).fill(value)
        self.page.locator("[data-save]").first.click()
        expect(self.page.locator("#save-status")).to_have_text("Saved")
        self.page.reload()
        expect(self.field(name)).to_have_value(value)

    def open_account(self) -> str:
        """Go from a customer card to the account it is coupled with; return the address of the form."""
        self.act("open_coupled")
        self.page.wait_for_url(re.compile("/crm/accounts/"))
        return self.page.url.removeprefix(f"{self.address}/").partition("?")[0]

    def synchronize_now(self, direction: str) -> None:
        """Synchronize what is open or chosen in one direction, to its end."""
        self.act("synchronize_now")
        dialog = self.dialog("Synchronize Now")
        dialog.locator(f"input[name=direction][value={direction}]").check()
        self.confirm(dialog)
        self.wait_for_job()

    def close(self) -> None:
        """Close the window."""
        self.context.close()
