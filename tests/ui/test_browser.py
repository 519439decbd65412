"""The chat in a real Chromium, over the real program and a few articles."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from conftest import write_md
from fake_openai import FakeOpenAI, Reply, serve_fake
from playwright.sync_api import Browser, Locator, Page, expect
from running_chat import find_free_port, open_chromium, run_dateline, serve_chat

from rag.types import REFUSAL

pytestmark = pytest.mark.browser

FERRY = (
    "The ferry to Skell Island returned on 4 May 2024 after eleven weeks in dry dock."
    " Harbour master Ines Aldana said the crew had replaced both engines.\n\n"
    "The council paid 1.2 million crowns for the repair."
)
QUESTION = "When did the ferry to Skell Island return?"


@dataclass
class Canary:
    """A server that nobody should ever ask for anything."""

    url: str
    asked: list[str] = field(default_factory=list)


@contextmanager
def serve_canary() -> Iterator[Canary]:
    canary = Canary("")

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """The list is the log."""

        def do_GET(self) -> None:
            canary.asked.append(self.path)
            self.send_response(200)
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    canary.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield canary
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


class SlowPieces(tuple[str, ...]):
    """What a model says, at the pace of one."""

    def __iter__(self) -> Iterator[str]:
        for piece in super().__iter__():
            time.sleep(0.5)
            yield piece


def list_payloads(url: str, name: str) -> list[str]:
    """What a poisoned text may hold, each asking for a path of its own; all on one line."""
    return [
        f"![pixel]({url}/{name}-md)",
        f"<img src={url}/{name}-img onerror=window.pwned=1>",
        f"<script>window.pwned=1;fetch('{url}/{name}-script')</script>",
        f"<svg onload=window.pwned=1><image href={url}/{name}-svg /></svg>",
        f"[press](javascript:window.pwned=1) <a href={url}/{name}-a>here</a>",
        f"<style>@import '{url}/{name}-css';</style>",
    ]


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    with serve_canary() as serving:
        yield serving


@pytest.fixture(scope="module")
def model() -> Iterator[FakeOpenAI]:
    with serve_fake() as fake:
        yield fake


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, canary: Canary) -> Path:
    """A library of a plain article, an undated one and a poisoned one."""
    folder = tmp_path_factory.mktemp("articles")
    bits = {name: " ".join(list_payloads(canary.url, name)) for name in ("title", "by", "body")}
    files = {
        "ferry": write_md(
            FERRY,
            title="Ferry returns to Skell Island",
            outlet="The Skell Courier",
            author="Mara Quist",
            published="2024-05-04",
            url="https://skell-courier.example/ferry",
        ),
        "quay": write_md("The quay at Norrby was painted green.", title="Paint on the quay"),
        f"![x]({'%2F' * 2}leak) <img src=x onerror=window.pwned=1>": write_md(
            f"The mayor of Grimsvotn praised the new library {bits['body']} on Monday.",
            title=json.dumps(f"Grimsvotn library {bits['title']}"),
            outlet=json.dumps(f"Evil ![o]({canary.url}/outlet) <img src={canary.url}/o onerror=1>"),
            author=json.dumps(bits["by"]),
            published="2024-06-01",
            url=f"{canary.url}/url",
        ),
    }
    for name, text in files.items():
        # Plain text keeps what a reader of Markdown or HTML would take out.
        suffix = ".txt" if "leak" in name else ".md"
        (folder / f"{name}{suffix}").write_text(text, encoding="utf-8")
    home = tmp_path_factory.mktemp("chat") / "home"
    run_dateline("index", str(folder), "--home", str(home))
    return home


@pytest.fixture(scope="module")
def address(home: Path, model: FakeOpenAI) -> Iterator[str]:
    # A poisoned sentence is mostly its poison, and near to no question: it must be shown all the
    # same for its poison to be tried.
    with serve_chat(home, DATELINE_BASE_URL=model.url, DATELINE_CONFIDENCE="0.1") as found:
        yield found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with open_chromium() as browser:
        yield browser


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """The open page; afterwards, it must have asked nobody but its own server for anything."""
    context = chromium.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.get_by_test_id("stChatInputTextArea").wait_for(timeout=60_000)
    yield page
    context.close()
    own = (address, address.replace("http", "ws"), "data:", f"blob:{address}")
    assert [url for url in asked if not url.startswith(own)] == []


def ask(page: Page, question: str) -> Locator:
    """Ask, wait for the end of the answer, and return where it stands."""
    page.get_by_test_id("stChatInputTextArea").fill(question)
    page.keyboard.press("Enter")
    place = page.locator(".dateline").filter(has=page.get_by_role("heading", name=question))
    place.last.locator(".timing, .problem").first.wait_for(timeout=60_000)
    return place.last


def choose_engine(page: Page, name: str) -> None:
    page.get_by_role("combobox", name="Answered by").click()
    page.get_by_role("option", name=name, exact=True).click()
    expect(page.locator(".engine")).to_contain_text("on this machine")


def test_an_answer_and_its_citation_are_the_article_s_own_words(page: Page, home: Path):
    place = ask(page, QUESTION)
    said = place.locator(".quotation").first.inner_text().strip("“”")
    cited = place.locator(".citation").first
    quote = cited.locator(".quote").inner_text()
    assert said == quote

    asked = json.loads(run_dateline("ask", QUESTION, "--home", str(home), "--json"))
    citation = asked["citations"][0]
    shown = run_dateline("show", citation["article"], "--home", str(home), "--json")
    assert json.loads(shown)["text"][citation["start"] : citation["end"]] == quote
    for text in (
        "Ferry returns to Skell Island",
        "The Skell Courier",
        "by Mara Quist",
        "4 May 2024",
        "https://skell-courier.example/ferry",
        "ferry.md",
    ):
        expect(cited).to_contain_text(text)


def test_a_marker_leads_to_its_citation_and_back_by_keyboard(page: Page):
    place = ask(page, QUESTION)
    marker, cited = place.locator(".marker").first, place.locator(".citation").first
    assert marker.get_attribute("title") == cited.locator(".quote").inner_text()
    marker.focus()
    page.keyboard.press("Enter")
    expect(cited).to_be_focused()
    expect(cited).to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(cited.locator(".number")).to_be_focused()
    page.keyboard.press("Enter")
    expect(marker).to_be_focused()


def test_a_question_that_the_articles_do_not_answer_is_refused(page: Page):
    place = ask(page, "Who won the chess final in Reykjavik?")
    expect(place.locator(".refusal")).to_have_text(REFUSAL)
    expect(place.locator(".citation")).to_have_count(0)
    nearest = place.locator(".passage").first
    expect(nearest).to_be_hidden()
    place.locator("summary").click()
    expect(nearest).to_be_visible()


def test_filters_narrow_the_search(page: Page):
    page.get_by_role("combobox", name="Outlets").click()
    page.get_by_role("option", name=re.compile("^Evil")).click()
    page.keyboard.press("Escape")
    place = ask(page, QUESTION)
    expect(place.locator(".scope")).to_contain_text("Only Evil")
    assert "Skell Courier" not in place.inner_text()


def test_a_new_chat_starts_empty(page: Page):
    ask(page, QUESTION)
    page.get_by_role("button", name="New chat").click()
    expect(page.get_by_role("heading", name="Ask the articles")).to_be_visible()
    expect(page.get_by_role("heading", name=QUESTION)).to_have_count(0)


def test_a_model_s_sentences_are_marked_by_what_bears_them_out(page: Page, model: FakeOpenAI):
    model.say(
        "The ferry to Skell Island returned on 4 May 2024 [1]. ",
        "It carries 900 passengers [1]. ",
        "It was painted red.",
    )
    choose_engine(page, "openai:tiny-1")
    place = ask(page, QUESTION)
    expect(place.locator(".block.checked, .block.quoted")).to_have_count(1)
    expect(place.locator(".block.unsupported")).to_have_count(2)
    expect(place.locator(".block.unsupported").first).to_contain_text("900")
    expect(place.locator(".unsupported .why").first).not_to_be_empty()


def test_a_dead_model_server_leaves_the_question_and_quotes_answer_it(
    page: Page, model: FakeOpenAI
):
    model.say(status=500, body='{"error": "![x](http://127.0.0.1:1/leak)"}')
    choose_engine(page, "openai:tiny-1")
    place = ask(page, QUESTION)
    expect(place.locator(".problem")).to_contain_text("500")
    page.get_by_role("button", name="Answer with quotes instead").click()
    expect(place.locator(".citation").first).to_contain_text("The Skell Courier")
    expect(place.locator(".problem")).to_have_count(0)


def test_a_click_in_mid_answer_loses_neither_the_question_nor_what_had_arrived(
    page: Page, model: FakeOpenAI
):
    model.replies[:] = [Reply(SlowPieces(["The ferry returned on 4 May 2024 [1]. "] * 40))]
    choose_engine(page, "openai:tiny-1")
    page.get_by_test_id("stChatInputTextArea").fill(QUESTION)
    page.keyboard.press("Enter")
    place = page.locator(".dateline").filter(has=page.get_by_role("heading", name=QUESTION))
    place.locator(".sentence").first.wait_for(timeout=30_000)
    page.get_by_role("combobox", name="Outlets").click()
    page.get_by_role("option", name="The Skell Courier").click()
    page.keyboard.press("Escape")
    expect(place.locator(".stopped")).to_be_visible(timeout=30_000)
    assert place.locator(".sentence").count() >= 1
    model.say("The ferry to Skell Island returned on 4 May 2024 [1].")
    page.get_by_role("button", name="Answer it again").click()
    expect(place.locator(".timing")).to_be_visible(timeout=30_000)


def test_poisoned_articles_and_models_make_the_page_ask_for_nothing(
    page: Page, model: FakeOpenAI, canary: Canary
):
    urlopen(f"{canary.url}/alive").close()
    assert canary.asked == ["/alive"], "the canary hears what is asked of it"
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))

    place = ask(page, "What did the mayor of Grimsvotn praise?")
    expect(place.locator(".citation")).not_to_have_count(0)
    for text in ("title-md", "by-img", "<script>", "/outlet", "/url", "body-css", "![x]("):
        expect(place).to_contain_text(text)
    for payload in list_payloads(canary.url, "question"):
        ask(page, f"Is Reykjavik {payload}?")
    page.get_by_role("combobox", name="Outlets").click()
    page.get_by_role("option", name=re.compile("^Evil")).click()
    page.keyboard.press("Escape")
    model.models[:] = ["tiny-1"]
    model.say(*[f"{payload} [1]. " for payload in list_payloads(canary.url, "model")])
    choose_engine(page, "openai:tiny-1")
    place = ask(page, "What did the mayor of Grimsvotn open?")
    expect(place).to_contain_text("model-md")

    page.wait_for_timeout(1_000)
    assert canary.asked == ["/alive"]
    assert dialogs == []
    assert page.evaluate("window.pwned") is None
    drawn = page.locator(".dateline")
    for tag in ("img", "script", "a", "svg", "iframe", "link", "style", "object", "form"):
        expect(drawn.locator(tag)).to_have_count(0)


def test_the_page_works_at_a_phone_s_width(chromium: Browser, address: str):
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(address)
    page.get_by_test_id("stChatInputTextArea").wait_for(timeout=60_000)
    ask(page, QUESTION)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_a_dead_server_at_the_start_is_named_beside_the_engine(chromium: Browser, home: Path):
    url = f"http://127.0.0.1:{find_free_port()}/v1"
    with serve_chat(home, DATELINE_BASE_URL=url, DATELINE_MODEL="gone") as address:
        page = chromium.new_page()
        page.goto(address)
        page.get_by_test_id("stChatInputTextArea").wait_for(timeout=60_000)
        page.get_by_role("combobox", name="Answered by").click()
        page.get_by_role("option", name="openai:gone").click()
        expect(page.locator(".engine.trouble")).to_contain_text("cannot be reached")
        page.close()
