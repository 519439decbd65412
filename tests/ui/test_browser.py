"""The chat in a real Chromium, over the real program and a few articles."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import read
from conftest import write_md
from fake_openai import FakeOpenAI, Reply
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from running_chat import (
    Gate,
    ask,
    begin,
    choose,
    choose_engine,
    choose_outlet,
    click,
    close_pages,
    close_shelf,
    copy_home,
    find_exchange,
    hover,
    open_adding,
    open_page,
    open_shelf,
    serve_chat,
    wait_for_rest,
)

from bench.chat_server import find_free_port
from rag.assistant import Assistant
from rag.index.library import Library
from rag.settings import Settings
from rag.types import REFUSAL

pytestmark = pytest.mark.browser

QUESTION = "When did the ferry to Skell Island return?"
TINY = "openai:tiny-1"
#: Whether an element lies in the window, and in all that it is scrolled in, from top to bottom.
IN_VIEW = """mark => {
    const at = mark.getBoundingClientRect();
    const body = mark.closest(".panel-body").getBoundingClientRect();
    const inside = at.top >= body.top && at.bottom <= body.bottom;
    return inside && at.top >= 0 && at.bottom <= innerHeight;
}"""


def begin_held(page: Page, model: FakeOpenAI) -> tuple[Locator, threading.Semaphore]:
    """An answer of which one sentence is there, and what lets the model go on."""
    gate = Gate(SENTENCES)
    model.replies[:] = [Reply(gate)]
    choose_engine(page, TINY)
    place = begin(page, QUESTION)
    gate.passes.release(2)  # a sentence is whole when the next one begins
    expect(place.locator(".sentence")).to_have_count(1, timeout=30_000)
    return place, gate.passes


def open_first(place: Locator, page: Page) -> Locator:
    """The mark of the first citation in the article that opens beside the answer."""
    click(place.locator(".marker").first)
    mark = page.locator("mark.meant")
    mark.first.wait_for(timeout=30_000)
    return mark


SENTENCES = [
    "The ferry to Skell Island returned on 4 May 2024 [1]. ",
    "The crew had replaced both engines [1]. ",
    "The council paid 1.2 million crowns for the repair [1]. ",
]


def test_an_answer_and_its_citation_are_the_article_s_own_words(page: Page, press: Path):
    place = ask(page, QUESTION)
    said = place.locator(".quotation").first.inner_text().strip("“”")
    cited = place.locator(".citation").first
    quote = cited.locator(".quote").inner_text()
    assert said == quote

    citation = read("ask", QUESTION, "--engine", "quotes", home=press)["citations"][0]
    assert (
        read("show", citation["article"], home=press)["text"][citation["start"] : citation["end"]]
        == quote
    )
    for text in (
        "Ferry returns to Skell Island",
        "The Skell Courier",
        "by Mara Quist",
        "4 May 2024",
        "https://skell-courier.example/ferry",
        "ferry.md",
    ):
        expect(cited).to_contain_text(text)


def test_the_words_that_answer_stand_in_bold_above_the_quotation(page: Page, press: Path):
    # A reader need not be sure of each of them.
    for question in (QUESTION, "Who said that both engines were replaced?", "What was painted?"):
        short = read("ask", question, "--engine", "quotes", home=press)["short"]
        if short is not None:
            break
    else:
        pytest.fail("The reader is sure of no question.")
    place = ask(page, question)
    shown = place.locator(".short")
    assert shown.inner_text() == short
    assert short in place.locator(".quotation").first.inner_text()
    assert shown.evaluate("one => getComputedStyle(one).fontWeight") == "700"
    above, below = shown.bounding_box(), place.locator(".quotation").first.bounding_box()
    assert above is not None
    assert below is not None
    assert above["y"] + above["height"] <= below["y"]


def test_a_marker_opens_its_article_at_the_quotation(page: Page):
    place = ask(page, QUESTION)
    quote = place.locator(".citation .quote").first.inner_text()
    mark = open_first(place, page)
    assert mark.first.inner_text() == quote
    assert mark.first.evaluate(IN_VIEW), "the quotation is in view"
    panel = page.get_by_role("complementary", name="Article")
    for text in (
        "Ferry returns to Skell Island",
        "The Skell Courier",
        "by Mara Quist",
        "Published 4 May 2024",
        "https://skell-courier.example/ferry",
    ):
        expect(panel).to_contain_text(text)
    # The article is longer than the window, and has a scroll of its own.
    body = panel.locator(".panel-body")
    assert body.evaluate("body => body.scrollHeight > body.clientHeight")
    # The page follows its newest answer down, step by step.
    wait_for_rest(place)
    before = page.locator("main").evaluate("main => main.scrollTop")
    body.evaluate("body => body.scrollTo(0, 0)")
    assert page.locator("main").evaluate("main => main.scrollTop") == before


def test_an_article_is_opened_and_closed_by_keyboard(page: Page):
    place = ask(page, QUESTION)
    marker = place.locator(".marker").first
    marker.focus()
    page.keyboard.press("Enter")
    page.locator("mark.meant").first.wait_for()
    expect(page.locator(".panel-body")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_have_count(0)
    expect(marker).to_be_focused()
    name = marker.get_attribute("aria-label")
    assert name is not None
    assert name.startswith("Citation 1, The Skell Courier: The ferry")


def test_hovering_over_a_marker_shows_the_quotation(page: Page):
    place = ask(page, QUESTION)
    quote = place.locator(".citation .quote").first.inner_text()
    hover(place.locator(".marker").first)
    expect(page.locator(".tip .quote")).to_have_text(quote)
    page.mouse.move(5, 5)
    expect(page.locator(".tip")).to_have_count(0)


def test_one_can_go_from_citation_to_citation(page: Page, model: FakeOpenAI):
    model.say(*SENTENCES)
    choose_engine(page, TINY)
    place = ask(page, QUESTION)
    quotes = place.locator(".citation .quote").all_inner_texts()
    assert len(quotes) > 1
    mark = open_first(place, page)
    assert mark.first.inner_text() == quotes[0]
    click(page.get_by_role("button", name="Next citation"))
    expect(mark.first).to_have_text(quotes[1])
    assert mark.first.evaluate(IN_VIEW)


def test_a_question_that_the_articles_do_not_answer_is_refused(page: Page):
    place = ask(page, "Who won the chess final in Reykjavik?")
    expect(place.locator(".refusal")).to_have_text(REFUSAL)
    expect(place.locator(".citation")).to_have_count(0)
    nearest = place.locator(".passage").first
    expect(nearest).to_be_hidden()
    click(place.locator("summary"))
    expect(nearest).to_be_visible()
    click(nearest.get_by_role("button", name="Open the article"))
    expect(page.locator("mark.meant").first).to_be_visible()


def test_filters_narrow_the_search(page: Page):
    choose_outlet(page, "Northern Wire")
    place = ask(page, QUESTION)
    expect(place.locator(".scope")).to_contain_text("Only Northern Wire")
    assert "Skell Courier" not in place.inner_text()


def test_the_chart_narrows_the_search_to_a_time(page: Page):
    click(page.get_by_role("button", name=re.compile("^1 June 2024: 1 article")))
    expect(page.get_by_role("button", name="Search all dates")).to_be_visible()
    place = ask(page, QUESTION)
    expect(place.locator(".scope")).to_contain_text("1 June 2024 to 1 June 2024")
    click(page.get_by_role("button", name="Search all dates"))
    expect(page.get_by_role("button", name="Search all dates")).to_have_count(0)
    place = ask(page, "When did the ferry return to Skell Island?")
    expect(place.locator(".scope")).to_have_count(0)


def test_a_new_chat_starts_empty_and_the_old_one_is_in_the_list(page: Page):
    question = "Who paid for the repair of the ferry?"
    ask(page, question)
    click(page.get_by_role("button", name="New chat"))
    expect(page.get_by_role("heading", name="Ask the articles")).to_be_visible()
    expect(page.get_by_role("heading", name=question)).to_have_count(0)
    click(page.get_by_role("list", name="Chats").get_by_text(question))
    expect(page.get_by_role("heading", name=question)).to_be_visible()


def test_back_and_forth_go_from_chat_to_chat(page: Page):
    first, second = "Who paid for the ferry's repair?", "Who praised the library of Grimsvotn?"
    ask(page, first)
    page.wait_for_timeout(2_000)
    click(page.get_by_role("button", name="New chat"))
    expect(page.get_by_role("heading", name="Ask the articles")).to_be_visible()
    ask(page, second)
    page.wait_for_timeout(2_000)
    page.go_back()
    page.go_back()
    expect(page.get_by_role("heading", name=first)).to_be_visible()
    expect(page.get_by_role("heading", name=second)).to_have_count(0)
    page.wait_for_timeout(2_000)
    page.go_forward()
    page.go_forward()
    expect(page.get_by_role("heading", name=second)).to_be_visible()
    expect(page.get_by_role("heading", name=first)).to_have_count(0)


def test_a_reload_keeps_what_is_searched(page: Page):
    choose_outlet(page, "Northern Wire")
    expect(page.get_by_role("button", name="Northern Wire")).to_be_visible()
    page.reload()
    page.get_by_test_id("stChatInputTextArea").wait_for()
    place = ask(page, QUESTION)
    expect(place.locator(".scope")).to_contain_text("Only Northern Wire")


def test_chats_are_renamed_searched_deleted_and_brought_back(page: Page):
    ask(page, "What did Ines Aldana say about the engines?")
    chats = page.get_by_role("list", name="Chats")
    entry = chats.get_by_role("listitem").first
    hover(entry)
    click(entry.get_by_role("button", name="Rename"))
    field = page.get_by_label("New name of the chat")
    field.fill("Engines of the ferry")
    field.press("Enter")
    expect(chats.get_by_text("Engines of the ferry")).to_be_visible()

    for question in (
        "Who is Ines Aldana?",
        "What was painted?",
        "Who praised the library?",
        QUESTION,
    ):
        click(page.get_by_role("button", name="New chat"))
        expect(page.get_by_role("heading", name="Ask the articles")).to_be_visible()
        ask(page, question)
    page.get_by_label("Search the chats").fill("engines of")
    expect(chats.get_by_role("listitem")).to_have_count(1)
    entry = chats.get_by_role("listitem").first
    expect(entry).to_contain_text("Engines of the ferry")
    hover(entry)
    click(entry.get_by_role("button", name="Delete"))
    expect(page.locator(".undo")).to_contain_text("Deleted: Engines of the ferry")
    expect(chats).to_have_count(0)
    click(page.get_by_role("button", name="Undo"))
    expect(chats.get_by_text("Engines of the ferry")).to_be_visible()


def test_a_name_that_changes_nothing_leaves_the_list_as_it_was(page: Page):
    ask(page, QUESTION)
    entry = page.get_by_role("list", name="Chats").get_by_role("listitem").first
    hover(entry)
    click(entry.get_by_role("button", name="Rename"))
    field = page.get_by_label("New name of the chat")
    field.fill(f"{QUESTION}  ")
    field.press("Enter")
    expect(field).to_have_count(0)
    expect(entry.get_by_text(QUESTION)).to_be_visible()


def test_an_open_article_goes_with_its_chat(page: Page):
    open_first(ask(page, QUESTION), page)
    click(page.get_by_role("button", name="New chat"))
    expect(page.get_by_role("heading", name="Ask the articles")).to_be_visible()
    expect(page.locator(".panel")).to_have_count(0)
    open_first(ask(page, "Who praised the new library?"), page)
    click(page.get_by_role("list", name="Chats").get_by_text(QUESTION).first)
    expect(page.get_by_role("heading", name=QUESTION)).to_be_visible()
    expect(page.locator(".panel")).to_have_count(0)


def test_a_suggested_question_is_asked_by_a_click(page: Page):
    suggestion = page.locator(".suggestion").first
    question = suggestion.inner_text()
    click(suggestion)
    place = find_exchange(page, question)
    expect(place.locator(".citation").first).to_be_visible()


def test_an_answer_says_how_it_came_about(page: Page, model: FakeOpenAI):
    model.say(*SENTENCES)
    choose_engine(page, TINY)
    place = ask(page, QUESTION)
    toggle = place.get_by_role("button", name="How it came about")
    click(toggle)
    details = place.get_by_role("region", name="How the answer came about")
    expect(details).to_contain_text(QUESTION)
    expect(details).to_contain_text("rank 1")
    expect(details.locator(".prompt").first).to_contain_text("You answer questions about")
    click(toggle)
    expect(details).to_have_count(0)


def test_a_model_s_sentences_are_marked_by_what_bears_them_out(page: Page, model: FakeOpenAI):
    model.say(
        "The ferry to Skell Island returned on 4 May 2024 [1]. ",
        "It carries 900 passengers [1]. ",
        "It was painted red.",
    )
    choose_engine(page, TINY)
    place = ask(page, QUESTION)
    expect(place.locator(".block.checked, .block.quoted")).to_have_count(1)
    expect(place.locator(".block.unsupported")).to_have_count(2)
    expect(place.locator(".block.unsupported").first).to_contain_text("900")
    expect(place.locator(".unsupported .why").first).not_to_be_empty()


def test_a_follow_up_is_condensed_by_the_model_and_shown(page: Page, model: FakeOpenAI):
    model.say(*SENTENCES)
    choose_engine(page, TINY)
    ask(page, QUESTION)
    model.replies[:] = [
        Reply(("Who paid for the ferry to Skell Island?",)),
        Reply(("The council paid 1.2 million crowns for the repair [1].",)),
    ]
    place = ask(page, "Who paid for it?")
    expect(place.locator(".notes")).to_contain_text("Searched for: Who paid for the ferry to Skell")


def test_a_dead_model_server_leaves_the_question_and_quotes_answer_it(
    page: Page, model: FakeOpenAI
):
    model.say(status=500, body='{"error": "![x](http://127.0.0.1:1/leak)"}')
    choose_engine(page, TINY)
    place = ask(page, QUESTION)
    expect(place.locator(".problem")).to_contain_text("500")
    click(page.get_by_role("button", name="Answer with quotes instead"))
    expect(place.locator(".citation").first).to_contain_text("The Skell Courier")
    expect(place.locator(".problem")).to_have_count(0)


def test_an_answer_streams_and_a_click_on_a_filter_loses_nothing_of_it(
    page: Page, model: FakeOpenAI
):
    place, passes = begin_held(page, model)
    sentences = place.locator(".sentence")
    choose_outlet(page, "The Skell Courier")
    page.get_by_text("Include undated articles").click(force=True)
    passes.release(9)
    expect(place.locator(".timing")).to_be_visible(timeout=30_000)
    expect(sentences).to_have_count(3)
    expect(place.locator(".stopped, .problem")).to_have_count(0)
    assert len(model.requests[-1]["messages"]) == 2


def test_stopping_keeps_what_was_there_and_says_so(page: Page, model: FakeOpenAI):
    place, passes = begin_held(page, model)
    click(place.get_by_role("button", name="Stop"))
    expect(place.locator(".stopped")).to_have_text("Stopped before the answer was complete.")
    passes.release(9)
    page.wait_for_timeout(500)
    expect(place.locator(".sentence")).to_have_count(1)
    model.say(*SENTENCES)
    click(place.get_by_role("button", name="Answer it again"))
    expect(place.locator(".sentence")).to_have_count(3, timeout=30_000)
    expect(place.locator(".stopped")).to_have_count(0)


def test_a_reload_in_mid_answer_loses_nothing(page: Page, model: FakeOpenAI):
    place, passes = begin_held(page, model)
    page.reload()
    expect(place.locator(".sentence")).to_have_count(1, timeout=30_000)
    expect(place.get_by_role("button", name="Stop")).to_be_visible()
    passes.release(9)
    expect(place.locator(".timing")).to_be_visible(timeout=30_000)
    expect(place.locator(".sentence")).to_have_count(3)


def test_a_lost_connection_in_mid_answer_loses_nothing(
    chromium: Browser, address: str, model: FakeOpenAI
):
    context = chromium.new_context()
    page = open_page(context, address)
    place, passes = begin_held(page, model)
    context.set_offline(True)
    passes.release(9)
    page.wait_for_timeout(1_000)
    context.set_offline(False)
    expect(place.locator(".timing")).to_be_visible(timeout=60_000)
    expect(place.locator(".sentence")).to_have_count(3)
    context.close()


def test_two_tabs_show_one_chat_and_two_chats_do_not_mix(page: Page, model: FakeOpenAI):
    _, passes = begin_held(page, model)
    # The same chat in a second tab, and a chat of its own in a third.
    second = open_page(page.context, page.url)
    third = open_page(page.context, page.url.split("?")[0])
    other = ask(third, "Who praised the new library?")
    expect(other.locator(".citation").first).to_contain_text("Northern Wire")
    passes.release(9)
    for tab in (page, second):
        place = find_exchange(tab, QUESTION)
        expect(place.locator(".timing")).to_be_visible(timeout=30_000)
        expect(place.locator(".sentence")).to_have_count(3)
        expect(tab.locator(".exchange")).to_have_count(1)
    expect(third.locator(".exchange")).to_have_count(1)
    assert page.url == second.url != third.url


def test_an_answer_is_copied_with_footnotes_as_text_and_by_citation(page: Page):
    place = ask(page, QUESTION)
    quote = place.locator(".citation .quote").first.inner_text()

    def copied(name: str) -> str:
        click(place.get_by_role("button", name=name).first)
        expect(place.get_by_role("button", name="Copied")).to_be_visible()
        expect(place.get_by_role("button", name="Copied")).to_have_count(0)
        text: str = page.evaluate("navigator.clipboard.readText()")
        return text

    markdown = copied("Copy with footnotes")
    assert f"“{quote}” [^1]" in markdown
    assert "[^1]: Mara Quist, “Ferry returns to Skell Island,” The Skell Courier" in markdown
    assert f"“{quote}” [1]" in copied("Copy as text")
    citation = copied("Copy citation")
    assert citation.startswith("Mara Quist, “Ferry returns to Skell Island,” The Skell Courier, 4")
    assert quote in citation


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The home of a library that may be changed, and the address of a chat over it."""
    home = tmp_path_factory.mktemp("changed") / "home"
    with serve_chat(home) as address:
        yield home, address


