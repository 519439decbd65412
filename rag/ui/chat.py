"""What was asked in a chat and what became of it; knows nothing of how it is drawn or answered."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import Literal
from uuid import uuid4

from rag.errors import DatelineError
from rag.llm.halt import Halt
from rag.types import Answer, Filters

#: "stopped" is an answer that was ended before it was whole, by its reader or by a restart.
State = Literal["asking", "done", "stopped", "failed"]
QUOTES = "quotes"
#: A chat is called what was asked first in it, cut to this many characters.
FIRST_TITLE = 80


@dataclass(slots=True, eq=False)
class Exchange:
    """One question and its answer so far.

    Mutable, and shared by the thread that answers and all the pages that show it: whoever changes
    it holds `news`, which wakes those that wait for more; who needs more than one of its fields to
    fit together reads them from `as_it_is`.
    """

    question: str
    filters: Filters
    engine: str
    state: State = "asking"
    answer: Answer | None = None
    problem: DatelineError | None = None
    id: str = field(default_factory=lambda: uuid4().hex)
    #: Counts the attempts: one that is over writes nothing more into the exchange.
    attempt: int = 0
    news: threading.Condition = field(default_factory=threading.Condition, repr=False)
    #: Ends what a model is asked for the running attempt.
    halt: Halt = field(default_factory=Halt, repr=False)

    @property
    def is_running(self) -> bool:
        return self.state == "asking"

    @property
    def can_be_quoted(self) -> bool:
        """Whether a model has failed, or said nothing that holds: the quotes engine may do."""
        if self.engine == QUOTES or self.is_running:
            return False
        if self.state == "failed":
            return True
        answer = self.answer
        return answer is not None and all(s.check == "unsupported" for s in answer.sentences)

    @property
    def can_be_briefed(self) -> bool:
        """Whether there is something to add to a briefing: whole, stopped or broken off."""
        return not self.is_running and self.answer is not None and not self.answer.refused

    def as_it_is(self) -> Exchange:
        """A copy that stays as it is, whatever becomes of this one meanwhile."""
        with self.news:
            return replace(self)

    def start(self, engine: str) -> int:
        """Begin to answer, by `engine`; returns the number of the attempt."""
        self.halt.pull()
        with self.news:
            self.halt = Halt()
            self.engine, self.state = engine, "asking"
            self.answer = self.problem = None
            self.attempt += 1
            self.news.notify_all()
            return self.attempt

    def grow(self, attempt: int, snapshot: Answer) -> bool:
        """Keep what an attempt has so far; whether it should go on."""
        with self.news:
            if not self._is_current(attempt):
                return False
            self.answer = snapshot
            return True

    def end(self, attempt: int, state: State, problem: DatelineError | None = None) -> None:
        """Close an attempt, unless it is over already; what has arrived stays."""
        with self.news:
            if self._is_current(attempt):
                self.state, self.problem = state, problem
                self.news.notify_all()

    def stop(self) -> None:
        """Give up the running attempt, if there is one, and what a model is asked for it."""
        self.end(self.attempt, "stopped")
        self.halt.pull()

    def wait(self, seconds: float) -> None:
        """Return when the attempt is over, or after `seconds`."""
        with self.news:
            self.news.wait_for(lambda: not self.is_running, seconds)

    def _is_current(self, attempt: int) -> bool:
        return self.is_running and self.attempt == attempt


@dataclass(slots=True, eq=False, weakref_slot=True)
class Chat:
    """The exchanges of one chat, in order. It is kept from its first question on."""

    id: str = field(default_factory=lambda: uuid4().hex)
    title: str = ""
    exchanges: list[Exchange] = field(default_factory=list)
    #: Why some of it could not be kept, or what it cites not be frozen, and which exchanges: that
    #: is done with the next one.
    unkept: DatelineError | None = None
    unfrozen: DatelineError | None = None
    waiting: set[str] = field(default_factory=set)
    deleted: bool = False
    #: Held by who keeps an exchange or deletes the chat: what is older must not be written last.
    keeping: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, question: str, filters: Filters, engine: str) -> Exchange:
        """A new exchange, nobody answering it yet."""
        exchange = Exchange(question, filters, engine)
        self.title = self.title or shorten(question)
        self.exchanges.append(exchange)
        return exchange

    def before(self, exchange: Exchange) -> list[Answer]:
        """The answers before an exchange, which a follow-up may lean on."""
        earlier = self.exchanges[: self.exchanges.index(exchange)]
        return [one.answer for one in earlier if one.answer is not None and one.state == "done"]


def shorten(question: str) -> str:
    """A title out of a question: one line, cut between words."""
    line = " ".join(question.split())
    if len(line) <= FIRST_TITLE:
        return line
    cut = line[: FIRST_TITLE - 1]
    return (cut[: cut.rfind(" ")] if " " in cut[FIRST_TITLE // 2 :] else cut).rstrip(" ,;:") + "…"
