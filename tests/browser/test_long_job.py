"""A job over 20,000 records, as people see it: its bar moves in many steps, and nobody has to wait behind it."""

from __future__ import annotations

import csv
import io
import statistics
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.demo import demo_server
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

Enter = Callable[..., Visitor]
RECORDS = 20_000
STEPS = 10
LOAD_SECONDS = 300
#: Until the notice is seen: the browser, the server and the long job share two cores.
SEEN_SECONDS = 3

#: Notes every position of the bar until the job has ended.
WATCH = """
window.positions = new Set();
const look = () => {
  const bar = document.querySelector("#job-progress progress");
  if (bar && bar.hasAttribute("value")) window.positions.add(bar.position);
  window.hasEnded = !document.querySelector("#job-progress [hx-trigger]");
};
new MutationObserver(look).observe(document.body, { subtree: true, childList: true });
look();
"""

#: Clicks the main button of the dialog; milliseconds until the notice of the ended job stands there.
CLICK = """
new Promise((done, fail) => {
  setTimeout(() => fail(new Error("the job has not ended")), 60000);
  const began = performance.now();
  const look = () => {
    if (!document.querySelector("#toasts [data-watch-ended]")) return;
    observer.disconnect();
    done(performance.now() - began);
  };
  const observer = new MutationObserver(look);
  observer.observe(document.body, { subtree: true, childList: true, attributes: true });
  document.querySelector("dialog[open] .dialog-foot .primary").click();
})
"""


#: Seconds from request to end of the last three jobs of single records.
OWN_SECONDS = """
fetch("/api/v1/jobs/?filter=kind%3Dsingle&limit=3").then((answer) => answer.json()).then((found) =>
  found.results.map((job) => (Date.parse(job.finished_at) - Date.parse(job.requested_at)) / 1000))
"""

#: The positions that the bar had, once the job has ended (waited for here: the pages allow no evaluated scripts).
END = """
new Promise((done, fail) => {
  setTimeout(() => fail(new Error("the job has not ended")), 120000);
  const look = () => window.hasEnded ? done([...window.positions].sort()) : setTimeout(look, 50);
  look();
})
"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A server of its own: the job couples every customer, and other stories begin with one that is not coupled."""
    with demo_server() as address:
        yield address


def customers() -> bytes:
    """A file with so many customers that were not there before."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("No", "Name", "City"))
    writer.writerows((f"L{n:05d}", f"Long job {n}", "Malmö") for n in range(RECORDS))
    return text.getvalue().encode()


def test_a_long_job_is_seen_to_grow_and_nobody_waits_behind_it(enter: Enter) -> None:
    visitor = enter()
    load(visitor)
    others = [enter() for _n in range(3)]
    for number, other in enumerate(others):
        prepare(other, number)
    start(visitor)

    seconds = [synchronize(other) for other in others]
    is_running = not visitor.page.evaluate("window.hasEnded")

    positions = visitor.page.evaluate(END)
    assert is_running, f"the job had ended before the others were done after {seconds} s"
    assert len(positions) >= STEPS, positions
    own = others[0].page.evaluate(OWN_SECONDS)
    assert len(own) == len(others)
    assert max(own) < 1, own
    assert statistics.median(seconds) < SEEN_SECONDS, seconds


def load(visitor: Visitor) -> None:
    """Import the customers as a user does."""
    visitor.go("erp/customers/")
    visitor.act("import")
    dialog = visitor.dialog("Import")
    dialog.locator("input[type=file]").set_input_files(
        {"name": "customers.csv", "mimeType": "text/csv", "buffer": customers()}
    )
    dialog.get_by_role("button", name="Next").click()
    expect(dialog.get_by_text("Choose the field for each column of the file.")).to_be_visible()
    visitor.confirm(dialog)
    expect(visitor.page.locator("#toasts [data-watch-ended]")).to_be_visible(timeout=LOAD_SECONDS * 1000)


def start(visitor: Visitor) -> None:
    """Begin a full synchronization that creates an account for each, and watch its bar."""
    visitor.go("coupling/mappings/")
    visitor.choose(visitor.row("CUSTOMER"))
    visitor.act("run_full")
    dialog = visitor.dialog("Run Full Synchronization")
    dialog.get_by_label("Create new records for records that are not coupled").check()
    visitor.confirm(dialog)
    visitor.page.locator("#toasts").get_by_role("link", name="Show details").click()
    expect(visitor.page.locator("#job-progress")).to_be_visible()
    visitor.page.evaluate(WATCH)


def prepare(visitor: Visitor, number: int) -> None:
    """Open the question of Synchronize Now on a coupled customer.

    Nothing is changed before: a scheduled run would carry the change over, and the dialog be refused as out of date.
    """
    visitor.go("erp/customers/?view=coupled&page=2")
    visitor.open(visitor.rows().nth(10 + number))
    visitor.act("synchronize_now")
    dialog = visitor.dialog("Synchronize Now")
    choice = dialog.locator("input[name=direction][value=to_crm]")
    if choice.count():
        choice.check()


def synchronize(visitor: Visitor) -> float:
    """Seconds from the click to the notice that the job has ended, by the browser's own clock."""
    return float(visitor.page.evaluate(CLICK)) / 1000
