"""The page in Streamlit's own test harness, which draws no component: its data is looked at."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fake_assistant import BROKEN, RETURNED, FakeAssistant, FakeLibrary
from streamlit.testing.v1 import AppTest

from rag.assistant import Overview
from rag.engines import EngineInfo
from rag.errors import LibraryError
from rag.exam.report import Report, Speed, Verdict
from rag.settings import Settings
from rag.types import REFUSAL, Answer, Filters
from rag.ui import view
from rag.ui.conversation import handle
from rag.ui.desk import Desk
from rag.ui.jobs import Job

APP = Path(__file__).parents[2] / "app.py"
Open = Callable[..., AppTest]


@pytest.fixture
def page(desk: Desk) -> AppTest:
    return open_page()


def open_page(**query: str) -> AppTest:
    """A page that has just been opened, and has all that it had to wait for."""
    page = AppTest.from_file(APP, default_timeout=30)
    page.query_params.update(query)
    return page.run()


def drawn(page: AppTest, kind: str) -> list[dict[str, Any]]:
    """What the component was given, of one kind."""
    data = [json.loads(element.proto.json) for element in page.get("bidi_component")]  # type: ignore[union-attr]
    return [each for each in data if each["kind"] == kind]


def exchanges(page: AppTest) -> list[dict[str, Any]]:
    """The exchanges as the component shows them when nothing is being answered any more."""
    until = time.monotonic() + 30
    while any(each["progress"] for each in drawn(page, "exchange")):
        assert time.monotonic() < until
        page.run()
    assert not page.exception
    return drawn(page, "exchange")


def ask(page: AppTest, question: str = "When did the ferry return?") -> dict[str, Any]:
    page.chat_input[0].set_value(question).run()
    return exchanges(page)[-1]


def test_the_page_opens_with_what_can_be_asked(page: AppTest):
    assert not page.exception
    assert "2 articles" in drawn(page, "welcome")[0]["parts"][0]["text"]
    assert drawn(page, "coverage")[0]["lines"] == ["2 articles", "5 passages", "1 undated"]
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
    again = exchanges(page)
    assert [each["answer"] for each in again] == [first["answer"]]
    ask(page, "And the engine?")
    assert [each["question"] for each in exchanges(page)] == [
        "When did the ferry return?",
        "And the engine?",
    ]


def test_a_question_put_as_the_page_begins_anew_is_answered(page: AppTest, desk: Desk):
    # A change of the library that ends just now has the page drawn from its beginning.
    job = Job("Adding an article …")
    job.is_over.set()
    page.session_state["job"] = job
    assert ask(page)["question"] == "When did the ferry return?"


def test_a_question_put_as_a_look_at_servers_ends_is_answered(
    page: AppTest, desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    seen = desk.lookout.seen

    def end_a_look() -> list[EngineInfo]:
        monkeypatch.setattr(desk.lookout, "seen", seen)
        desk.lookout.over += 1
        return seen()

    monkeypatch.setattr(desk.lookout, "seen", end_a_look)
    assert ask(page)["question"] == "When did the ferry return?"
    assert len(exchanges(page)) == 1


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
    assistant.engines.name = "openai"
    monkeypatch.setattr("rag.ui.page.open_desk", lambda: Desk(assistant))
    page = open_page()
    assert page.selectbox(key="engine").value == "openai:test-model"


def test_a_failure_keeps_the_question_and_quotes_answer_it(
    page: AppTest, desk: Desk, assistant: FakeAssistant
):
    assistant.answers["openai:test-model"] = BROKEN
    page.selectbox(key="engine").set_value("openai:test-model").run()
    shown = ask(page)
    assert shown["question"] == "When did the ferry return?"
    assert shown["problem"]["problem"] == BROKEN.problem
    assert [offer["do"] for offer in shown["offers"]] == ["quote", "retry"]
    chat = page.session_state["chat"]
    handle(desk, chat, chat.exchanges[0], {"do": "quote"})
    page.run()
    shown = exchanges(page)[-1]
    assert shown["problem"] is None
    assert shown["answer"]["timing"].startswith("quotes")
    assert assistant.asked[-1] == ("When did the ferry return?", Filters(), "quotes")


def test_an_error_of_the_program_loses_no_question(page: AppTest, assistant: FakeAssistant):
    del assistant.answers["quotes"]
    shown = ask(page)
    assert shown["question"] == "When did the ferry return?"
    assert "broke" in shown["problem"]["problem"]


def test_a_page_s_address_names_its_chat(page: AppTest, desk: Desk):
    assert "chat" not in page.query_params
    ask(page)
    chat = page.session_state["chat"].id
    assert page.query_params["chat"] == chat
    again = open_page(chat=chat)
    assert exchanges(again)[0]["question"] == "When did the ferry return?"
    page.button(key="new").click().run()
    assert "chat" not in page.query_params


def test_a_second_page_sees_the_answer_that_a_first_one_asked_for(
    page: AppTest, desk: Desk, assistant: FakeAssistant
):
    assistant.steps = threading.Semaphore(1)
    page.selectbox(key="engine").set_value("openai:test-model").run()
    page.chat_input[0].set_value("When did the ferry return?").run()
    chat = page.session_state["chat"].id
    second = open_page(chat=chat)
    assert drawn(second, "exchange")[0]["progress"]
    assistant.steps.release(9)
    shown = exchanges(second)[0]
    assert len(shown["answer"]["blocks"]) == 3
    assert exchanges(page)[0]["answer"] == shown["answer"]


def test_an_answer_that_ends_while_it_is_drawn_is_drawn_as_it_was(
    page: AppTest, assistant: FakeAssistant, monkeypatch: pytest.MonkeyPatch
):
    assistant.steps = threading.Semaphore(1)
    page.selectbox(key="engine").set_value("openai:test-model").run()
    page.chat_input[0].set_value("When did the ferry return?").run()
    exchange = page.session_state["chat"].exchanges[0]
    until = time.monotonic() + 30
    while exchange.answer is None:
        assert time.monotonic() < until
        time.sleep(0.01)
    draw_answer, ended = view.draw_answer, []

    def end_meanwhile(answer: Answer, **how: Any) -> dict[str, Any]:
        drawn = draw_answer(answer, **how)
        if not ended:
            assistant.steps.release(9)
            exchange.wait(30)
            ended.append(exchange.state)
        return drawn

    monkeypatch.setattr(view, "draw_answer", end_meanwhile)
    page.run()
    shown = drawn(page, "exchange")[0]
    assert ended == ["done"]
    assert shown["progress"] and [offer["do"] for offer in shown["offers"]] == ["stop"]
    assert shown["answer"]["timing"] is shown["answer"]["copies"] is shown["briefed"] is None
    page.run()
    shown = drawn(page, "exchange")[0]
    assert shown["progress"] is None and shown["answer"]["timing"] and shown["answer"]["copies"]


def test_filters_that_change_in_mid_answer_lose_nothing(page: AppTest, assistant: FakeAssistant):
    assistant.steps = threading.Semaphore(1)
    page.selectbox(key="engine").set_value("openai:test-model").run()
    page.chat_input[0].set_value("When did the ferry return?").run()
    page.multiselect(key="outlets").set_value(["Northern Wire"]).run()
    page.date_input(key="since").set_value(date(2022, 3, 1)).run()
    assistant.steps.release(9)
    shown = exchanges(page)[0]
    assert shown["stopped"] is shown["scope"] is None
    assert len(assistant.asked) == 1


def test_a_page_of_an_unknown_chat_says_so_and_begins_a_new_one(desk: Desk):
    page = open_page(chat="no-such-chat")
    assert drawn(page, "notice")
    assert drawn(page, "welcome")
    assert ask(page)["answer"]


def test_the_first_page_of_a_new_server_opens_the_chat_that_was_open(
    page: AppTest, assistant: FakeAssistant, monkeypatch: pytest.MonkeyPatch
):
    ask(page)
    later = Desk(assistant)  # type: ignore[arg-type]
    monkeypatch.setattr("rag.ui.page.open_desk", lambda: later)
    assert exchanges(open_page())[0]["question"] == "When did the ferry return?"
    assert exchanges(open_page()) == []


def test_the_chats_are_listed_with_the_open_one_marked(page: AppTest):
    ask(page)
    listed = drawn(page, "chats")[0]
    assert [each["title"] for each in listed["chats"]] == ["When did the ferry return?"]
    assert listed["opened"] == listed["chats"][0]["id"]


def test_a_chat_that_another_page_deleted_is_not_shown_on(page: AppTest, desk: Desk):
    ask(page)
    desk.delete(page.session_state["chat"].id)
    page.run()
    assert exchanges(page) == []
    assert drawn(page, "welcome")


def test_suggestions_stand_on_the_first_screen(page: AppTest, assistant: FakeAssistant):
    until = time.monotonic() + 30
    while not drawn(page, "welcome")[0]["suggestions"]:
        assert time.monotonic() < until
        page.run()
    assert drawn(page, "welcome")[0]["suggestions"] == assistant.suggested


def test_dropped_files_are_added_and_reported(page: AppTest, assistant: FakeAssistant):
    assert not page.file_uploader
    page.session_state["shelf"] = True
    page.run()
    page.file_uploader[0].set_value([("new.md", b"text", "text/markdown")]).run()
    until = time.monotonic() + 30
    while not any(each["lines"] for each in drawn(page, "job")):
        assert time.monotonic() < until
        page.run()
    assert assistant.added == [("new.md", b"text")]
    assert drawn(page, "job")[0]["lines"] == ["1 added."]
    # What was dropped has been taken: a later run does not add it again.
    page.run()
    assert assistant.added == [("new.md", b"text")]


def test_what_makes_no_sense_is_passed_over(page: AppTest, desk: Desk):
    ask(page)
    chat = page.session_state["chat"]
    exchange = chat.exchanges[0]
    before = (exchange.state, exchange.attempt, exchange.answer)
    for act in (
        {"do": "quote"},
        {"do": "fly"},
        {"do": "open", "article": 1, "start": "x", "end": None},
        {"do": "explain", "show": "yes"},
        {"do": "stop"},
    ):
        handle(desk, chat, exchange, act)
    assert (exchange.state, exchange.attempt, exchange.answer) == before


def test_an_empty_question_gets_one_clear_line(page: AppTest):
    shown = ask(page, "   ")
    assert shown["problem"]["problem"] == "The question is empty."


def test_a_new_chat_is_empty(page: AppTest):
    ask(page)
    page.button(key="new").click().run()
    assert exchanges(page) == []
    assert drawn(page, "welcome")


@pytest.mark.parametrize(
    ("place", "method", "said"),
    [
        ("chats", "keep", "This chat is not kept: "),
        ("frozen", "freeze", "This chat is kept, but the articles that it cites are not"),
    ],
)
def test_a_banner_says_what_of_a_chat_is_not_kept(
    page: AppTest,
    assistant: FakeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    method: str,
    said: str,
):
    def fail(*_: object) -> None:
        raise LibraryError("There is no room left on the disk.", "Free some space.")

    monkeypatch.setattr(getattr(assistant.library, place), method, fail)
    ask(page)
    page.run()
    text = drawn(page, "banner")[0]["parts"][0]["text"]
    assert text.startswith(said)
    assert text.endswith(": There is no room left on the disk. Free some space.")


def test_a_banner_says_when_the_samples_are_asked(
    monkeypatch: pytest.MonkeyPatch, assistant: FakeAssistant
):
    assistant.held = replace(assistant.held, samples=True)
    monkeypatch.setattr("rag.ui.page.open_desk", lambda: Desk(assistant))
    page = open_page()
    commands = [part["text"] for part in drawn(page, "banner")[0]["parts"] if part["code"]]
    assert commands == ["make run ARTICLES=DIR", "dateline serve DIR --home HOME"]


def test_an_empty_library_invites(monkeypatch: pytest.MonkeyPatch, assistant: FakeAssistant):
    assistant.held = Overview(0, 0, 0, (), samples=False)
    monkeypatch.setattr("rag.ui.page.open_desk", lambda: Desk(assistant))
    page = open_page()
    assert drawn(page, "welcome")[0]["title"] == "No articles yet"
    command = drawn(page, "welcome")[0]["parts"][-1]
    assert command["text"] == f"dateline index DIR --home {assistant.settings.home}"
    assert not page.chat_input
    assert page.file_uploader
    # Articles that another process adds are seen at the next look.
    assistant.held, assistant.library = FakeAssistant().held, FakeLibrary(change=2)
    page.button[0].click().run()
    assert page.chat_input


def test_a_library_that_cannot_be_opened_is_explained(monkeypatch: pytest.MonkeyPatch):
    def fail() -> FakeAssistant:
        raise LibraryError("The file is damaged.", "Restore it, or index anew.")

    monkeypatch.setattr("rag.ui.page.open_desk", fail)
    page = open_page()
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
    monkeypatch.setattr("rag.ui.page.Assistant", Counted)
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


def open_expander(page: AppTest, key: str) -> AppTest:
    page.session_state[key] = True
    return page.run()


def test_another_embedder_is_planned_asked_about_and_only_then_used(
    page: AppTest, desk: Desk, assistant: FakeAssistant
):
    open_expander(page, "servers")
    wait_until(lambda: not desk.embedders.is_looking)
    page.run()
    assert page.selectbox(key="embedder").value == "minilm"
    page.selectbox(key="embedder").set_value("ollama:nomic").run()
    [offer] = drawn(page, "swap")
    assert offer["can"]
    assert "127.0.0.1:9" in offer["lines"][0]
    assert "2 articles (5 passages) would be embedded again by ollama:nomic" in offer["lines"][1]
    page.run()
    assert (assistant.planned, assistant.swapped) == (["ollama:nomic"], [])
    desk.jobs.swap("ollama:nomic", desk.embedders.look).is_over.wait(30)
    wait_until(lambda: not desk.embedders.is_looking)
    page.run()
    assert assistant.swapped == ["ollama:nomic"]
    assert not any(shown["can"] for shown in drawn(page, "swap"))
    assert not page.exception


def test_this_machine_only_cannot_be_switched_where_the_settings_say_so(
    page: AppTest, assistant: FakeAssistant
):
    open_expander(page, "servers")
    assert not page.toggle(key="local-only").disabled
    page.toggle(key="local-only").set_value(True).run()
    assert assistant.engines.is_local_only
    assistant.engines.is_local_fixed = True
    page.run()
    assert page.toggle(key="local-only").disabled


def test_what_stands_in_the_menus_is_not_told_them_again(
    page: AppTest, assistant: FakeAssistant, desk: Desk
):
    open_expander(page, "servers")
    page.run()
    menu, switch = page.selectbox(key="engine"), page.toggle(key="local-only")
    assert (menu.value, menu.proto.set_value) == ("quotes", False)
    assert (switch.value, switch.proto.set_value) == (False, False)

    # Another page has switched it, and another exam has given a model another label.
    page.selectbox(key="engine").set_value("openai:test-model").run()
    assistant.engines.is_local_only = True
    found = assistant.engines.found
    exam = Report(Verdict("quotes only"), (), Speed(1.0, 2.0, 3.0), date(2026, 11, 1), 21)
    examined = replace(found[1], exam=exam)
    assistant.engines.found = [found[0], examined, found[2]]
    desk.lookout.look(awaited=False)
    wait_until(lambda: not desk.lookout.is_looking)
    page.run()
    assert page.selectbox(key="engine").value == "openai:test-model"
    assert page.toggle(key="local-only").value is True


def wait_until(holds: Callable[[], object]) -> None:
    until = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.01)
