"""Many sessions of the chat at once, over the real program, without a browser."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from conftest import write_md

from bench.chat_client import Asked, open_chat
from bench.chat_server import Served, read_memory, serve
from bench.sessions import Session, ask_at_once, deal, find_wrong, open_many
from rag.assistant import Assistant
from rag.settings import load_settings

T = TypeVar("T")
#: Twelve of one kind, so that an answer in the wrong place would look like one in the right one.
ISLANDS = "Skell Norrby Grims Varde Holm Tarn Eskil Brund Osmo Lund Kvit Rauma".split()
QUESTIONS = [f"When did the ferry to {island} Island return?" for island in ISLANDS]
#: A session of a few articles leaves less than 1 MiB; a library or a model each would be dozens.
MIB_FOR_THIRTY = 150.0


def run_apart(work: Coroutine[Any, Any, T]) -> T:
    """What the coroutine returns, run in a thread of its own: a browser test's loop is in this."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("islands")
    for day, island in enumerate(ISLANDS, 1):
        text = (
            f"The ferry to {island} Island returned on {day} May 2024 after {day + 10} weeks in dry"
            f" dock. The council of {island} paid {day}00,000 crowns for the repair."
        )
        matter = write_md(text, title=f"Ferry returns to {island}", published=f"2024-05-{day:02}")
        (folder / f"{island}.md").write_text(matter, encoding="utf-8")
    home = folder.parent / "sessions-home"
    with Assistant(load_settings(env={}, folder=folder, home=home), create=True) as opened:
        opened.index([folder])
        yield opened


@pytest.fixture(scope="module")
def served(assistant: Assistant) -> Iterator[Served]:
    # A closed session is forgotten at once, and not after two minutes.
    home: Path = assistant.settings.home
    with serve(home, STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL="1") as found:
        yield found


def test_sessions_that_ask_at_once_get_their_own_answers(
    assistant: Assistant, served: Served
) -> None:
    sessions = run_apart(ask_at_once(served, deal(QUESTIONS, sessions=6, each=2)))
    assert [len(one.asked) for one in sessions] == [2] * 6
    assert all(one.exchange["answer"]["blocks"] for book in sessions for one in book.asked)
    assert not find_wrong(assistant, sessions)


def test_an_answer_of_another_session_would_be_found(assistant: Assistant, served: Served) -> None:
    first, second = run_apart(ask_at_once(served, deal(QUESTIONS, sessions=2, each=1)))
    mine, other = first.asked[0], second.asked[0]
    mixed = Asked(mine.question, mine.exchange | {"answer": other.exchange["answer"]}, 0.0)
    assert find_wrong(assistant, [Session((mixed,), first.shown)])
    assert find_wrong(assistant, [Session(first.asked, first.shown + second.shown)])


def test_a_session_keeps_its_answers_on_the_page(served: Served) -> None:
    async def ask_twice() -> list[str]:
        async with open_chat(served.address) as client:
            for question in QUESTIONS[:2]:
                await client.ask(question)
            return [one["question"] for one in client.exchanges.values()]

    assert run_apart(ask_twice()) == QUESTIONS[:2]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_sessions_that_are_closed_leave_no_memory_behind(served: Served) -> None:
    run_apart(open_many(served, QUESTIONS, opened=10, wait=2))
    memory = run_apart(open_many(served, QUESTIONS, opened=30, wait=2))
    before, after = memory.start, memory.left
    assert after - before < MIB_FOR_THIRTY


def test_memory_is_read_while_threads_and_processes_end():
    busy = """
import subprocess, sys, threading, time
until = time.monotonic() + 600
while time.monotonic() < until:
    threads = [threading.Thread(target=time.sleep, args=(n / 10_000,)) for n in range(50)]
    [one.start() for one in threads]
    subprocess.run([sys.executable, "-S", "-c", ""])
"""
    with subprocess.Popen([sys.executable, "-c", busy]) as process:
        try:
            assert all(read_memory(process.pid) > 0 for _ in range(1_000))
        finally:
            process.kill()
    with pytest.raises(FileNotFoundError):
        read_memory(process.pid)
