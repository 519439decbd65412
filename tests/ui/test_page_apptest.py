"""The page in Streamlit's own test harness, which draws no component: its data is looked at."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from fake_assistant import BROKEN, RETURNED, FakeAssistant, FakeLibrary
from streamlit.testing.v1 import AppTest

from rag.assistant import Overview
from rag.errors import LibraryError
from rag.settings import Settings
from rag.types import REFUSAL, Answer, Filters
from rag.ui import view

APP = Path(__file__).parents[2] / "app.py"
Open = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """What an earlier test's server had cached."""
    yield
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def assistant(tmp_path: Path) -> FakeAssistant:
    return FakeAssistant(Settings(home=tmp_path))


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, assistant: FakeAssistant) -> AppTest:
    monkeypatch.setattr("rag.ui.page.open_assistant", lambda: assistant)
    return AppTest.from_file(APP, default_timeout=30).run()


def drawn(page: AppTest, kind: str) -> list[dict[str, Any]]:
    """What the component was given, of one kind."""
    data = [json.loads(element.proto.json) for element in page.get("bidi_component")]  # type: ignore[union-attr]
    return [each for each in data if each["kind"] == kind]


def exchanges(page: AppTest) -> list[dict[str, Any]]:
    """The exchanges as the component ends up showing them: the newest data of each."""
    assert not page.exception
    newest = {each["id"]: each for each in drawn(page, "exchange")}
    for news in drawn(page, "news"):
        if news["of"]["version"] >= newest[news["of"]["id"]]["version"]:
            newest[news["of"]["id"]] = news["of"]
    return list(newest.values())


def ask(page: AppTest, question: str = "When did the ferry return?") -> dict[str, Any]:
    page.chat_input[0].set_value(question).run()
    return exchanges(page)[-1]


def test_the_page_opens_with_what_can_be_asked(page: AppTest):
    assert not page.exception
    assert "2 articles" in drawn(page, "welcome")[0]["parts"][0]["text"]
    assert drawn(page, "library")[0]["lines"] == ["2 articles", "5 passages", "1 undated"]
    assert drawn(page, "banner") == []


def test_a_question_gets_its_answer_with_citations(page: AppTest):
    shown = ask(page)
    assert shown["question"] == "When did the ferry return?"
    assert shown["progress"] is None
    assert shown["answer"]["blocks"][0]["sentences"][0]["text"] == f"“{RETURNED}”"
    assert shown["answer"]["citations"][0]["quote"] == RETURNED


def test_an_answer_stays_when_the_page_runs_again(page: AppTest):
    first = ask(page)
    page.run()
    assert drawn(page, "news") == []
    assert exchanges(page) == [first]
    ask(page, "And the engine?")
    assert [each["question"] for each in exchanges(page)] == [
        "When did the ferry return?",
        "And the engine?",
    ]


def test_a_refusal_is_drawn_as_one(page: AppTest, assistant: FakeAssistant):
    assistant.answers["quotes"] = Answer("", "quotes", notes=("“Atlantis” stands nowhere.",))
    shown = ask(page, "What of Atlantis?")
    assert shown["answer"]["refusal"] == REFUSAL
    assert shown["answer"]["notes"] == ["“Atlantis” stands nowhere."]


def test_the_chosen_filters_and_engine_are_asked_with(page: AppTest, assistant: FakeAssistant):
    page.multiselect(key="outlets").set_value(["Northern Wire"])
    page.date_input(key="since").set_value(date(2022, 3, 1))
    page.date_input(key="until").set_value(date(2022, 3, 31)).run()
    page.checkbox(key="undated").check()
    page.selectbox(key="engine").set_value("openai:test-model").run()
    shown = ask(page)
    filters = Filters(date(2022, 3, 1), date(2022, 3, 31), ("Northern Wire",), undated=True)
    assert assistant.asked == [("When did the ferry return?", filters, "openai:test-model")]
    assert shown["scope"].startswith("Only Northern Wire · 1 March 2022 to 31 March 2022")


def test_undated_articles_are_no_question_without_dates(page: AppTest):
    assert page.checkbox(key="undated").disabled


def test_the_page_says_where_the_words_go(page: AppTest):
    assert drawn(page, "engine")[0]["where"] == "Answers in the articles' own sentences."
    page.selectbox(key="engine").set_value("openai:gone").run()
    assert drawn(page, "engine")[0]["problem"] == "The server does not answer."


def test_the_engine_of_the_settings_is_chosen_first(
    monkeypatch: pytest.MonkeyPatch, assistant: FakeAssistant
):
    assistant.settings = replace(assistant.settings, engine="openai")
    monkeypatch.setattr("rag.ui.page.open_assistant", lambda: assistant)
    page = AppTest.from_file(APP, default_timeout=30).run()
    assert page.selectbox(key="engine").value == "openai:test-model"


