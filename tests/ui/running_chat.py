"""The real program in processes of its own, and the Chromium that looks at it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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


def run_dateline(*arguments: str) -> str:
    """What the command printed; fails the test where it failed."""
    done = subprocess.run(
        [sys.executable, "-m", "rag", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


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
    page.get_by_role("combobox", name="Answered by").click()
    page.get_by_role("option", name=name, exact=True).click()
    expect(page.locator(".engine")).to_contain_text("on this machine")


def choose_outlet(page: Page, name: str) -> None:
    option = page.get_by_role("option", name=name)
    field = page.get_by_role("combobox", name="Outlets")
    field.click()
    try:
        option.wait_for(timeout=3_000)
    except BrowserTimeout:
        # The list of chats has grown just now, and the field has moved away from under the mouse.
        field.click()
    option.click()
    page.keyboard.press("Escape")


def open_shelf(page: Page) -> Locator:
    """The list of articles in the sidebar, opened."""
    articles = page.get_by_role("list", name="Articles")
    if not articles.is_visible():
        page.locator("[data-testid=stExpander] summary").click()
    articles.wait_for(timeout=30_000)
    return articles
