"""Briefings in a real Chromium: from three questions to a file, by mouse and by keyboard."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest
from fake_openai import FakeOpenAI, Reply
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from running_chat import (
    Gate,
    ask,
    begin,
    choose_engine,
    click,
    close_pages,
    copy_home,
    hover,
    open_page,
    serve_chat,
)

from rag.index.library import Library
from rag.index.schema import FILE_NAME

pytestmark = pytest.mark.browser

FERRY = "When did the ferry to Skell Island return?"
LIBRARY = "Who praised the new library of Grimsvotn?"
ENGINES = "What did the crew of the ferry replace?"
TINY = "openai:tiny-1"
SAID = (
    "The ferry to Skell Island returned on 4 May 2024 [1]. ",
    "The ferry carries 900 passengers [1]. ",
)
DOUBTED = "The ferry carries 900 passengers."
TITLE = "Skell & Grimsvotn: “the week”/2"


@dataclass(frozen=True)
class Own:
    """A page on a chat over a library that may be changed."""

    page: Page
    home: Path
    address: str


@pytest.fixture(scope="module")
def briefed(press: Path, model: FakeOpenAI) -> Iterator[tuple[Path, str]]:
    """The home of a library, and the address of a chat over it."""
    with serve(press, model) as address:
        yield press, address


@pytest.fixture
def own(briefed: tuple[Path, str], window: BrowserContext) -> Iterator[Own]:
    """A page, where there are no briefings yet."""
    home, address = briefed
    clear(home)
    yield Own(open_page(window, address), home, address)
    close_pages(window)


def clear(home: Path) -> None:
    """Leave no briefing in a library, and no chat."""
    with closing(Library.open(home)) as library:
        for briefing in library.briefings.list():
            library.briefings.delete(briefing.id)
        for chat in library.chats.list():
            library.chats.delete(chat.id)


def serve(home: Path, model: FakeOpenAI, **variables: str) -> AbstractContextManager[str]:
    """The chat over `home`, with quotes chosen and the fake model at hand."""
    return serve_chat(home, DATELINE_BASE_URL=model.url, DATELINE_ENGINE="quotes", **variables)


def add(place: Locator) -> None:
    """Add an answer to the briefing by a click, and wait until it is there."""
    click(place.get_by_role("button", name="Add to briefing"))
    expect(place.get_by_text("In the briefing")).to_be_visible()


def open_from(place: Locator) -> Locator:
    """Open the briefing from one of its answers; returns its entries."""
    click(place.get_by_role("button", name="Open the briefing"))
    return find_entries(place.page)


def find_entries(page: Page) -> Locator:
    page.locator(".briefing").wait_for(timeout=60_000)
    return page.locator(".brief-entry")


def list_headings(page: Page) -> list[str]:
    return [field.input_value() for field in page.get_by_label("Heading", exact=True).all()]


def expect_headings(page: Page, *headings: str) -> None:
    fields = page.get_by_label("Heading", exact=True)
    expect(fields).to_have_count(len(headings))
    for number, heading in enumerate(headings):
        expect(fields.nth(number)).to_have_value(heading)


def write(field: Locator, text: str, *, enter: bool = True) -> None:
    """Type over what stands in a field, and leave it."""
    field.fill(text)
    if enter:
        field.press("Enter")
    else:
        field.blur()


def download(page: Page, name: str, folder: Path) -> Path:
    with page.expect_download(timeout=60_000) as started:
        click(page.get_by_role("button", name=name, exact=True))
    path = folder / started.value.suggested_filename
    started.value.save_as(path)
    return path


def make_briefing(page: Page) -> Locator:
    """A briefing of two answers, opened."""
    add(ask(page, FERRY))
    place = ask(page, LIBRARY)
    add(place)
    return open_from(place)


def read_docx(path: Path) -> tuple[str, list[str]]:
    """The words of a document's text, and of each of its footnotes."""
    with ZipFile(path) as packed:
        text = packed.read("word/document.xml").decode()
        notes = packed.read("word/footnotes.xml").decode()
    written = re.findall(r"<w:footnote [^>]*w:id=\"[1-9].*?</w:footnote>", notes, re.DOTALL)
    return read_words(text), [read_words(note) for note in written]


