"""What was asked in this chat and what became of it; knows nothing of how it is drawn."""

from __future__ import annotations

from collections.abc import Generator, Iterator
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

    #: Counts the attempts: one that was given up writes nothing more into the exchange.
    attempt: int = 0

    def retry(self, engine: str) -> None:
        """Have it answered again, by `engine`, in the same place."""
        self.engine = engine
        self.answer = self.problem = None
        self._change("waiting")

    def interrupt(self) -> None:
        """Give up a running attempt; what has arrived stays."""
        if self.state == "asking":
            self._change("stopped")

    def _change(self, state: State) -> None:
        self.state = state
        self.attempt += 1
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


def answer(exchange: Exchange, assistant: Assistant) -> Generator[None]:
    """Answers a waiting exchange; yields each time there is more to draw.

    A failure is kept in the exchange. Ends at the next snapshot once the exchange was interrupted,
    and interrupts it when closed early.
    """
    exchange.state, attempt = "asking", exchange.attempt
    stream = assistant.stream(exchange.question, filters=exchange.filters, engine=exchange.engine)
    try:
        with _ending(stream):
            for snapshot in stream:
                if exchange.attempt != attempt:
                    return
                exchange.answer = snapshot
                exchange.version += 1
                yield
        end: State = "done"
    except DatelineError as error:
        end = "failed"
        if exchange.attempt == attempt:
            exchange.problem = error
    except BaseException:
        if exchange.attempt == attempt:
            exchange.interrupt()
        raise
    if exchange.attempt == attempt:
        exchange.state = end
        exchange.version += 1


@contextmanager
def _ending(stream: Iterator[Answer]) -> Iterator[None]:
    """Ends a generation with its reader: a model that nobody listens to should not go on."""
    try:
        yield
    finally:
        if isinstance(stream, Generator):
            stream.close()
