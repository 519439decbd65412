"""What was asked in this chat and what became of it; knows nothing of how it is drawn."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from uuid import uuid4

from rag.errors import DatelineError
from rag.types import Answer, Filters

if TYPE_CHECKING:
    from rag.assistant import Assistant

#: "stopped" is an answer that was cut off by something else that the page had to do.
State = Literal["waiting", "asking", "done", "stopped", "failed"]
QUOTES = "quotes"


@dataclass(slots=True)
class Exchange:
    """One question and its answer so far. Mutable: what has arrived outlives an interruption."""

    question: str
    filters: Filters
    engine: str
    state: State = "waiting"
    answer: Answer | None = None
    problem: DatelineError | None = None
    id: str = field(default_factory=lambda: uuid4().hex)
    #: Counts the changes, so that of two drawings the later one can be told.
    version: int = 0

    #: Counts the attempts: one that is over writes nothing more into the exchange.
    attempt: int = 0

    def start(self) -> int:
        """Begin to answer; returns the number of the attempt."""
        self.state = "asking"
        self.attempt += 1
        return self.attempt

    def grow(self, attempt: int, snapshot: Answer) -> bool:
        """Keep what an attempt has so far; whether it should go on."""
        if self.state == "asking" and self.attempt == attempt:
            self.answer = snapshot
            self.version += 1
            return True
        return False

    def end(self, attempt: int, state: State, problem: DatelineError | None = None) -> None:
        """Close an attempt, unless it is over already; what has arrived stays."""
        if self.state == "asking" and self.attempt == attempt:
            self.state, self.problem = state, problem
            self.version += 1

    def interrupt(self) -> None:
        """Give up a running attempt."""
        self.end(self.attempt, "stopped")

    def retry(self, engine: str) -> None:
        """Have it answered again, by `engine`, in the same place."""
        self.engine, self.state = engine, "waiting"
        self.answer = self.problem = None
        self.version += 1

    @property
    def can_be_quoted(self) -> bool:
        """Whether a model has failed where the quotes engine may do."""
        return self.state == "failed" and self.engine != QUOTES


@dataclass(slots=True)
class Chat:
    """The exchanges of one chat, in order."""

    exchanges: list[Exchange] = field(default_factory=list)

    def ask(self, question: str, filters: Filters, engine: str) -> Exchange:
        """A new exchange, waiting for its answer."""
        exchange = Exchange(question, filters, engine)
        self.exchanges.append(exchange)
        return exchange

    def before(self, exchange: Exchange) -> list[Answer]:
        """The answers before an exchange, which a follow-up may lean on."""
        earlier = self.exchanges[: self.exchanges.index(exchange)]
        return [one.answer for one in earlier if one.answer is not None and one.state == "done"]


def answer(
    exchange: Exchange, assistant: Assistant, earlier: Sequence[Answer] = ()
) -> Generator[None]:
    """Answers a waiting exchange; yields each time there is more to draw.

    `earlier` are the answers before it, from which a follow-up is completed.

    A failure is kept in the exchange. Interrupted from elsewhere it ends at the next snapshot, and
    closed early it interrupts the exchange.
    """
    attempt = exchange.start()
    stream = assistant.stream(
        exchange.question, filters=exchange.filters, engine=exchange.engine, earlier=earlier
    )
    try:
        with _ending(stream):
            for snapshot in stream:
                if not exchange.grow(attempt, snapshot):
                    return
                yield
        exchange.end(attempt, "done")
    except DatelineError as error:
        exchange.end(attempt, "failed", error)
    finally:
        exchange.end(attempt, "stopped")


@contextmanager
def _ending(stream: Iterator[Answer]) -> Iterator[None]:
    """Ends a generation with its reader: a model that nobody listens to should not go on."""
    try:
        yield
    finally:
        if isinstance(stream, Generator):
            stream.close()
