"""The library's page in a real Chromium, over the real program."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from canary import Canary
from command import read
from conftest import write_md
from payloads import list_names
from playwright.sync_api import Browser, BrowserContext, Page, expect
from poisoned import build_home, pack, squeeze
from running_chat import (
    ask,
    click,
    close_pages,
    close_shelf,
    open_page,
    open_shelf,
    serve_chat,
)
from test_poison import MARKUP, watch

pytestmark = pytest.mark.browser

SEARCH = "Search title, outlet, byline, section and file"
BRIDGE = "The Orrin bridge was opened by mayor Selma Vik on 7 July 2023."


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a chat over sixty articles, and the folder that they are in."""
    folder = tmp_path_factory.mktemp("sixty")
    for number in range(60):
        text = write_md(
            f"Tide table number {number} was printed at Norrby.",
            title=f"Tide table {number:02}",
            outlet="Norrby Post" if number % 2 else None,
            published=f"2024-03-{number + 1:02}" if number < 30 else None,
        )
        (folder / f"tide {number:02}.md").write_text(text, encoding="utf-8")
    (folder / "photo.jpg").write_bytes(b"\xff\xd8")
    home = tmp_path_factory.mktemp("library") / "home"
    read("index", folder, home=home)
    with serve_chat(home) as address:
        yield address, folder


@pytest.fixture
def page(served: tuple[str, Path], window: BrowserContext) -> Iterator[Page]:
    yield open_page(window, served[0])
    close_pages(window)


def test_an_article_is_added_found_completed_cited_removed_and_brought_back(
    page: Page, tmp_path: Path
):
    file = tmp_path / "bridge.md"
    file.write_text(write_md(BRIDGE, title="A bridge over the Orrin"), "utf-8")
    articles = open_shelf(page)
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    expect(page.locator(".job")).to_contain_text("1 added.")
    page.get_by_label(SEARCH).fill("ORRIN")
    expect(articles.locator(".opener")).to_have_count(1)
    expect(articles).to_contain_text("no outlet")

    click(page.get_by_role("button", name="A bridge over the Orrin", exact=True))
    opened = page.get_by_role("region", name="Article: A bridge over the Orrin")
    expect(opened.get_by_role("region", name="Text of the article")).to_have_text(BRIDGE)
    published, outlet = (
        opened.get_by_role("textbox", name=name) for name in ("Published", "Outlet")
    )
    published.fill("soon")
    outlet.fill("Orrin Herald")
    click(opened.get_by_role("button", name="Save"))
    expect(opened).to_contain_text("“soon” is no date.")
    expect(outlet).to_have_value("Orrin Herald")
    published.fill("8 July 2023")
    published.press("Enter")
    expect(opened.get_by_role("status")).to_have_text("Saved.")
    expect(published).to_have_value("2023-07-08")
    expect(articles.get_by_role("cell", name="Orrin Herald").first).to_be_visible()
    expect(opened.get_by_role("button", name="Outlet as it was read")).to_be_visible()

    close_shelf(page)
    place = ask(page, "Who opened the bridge over the Orrin?")
    expect(place.locator(".citation").first).to_contain_text("Orrin Herald")
    expect(place.locator(".citation").first).to_contain_text("8 July 2023")

    open_shelf(page)
    click(page.get_by_role("button", name="Remove the article A bridge over the Orrin"))
    undo = page.locator(".undo", has_text="Removed: A bridge over the Orrin")
    expect(undo).to_be_visible()
    expect(page.get_by_text("No article is like that.")).to_be_visible()
    click(undo.get_by_role("button", name="Undo"))
    expect(articles.locator(".opener")).to_have_count(1)
    # What was filled in has come back with it.
    expect(articles).to_contain_text("Orrin Herald")
    click(page.get_by_role("button", name="Show all"))
    expect(page.get_by_label(SEARCH)).to_have_value("")
    expect(articles.locator(".opener")).to_have_count(50)


def test_the_list_is_turned_sorted_and_narrowed_by_keyboard(page: Page):
    articles = open_shelf(page)
    page.get_by_label(SEARCH).fill("tide table")
    # The search waits until nothing more is typed; what it finds begins with its first page.
    expect(page.get_by_role("button", name="Show all")).to_be_visible()
    expect(page.get_by_text("1–50 of 60")).to_be_visible()
    expect(articles.locator(".opener").first).to_have_text("Tide table 29")
    page.get_by_role("button", name="Title").focus()
    page.keyboard.press("Enter")
    header = articles.get_by_role("columnheader", name="Title")
    expect(header).to_have_attribute("aria-sort", "ascending")
    expect(articles.locator(".opener").first).to_have_text("Tide table 00")
    # The focus has stayed on what was pressed.
    page.keyboard.press("Enter")
    expect(header).to_have_attribute("aria-sort", "descending")
    page.get_by_role("button", name="Next ›").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Next ›")).to_be_disabled()
    expect(articles.locator(".opener").last).to_have_text("Tide table 00")
    page.get_by_label("Outlet", exact=True).select_option("Norrby Post")
    page.get_by_label("From the day").fill("2024-03-28")
    expect(articles.locator(".opener")).to_have_text(["Tide table 29", "Tide table 27"])
    # What is shown stays when the page is left, and come back to.
    close_shelf(page)
    open_shelf(page)
    expect(articles.locator(".opener")).to_have_count(2)
    click(page.get_by_role("button", name="Show all"))
    expect(articles.locator(".opener")).to_have_count(50)


