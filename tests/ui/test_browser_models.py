"""Model servers in the sidebar, in a real browser: added, chosen, examined, remembered."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import exam_models
import pytest
from fake_openai import Asked, FakeOpenAI, serve_fake
from playwright.sync_api import Browser, Page, expect
from running_chat import ask, choose, click, open_page, serve_chat

from rag.exam.cases import load_cases

pytestmark = pytest.mark.browser

CASES = {case.question: case for case in load_cases()}
QUESTION = "When did the ferry to Skell Island return?"


def think(asked: Asked) -> str:
    """A good model, but for one fault: it never refuses."""
    case = CASES.get(asked.user.rpartition("Question: ")[2].strip())
    if case is None:
        return "The ferry to Skell Island returned on 4 May 2024 [1]."
    return exam_models.never_refuse(case, asked)


@pytest.fixture
def model() -> Iterator[FakeOpenAI]:
    with serve_fake() as fake:
        fake.think = think
        yield fake


@pytest.fixture
def home(press: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(press, tmp_path / "home"))


@pytest.fixture
def page(chromium: Browser, home: Path) -> Iterator[Page]:
    with serve_chat(home) as address:
        context = chromium.new_context(viewport={"width": 1280, "height": 1000})
        yield open_page(context, address)
        context.close()


def open_servers(page: Page) -> None:
    click(page.locator("[data-testid=stExpander] summary", has_text="Model servers"))
    page.get_by_label("Add a server's address").wait_for()


def add_server(page: Page, typed: str) -> None:
    page.get_by_label("Add a server's address").fill(typed)
    page.keyboard.press("Enter")


def find_option(page: Page, model: FakeOpenAI):
    place = model.url.removeprefix("http://").removesuffix("/v1")
    return page.get_by_role("option", name=f"tiny-1 · {place}")


def test_a_server_is_added_examined_and_remembered(
    chromium: Browser, page: Page, home: Path, model: FakeOpenAI
):
    open_servers(page)
    add_server(page, "127.0.0.1:9")
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    expect(page.get_by_label("Add a server's address")).to_have_value("127.0.0.1:9")
    add_server(page, model.url.removesuffix("/v1"))
    expect(page.get_by_role("list", name="Servers that were added")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    choose(page, "Answered by", find_option(page, model))
    expect(page.locator(".engine", has_text="on this machine")).to_be_visible()

    click(page.get_by_role("button", name="Examine this model"))
    summary = page.locator(".exam summary")
    expect(summary).to_contain_text("quotes only", timeout=120_000)
    click(summary)
    refuses = page.locator(".exam .row", has_text="refuses what articles do not say")
    expect(refuses).to_contain_text("0 of 4")
    menu = page.get_by_role("combobox", name="Answered by")
    assert "quotes only" in menu.input_value()

    place = ask(page, QUESTION)
    expect(place.locator(".sentence")).to_contain_text("returned on 4 May 2024")
    expect(place).to_contain_text("its exam")

    # Another server of the chat, as after a restart, begins with what was chosen.
    with serve_chat(home) as address:
        again = open_page(page.context, address)
        menu = again.get_by_role("combobox", name="Answered by")
        expect(menu).to_have_value(page.get_by_role("combobox", name="Answered by").input_value())
        expect(again.locator(".exam summary")).to_contain_text("quotes only")
        again.close()


def test_this_machine_only_refuses_what_is_elsewhere_and_stays(page: Page, model: FakeOpenAI):
    open_servers(page)
    click(page.get_by_text("This machine only"))
    add_server(page, "http://models.example/v1")
    expect(page.get_by_role("alert")).to_contain_text("“This machine only” is on")
    page.reload()
    page.get_by_test_id("stChatInputTextArea").wait_for()
    open_servers(page)
    expect(page.get_by_role("switch", name="This machine only")).to_be_checked()


def test_a_chosen_model_that_is_gone_stays_chosen_and_says_so(page: Page, model: FakeOpenAI):
    open_servers(page)
    add_server(page, model.url)
    choose(page, "Answered by", find_option(page, model))
    expect(page.locator(".engine", has_text="on this machine")).to_be_visible()
    model.models.remove("tiny-1")
    click(page.get_by_role("button", name="Look again"))
    expect(page.locator(".engine.trouble")).to_contain_text("not there now")
    place = ask(page, QUESTION)
    expect(place.locator(".problem")).to_contain_text("has no model “tiny-1”.")
    expect(place.locator(".problem")).to_contain_text("It has “tiny-2”.")
    click(place.get_by_role("button", name="Answer with quotes instead"))
    expect(place.locator(".quotation").first).to_be_visible()
