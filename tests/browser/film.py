"""The film of the help: `script/film` writes static/videos/couple.webm from a fresh demo server.

Pictures of the real pages are shown one after the other on a canvas, which the browser itself records.
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable

from playwright.sync_api import Browser, Page

from config.folders import ROOT
from tests.browser.demo import chromium, demo_server
from tests.browser.visitor import Visitor
from tests.needs import find_chromium, missing_reason

FILE = ROOT / "static" / "videos" / "couple.webm"
WIDTH, HEIGHT, SECONDS = 960, 600, 4
_RECORD = """
async ({pictures, width, height, seconds}) => {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, {width, height});
  const pen = canvas.getContext("2d");
  const images = await Promise.all(pictures.map(async (one) => {
    const image = new Image(); image.src = "data:image/png;base64," + one; await image.decode(); return image;
  }));
  const recorder = new MediaRecorder(canvas.captureStream(5), {mimeType: "video/webm;codecs=vp8", videoBitsPerSecond: 400000});
  const parts = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  const ended = new Promise((resolve) => recorder.onstop = resolve);
  recorder.start();
  const began = performance.now(), whole = images.length * seconds * 1000;
  pen.fillStyle = "#0b6a6f";
  for (let past = 0; past < whole; past = performance.now() - began) {
    pen.drawImage(images[Math.floor(past / seconds / 1000)], 0, 0, width, height);
    pen.fillRect(0, height - 4, width * past / whole, 4); /* a picture that does not change is not recorded */
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  recorder.stop();
  await ended;
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(text);
}
"""


def main() -> None:
    """Make the film."""
    path = find_chromium()
    if path is None:
        sys.exit(missing_reason("browser"))
    with demo_server() as address, chromium(path) as browser:
        pictures = scenes(browser, address)
        FILE.parent.mkdir(exist_ok=True)
        FILE.write_bytes(record(browser, pictures))


def record(browser: Browser, pictures: list[bytes]) -> bytes:
    """The pictures as a film, as the browser records it."""
    page = browser.new_page()
    given = [base64.b64encode(picture).decode() for picture in pictures]
    size = {"width": WIDTH, "height": HEIGHT, "seconds": SECONDS}
    raw = base64.b64decode(page.evaluate(_RECORD, {"pictures": given, **size}))
    page.close()
    return raw


def scenes(browser: Browser, address: str) -> list[bytes]:
    """What the captions of `coupling.pages.videos` tell of, in their order."""
    visitor = Visitor(browser, address)
    visitor.sign_in("admin")
    page = visitor.page
    page.set_viewport_size({"width": 1200, "height": 750})
    steps: list[Callable[[Page], None]] = [_choose, _set_up, _create, _coupled, _now, _told]
    pictures = []
    for step in steps:
        step(page)
        page.wait_for_timeout(900)
        pictures.append(page.screenshot(animations="disabled", caret="hide"))
    return pictures


def _choose(page: Page) -> None:
    page.goto(page.url.split("/erp")[0] + "/erp/customers/?view=not_coupled&filter=blocked%3D0")
    page.locator("tbody input[type=checkbox]").first.check()


def _set_up(page: Page) -> None:
    page.locator(".action-bar button[aria-haspopup]", has_text="Sales").first.click()


def _create(page: Page) -> None:
    page.locator("button", has_text="Set Up Coupling").first.click()
    page.wait_for_selector("dialog[open]")


def _coupled(page: Page) -> None:
    number = page.locator("tbody tr", has=page.locator("input:checked")).locator("a").first.inner_text()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Create New", exact=False).first.check()
    page.wait_for_timeout(400)
    dialog.get_by_role("button", name="OK").click()
    page.wait_for_selector("dialog[open]", state="detached")
    page.wait_for_timeout(1500)
    page.goto(page.url.split("/erp")[0] + f"/erp/customers/?q={number}")
    page.locator("tbody input[type=checkbox]").first.check()


def _now(page: Page) -> None:
    page.locator(".action-bar button[aria-haspopup]", has_text="Sales").first.click()
    page.locator("button", has_text="Synchronize Now").first.click()
    page.wait_for_selector("dialog[open]")
    page.locator("dialog[open] input[type=radio]").first.check()


def _told(page: Page) -> None:
    page.locator("dialog[open]").get_by_role("button", name="OK").click()
    page.wait_for_selector("[data-watch-ended]")


if __name__ == "__main__":
    main()