@pytest.fixture
def own(
    tmp_path: Path, changed: tuple[Path, str], window: BrowserContext
) -> Iterator[tuple[Page, Path]]:
    """A page on a library of one article, which may be changed; and a folder."""
    home, address = changed
    (tmp_path / "home").symlink_to(home)
    with Assistant(Settings(home=home)) as assistant:
        for article in assistant.articles():
            assistant.remove(article.id)
    (tmp_path / "quay.md").write_text(
        write_md("The quay at Norrby was painted green.", title="Paint on the quay"), "utf-8"
    )
    read("index", tmp_path / "quay.md", home=home)
    yield open_page(window, address), tmp_path
    close_pages(window)


def test_an_article_is_added_asked_about_removed_and_brought_back(own: tuple[Page, Path]):
    page, folder = own
    file = folder / "bridge.md"
    file.write_text(
        write_md(
            "The Orrin bridge was opened by mayor Selma Vik on 7 July 2023.",
            title="A bridge over the Orrin",
            outlet="Orrin Herald",
        ),
        "utf-8",
    )
    question = "Who opened the Orrin bridge?"
    expect(ask(page, question).locator(".refusal")).to_be_visible()
    open_adding(page).set_input_files(file)
    expect(page.locator(".job")).to_contain_text("1 added.", timeout=30_000)
    question = "Who opened the bridge over the Orrin?"
    expect(ask(page, question).locator(".citation").first).to_contain_text("Orrin Herald")

    articles = open_shelf(page)
    expect(articles).to_contain_text("A bridge over the Orrin")
    click(page.get_by_role("button", name="Remove the article A bridge over the Orrin"))
    undo = page.locator(".undo", has_text="Removed: A bridge over the Orrin")
    expect(undo).to_be_visible(timeout=30_000)
    expect(articles).not_to_contain_text("A bridge over the Orrin")
    close_shelf(page)
    question = "Who was it that opened the Orrin bridge?"
    expect(ask(page, question).locator(".refusal")).to_be_visible()
    # It is still shown as it was when it was cited, with what became of it.
    open_first(find_exchange(page, "Who opened the bridge over the Orrin?"), page)
    expect(page.locator(".note")).to_contain_text("It is no longer in the library.")
    expect(page.locator(".panel mark.meant")).to_contain_text("Selma Vik")
    click(page.get_by_role("button", name="Close the article"))

    open_shelf(page)
    click(undo.get_by_role("button", name="Undo"))
    expect(articles).to_contain_text("A bridge over the Orrin", timeout=30_000)
    close_shelf(page)
    question = "By whom was the Orrin bridge opened?"
    expect(ask(page, question).locator(".citation").first).to_contain_text("Orrin Herald")


