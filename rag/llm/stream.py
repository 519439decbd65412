"""A running generation: its clocks, its tries, its end; whichever protocol brings it."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field

import httpx2

from rag.errors import ModelError, ModelUnreachable
from rag.llm.busy import answering
from rag.llm.failures import FAILURES, Refused, explain
from rag.llm.halt import STOPPED, Halt
from rag.llm.http import open_client
from rag.llm.ollama_chat import stream_ollama
from rag.llm.openai_chat import stream_openai
from rag.llm.patience import Patience
from rag.llm.pieces import Piece
from rag.llm.server import QUOTES_INSTEAD, USUAL_WINDOW, ServedModel, begin_with
from rag.settings import Settings
from rag.text import storable

#: No answer of some sentences is as long, reasoning counted in: a server that goes on is left.
MAX_CHARACTERS = 100_000
MAX_PIECES = 50_000
#: How long the connection may take to close when nobody listens any more, in seconds.
CLOSING = 1.0
#: How long a server may take after its last word to say what it has read, in seconds.
ENDING = 2.0


@dataclass(slots=True)
class Stream:
    """A reply to a prompt: iterate over its text, then read how it ended.

    `window` is what the model is to read, in tokens, `room` what is left of it for the answer: a
    server that can be told is told. At most `limit` characters are read; `received` counts them.
    Pulling `halt` ends it at once. `patience` is what a busy server is given: the streams of one
    question share it.

    `finish` is the server's word for how it ended, None where it did not say. `read` and `written`
    are the tokens that the server says it read of the prompt, and wrote; `first` is when the first
    of them came, in seconds; `thought` is whether there was reasoning; `answered_by` the model's
    name as the server gives it. `failure` is what ended the reply after something had arrived.
    """

    model: ServedModel
    settings: Settings
    system: str
    user: str
    window: int = USUAL_WINDOW
    room: int = USUAL_WINDOW // 2
    limit: int = MAX_CHARACTERS
    patience: Patience = field(default_factory=Patience)
    halt: Halt = field(default_factory=Halt)
    finish: str | None = None
    received: int = 0
    thought: bool = False
    read: int | None = None
    written: int | None = None
    first: float | None = None
    answered_by: str | None = None
    failure: ModelError | None = None

    def __iter__(self) -> Iterator[str]:
        """The text as it arrives. Raises ModelError, in words, where none has arrived before."""
        arriving: queue.Queue[Piece | ModelError | None] = queue.Queue()
        worker = _Worker(self, arriving)
        try:
            with self.halt.ending(worker.end), answering(self.model.server.base_url):
                worker.start()
                yield from self._take(arriving)
        finally:
            worker.end()
            worker.join(CLOSING)

    def _take(self, arriving: queue.Queue[Piece | ModelError | None]) -> Iterator[str]:
        while (piece := arriving.get()) is not None:
            if isinstance(piece, ModelError):
                if not self.received:
                    raise piece
                self.failure = piece
                return
            self._note(piece)
            # Half a character, which JSON can spell, is no text that anything else could take.
            text = storable(piece.text)[: self.limit - self.received]
            self.received += len(text)
            yield text
            if self.received >= self.limit:
                self.finish = "length"
                return

    def _note(self, piece: Piece) -> None:
        self.finish = piece.finish or self.finish
        self.thought = self.thought or piece.thought
        self.read = piece.read or self.read
        self.written = piece.written or self.written
        self.answered_by = piece.model or self.answered_by


class _Worker(threading.Thread):
    """Asks in a loop of its own, since what waits in a socket cannot be ended from outside."""

    def __init__(self, stream: Stream, arriving: queue.Queue[Piece | ModelError | None]) -> None:
        super().__init__(name="model", daemon=True)
        self._stream = stream
        self._arriving = arriving
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._ended = False

    def end(self) -> None:
        """End the request, whatever it waits for; may be called again."""
        with self._lock:
            ended, self._ended = self._ended, True
            if not ended and self._loop is not None and self._task is not None:
                self._loop.call_soon_threadsafe(self._task.cancel)

    def run(self) -> None:
        try:
            asyncio.run(self._work())
        except BaseException as error:
            # The thread's end: what is not told here would leave the reader waiting for ever.
            self._tell(explain(error, self._stream.model))
            raise
        finally:
            self._tell(None)

    def _tell(self, piece: Piece | ModelError | None) -> None:
        self._arriving.put(piece)

    async def _work(self) -> None:
        with self._lock:
            self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
            ended = self._ended
        try:
            if ended:
                raise asyncio.CancelledError
            await self._ask()
        except asyncio.CancelledError:
            self._tell(ModelError(STOPPED))
        except FAILURES as error:
            self._tell(explain(error, self._stream.model))
        finally:
            with self._lock:
                self._task = None
            # Told before the loop ends: it waits for the look-ups of names that it gave up on.
            self._tell(None)

    async def _ask(self) -> None:
        stream = self._stream
        async with open_client(stream.model.server, stream.settings.connect_timeout) as client:
            while True:
                await asyncio.sleep(stream.patience.wait())
                try:
                    await self._follow(client)
                    return
                except Refused as refused:
                    if stream.first is not None or not stream.patience.allows(refused):
                        raise

    async def _follow(self, client: httpx2.AsyncClient) -> None:
        """Hand on what arrives, by the clocks; what fails after the end has not failed."""
        settings, now = self._stream.settings, asyncio.get_running_loop().time
        begun = now()
        late = begun + settings.answer_timeout
        clock = asyncio.timeout_at(min(late, begun + settings.first_timeout))
        ended = False
        try:
            async with clock, aclosing(self._open(client)) as pieces:
                async for piece in _at_most(MAX_PIECES, pieces):
                    if piece.is_token and self._stream.first is None:
                        self._stream.first = now() - begun
                    ended = piece.finish is not None or (ended and not piece.is_token)
                    if piece.is_token or piece.finish:
                        patience = ENDING if ended else settings.token_timeout
                        clock.reschedule(min(late, now() + patience))
                    self._tell(piece)
        except TimeoutError as error:
            if not ended:
                raise self._describe_silence(now() >= late) from error
        except FAILURES:
            if not ended:
                raise

    def _open(self, client: httpx2.AsyncClient) -> AsyncGenerator[Piece, None]:
        stream = self._stream
        model, system, user = stream.model, stream.system, stream.user
        if model.kind == "ollama":
            window, room = stream.window, stream.room
            return stream_ollama(client, model, system, user, window=window, room=room)
        return stream_openai(client, model, system, user)

    def _describe_silence(self, late: bool) -> ModelError:
        stream, settings = self._stream, self._stream.settings
        server = begin_with(stream.model.at)
        if late:
            return ModelError(
                f"{server} had not ended its answer after {settings.answer_timeout:g} seconds.",
                f"Set DATELINE_ANSWER_TIMEOUT higher. {QUOTES_INSTEAD}",
            )
        if stream.first is not None:
            return ModelError(
                f"{server} fell silent for {settings.token_timeout:g} seconds.",
                f"Ask again, or set DATELINE_TOKEN_TIMEOUT higher. {QUOTES_INSTEAD}",
            )
        return ModelUnreachable(
            f"{server} did not answer in time: nothing came in {settings.first_timeout:g} seconds.",
            f"Ask again, or set DATELINE_FIRST_TIMEOUT higher. {QUOTES_INSTEAD}",
        )


async def _at_most(count: int, pieces: AsyncGenerator[Piece, None]) -> AsyncGenerator[Piece, None]:
    """The pieces of a reply; one that goes on is cut, and said to be."""
    async for piece in pieces:
        yield piece
        count -= 1
        if not count:
            yield Piece(finish="length")
            return
