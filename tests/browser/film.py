"""The film of the help: `script/film` writes static/videos/couple.webm from a fresh demo server.

Pictures of the real pages stand for some seconds each; the browser encodes them, so that nothing else is needed.
"""

from __future__ import annotations

import base64
import struct
import sys
from collections.abc import Callable

from playwright.sync_api import Browser, Page

from config.folders import ROOT
from tests.browser.demo import chromium, demo_server
from tests.browser.visitor import Visitor
from tests.needs import find_chromium, missing_reason

FILE = ROOT / "static" / "videos" / "couple.webm"
WIDTH, HEIGHT, SECONDS = 960, 600, 4
#: Pictures of a second, so that the player can go to any of them quickly; the first of a scene is whole.
_RATE = 2
_ENCODE = """
async ({pictures, width, height, rate, each}) => {
  const canvas = new OffscreenCanvas(width, height), pen = canvas.getContext("2d"), found = [];
  const encoder = new VideoEncoder({
    output: (chunk) => { const bytes = new Uint8Array(chunk.byteLength); chunk.copyTo(bytes);
      found.push([chunk.timestamp / 1000, chunk.type === "key", btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(""))]); },
    error: (error) => { throw error; },
  });
  encoder.configure({codec: "vp8", width, height, bitrate: 200000, framerate: rate});
  for (let no = 0; no < pictures.length * each; no++) {
    const image = await createImageBitmap(await (await fetch("data:image/png;base64," + pictures[Math.floor(no / each)])).blob());
    pen.drawImage(image, 0, 0, width, height);
    const frame = new VideoFrame(canvas, {timestamp: no * 1e6 / rate, duration: 1e6 / rate});
    encoder.encode(frame, {keyFrame: no % each === 0});
    frame.close();
  }
  await encoder.flush();
  return found;
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
        FILE.write_bytes(record(browser, address, pictures))


def record(browser: Browser, address: str, pictures: list[bytes]) -> bytes:
    """The pictures as a film: encoded by the browser, put into a WebM file here."""
    page = browser.new_context(bypass_csp=True).new_page()
    page.goto(f"{address}/static/favicon.svg")
    given = [base64.b64encode(picture).decode() for picture in pictures]
    options = {"width": WIDTH, "height": HEIGHT, "rate": _RATE, "each": SECONDS * _RATE}
    found = page.evaluate(_ENCODE, {"pictures": given, **options})
    page.context.close()
    return webm([(int(at), key, base64.b64decode(raw)) for at, key, raw in found], len(pictures) * SECONDS)


def webm(frames: list[tuple[int, bool, bytes]], seconds: int) -> bytes:
    """A WebM file with one track of VP8; each whole picture begins a cluster, which the cues lead to."""
    info = _box("1549A966", _number("2AD7B1", 1_000_000), _box("4489", struct.pack(">d", seconds * 1000.0)))
    video = _box("E0", _number("B0", WIDTH), _number("BA", HEIGHT))
    track = _box("AE", _number("D7", 1), _number("73C5", 1), _number("83", 1), _box("86", b"V_VP8"), video)
    head = info + _box("1654AE6B", track)
    clusters: list[tuple[int, list[bytes]]] = []
    for at, is_whole, raw in frames:
        if is_whole:
            clusters.append((at, []))
        start, blocks = clusters[-1]
        blocks.append(_box("A3", b"\x81" + struct.pack(">hB", at - start, 0x80 if is_whole else 0) + raw))
    made = [(at, _box("1F43B675", _number("E7", at), *blocks)) for at, blocks in clusters]
    places, place = [], len(head) + len(_cues([(at, 0) for at, _cluster in made]))
    for at, cluster in made:
        places.append((at, place))
        place += len(cluster)
    first = _box("1A45DFA3", _box("4282", b"webm"), _number("4287", 4), _number("4285", 2))
    return first + _box("18538067", head, _cues(places), *(cluster for _at, cluster in made))


def _cues(places: list[tuple[int, int]]) -> bytes:
    points = [_box("BB", _number("B3", at), _box("B7", _number("F7", 1), _number("F1", place))) for at, place in places]
    return _box("1C53BB6B", *points)


def _box(name: str, *content: bytes) -> bytes:
    """An element: its name, the length of what is in it as eight bytes, and that."""
    whole = b"".join(content)
    return bytes.fromhex(name) + struct.pack(">Q", len(whole) | 1 << 56) + whole


def _number(name: str, value: int) -> bytes:
    return _box(name, struct.pack(">I", value))


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