def test_the_last_article_is_removed_and_brought_back(own: tuple[Page, Path]):
    page, _ = own
    open_shelf(page)
    click(page.get_by_role("button", name="Remove the article Paint on the quay"))
    expect(page.get_by_text("No articles yet.")).to_be_visible(timeout=30_000)
    undo = page.locator(".undo", has_text="Removed: Paint on the quay")
    click(undo.get_by_role("button", name="Undo"))
    expect(page.get_by_text("1–1 of 1")).to_be_visible(timeout=30_000)
    close_shelf(page)
    place = ask(page, "What was painted green at Norrby?")
    expect(place.locator(".citation").first).to_contain_text("The quay at Norrby")


def test_a_change_that_is_refused_says_so_and_can_be_tried_again(own: tuple[Page, Path]):
    page, folder = own
    open_shelf(page)
    remove = page.get_by_role("button", name="Remove the article Paint on the quay")
    with Library.open(folder / "home").writer():
        click(remove)
        expect(page.locator(".problem").first).to_contain_text("Another process is writing")
    click(remove)
    expect(page.get_by_text("No articles yet.")).to_be_visible(timeout=30_000)


def test_files_that_are_no_articles_are_named_with_the_reason(own: tuple[Page, Path]):
    page, folder = own
    (folder / "empty.md").write_text("", "utf-8")
    (folder / "good.md").write_text("# Rain\n\nIt rained on Norrby for nine days in May.", "utf-8")
    open_adding(page).set_input_files([folder / "empty.md", folder / "good.md"])
    expect(page.locator(".job")).to_contain_text("1 added.", timeout=30_000)
    expect(page.locator(".job")).to_contain_text("empty.md")


