"""Engines are looked for beside the page, and exams are taken there."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from fake_assistant import FakeAssistant, FakeEngines
from streamlit.testing.v1 import AppTest

from rag.engines import EngineInfo
from rag.errors import LibraryError, ModelError
from rag.llm.halt import Halt
from rag.ui.exams import Exams
from rag.ui.lookout import Lookout

PATIENCE = 30.0
MODEL = EngineInfo("ollama:m", "On this machine.", model="m")


class Slow(FakeEngines):
    """Engines that take as long to be found as a test wants."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Semaphore(0)
        self.looks = 0
        self.problem: Exception | None = None

    def at_hand(self) -> list[EngineInfo]:
        return self.found[:1]

    def find(self) -> list[EngineInfo]:
        self.looks += 1
        assert self.gate.acquire(timeout=PATIENCE)
        if self.problem:
            raise self.problem
        return list(self.found)


def wait_until(holds: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.005)


@pytest.fixture
def slow() -> Slow:
    return Slow()


def test_a_page_does_not_wait_for_servers(slow: Slow):
    lookout = Lookout(slow.find, slow.at_hand)
    assert lookout.seen() == slow.found[:1]
    assert lookout.is_looking
    slow.gate.release()
    wait_until(lambda: not lookout.is_looking)
    assert lookout.seen() == slow.found
    assert slow.looks == 1


def test_what_was_seen_is_shown_while_somebody_looks_again(slow: Slow):
    lookout = Lookout(slow.find, slow.at_hand)
    slow.gate.release()
    lookout.seen()
    wait_until(lambda: not lookout.is_looking)
    before = slow.found
    slow.found = [*before, MODEL]
    lookout.look()
    assert lookout.seen() == before
    slow.gate.release()
    wait_until(lambda: not lookout.is_looking)
    assert lookout.seen() == [*before, MODEL]


def test_who_asks_while_somebody_looks_gets_a_look_of_their_own_after_it(slow: Slow):
    lookout = Lookout(slow.find, slow.at_hand)
    lookout.look()
    wait_until(lambda: slow.looks == 1)
    slow.found = [*slow.found, MODEL]
    lookout.look()
    lookout.look()
    slow.gate.release(2)
    wait_until(lambda: not lookout.is_looking)
    assert slow.looks == 2
    assert MODEL in lookout.seen()


@pytest.mark.parametrize(
    ("problem", "said"),
    [(LibraryError("It is busy."), "It is busy."), (KeyError("x"), "Something in Dateline broke")],
)
def test_a_look_that_fails_keeps_what_was_seen_and_says_so(
    slow: Slow, problem: Exception, said: str
):
    lookout = Lookout(slow.find, slow.at_hand)
    slow.gate.release()
    lookout.seen()
    wait_until(lambda: not lookout.is_looking)
    slow.problem = problem
    slow.gate.release()
    lookout.look()
    wait_until(lambda: not lookout.is_looking)
    assert lookout.seen() == slow.found
    assert lookout.problem is not None
    assert said in lookout.problem.problem


class Examining(FakeAssistant):
    """An assistant whose exams wait to be let through."""

    gate = threading.Event()
    failure: Exception | None = None

    def examine(self, engine: str, *, on_progress: Callable[[int, int], None], halt: Halt) -> None:
        on_progress(1, 21)
        with halt.ending(self.gate.set):
            assert self.gate.wait(PATIENCE)
        if halt.is_pulled:
            raise ModelError("The answer was stopped.")
        if self.failure:
            raise self.failure
        on_progress(21, 21)


@pytest.fixture
def examining() -> Examining:
    made = Examining()
    made.gate = threading.Event()
    return made


def test_an_engine_is_examined_once_at_a_time(examining: Examining):
    exams = Exams(examining)  # type: ignore[arg-type]
    job = exams.start("ollama:m")
    wait_until(lambda: job.of == 21)
    assert exams.start("ollama:m") is job is exams.find("ollama:m")
    assert exams.find("ollama:n") is None
    examining.gate.set()
    assert job.is_over.wait(PATIENCE)
    assert (job.done, job.problem) == (21, None)
    assert exams.start("ollama:m") is not job


def test_an_exam_that_is_stopped_is_no_problem(examining: Examining):
    exams = Exams(examining)  # type: ignore[arg-type]
    job = exams.start("ollama:m")
    job.halt.pull()
    assert job.is_over.wait(PATIENCE)
    assert job.problem is None


@pytest.mark.parametrize(
    ("failure", "said"),
    [(ModelError("It is down."), "It is down."), (KeyError("x"), "Something in Dateline broke")],
)
def test_what_stands_in_an_exam_s_way_is_told(examining: Examining, failure: Exception, said: str):
    examining.failure = failure
    examining.gate.set()
    job = Exams(examining).start("ollama:m")  # type: ignore[arg-type]
    assert job.is_over.wait(PATIENCE)
    assert job.problem is not None
    assert said in job.problem.problem


def test_a_page_is_drawn_anew_for_what_was_asked_for_and_not_for_what_was_merely_old(
    slow: Slow, monkeypatch: pytest.MonkeyPatch
):
    lookout = Lookout(slow.find, slow.at_hand)
    lookout.seen()
    assert lookout.is_awaited
    slow.gate.release()
    wait_until(lambda: not lookout.is_looking)
    assert not lookout.is_awaited
    monkeypatch.setattr("rag.ui.lookout.HOLDS", 0.0)
    lookout.seen()
    assert (lookout.is_looking, lookout.is_awaited) == (True, False)
    lookout.look()
    assert lookout.is_awaited
    slow.gate.release(2)
    wait_until(lambda: not lookout.is_looking)


def draw_menu() -> None:
    import streamlit as st

    from rag.ui.lookout import draw_anew_after

    state = st.session_state
    over = state["lookout"].over
    st.text(", ".join(info.name for info in state["lookout"].seen()))
    state["meanwhile"]()
    draw_anew_after(state["lookout"], over)


def test_what_is_found_while_the_page_is_drawn_is_shown_without_another_press(slow: Slow):
    lookout = Lookout(slow.find, slow.at_hand)
    slow.found = [*slow.found, MODEL]

    def end_the_look() -> None:
        slow.gate.release()
        wait_until(lambda: not lookout.is_looking)

    page = AppTest.from_function(draw_menu, default_timeout=PATIENCE)
    page.session_state["lookout"] = lookout
    page.session_state["meanwhile"] = end_the_look
    page.run()
    assert not page.exception
    assert MODEL.name in page.text[0].value
    assert slow.looks == 1
