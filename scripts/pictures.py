"""Takes the pictures and the recording of the README anew: `make pictures`.

Over the samples, in the Chromium that the tests use, by clicks that a reader could make.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Locator, Page

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "ui")]

from command import read  # noqa: E402
from running_chat import (  # noqa: E402
    ask,
    click,
    hover,
    open_chromium,
    open_page,
    serve_chat,
)

DOCS = ROOT / "docs"
QUESTION = "How many launches did the Treasury count?"
FOLLOW_UP = "When did it impose sanctions on five North Koreans?"
#: Of the recording: pictures a second, colours, and the width in pixels.
RATE, COLOURS, WIDTH = 8, 96, 960


class Recorder:
    """A recording that is made of pictures of the page, one after the other."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._frames: list[Image.Image] = []

    def watch(self, seconds: float) -> None:
        """Record the page for so long."""
        for _ in range(max(1, round(seconds * RATE))):
            until = time.monotonic() + 1 / RATE
            self._frames.append(_shrink(self._page.screenshot()))
            self._page.wait_for_timeout(max(0.0, until - time.monotonic()) * 1000)

    def type(self, text: str) -> None:
        for end in range(0, len(text) + 1, 3):
            self._page.get_by_test_id("stChatInputTextArea").fill(text[:end])
            self.watch(1 / RATE)
        self._page.get_by_test_id("stChatInputTextArea").fill(text)

    def save(self, path: Path) -> None:
        first, *rest = [frame.quantize(COLOURS) for frame in self._frames]
        first.save(
            path, save_all=True, append_images=rest, duration=1000 // RATE, loop=0, optimize=True
        )


def _shrink(picture: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    return image.resize((WIDTH, image.height * WIDTH // image.width), Image.Resampling.LANCZOS)


@contextmanager
def open_window(
    browser: Browser,
    address: str,
    width: int,
    height: int,
    scheme: Literal["light", "dark"] = "light",
) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        permissions=["clipboard-read", "clipboard-write"],
    )
    page = open_page(context, address)
    page.locator(".suggestion").first.wait_for()
    yield page
    context.close()


def open_first(page: Page, place: Locator) -> None:
    click(place.locator(".marker").first)
    page.locator("mark.meant").first.wait_for()
    page.wait_for_timeout(600)


def take_chat(browser: Browser, address: str) -> None:
    """An answer with the article that it quotes beside it."""
    with open_window(browser, address, 1400, 860) as page:
        place = ask(page, QUESTION)
        page.wait_for_timeout(2_000)
        open_first(page, place)
        place.evaluate("it => it.scrollIntoView({block: 'start'})")
        page.wait_for_timeout(300)
        page.screenshot(path=DOCS / "chat.png")


def take_dark(browser: Browser, address: str) -> None:
    """How an answer came about, in the dark."""
    with open_window(browser, address, 1280, 860, "dark") as page:
        place = ask(page, QUESTION)
        page.wait_for_timeout(2_000)
        click(place.get_by_role("button", name="How it came about"))
        place.locator(".details").wait_for()
        page.wait_for_timeout(2_000)
        page.screenshot(path=DOCS / "details.png")


def take_phone(browser: Browser, address: str) -> None:
    """The first screen and an article, at a phone's width."""
    with open_window(browser, address, 390, 780) as page:
        first = Image.open(io.BytesIO(page.screenshot()))
        place = ask(page, QUESTION)
        page.wait_for_timeout(2_000)
        answer = Image.open(io.BytesIO(page.screenshot()))
        open_first(page, place)
        article = Image.open(io.BytesIO(page.screenshot()))
    pictures = [first, answer, article]
    whole = Image.new("RGB", (390 * 3 + 40, 780), "#dedad0")
    for number, picture in enumerate(pictures):
        whole.paste(picture, (number * 410, 0))
    whole.save(DOCS / "phone.png", optimize=True)


def record(browser: Browser, address: str) -> None:
    """Asking, opening a citation, going to the next, copying, and asking on."""
    with open_window(browser, address, 1280, 760) as page:
        film = Recorder(page)
        film.watch(1)
        film.type(QUESTION)
        page.keyboard.press("Enter")
        film.watch(2.5)
        hover(page.locator(".marker").first)
        film.watch(1.5)
        click(page.locator(".marker").first)
        film.watch(2.5)
        click(page.get_by_role("button", name="Next citation"))
        film.watch(2)
        click(page.get_by_role("button", name="Close the article"))
        click(page.get_by_role("button", name="Copy with footnotes"))
        film.watch(1.5)
        film.type(FOLLOW_UP)
        page.keyboard.press("Enter")
        film.watch(3)
        film.save(DOCS / "chat.gif")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        read("index", ROOT / "corpus", home=home)
        with serve_chat(home) as address, open_chromium() as browser:
            for take in (record, take_chat, take_dark, take_phone):
                take(browser, address)


if __name__ == "__main__":
    main()
