"""The page of a briefing in Streamlit's own test harness: what is drawn, and at which address."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import Any

import pytest
import streamlit as st
from fake_assistant import QUOTED, WRITTEN, FakeAssistant
from streamlit.testing.v1 import AppTest
from test_page_apptest import ask, drawn, exchanges, open_page

from rag.assistant import Overview
from rag.errors import ExportError, LibraryBusy
from rag.types import Answer
from rag.ui.address import turn_to_briefing
from rag.ui.briefing_page import Words, _handle, _list_new, _write, note_arrival
from rag.ui.briefing_view import Kept
from rag.ui.desk import Desk
from rag.ui.downloads import Making

FERRY = replace(QUOTED, question="When did the ferry return?")
ENGINE = replace(WRITTEN, question="What did the engine cost?")
FORMS = ["Word", "Markdown", "HTML", "BibTeX", "CSL-JSON"]


def open_briefing(briefing: str) -> AppTest:
    page = open_page(briefing=briefing)
    assert not page.exception
    return page


def list_headings(page: AppTest) -> list[str]:
    return [entry["heading"] for entry in drawn(page, "briefing")[0]["entries"]]


def test_an_address_of_a_briefing_shows_it_with_its_downloads(desk: Desk):
    made = desk.briefcase.add(FERRY)
    desk.briefcase.add(ENGINE)
    page = open_briefing(made.id)
    assert list_headings(page) == [FERRY.question, ENGINE.question]
    assert [each.label for each in page.download_button] == FORMS
    assert not any(each.disabled for each in page.download_button)
    assert not page.chat_input
    assert drawn(page, "exchange") == drawn(page, "welcome") == []
    assert drawn(page, "briefings")[0]["opened"] == made.id


def test_nothing_can_be_downloaded_of_an_empty_briefing(desk: Desk):
    page = open_briefing(desk.briefcase.create("Empty"))
    assert [each.disabled for each in page.download_button] == [True] * len(FORMS)
    assert drawn(page, "briefing")[0]["look"] is None


def test_an_address_of_no_briefing_says_so_and_leads_back(desk: Desk):
    page = open_briefing("no-such-briefing")
    assert "There is no briefing" in drawn(page, "missing")[0]["problem"]
    assert not page.download_button


def test_a_page_sees_at_its_next_run_what_another_has_done(desk: Desk):
    made = desk.briefcase.add(FERRY)
    page = open_briefing(made.id)
    desk.briefcase.add(ENGINE)
    desk.briefcase.move(made.id, made.entries[0].id, "last")
    desk.briefcase.rename(made.id, "Another title")
    page.run()
    assert list_headings(page) == [ENGINE.question, FERRY.question]
    assert drawn(page, "briefing")[0]["title"] == "Another title"
    assert drawn(page, "briefings")[0]["briefings"][0]["title"] == "Another title"
    desk.briefcase.delete(made.id)
    page.run()
    assert drawn(page, "missing")


def test_the_briefing_of_an_address_is_where_answers_go(desk: Desk):
    older = desk.briefcase.add(FERRY).id
    desk.briefcase.create("Newer")
    open_briefing(older)
    current = desk.briefcase.current()
    assert current is not None
    assert current.id == older


def test_a_new_server_finds_the_briefing_at_its_address(
    desk: Desk, assistant: FakeAssistant, monkeypatch: pytest.MonkeyPatch
):
    made = desk.briefcase.add(FERRY)
    later = Desk(assistant)  # type: ignore[arg-type]
    monkeypatch.setattr("rag.ui.page.open_desk", lambda: later)
    assert list_headings(open_briefing(made.id)) == [FERRY.question]


def test_a_briefing_is_shown_when_the_library_has_no_article_left(
    desk: Desk, assistant: FakeAssistant
):
    made = desk.briefcase.add(FERRY)
    assistant.held = Overview(0, 0, 0, (), samples=False)
    assistant.library.change += 1
    assert list_headings(open_briefing(made.id)) == [FERRY.question]


def test_a_finished_answer_can_be_added_and_then_leads_to_its_briefing(desk: Desk):
    page = open_page()
    assert ask(page)["briefed"] == {"briefing": None, "problem": None}
    answer = page.session_state["chat"].exchanges[0].answer
    made = desk.briefcase.add(answer)
    page.run()
    assert exchanges(page)[0]["briefed"] == {"briefing": made.id, "problem": None}
    assert drawn(page, "briefings")[0]["briefings"][0]["when"].startswith("1 answer")


def test_a_refusal_cannot_be_added(desk: Desk, assistant: FakeAssistant):
    assistant.answers["quotes"] = Answer("", "quotes")
    assert ask(open_page(), "What of Atlantis?")["briefed"] is None


def test_an_answer_that_grows_can_be_added_when_it_is_over(desk: Desk, assistant: FakeAssistant):
    assistant.steps = threading.Semaphore(1)
    page = open_page()
    page.selectbox(key="engine").set_value("openai:test-model").run()
    page.chat_input[0].set_value("What did the engine cost?").run()
    assert drawn(page, "exchange")[0]["briefed"] is None
    assistant.steps.release(9)
    assert exchanges(page)[0]["briefed"]


def test_acts_arrive_in_order_and_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(st, "session_state", {})
    acts = [{"do": "move", "seq": n} for n in (1, 2, 3)]

    def arrive(*which: int, page: str = "a") -> list[Any]:
        sent = {"do": "all", "page": page, "acts": [acts[n - 1] for n in which]}
        return [act["seq"] for act in _list_new(sent)]

    assert arrive(1) == [1]
    # The second one was lost on the way, and comes with the third.
    assert arrive(1, 2, 3) == [2, 3]
    assert arrive(2, 3) == []
    assert arrive(1, page="b") == [1]
    for junk in ({"do": "all"}, {"do": "all", "page": "b", "acts": ["x", {"do": "move"}]}):
        assert list(_list_new(junk)) == []


def test_what_makes_no_sense_changes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    state: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", state)
    made = desk.briefcase.add(FERRY)
    entry = made.entries[0].id
    for act in (
        {"do": "fly"},
        {"do": "move", "entry": entry, "way": "sideways"},
        {"do": "take", "entry": entry, "place": 99, "taken": True},
        {"do": "take", "entry": entry, "place": "x", "taken": 1},
        {"do": "remove", "entry": "another"},
        {"do": "put-back"},
        {"do": "open", "n": "1", "article": 1, "start": 0, "end": 1},
        {"do": "write", "field": "colour", "text": "red", "was": "", "seq": 1},
    ):
        _handle(desk, made.id, act)
    assert desk.briefcase.load(made.id).entries == made.entries
    assert "opened" not in state


def test_what_is_removed_can_be_put_back_until_that_has_worked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    state: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", state)
    made = desk.briefcase.add(FERRY)
    _handle(desk, made.id, {"do": "remove", "entry": made.entries[0].id})
    assert desk.briefcase.load(made.id).entries == ()

    def refuse(removed: object) -> None:
        raise LibraryBusy("The library is busy.", "Try again in a moment.")

    with monkeypatch.context() as busy:
        busy.setattr(desk.briefcase, "put_back", refuse)
        _handle(desk, made.id, {"do": "put-back"})
    assert state["briefing-problem"].problem == "The library is busy."
    _handle(desk, made.id, {"do": "put-back"})
    assert "removed-entry" not in state
    assert "briefing-problem" not in state
    assert desk.briefcase.load(made.id).entries == made.entries


def test_words_that_could_not_be_kept_are_told_to_their_field(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    state: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", state)
    made = desk.briefcase.add(FERRY)
    field = f"comment {made.entries[0].id}"
    _write(desk, made.id, Words(field, "x" * 20_001, ""), 4)
    _write(desk, made.id, Words(field, "Short enough.", ""), 5)
    _write(desk, made.id, Words(field, "Of another page.", ""), 6)
    assert state["kept-words"] == (
        Kept(field, 4, failed=True),
        Kept(field, 5),
        Kept(field, 6, joined=True),
    )


def test_a_file_that_cannot_be_made_is_the_page_s_problem_until_the_next_one():
    making = Making()

    def fail() -> bytes:
        raise ExportError("Pandoc is not installed.", "Install it.")

    with pytest.raises(ExportError):
        making.make(fail)
    making.ask()
    assert making.problem is not None
    assert making.problem.problem == "Pandoc is not installed."
    assert not making.is_running
    assert making.make(lambda: b"file") == b"file"
    making.ask()
    assert making.problem is None


def test_what_breaks_in_the_program_is_told_in_one_line():
    making = Making()
    with pytest.raises(ZeroDivisionError):
        making.make(lambda: bytes(1 // 0))
    assert "broke while it wrote the file (ZeroDivisionError)" in str(making.problem)


def test_a_page_waits_a_little_for_a_file_and_looks_again_later(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("rag.ui.downloads.AT_ONCE", 0.05)
    making, held = Making(), threading.Event()

    def write() -> bytes:
        held.wait(30)
        return b"file"

    thread = threading.Thread(target=lambda: making.make(write))
    thread.start()
    begun = time.monotonic()
    making.ask()
    assert time.monotonic() - begun < 20
    assert making.is_running
    held.set()
    thread.join()
    assert not making.is_running


def test_a_file_that_never_comes_is_waited_for_no_longer(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("rag.ui.downloads.AT_ONCE", 0.01)
    monkeypatch.setattr("rag.ui.downloads.PATIENCE", 0.02)
    making = Making()
    making.ask()
    time.sleep(0.05)
    assert not making.is_running
    making.make(lambda: b"file")
    making.ask()
    assert not making.is_running


def test_a_file_that_failed_is_forgotten_with_the_page_that_asked_for_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    state: dict[str, object] = {"arrived-at": "b", "making": ("b", Making())}
    monkeypatch.setattr(st, "session_state", state)
    note_arrival(desk, "b")
    assert "making" in state
    note_arrival(desk, None)
    assert "making" not in state


def test_a_step_to_a_briefing_and_back_changes_one_thing_of_the_address(
    monkeypatch: pytest.MonkeyPatch,
):
    query = {"chat": "c"}
    monkeypatch.setattr(st, "session_state", {})
    monkeypatch.setattr(st, "query_params", query)
    turn_to_briefing("b")
    assert query == {"chat": "c", "briefing": "b"}
    turn_to_briefing(None)
    assert query == {"chat": "c"}
