"""The real program in processes of its own, and the Chromium that looks at it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    expect,
    sync_playwright,
)
from playwright.sync_api import (
    TimeoutError as BrowserTimeout,
)

from bench.chat_server import serve
from rag.index.schema import FILE_NAME

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: As root in a container; and a browser that asks nothing of anyone by itself.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

#: How often a list is tried to be opened, and what the page drew anew is looked for again.
TRIES = 10
#: What stands still for so many frames is at rest.
STILL = 6
#: After so many frames it is taken as it is: what never rests should be found out by a test.
FRAMES = 300
#: Counts frames, not time: a busy machine draws fewer of them, and what moves moves from one to the
#: next. Where a tab draws none at all, a tenth of a second stands for one. False: it is gone.
REST = """async (element, [still, frames]) => {
  const draw = () => new Promise((go) => { requestAnimationFrame(go); setTimeout(go, 100); });
  let before = "", same = 0;
  for (let n = 0; n < frames && same < still && element.isConnected; n += 1) {
    const box = element.getBoundingClientRect();
    const place = [box.x, box.y, box.width, box.height].join();
    same = place === before ? same + 1 : 0;
    before = place;
    await draw();
  }
  return element.isConnected;
}"""


class Gate(tuple[str, ...]):
    """What a model says, piece by piece, each when it is let through."""

    def __new__(cls, pieces: list[str]) -> Gate:
        gate = super().__new__(cls, pieces)
        gate.passes = threading.Semaphore(0)
        return gate

    passes: threading.Semaphore

    def __iter__(self) -> Iterator[str]:
        for piece in super().__iter__():
            if not self.passes.acquire(timeout=60):
                return
            yield piece


def copy_home(home: Path, to: Path) -> Path:
    """A copy of a home in which a server may be at work."""
    shutil.copytree(home, to, ignore=shutil.ignore_patterns(f"{FILE_NAME}*"))
    with (
        closing(sqlite3.connect(home / FILE_NAME)) as library,
        closing(sqlite3.connect(to / FILE_NAME)) as copy,
    ):
        library.backup(copy)
    return to


@contextmanager
def serve_chat(home: Path, **variables: str) -> Iterator[str]:
    """The address of a running `dateline serve` over `home`."""
    with serve(home, **variables) as served:
        yield served.address


@contextmanager
def open_chromium() -> Iterator[Browser]:
    """A headless Chromium; skips the test where there is none, or fails it in CI."""
    with sync_playwright() as playwright:
        path = find_chromium() or playwright.chromium.executable_path
        if not Path(path).exists():
            if os.environ.get("DATELINE_REQUIRE_BROWSER") == "1":
                pytest.fail("no Chromium: run make browser")
            pytest.skip("no Chromium: run make browser")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def find_chromium() -> str | None:
    named = os.environ.get("DATELINE_CHROMIUM")
    if named:
        return shutil.which(named) or named
    return next((found for name in CHROMIUM if (found := shutil.which(name))), None)


def open_page(context: BrowserContext, address: str) -> Page:
    """A page on the chat, ready to be asked."""
    page = context.new_page()
    page.goto(address)
    page.get_by_test_id("stChatInputTextArea").wait_for(timeout=60_000)
    return page


def close_pages(context: BrowserContext) -> None:
    for page in context.pages:
        page.close()


def begin(page: Page, question: str) -> Locator:
    """Ask, and return where the question and its answer stand, as soon as they do."""
    page.get_by_test_id("stChatInputTextArea").fill(question)
    page.keyboard.press("Enter")
    place = find_exchange(page, question)
    place.wait_for(timeout=60_000)
    return place


def ask(page: Page, question: str) -> Locator:
    """Ask, wait for the end of the answer, and return where it stands."""
    place = begin(page, question)
    place.locator(".timing, .problem").first.wait_for(timeout=60_000)
    return place


def find_exchange(page: Page, question: str) -> Locator:
    """The last exchange with that question."""
    heading = page.get_by_role("heading", name=" ".join(question.split()), exact=True)
    return page.locator(".exchange").filter(has=heading).last


def choose_engine(page: Page, name: str) -> None:
    choose(page, "Answered by", page.get_by_role("option", name=name, exact=True))
    expect(page.locator(".engine").first).to_contain_text("on this machine")


def choose_outlet(page: Page, name: str) -> None:
    choose(page, "Outlets", page.get_by_role("option", name=name))
    page.keyboard.press("Escape")


def choose(page: Page, menu: str, option: Locator) -> None:
    """Open a menu, and click one of its options."""
    for _ in range(TRIES):
        open_menu(page, menu, option)
        try:
            wait_for_rest(option, timeout=3_000)
            option.click(timeout=3_000)
            return
        except BrowserTimeout:
            # The page was drawn again just now, and the list that had opened was shut by that.
            continue
    raise AssertionError(f"“{menu}” does not stay open")


def open_menu(page: Page, menu: str, option: Locator) -> None:
    """Open a menu, until one of its options is to be seen."""
    field = page.get_by_role("combobox", name=menu)
    for _ in range(TRIES):
        if field.get_attribute("aria-expanded") != "true":
            click(field)
        try:
            option.wait_for(timeout=3_000)
            return
        except BrowserTimeout:
            continue


def open_shelf(page: Page) -> Locator:
    """The list of articles on the library's page, opened.

    A press may fall into a moment in which the page is drawn anew, as in `choose`: then once more.
    """
    articles = page.get_by_role("table", name="Articles")
    for _ in range(2):
        if not articles.is_visible():
            click(page.get_by_role("button", name="Library", exact=True))
        try:
            articles.wait_for(timeout=15_000)
            return articles
        except BrowserTimeout:
            continue
    raise AssertionError("the library does not open")


def close_shelf(page: Page) -> None:
    """Back from the library's page to the chat."""
    click(page.get_by_role("button", name="Back to the chat"))
    page.locator(".shelf").wait_for(state="detached", timeout=30_000)
    page.get_by_test_id("stChatInputTextArea").wait_for(timeout=30_000)


def open_adding(page: Page) -> Locator:
    """The field for files in the sidebar, unfolded."""
    field = page.get_by_test_id("stFileUploaderDropzoneInput")
    if not field.count():
        click(page.locator("[data-testid=stExpander] summary", has_text="Add articles"))
    field.wait_for(state="attached", timeout=30_000)
    return field


def click(target: Locator) -> None:
    """Click what has been brought to be seen.

    A list that opens in a page that still scrolls is shut by that.
    """
    bring(target)
    target.click()


def hover(target: Locator) -> None:
    """Move the mouse over what has been brought to be seen."""
    bring(target)
    target.hover()


def bring(target: Locator) -> None:
    """Scroll to what has come to rest, and wait until the page has scrolled.

    Not by Playwright's own scrolling: that takes hold of an element, and fails when the page puts a
    new one in its place meanwhile, where a click would look for it again.
    """
    wait_for_rest(target)
    target.evaluate("element => element.scrollIntoViewIfNeeded()")
    wait_for_rest(target)


def wait_for_rest(target: Locator, timeout: float = 30_000) -> None:
    """Wait until it is there and moves no more.

    What moves between the press and the release of the button is not clicked at all: an expander
    that unfolds, or a list above that grows, does that to what stands under it on a busy machine.
    """
    target.wait_for(timeout=timeout)
    for _ in range(TRIES):
        if target.evaluate(REST, [STILL, FRAMES], timeout=timeout):
            return