def test_an_empty_library_invites_to_drop_files(tmp_path: Path, window: BrowserContext):
    file = tmp_path / "first.md"
    file.write_text("# Rain\n\nIt rained on Norrby for nine days in May 2023.", "utf-8")
    with serve_chat(tmp_path / "home") as address:
        page = window.new_page()
        page.goto(address)
        expect(page.get_by_role("heading", name="No articles yet")).to_be_visible(timeout=60_000)
        page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
        page.get_by_test_id("stChatInputTextArea").wait_for(timeout=30_000)
        place = ask(page, "For how many days did it rain on Norrby?")
        expect(place.locator(".citation").first).to_contain_text("nine days")
        page.close()


def test_a_restart_brings_the_open_chat_back(
    window: BrowserContext, address: str, press: Path, tmp_path: Path
):
    page = open_page(window, address)
    ask(page, QUESTION)
    chat = page.url.partition("?")[2]
    # Another server, which has nothing but what the first one has kept.
    with serve_chat(copy_home(press, tmp_path / "home")) as another:
        page.goto(f"{another}/?{chat}")
        cited = find_exchange(page, QUESTION).locator(".citation").first
        expect(cited).to_be_visible(timeout=60_000)
    close_pages(window)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_works_at_a_phone_s_width(chromium: Browser, address: str, scheme: str):
    context = chromium.new_context(
        viewport={"width": 390, "height": 844},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = open_page(context, address)
    place = ask(page, QUESTION)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    mark = open_first(place, page)
    assert mark.first.evaluate(IN_VIEW)
    panel = page.locator(".panel").bounding_box()
    assert panel is not None
    assert (panel["x"], panel["width"]) == (0, 390)
    context.close()


def test_the_page_works_at_200_percent(chromium: Browser, address: str):
    # What a browser of 1280 by 800 shows at 200% is what one of half the size shows.
    context = chromium.new_context(viewport={"width": 640, "height": 400}, device_scale_factor=2)
    page = open_page(context, address)
    place = ask(page, QUESTION)
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
    assert open_first(place, page).first.evaluate(IN_VIEW)
    context.close()


def test_a_dead_server_at_the_start_is_named_beside_the_engine(window: BrowserContext, press: Path):
    url = f"http://127.0.0.1:{find_free_port()}/v1"
    with serve_chat(press, DATELINE_BASE_URL=url, DATELINE_MODEL="gone") as address:
        page = open_page(window, address)
        choose(page, "Answered by", page.get_by_role("option", name="openai:gone"))
        expect(page.locator(".engine.trouble")).to_contain_text("cannot be reached")
        page.close()