def test_the_browser_s_back_leads_to_the_chat_and_forward_to_the_library(page: Page):
    open_shelf(page)
    expect(page).to_have_url(re.compile(r"\?library=1$"))
    page.wait_for_timeout(2000)
    page.go_back()
    expect(page.get_by_test_id("stChatInputTextArea")).to_be_visible()
    page.wait_for_timeout(2000)
    page.go_forward()
    expect(page.get_by_role("table", name="Articles")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Library")).to_be_visible()


def test_looking_for_changes_reports_until_it_is_dismissed(page: Page, served: tuple[str, Path]):
    new = served[1] / "new.md"
    new.write_text(write_md("A buoy was lost off Norrby.", title="A lost buoy"), "utf-8")
    open_shelf(page)
    click(page.get_by_role("button", name="Look for changes"))
    job = page.locator(".job")
    expect(job).to_contain_text("1 added")
    expect(job).to_contain_text("photo.jpg: .jpg is not read")
    click(page.get_by_role("button", name="Dismiss this report"))
    expect(job).to_have_count(0)
    # Others may have removed an article, whose file is passed over then.
    click(page.locator(".fold > summary", has_text="Passed over ("))
    expect(page.locator(".skipped")).to_contain_text("photo.jpg")


def test_an_article_is_deleted_for_good_after_a_second_word(page: Page, tmp_path: Path):
    file = tmp_path / "draft.md"
    file.write_text(write_md("A draft of Norrby's budget.", title="A draft"), "utf-8")
    open_shelf(page)
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    expect(page.locator(".job")).to_contain_text("1 added.")
    click(page.get_by_role("button", name="Remove the article A draft"))
    click(page.locator(".fold > summary", has_text=re.compile("^Removed ")))
    click(page.get_by_role("button", name="Delete for good the article A draft"))
    expect(page.locator(".sure")).to_contain_text("the file that was uploaded goes with it")
    click(page.get_by_role("button", name="Keep it"))
    expect(page.locator(".sure")).to_have_count(0)
    click(page.get_by_role("button", name="Delete for good the article A draft"))
    click(page.get_by_role("button", name="Delete for good", exact=True))
    expect(page.locator(".fold", has_text="Removed")).to_have_count(0)
    expect(page.locator(".undo")).to_have_count(0)


def test_a_narrow_page_has_cards_and_nothing_to_scroll_sideways(
    chromium: Browser, served: tuple[str, Path]
):
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{served[0]}?library=1")
    articles = page.get_by_role("table", name="Articles")
    expect(articles).to_be_visible(timeout=60_000)
    assert not articles.locator(".shelf-head").is_visible()
    page.get_by_label("Order").select_option("Title, first first")
    expect(articles.locator(".opener").first).to_have_text(re.compile("^(A |Tide table 00)"))
    click(articles.locator(".opener").first)
    page.get_by_role("region", name="Text of the article").wait_for()
    main = page.get_by_test_id("stMain")
    assert main.evaluate("each => each.scrollWidth <= each.clientWidth")
    context.close()


def test_a_poisoned_library_is_text(chromium: Browser, tmp_path: Path, canary: Canary):
    home = build_home(tmp_path, canary.url)
    for name in list_names(canary.url, "passed").values():
        (tmp_path / "articles" / f"{name}.exe").write_bytes(b"x")
    read("index", tmp_path / "articles", home=home)
    with serve_chat(home) as address:
        context = chromium.new_context(bypass_csp=True, viewport={"width": 1400, "height": 900})
        watched = watch(context, address, canary)
        page = watched.page
        page.goto(f"{address}?library=1")
        articles = page.get_by_role("table", name="Articles")
        expect(articles).to_be_visible(timeout=60_000)
        watched.shows(articles, *pack(canary.url, "title"), *pack(canary.url, "outlet"))
        watched.check()
        click(articles.locator(".opener").first)
        opened = page.locator(".opened")
        opened.wait_for()
        title = articles.locator(".opener .headline").first.inner_text()
        assert squeeze(opened.get_by_role("textbox", name="Title").input_value()) == squeeze(title)
        for field in opened.locator("input.search").all()[:3]:
            field.fill("<img src=x onerror=window.pwned=1>")
        click(opened.get_by_role("button", name="Save"))
        expect(opened.get_by_role("status")).to_have_text("Saved.")
        expect(articles).to_contain_text("<img src=x onerror=window.pwned=1>")
        watched.check()
        for fold in page.locator("details").all():
            fold.evaluate("fold => { fold.open = true }")
        watched.shows(page.locator(".skipped"), *list_names(canary.url, "passed").values())
        click(articles.get_by_role("button", name=re.compile("^Remove")).first)
        expect(page.locator(".undo")).to_contain_text("Removed: ")
        watched.check()
        assert page.locator(MARKUP).count() == 0
        context.close()
