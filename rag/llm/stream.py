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
from rag.llm.halt import Halt
from rag.llm.http import open_client
from rag.llm.ollama_chat import stream_ollama
from rag.llm.openai_chat import stream_openai
from rag.llm.pieces import Piece
from rag.llm.server import QUOTES_INSTEAD, USUAL_WINDOW, ServedModel
from rag.settings import Settings
from rag.text import storable

#: A busy server is asked so often in all, and waited for so long between, where it asks for less.
TRIES = 3
PAUSE = 1.0
#: A server that asks for more patience than this is not waited for, in seconds.
MAX_PAUSE = 30.0
#: No answer of some sentences is as long, reasoning counted in: a server that goes on is left.
MAX_CHARACTERS = 100_000
MAX_PIECES = 50_000
#: How long the connection may take to close when nobody listens any more, in seconds.
CLOSING = 1.0
STOPPED = "The answer was stopped."


@dataclass(slots=True)
class Stream:
    """A reply to a prompt: iterate over its text, then read how it ended.

    `window` is what the model is to read, in tokens, `room` what is left of it for the answer: a
    server that can be told is told. At most `limit` characters are read; `received` counts them.
    Pulling `halt` ends it at once.

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
    tries: int = TRIES
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
        except asyncio.CancelledError:
            self._arriving.put(ModelError(STOPPED))
        except FAILURES as error:
            self._arriving.put(explain(error, self._stream.model))
        except BaseException as error:
            # The thread's end: what is not told here would leave the reader waiting for ever.
            self._arriving.put(explain(error, self._stream.model))
            raise
        finally:
            self._arriving.put(None)

    async def _work(self) -> None:
        with self._lock:
            self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
            ended = self._ended
        if ended:
            raise asyncio.CancelledError
        try:
            await self._ask()
        finally:
            with self._lock:
                self._task = None

    async def _ask(self) -> None:
        stream = self._stream
        async with open_client(stream.model.server, stream.settings.connect_timeout) as client:
            for left in reversed(range(stream.tries)):
                try:
                    await self._follow(client)
                    return
                except Refused as refused:
                    if not refused.is_busy or not left:
                        raise
                    pause = PAUSE if refused.retry_after is None else refused.retry_after
                    if pause > MAX_PAUSE:
                        raise
                await asyncio.sleep(pause)

    async def _follow(self, client: httpx2.AsyncClient) -> None:
        stream, settings = self._stream, self._stream.settings
        loop = asyncio.get_running_loop()
        begun = loop.time()
        late = begun + settings.answer_timeout
        count = 0
        try:
            clock = asyncio.timeout_at(min(late, begun + settings.first_timeout))
            async with clock, aclosing(self._open(client)) as pieces:
                async for piece in pieces:
                    if piece.is_token:
                        if stream.first is None:
                            stream.first = loop.time() - begun
                        clock.reschedule(min(late, loop.time() + settings.token_timeout))
                    self._arriving.put(piece)
                    count += 1
                    if count >= MAX_PIECES:
                        self._arriving.put(Piece(finish="length"))
                        return
        except TimeoutError as error:
            raise self._describe_silence(loop.time() >= late) from error

    def _open(self, client: httpx2.AsyncClient) -> AsyncGenerator[Piece, None]:
        stream = self._stream
        model, system, user = stream.model, stream.system, stream.user
        if model.kind == "ollama":
            window, room = stream.window, stream.room
            return stream_ollama(client, model, system, user, window=window, room=room)
        return stream_openai(client, model, system, user)

    def _describe_silence(self, late: bool) -> ModelError:
        stream, settings = self._stream, self._stream.settings
        server = stream.model.at[0].upper() + stream.model.at[1:]
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
