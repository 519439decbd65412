"""Answers in threads of their own: what a chat keeps, whatever happens to its pages."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import replace

import pytest
from fake_assistant import BROKEN, FERRY, QUOTED, WRITTEN, FakeAssistant, find

from rag.errors import LibraryBusy, LibraryError, UsageError
from rag.index.chats import Kept
from rag.types import Filters
from rag.ui.chat import FIRST_TITLE, QUOTES, Chat, Exchange, shorten
from rag.ui.desk import Desk

MODEL = "openai:test-model"
QUESTION = "When did the ferry return?"
PATIENCE = 30.0


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture
def desk(assistant: FakeAssistant) -> Desk:
    return Desk(assistant)  # type: ignore[arg-type]


def ask(desk: Desk, chat: Chat | None = None, engine: str = QUOTES) -> Exchange:
    """A question that has been answered, or has failed."""
    exchange = desk.ask(chat or Chat(), QUESTION, Filters(), engine)
    exchange.wait(PATIENCE)
    assert not exchange.is_running
    return exchange


def wait_until(holds: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.005)


def test_an_answer_grows_beside_whoever_asked(desk: Desk, assistant: FakeAssistant):
    assistant.steps = threading.Semaphore(0)
    exchange = desk.ask(Chat(), QUESTION, Filters(), MODEL)
    assert exchange.is_running
    for count in (1, 2, 3):
        assistant.steps.release()
        wait_until(lambda count=count: exchange.answer and len(exchange.answer.sentences) == count)
        assert exchange.is_running
    assistant.steps.release()
    exchange.wait(PATIENCE)
    assert exchange.state == "done"
    assert exchange.answer is not None
    assert exchange.answer.sentences == WRITTEN.sentences


def test_the_question_travels_with_its_filters_and_engine(desk: Desk, assistant: FakeAssistant):
    filters = Filters(outlets=("A",))
    desk.ask(Chat(), QUESTION, filters, MODEL).wait(PATIENCE)
    assert assistant.asked == [(QUESTION, filters, MODEL)]


def test_a_failure_at_the_start_keeps_the_question(desk: Desk, assistant: FakeAssistant):
    assistant.answers[MODEL] = BROKEN
    exchange = ask(desk, engine=MODEL)
    assert (exchange.state, exchange.problem, exchange.answer) == ("failed", BROKEN, None)
    assert exchange.question == QUESTION
    assert exchange.can_be_quoted


def test_a_failure_on_the_way_keeps_what_had_arrived(desk: Desk, assistant: FakeAssistant):
    assistant.breaks_at = 2
    exchange = ask(desk, engine=MODEL)
    assert exchange.state == "failed"
    assert exchange.answer is not None
    assert exchange.answer.sentences == WRITTEN.sentences[:1]


def test_stopping_keeps_what_had_arrived_and_takes_no_more(desk: Desk, assistant: FakeAssistant):
    assistant.steps = threading.Semaphore(1)
    exchange = desk.ask(Chat(), QUESTION, Filters(), MODEL)
    wait_until(lambda: exchange.answer)
    exchange.stop()
    assert exchange.state == "stopped"
    assistant.steps.release(9)
    wait_until(lambda: not [t for t in threading.enumerate() if exchange.id[:8] in t.name])
    assert exchange.answer is not None
    assert exchange.answer.sentences == WRITTEN.sentences[:1]
    assert exchange.state == "stopped"


def test_an_attempt_that_was_given_up_writes_nothing_into_the_next(
    desk: Desk, assistant: FakeAssistant
):
    assistant.steps = held = threading.Semaphore(1)
    chat = Chat()
    exchange = desk.ask(chat, QUESTION, Filters(), MODEL)
    wait_until(lambda: exchange.answer)
    exchange.stop()
    assistant.steps = None
    desk.retry(chat, exchange, QUOTES)
    exchange.wait(PATIENCE)
    held.release(9)
    wait_until(lambda: not [t for t in threading.enumerate() if exchange.id[:8] in t.name])
    assert exchange.state == "done"
    assert exchange.answer is not None
    assert exchange.answer.sentences == QUOTED.sentences


def test_only_a_running_attempt_can_be_stopped(desk: Desk):
    exchange = ask(desk)
    exchange.stop()
    assert exchange.state == "done"


def test_an_error_of_the_program_itself_is_said_and_logged(
    desk: Desk, assistant: FakeAssistant, caplog: pytest.LogCaptureFixture
):
    assistant.answers.clear()
    exchange = ask(desk)
    assert exchange.state == "failed"
    assert exchange.problem is not None
    assert "broke" in exchange.problem.problem
    assert "KeyError" in caplog.text


def test_a_failed_question_can_be_answered_by_quotes(desk: Desk, assistant: FakeAssistant):
    assistant.answers[MODEL] = BROKEN
    chat = Chat()
    exchange = ask(desk, chat, MODEL)
    desk.retry(chat, exchange, QUOTES)
    exchange.wait(PATIENCE)
    assert (exchange.state, exchange.problem) == ("done", None)
    assert not exchange.can_be_quoted
    assert chat.exchanges == [exchange]


def test_a_failure_of_quotes_offers_no_quotes(desk: Desk):
    exchange = desk.ask(Chat(), " ", Filters(), QUOTES)
    exchange.wait(PATIENCE)
    assert exchange.state == "failed"
    assert not exchange.can_be_quoted


def test_a_follow_up_is_given_the_answers_before_it(desk: Desk, assistant: FakeAssistant):
    chat = Chat()
    ask(desk, chat)
    assert assistant.earlier == []
    desk.ask(chat, "And who said so?", Filters(), QUOTES).wait(PATIENCE)
    assert assistant.earlier == [QUESTION]


def test_an_answer_that_was_never_finished_is_not_leant_on(desk: Desk, assistant: FakeAssistant):
    chat = Chat()
    assistant.answers[QUOTES] = BROKEN
    ask(desk, chat)
    second = desk.ask(chat, "And who said so?", Filters(), QUOTES)
    assert chat.before(second) == []


def test_a_chat_outlives_the_server(desk: Desk, assistant: FakeAssistant):
    chat = Chat()
    ask(desk, chat)
    wait_until(lambda: assistant.library.chats.load(chat.id)[1][0].state == "done")
    later = Desk(assistant)  # type: ignore[arg-type]
    found = later.open_chat(chat.id)
    assert found is not chat
    assert found.title == QUESTION
    assert found.exchanges[0].state == "done"
    assert found.exchanges[0].answer == chat.exchanges[0].answer


def test_an_answer_that_the_server_s_end_cut_off_is_stopped(desk: Desk, assistant: FakeAssistant):
    assistant.steps = threading.Semaphore(1)
    chat = Chat()
    exchange = desk.ask(chat, QUESTION, Filters(), MODEL)
    wait_until(lambda: exchange.answer)
    found = Desk(assistant).open_chat(chat.id)  # type: ignore[arg-type]
    assert [one.state for one in found.exchanges] == ["stopped"]
    assert found.exchanges[0].question == QUESTION
    exchange.stop()
    assistant.steps.release(9)


def test_a_growing_answer_is_kept_on_the_way(
    desk: Desk, assistant: FakeAssistant, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("rag.ui.desk.KEEP_EVERY", 0.0)
    assistant.steps = threading.Semaphore(2)
    chat = Chat()
    exchange = desk.ask(chat, QUESTION, Filters(), MODEL)

    def kept() -> int:
        answer = assistant.library.chats.load(chat.id)[1][0].answer
        return len(answer.sentences) if answer else 0

    wait_until(lambda: kept() == 2)
    exchange.stop()
    assistant.steps.release(9)


def test_all_pages_that_open_a_chat_share_it(desk: Desk):
    chat = Chat()
    ask(desk, chat)
    assert desk.open_chat(chat.id) is chat


def test_a_chat_that_no_page_holds_is_forgotten(desk: Desk):
    chat = Chat()
    ask(desk, chat)
    name, gone = chat.id, weakref.ref(chat)
    wait_until(lambda: not _answering())
    del chat
    gc.collect()
    assert gone() is None
    assert desk.open_chat(name).title == QUESTION


def _answering() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("answer-")]


def test_the_chat_that_was_open_last_is_opened_again_once(desk: Desk, assistant: FakeAssistant):
    chat = Chat()
    ask(desk, chat)
    later = Desk(assistant)  # type: ignore[arg-type]
    first, second = later.reopen(), later.reopen()
    assert first is not None
    assert first.id == chat.id
    assert second is None


def test_a_new_library_has_no_chat_to_go_on_with(desk: Desk):
    assert desk.reopen() is None


def test_an_unknown_chat_is_an_error_in_words(desk: Desk):
    with pytest.raises(UsageError):
        desk.open_chat("no-such-chat")


def test_a_deleted_chat_can_be_brought_back(desk: Desk):
    chat = Chat()
    ask(desk, chat)
    kept = desk.delete(chat.id)
    assert desk.list_chats() == []
    assert chat.deleted
    desk.restore(*kept)
    assert [one.title for one in desk.list_chats()] == [QUESTION]
    assert desk.open_chat(chat.id).exchanges[0].question == QUESTION


def test_an_answer_that_ends_late_does_not_bring_a_deleted_chat_back(
    desk: Desk, assistant: FakeAssistant
):
    assistant.steps = threading.Semaphore(1)
    chat = Chat()
    exchange = desk.ask(chat, QUESTION, Filters(), MODEL)
    wait_until(lambda: exchange.answer)
    desk.delete(chat.id)
    assistant.steps.release(9)
    wait_until(lambda: not _answering())
    assert desk.list_chats() == []


def test_what_is_older_is_not_kept_last(
    desk: Desk, assistant: FakeAssistant, monkeypatch: pytest.MonkeyPatch
):
    chats, going = assistant.library.chats, threading.Event()
    keep, held = chats.keep, threading.Event()

    def dawdle(chat: str, title: str, position: int, kept: Kept) -> None:
        if kept.state == "stopped":
            held.set()
            assert going.wait(PATIENCE)
        keep(chat, title, position, kept)

    monkeypatch.setattr(chats, "keep", dawdle)
    assistant.steps = threading.Semaphore(1)
    chat = Chat()
    exchange = desk.ask(chat, QUESTION, Filters(), MODEL)
    wait_until(lambda: exchange.answer)
    exchange.stop()
    assistant.steps.release(9)
    assert held.wait(PATIENCE)
    retry = threading.Thread(target=desk.retry, args=(chat, exchange, QUOTES))
    retry.start()
    going.set()
    retry.join(PATIENCE)
    exchange.wait(PATIENCE)
    wait_until(lambda: chats.load(chat.id)[1][0].state == "done")
    wait_until(lambda: not _answering())
    assert chats.load(chat.id)[1][0].state == "done"


def test_a_renamed_chat_is_found_by_its_new_name(desk: Desk):
    chat = Chat()
    ask(desk, chat)
    desk.rename(chat.id, "  The\nferry ")
    assert [one.title for one in desk.list_chats("ferry")] == ["The ferry"]


def test_a_chat_that_cannot_be_kept_is_answered_all_the_same(
    desk: Desk, assistant: FakeAssistant, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object) -> None:
        raise LibraryError("The library cannot be written.", "Make its folder writable.")

    monkeypatch.setattr(assistant.library.chats, "keep", fail)
    chat = Chat()
    assert ask(desk, chat).state == "done"
    assert chat.unkept is not None


def test_what_could_not_be_kept_is_kept_with_what_comes_next(
    desk: Desk, assistant: FakeAssistant, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object) -> None:
        raise LibraryBusy("The library is busy.", "Try again.")

    chat, chats = Chat(), assistant.library.chats
    with monkeypatch.context() as broken:
        broken.setattr(chats, "keep", fail)
        ask(desk, chat)
        wait_until(lambda: not _answering())
    assert chat.unkept is not None
    desk.ask(chat, "And who said so?", Filters(), QUOTES).wait(PATIENCE)
    wait_until(lambda: not _answering())
    assert chat.unkept is None
    kept = chats.load(chat.id)[1]
    assert [one.question for one in kept] == [QUESTION, "And who said so?"]
    assert [one.state for one in kept] == ["done", "done"]


def test_a_kept_answer_carries_no_whole_articles(desk: Desk, assistant: FakeAssistant):
    assistant.answers[QUOTES] = replace(QUOTED, hits=(find(), find()))
    exchange = ask(desk)
    assert exchange.answer is not None
    assert {hit.article.text for hit in exchange.answer.hits} == {""}
    assert all(hit.passage.text for hit in exchange.answer.hits)


def test_what_an_answer_cites_is_frozen_as_it_was_read(desk: Desk, assistant: FakeAssistant):
    ask(desk)
    wait_until(lambda: not _answering())
    found = assistant.library.frozen.find(FERRY.hash)
    assert found is not None
    assert (found.text, found.id) == (FERRY.text, FERRY.id)


def test_of_an_answer_that_broke_off_what_it_cites_so_far_is_frozen(
    desk: Desk, assistant: FakeAssistant
):
    assistant.breaks_at = 2
    exchange = ask(desk, engine=MODEL)
    assert exchange.state == "failed"
    wait_until(lambda: not _answering())
    assert assistant.library.frozen.known([FERRY.hash])


def test_an_answer_whose_sources_cannot_be_frozen_is_not_lost(
    desk: Desk, assistant: FakeAssistant, monkeypatch: pytest.MonkeyPatch
):
    problem = LibraryError("There is no room left on the disk.", "Free some space.")

    def fail(*_: object) -> None:
        raise problem

    chat = Chat()
    with monkeypatch.context() as broken:
        broken.setattr(assistant.library.frozen, "freeze", fail)
        exchange = ask(desk, chat)
        wait_until(lambda: not _answering())
        assert (exchange.state, chat.unkept, chat.unfrozen) == ("done", None, problem)
        [kept] = assistant.library.chats.load(chat.id)[1]
        assert (kept.state, kept.answer) == ("done", exchange.answer)
    desk.ask(chat, "And who said so?", Filters(), QUOTES).wait(PATIENCE)
    wait_until(lambda: not _answering())
    assert chat.unfrozen is None
    assert assistant.library.frozen.known([FERRY.hash])


def test_what_a_deleted_chat_cites_stays_frozen(desk: Desk, assistant: FakeAssistant):
    chat = Chat()
    ask(desk, chat)
    wait_until(lambda: not _answering())
    desk.delete(chat.id)
    assert assistant.library.frozen.find(FERRY.hash) is not None


def test_a_title_is_one_line_cut_between_words():
    assert shorten("  When\n did it\treturn? ") == "When did it return?"
    long = shorten("word " * 40)
    assert len(long) <= FIRST_TITLE
    assert long.endswith("word…")
    assert len(shorten("x" * 500)) == FIRST_TITLE


def test_suggestions_are_made_once_for_each_state_of_the_library(
    desk: Desk, assistant: FakeAssistant
):
    wait_until(lambda: desk.suggestions() is not None)
    assert desk.suggestions() == assistant.suggested
    assistant.suggested = ["What is new?"]
    assert desk.suggestions() == ["When did the ferry return?"]
    assistant.library.change += 1
    wait_until(lambda: desk.suggestions() == ["What is new?"])


def test_uploads_are_indexed_beside_the_page(desk: Desk, assistant: FakeAssistant):
    job = desk.jobs.add([("a.md", b"text"), ("b.md", b"")])
    assert job.is_over.wait(PATIENCE)
    assert job.report is not None
    assert (job.report.added, len(job.report.skipped)) == (1, 1)
    assert assistant.added == [("a.md", b"text"), ("b.md", b"")]
    assert not desk.jobs.is_running


def test_a_second_change_waits_for_the_first(
    desk: Desk, assistant: FakeAssistant, monkeypatch: pytest.MonkeyPatch
):
    going = threading.Event()
    monkeypatch.setattr(assistant, "remove", lambda _: going.wait(PATIENCE))
    job = desk.jobs.remove("a")
    with pytest.raises(LibraryBusy):
        desk.jobs.remove("b")
    going.set()
    assert job.is_over.wait(PATIENCE)


def test_a_change_that_fails_says_why(desk: Desk, assistant: FakeAssistant):
    assistant.problem = LibraryBusy("Another process is writing.", "Wait.")
    job = desk.jobs.add([("a.md", b"text")])
    assert job.is_over.wait(PATIENCE)
    assert job.problem is assistant.problem


def test_a_change_that_breaks_says_so_and_ends(
    desk: Desk, assistant: FakeAssistant, monkeypatch: pytest.MonkeyPatch
):
    def fail(_: str) -> None:
        raise KeyError("no such thing")

    monkeypatch.setattr(assistant, "remove", fail)
    job = desk.jobs.remove("a")
    assert job.is_over.wait(PATIENCE)
    assert job.problem is not None
    assert "KeyError" in job.problem.problem