def test_a_failure_keeps_the_question_and_quotes_answer_it(page: AppTest, assistant: FakeAssistant):
    assistant.answers["openai:test-model"] = BROKEN
    page.selectbox(key="engine").set_value("openai:test-model").run()
    shown = ask(page)
    assert shown["question"] == "When did the ferry return?"
    assert shown["problem"]["problem"] == BROKEN.problem
    button = next(each for each in page.button if each.label == "Answer with quotes instead")
    button.click().run()
    shown = exchanges(page)[-1]
    assert shown["problem"] is None
    assert shown["answer"]["timing"].startswith("quotes")
    assert assistant.asked[-1] == ("When did the ferry return?", Filters(), "quotes")
    assert [each.label for each in page.button] == ["New chat"]


def test_an_error_of_the_program_loses_no_question(page: AppTest, assistant: FakeAssistant):
    del assistant.answers["quotes"]
    page.chat_input[0].set_value("When did the ferry return?").run()
    assert page.exception
    page.run()
    shown = exchanges(page)[-1]
    assert (shown["question"], shown["stopped"]) == ("When did the ferry return?", view.STOPPED)
    assistant.answers = FakeAssistant().answers
    next(each for each in page.button if each.label == "Answer it again").click().run()
    assert exchanges(page)[-1]["answer"]["citations"]


def test_an_empty_question_gets_one_clear_line(page: AppTest):
    shown = ask(page, "   ")
    assert shown["problem"]["problem"] == "The question is empty."


def test_a_new_chat_is_empty(page: AppTest):
    ask(page)
    page.button(key="new").click().run()
    assert exchanges(page) == []
    assert drawn(page, "welcome")


def test_a_banner_says_when_the_samples_are_asked(
    monkeypatch: pytest.MonkeyPatch, assistant: FakeAssistant
):
    assistant.held = replace(assistant.held, samples=True)
    monkeypatch.setattr("rag.ui.page.open_assistant", lambda: assistant)
    page = AppTest.from_file(APP, default_timeout=30).run()
    commands = [part["text"] for part in drawn(page, "banner")[0]["parts"] if part["code"]]
    assert commands == ["make run ARTICLES=DIR", "dateline index DIR"]


def test_an_empty_library_invites(monkeypatch: pytest.MonkeyPatch, assistant: FakeAssistant):
    assistant.held = Overview(0, 0, 0, (), samples=False)
    monkeypatch.setattr("rag.ui.page.open_assistant", lambda: assistant)
    page = AppTest.from_file(APP, default_timeout=30).run()
    assert drawn(page, "welcome")[0]["title"] == "No articles yet"
    command = drawn(page, "welcome")[0]["parts"][-1]
    assert command["text"] == f"dateline index DIR --home {assistant.settings.home}"
    assert not page.chat_input
    # Articles that another process adds are seen at the next look.
    assistant.held, assistant.library = FakeAssistant().held, FakeLibrary(change=2)
    page.button[0].click().run()
    assert page.chat_input


def test_a_library_that_cannot_be_opened_is_explained(monkeypatch: pytest.MonkeyPatch):
    def fail() -> FakeAssistant:
        raise LibraryError("The file is damaged.", "Restore it, or index anew.")

    monkeypatch.setattr("rag.ui.page.open_assistant", fail)
    page = AppTest.from_file(APP, default_timeout=30).run()
    assert not page.exception
    assert drawn(page, "failure")[0]["problem"] == "The file is damaged."


def test_sessions_share_one_assistant(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    opened = []

    class Counted(FakeAssistant):
        def __init__(self, settings: Settings, *, create: bool) -> None:
            super().__init__(settings)
            opened.append(settings.home)

        def warm(self) -> None:
            """There is nothing to load."""

    monkeypatch.setenv("DATELINE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("rag.assistant.Assistant", Counted)
    for _ in range(3):
        assert not AppTest.from_file(APP, default_timeout=30).run().exception
    assert opened == [tmp_path / "home"]


def test_no_text_of_others_reaches_an_element_of_streamlit(page: AppTest, assistant: FakeAssistant):
    assistant.answers["openai:test-model"] = BROKEN
    page.selectbox(key="engine").set_value("openai:test-model").run()
    ask(page, "![x](http://127.0.0.1:1/leak)")
    for kind in ("markdown", "caption", "text", "error", "info", "warning", "title", "alert"):
        assert not page.get(kind)
    assert not [each.label for each in page.button if "leak" in each.label]
