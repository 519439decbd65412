"""Many sessions of the chat at once, over the samples: how long answers take, whose they are, and
what memory stays.

    python -m bench.sessions
    python -m bench.sessions --only one,burst --sessions 25

one     one session asks, one question after another
steady  all sessions ask at a reader's pace: each waits some seconds between its questions
burst   all sessions ask in the same instant, round after round
memory  sessions are opened, ask a question and are closed; the server's memory after each fifty

Each answer must be the one that the program gives for that session's questions, asked in order.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from bench.cases import load_samples, open_samples
from bench.chat_client import Asked, ChatClient, open_chat
from bench.chat_server import Served, read_memory, serve
from rag.assistant import Assistant
from rag.types import Answer
from rag.ui.view import draw_answer

PARTS = ("one", "steady", "burst", "memory")
SESSIONS = 25
#: Questions of the one session, and of each of many.
ALONE, EACH = 20, 5
#: Asked before anything is measured.
WARMING = 3
#: How long a reader waits before the next question, in seconds.
PAUSE = (5.0, 15.0)
SEED = 7
#: Sessions that are opened and closed for the memory: in all, between two readings, at a time.
OPENED, STEP, AT_A_TIME = 500, 50, 10
#: Streamlit keeps a closed session for 120 s, in case that its reader comes back.
FORGOTTEN_AFTER = 130.0


@dataclass(frozen=True, slots=True)
class Session:
    """What one session asked, in order, and the questions of all that its page showed."""

    asked: tuple[Asked, ...]
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds from sending a question to its whole answer."""

    answers: int
    median: float
    p95: float

    @classmethod
    def of(cls, sessions: Sequence[Session]) -> Times:
        taken = [one.seconds for session in sessions for one in session.asked]
        return cls(len(taken), float(np.median(taken)), float(np.quantile(taken, 0.95)))