def read_words(xml: str) -> str:
    text = "".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>", xml))
    for name, sign in (("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"')):
        text = text.replace(name, sign)
    return text


def check_order(text: str, *parts: str) -> None:
    places = [text.find(part) for part in parts]
    assert -1 not in places, [part for part, at in zip(parts, places, strict=True) if at < 0]
    assert places == sorted(places)


def test_three_answers_become_a_briefing_that_is_changed_downloaded_and_found_again(
    own: Own, model: FakeOpenAI, tmp_path: Path
):
    page = own.page
    for question in (FERRY, LIBRARY):
        add(ask(page, question))
    model.say(*SAID)
    choose_engine(page, TINY)
    place = ask(page, ENGINES)
    add(place)
    open_from(place)
    expect_headings(page, FERRY, LIBRARY, ENGINES)

    write(page.get_by_label("Title of the briefing"), TITLE)
    write(page.get_by_label("Heading", exact=True).first, "The ferry is back")
    comment = page.get_by_label("Comment", exact=True).first
    write(comment, "Eleven weeks is long.\nAsk the council.", enter=False)
    first = page.locator(".brief-entry").first
    click(first.get_by_role("button", name="Move to the end"))
    expect_headings(page, LIBRARY, ENGINES, "The ferry is back")
    second = page.locator(".brief-entry").nth(1)
    expect(second.locator(".left s")).to_have_text([DOUBTED])
    click(second.get_by_role("button", name="Take in all the same"))
    expect(second.locator("mark.doubt")).to_contain_text("[unsupported: The number 900")
    expect(second.locator(".left")).to_have_count(0)
    notes = page.locator(".editor .note-text").all_inner_texts()

    click(page.get_by_role("button", name="As it will look"))
    paper = page.locator(".paper").inner_text()
    order = (LIBRARY, "praised", ENGINES, DOUBTED, "The ferry is back", "Ask the council.")
    check_order(paper, TITLE, *order, *notes)

    word, marked = (download(page, name, tmp_path) for name in ("Word", "Markdown"))
    assert (word.name, marked.name) == (
        "Skell & Grimsvotn the week 2.docx",
        "Skell & Grimsvotn the week 2.md",
    )
    text, footnotes = read_docx(word)
    check_order(text, TITLE, *order)
    assert "[unsupported: The number 900" in text
    assert [" ".join(note.split()) for note in footnotes] == notes
    plain = marked.read_text("utf-8").replace("\\", "")
    check_order(plain, *order)
    assert re.findall(r"^\[\^(\d+)\]: ", plain, re.MULTILINE) == [
        str(n + 1) for n in range(len(notes))
    ]
    # Another server, which has nothing but what the first one has kept.
    with serve(copy_home(own.home, tmp_path / "home"), model) as address:
        page.goto(address + "/?" + page.url.partition("?")[2])
        find_entries(page)
        expect_headings(page, LIBRARY, ENGINES, "The ferry is back")
        expect(page.get_by_label("Title of the briefing")).to_have_value(TITLE)
        expect(page.get_by_label("Comment", exact=True).last).to_have_value(
            "Eleven weeks is long.\nAsk the council."
        )
        expect(page.locator("mark.doubt").first).to_contain_text("[unsupported:")


def test_an_answer_is_added_once_by_a_click_and_a_refusal_not_at_all(own: Own):
    page = own.page
    place = ask(page, FERRY)
    click(place.get_by_role("button", name="Add to briefing"))
    expect(place.get_by_text("In the briefing")).to_be_visible()
    expect(place.get_by_role("button", name="Open the briefing")).to_be_focused()
    listed = page.get_by_role("list", name="Briefings")
    expect(listed).to_contain_text("1 answer · answers go here")
    refused = ask(page, "Who won the chess final in Reykjavik?")
    expect(refused.locator(".refusal")).to_be_visible()
    expect(refused.get_by_role("button", name="Add to briefing")).to_have_count(0)
    # The same answer in another chat is in the briefing already.
    click(page.get_by_role("button", name="New chat"))
    expect(page.get_by_role("heading", name="Ask the articles")).to_be_visible()
    again = ask(page, FERRY)
    expect(again.get_by_text("In the briefing")).to_be_visible()
    assert open_from(again).count() == 1


def test_one_click_adds_an_answer_while_another_is_given(own: Own, model: FakeOpenAI):
    page, gate = own.page, Gate([*SAID, "Nobody was hurt."])
    place = ask(page, FERRY)

    model.replies[:] = [Reply(gate)]
    choose_engine(page, TINY)
    running = begin(page, ENGINES)
    gate.passes.release(1)
    expect(running.get_by_role("button", name="Stop")).to_be_visible()
    add(place)
    expect(running.get_by_role("button", name="Stop")).to_be_visible()
    gate.passes.release(9)
    expect(running.locator(".timing")).to_be_visible()
    expect(running.locator(".sentence")).to_have_count(3)
    expect(running.get_by_role("button", name="Add to briefing")).to_be_visible()


def test_a_stopped_answer_says_so_in_the_briefing(own: Own, model: FakeOpenAI):
    page, gate = own.page, Gate([*SAID, "Nobody was hurt."])

    model.replies[:] = [Reply(gate)]
    choose_engine(page, TINY)
    place = begin(page, ENGINES)
    gate.passes.release(2)
    expect(place.locator(".sentence")).to_have_count(1)
    click(place.get_by_role("button", name="Stop"))
    add(place)
    entries = open_from(place)
    expect(entries.first).to_contain_text("Stopped before the answer was complete.")
    gate.passes.release(9)


def test_a_briefing_is_put_in_order_by_keyboard_and_the_focus_stays(own: Own):
    page = own.page
    make_briefing(page)
    down = page.locator(".brief-entry").first.get_by_role("button", name="Move down")
    down.focus()
    page.keyboard.press("Enter")
    expect_headings(page, LIBRARY, FERRY)
    expect(page.locator(".unseen")).to_have_text(f"Number 2 of 2 now: {FERRY}")
    # It cannot go further down: what can be done there has the focus.
    tools = page.locator(".brief-entry").last.locator(".entry-tools")
    expect(tools.get_by_role("button", name="Move to the top")).to_be_focused()
    page.keyboard.press("Enter")
    expect_headings(page, FERRY, LIBRARY)
    leave = page.locator(".leave").first
    leave.focus()
    page.keyboard.press("Enter")
    take = page.get_by_role("button", name="Take in again").first
    expect(take).to_be_focused()
    page.keyboard.press("Enter")
    expect(take).to_have_count(0)
    expect(page.locator(".leave").first).to_be_focused()


def test_what_is_removed_comes_back_where_it_stood(own: Own):
    page = own.page
    make_briefing(page)
    click(page.get_by_role("button", name=f"Remove from the briefing: {FERRY}"))
    expect_headings(page, LIBRARY)
    expect(page.locator(".briefing .undo")).to_contain_text(f"Removed: {FERRY}")
    expect(page.get_by_role("list", name="Briefings")).to_contain_text("1 answer")
    click(page.locator(".briefing").get_by_role("button", name="Undo"))
    expect_headings(page, FERRY, LIBRARY)
    expect(page.locator(".briefing .undo")).to_have_count(0)


def test_a_footnote_opens_its_article_beside_the_text(own: Own):
    page = own.page
    make_briefing(page)
    count = page.locator(".editor .note-text").count()
    click(page.locator(".brief-entry .marker").last)
    page.locator("mark.meant").first.wait_for()
    panel = page.get_by_role("complementary", name="Article")
    expect(panel).to_contain_text(f"Citation {count} of {count}")
    expect(panel).to_contain_text("Northern Wire")
    expect(page.locator("mark.meant")).to_have_text(
        "The mayor of Grimsvotn praised the new library on Monday."
    )
    click(page.get_by_role("button", name="Previous citation"))
    expect(panel).to_contain_text("The Skell Courier")
    # What is shown goes by numbers that are others once the order is another one.
    click(page.locator(".brief-entry").first.get_by_role("button", name="Move down"))
    expect(panel).to_have_count(0)
    click(page.locator(".brief-entry .marker").first)
    page.locator("mark.meant").first.wait_for()
    click(page.get_by_role("button", name="Back to the chat"))
    expect(page.locator(".exchange").first).to_be_visible()
    expect(panel).to_have_count(0)


def test_back_and_forth_lead_from_chat_to_briefing(own: Own):
    page = own.page
    make_briefing(page)
    page.wait_for_timeout(2_000)
    assert "briefing=" in page.url
    page.go_back()
    expect(page.locator(".exchange").first).to_be_visible()
    expect(page.locator(".briefing")).to_have_count(0)
    page.wait_for_timeout(2_000)
    page.go_forward()
    find_entries(page)
    expect_headings(page, FERRY, LIBRARY)
    page.reload()
    find_entries(page)
    expect_headings(page, FERRY, LIBRARY)
    click(page.get_by_role("button", name="Back to the chat"))
    expect(page.locator(".exchange")).to_have_count(2)


def test_two_tabs_on_one_briefing_lose_nothing_of_each_other_s(own: Own):
    page = own.page
    make_briefing(page)
    second = page.context.new_page()
    second.goto(page.url)
    find_entries(second)
    mine, theirs = (tab.get_by_label("Comment", exact=True).first for tab in (page, second))
    write(mine, "From the first tab.", enter=False)
    expect(page.locator(".unkept").first).to_be_hidden()
    page.wait_for_timeout(1_000)
    theirs.fill("From the second tab.")
    theirs.blur()
    both = "From the first tab.\n\nFrom the second tab."
    expect(theirs).to_have_value(both)
    click(page.locator(".brief-entry").first.get_by_role("button", name="Move down"))
    expect_headings(page, LIBRARY, FERRY)
    expect(page.get_by_label("Comment", exact=True).last).to_have_value(both)
    click(second.locator(".leave").last)
    expect_headings(second, LIBRARY, FERRY)
    expect(second.get_by_label("Comment", exact=True).last).to_have_value(both)


def test_what_is_typed_in_a_busy_library_is_kept_at_the_next_try(own: Own):
    page = own.page
    make_briefing(page)
    field = page.get_by_label("Comment", exact=True).first
    with closing(sqlite3.connect(own.home / FILE_NAME, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        write(field, "A long thought.", enter=False)
        expect(page.locator(".briefing .problem")).to_contain_text("is busy", timeout=30_000)
        expect(page.locator(".unkept").nth(2)).to_be_visible()
        expect(field).to_have_value("A long thought.")
        other.execute("ROLLBACK")
    click(page.get_by_role("button", name="Try again"))
    expect(page.locator(".briefing .problem")).to_have_count(0)
    page.reload()
    find_entries(page)
    expect(page.get_by_label("Comment", exact=True).first).to_have_value("A long thought.")


def test_an_answer_that_cannot_be_added_says_why_and_is_added_later(own: Own):
    page = own.page
    place = ask(page, FERRY)
    page.wait_for_timeout(1_500)
    with closing(sqlite3.connect(own.home / FILE_NAME, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        click(place.get_by_role("button", name="Add to briefing"))
        expect(place.locator(".problem")).to_contain_text("is busy", timeout=30_000)
        other.execute("ROLLBACK")
    add(place)
    expect(place.locator(".problem")).to_have_count(0)


def test_a_click_right_after_typing_does_both(own: Own):
    page = own.page
    make_briefing(page)
    field = page.get_by_label("Comment", exact=True).first
    field.click()
    page.keyboard.type("Typed and left at once.")
    page.locator(".brief-entry").first.get_by_role("button", name="Move down").click()
    expect_headings(page, LIBRARY, FERRY)
    page.wait_for_timeout(1_500)
    page.reload()
    find_entries(page)
    expect_headings(page, LIBRARY, FERRY)
    expect(page.get_by_label("Comment", exact=True).last).to_have_value("Typed and left at once.")


def test_briefings_are_made_renamed_deleted_and_brought_back(own: Own):
    page = own.page
    add(ask(page, FERRY))
    click(page.get_by_role("button", name="New briefing"))
    page.locator(".briefing").wait_for()
    expect(page.locator(".briefing")).to_contain_text("Nothing is in it yet.")
    for name in ("Word", "Markdown", "HTML", "BibTeX", "CSL-JSON"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_disabled()
    write(page.get_by_label("Title of the briefing"), "The second one")
    briefings = page.get_by_role("list", name="Briefings")
    expect(briefings.get_by_role("listitem").first).to_contain_text("The second one")
    click(page.get_by_role("button", name="Back to the chat"))
    place = page.locator(".exchange").first
    # It is in the other briefing, and answers go into this one now.
    expect(place.get_by_role("button", name="Add to briefing")).to_be_visible()

    entry = briefings.get_by_role("listitem").last
    hover(entry)
    click(entry.get_by_role("button", name="Rename"))
    write(page.get_by_label("New name of the briefing"), "The first one")
    expect(briefings.get_by_text("The first one")).to_be_visible()
    click(briefings.get_by_text("The first one"))
    find_entries(page)
    expect(page.get_by_label("Title of the briefing")).to_have_value("The first one")
    entry = briefings.get_by_role("listitem").first
    hover(entry)
    click(entry.get_by_role("button", name="Delete"))
    expect(page.locator(".exchange").first).to_be_visible()
    expect(briefings.get_by_text("The first one")).to_have_count(0)
    click(page.get_by_role("button", name="Undo"))
    click(briefings.get_by_text("The first one"))
    find_entries(page)
    expect_headings(page, FERRY)


def test_every_format_can_be_downloaded(own: Own, tmp_path: Path):
    page = own.page
    make_briefing(page)
    names = {"HTML": "html", "BibTeX": "bib", "CSL-JSON": "json", "Markdown": "md"}
    for name, ending in names.items():
        path = download(page, name, tmp_path)
        assert path.suffix == f".{ending}"
        assert "Grimsvotn library opens" in path.read_text("utf-8").replace("{", "").replace(
            "}", ""
        )
    expect(page.locator(".problem")).to_have_count(0)


def test_a_file_that_cannot_be_made_says_why_and_the_page_stays(
    press: Path, window: BrowserContext, model: FakeOpenAI, tmp_path: Path
):
    without = tmp_path / "without" / "pypandoc"
    without.mkdir(parents=True)
    (without / "__init__.py").write_text("", "utf-8")
    home = copy_home(press, tmp_path / "home")
    clear(home)
    with serve(home, model, PYTHONPATH=str(without.parent)) as address:
        page = open_page(window, address)
        make_briefing(page)
        click(page.get_by_role("button", name="Word", exact=True))
        expect(page.locator(".problem")).to_contain_text("Pandoc is missing", timeout=30_000)
        expect(page.get_by_test_id("stDownloadButtonError")).to_be_hidden()
        expect_headings(page, FERRY, LIBRARY)
        download(page, "Markdown", tmp_path)
        expect(page.locator(".problem")).to_have_count(0)
    close_pages(window)


def test_an_address_of_no_briefing_leads_back_to_the_chat(own: Own):
    page = own.page
    page.goto(f"{own.address}/?briefing=no-such-briefing")
    expect(page.locator(".problem")).to_contain_text("There is no briefing")
    click(page.get_by_role("button", name="Back to the chat"))
    page.get_by_test_id("stChatInputTextArea").wait_for()
    expect(page.locator(".problem")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_briefing_works_at_a_phone_s_width(own: Own, chromium: Browser, scheme: str):
    make_briefing(own.page)
    context = chromium.new_context(
        viewport={"width": 390, "height": 844},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    page.goto(own.page.url)
    find_entries(page)
    # The page begins with its beginning.
    expect(page.get_by_label("Title of the briefing")).to_be_in_viewport()
    for state in ("Edit", "As it will look"):
        click(page.get_by_role("button", name=state))
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        markers = page.locator(".brief-entry .marker, .paper .marker").locator("visible=true")
        click(markers.first)
        page.locator("mark.meant").first.wait_for()
        panel = page.locator(".panel").bounding_box()
        assert panel is not None
        assert (panel["x"], panel["width"]) == (0, 390)
        click(page.get_by_role("button", name="Close the article"))
    context.close()