@dataclass(frozen=True, slots=True)
class Memory:
    """MiB before any session, after so many of them, and once they are all forgotten."""

    start: float
    series: tuple[tuple[int, float], ...]
    left: float

    @property
    def slope(self) -> float:
        """MiB for each hundred sessions, by least squares; not a number for less than two."""
        if len(self.series) < 2:
            return float("nan")
        sessions, taken = zip(*self.series, strict=True)
        return float(np.polyfit(sessions, taken, 1)[0]) * 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join(PARTS), help="parts, with commas between")
    parser.add_argument("--sessions", type=int, default=SESSIONS)
    parser.add_argument("--opened", type=int, default=OPENED, help="sessions, for the memory")
    options = parser.parse_args()
    parts = options.only.split(",")
    if unknown := set(parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    with open_samples() as assistant:
        print(measure_sessions(assistant, parts, options.sessions, options.opened))


def measure_sessions(
    assistant: Assistant,
    parts: Sequence[str] = PARTS,
    sessions: int = SESSIONS,
    opened: int = OPENED,
) -> str:
    """The tables of the parts asked for. Raises SystemExit where an answer is not its session's."""
    questions = list_answered(assistant)
    with serve(assistant.settings.home) as served:
        asyncio.run(ask_alone(served, questions[-WARMING:]))
        found = time_parts(served, questions, parts, sessions)
        memory = asyncio.run(open_many(served, questions, opened)) if "memory" in parts else None
    # Not while the chat is timed: the same answers take the same work here.
    wrong = [line for some in found.values() for line in find_wrong(assistant, some)]
    if wrong:
        raise SystemExit("\n".join(wrong))
    tables = [write_times(found)] if found else []
    return "\n\n".join([*tables, write_memory(memory)] if memory else tables)


def time_parts(
    served: Served, questions: Sequence[str], parts: Sequence[str], sessions: int
) -> dict[str, list[Session]]:
    """What the sessions of each timed part asked and got, by the part's name in the table."""
    found = {}
    if "one" in parts:
        found["one session"] = asyncio.run(ask_alone(served, questions[:ALONE]))
    dealt = deal(questions, sessions, EACH)
    if "steady" in parts:
        found[f"{sessions} at a reader's pace"] = asyncio.run(ask_steadily(served, dealt))
    if "burst" in parts:
        found[f"{sessions} in the same instant"] = asyncio.run(ask_at_once(served, dealt))
    return found


def list_answered(assistant: Assistant) -> list[str]:
    """The questions over the samples that are answered, each once."""
    asked = dict.fromkeys(case.text for case in load_samples() if case.answerable)
    return [text for text in asked if not assistant.ask(text).refused]


def deal(questions: Sequence[str], sessions: int, each: int) -> list[list[str]]:
    """Questions for each session; those of one round differ from one another."""
    return [
        [questions[(number * sessions + session) % len(questions)] for number in range(each)]
        for session in range(sessions)
    ]


async def ask_alone(served: Served, questions: Sequence[str]) -> list[Session]:
    async with open_chat(served.address) as client:
        return [close_book(client, [await client.ask(question) for question in questions])]


async def ask_steadily(
    served: Served, dealt: Sequence[Sequence[str]], pause: tuple[float, float] = PAUSE
) -> list[Session]:
    async def read(number: int, questions: Sequence[str]) -> Session:
        # Readers begin apart, too.
        waits = random.Random(SEED + number)
        asked = []
        async with open_chat(served.address) as client:
            await asyncio.sleep(waits.uniform(0, pause[1]))
            for question in questions:
                asked.append(await client.ask(question))
                await asyncio.sleep(waits.uniform(*pause))
            return close_book(client, asked)

    return await asyncio.gather(*(read(*one) for one in enumerate(dealt)))


async def ask_at_once(served: Served, dealt: Sequence[Sequence[str]]) -> list[Session]:
    together = asyncio.Barrier(len(dealt))

    async def read(questions: Sequence[str]) -> Session:
        asked = []
        async with open_chat(served.address) as client:
            for question in questions:
                await together.wait()
                asked.append(await client.ask(question))
            # None leaves while another is asking: closing is work for the server too.
            await together.wait()
            return close_book(client, asked)

    return await asyncio.gather(*map(read, dealt))


def close_book(client: ChatClient, asked: Sequence[Asked]) -> Session:
    return Session(tuple(asked), tuple(one["question"] for one in client.exchanges.values()))


async def open_many(
    served: Served, questions: Sequence[str], opened: int = OPENED, wait: float = FORGOTTEN_AFTER
) -> Memory:
    """Memory while `opened` sessions come and go, a few at a time; `wait` is in seconds."""
    start = read_memory(served.pid)
    series = []
    for done in range(0, opened, AT_A_TIME):
        some = [questions[number % len(questions)] for number in range(done, done + AT_A_TIME)]
        await asyncio.gather(*(ask_alone(served, [question]) for question in some))
        if (done + AT_A_TIME) % STEP == 0:
            series.append((done + AT_A_TIME, read_memory(served.pid)))
    await asyncio.sleep(wait)
    # Streamlit looks for what has expired when a session comes or goes.
    await ask_alone(served, questions[:1])
    return Memory(start, tuple(series), read_memory(served.pid))


def find_wrong(assistant: Assistant, sessions: Sequence[Session]) -> list[str]:
    """A line for each answer that is not what the program gives for its session's questions."""
    wrong = []
    for session in sessions:
        mine = [one.question for one in session.asked]
        if list(session.shown) != mine:
            wrong.append(f"A page shows {session.shown}, and was asked {mine}.")
        earlier: list[Answer] = []
        for one in session.asked:
            earlier.append(assistant.ask(one.question, earlier=earlier))
            if one.exchange["question"] != one.question:
                wrong.append(f"“{one.question}” was shown as “{one.exchange['question']}”.")
            if one.exchange["answer"] is None or _strip(one.exchange["answer"]) != _strip(
                draw_answer(earlier[-1], today=date.today())
            ):
                wrong.append(f"“{one.question}” was answered with {one.exchange['answer']!s:.300}")
    return wrong


def _strip(answer: dict[str, Any]) -> str:
    """A drawn answer as text that can be compared: without its time, and what is copied of it."""
    return json.dumps(answer | {"timing": None, "copies": None}, sort_keys=True)


def write_times(found: dict[str, list[Session]]) -> str:
    """A Markdown table; the ratios are to the first row's."""
    rows = {name: Times.of(sessions) for name, sessions in found.items()}
    first = next(iter(rows.values()))
    lines = [
        "| | answers | median | 95th percentile | median / first | 95th / first |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, t in rows.items():
        ratios = f"{t.median / first.median:.1f} | {t.p95 / first.p95:.1f}"
        times = f"{t.median * 1e3:.0f} ms | {t.p95 * 1e3:.0f} ms"
        lines.append(f"| {name} | {t.answers} | {times} | {ratios} |")
    return "\n".join(lines)


def write_memory(memory: Memory) -> str:
    """A Markdown table, and what it comes to."""
    head = " | ".join(f"{sessions}" for sessions, _ in memory.series)
    taken = " | ".join(f"{mib:.0f}" for _, mib in memory.series)
    rule = " | ".join("---" for _ in range(len(memory.series) + 3))
    return (
        f"| sessions opened and closed | 0 | {head} | all forgotten |\n| {rule} |\n"
        f"| resident, MiB | {memory.start:.0f} | {taken} | {memory.left:.0f} |\n\n"
        f"{memory.slope:+.1f} MiB for each 100 sessions."
    )


if __name__ == "__main__":
    main()
