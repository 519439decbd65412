"""A reader of the chat without a browser: it speaks Streamlit's own protocol over a WebSocket.

It does what the page's front end does, so that the server has the same work: it keeps large
messages and names them in each request, runs a fragment again at the interval that the server asks
for, and stops when a full run begins.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.BidiComponent_pb2 import BidiComponent
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

Json = dict[str, Any]

#: How long to wait for anything before the chat is taken for dead, in seconds.
PATIENCE = 300.0
#: What the front end sends where a token of its host would stand.
PROTOCOLS = [Subprotocol("streamlit"), Subprotocol("PLACEHOLDER_AUTH_TOKEN")]
#: Full runs for which a kept message stays good; the server's own setting is sent with each run.
KEPT_FOR = 2


class ChatBroken(Exception):
    """The chat drew an error, or closed the connection."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what the page drew for it, `seconds` after it was sent."""

    question: str
    exchange: Json
    seconds: float


@dataclass(slots=True)
class Kept:
    """A large message that the server may refer to by its hash, and the run it was last used in."""

    message: ForwardMsg
    run: int


@dataclass(slots=True)
class Cache:
    """The messages that a front end keeps. Mutable: every run adds to it and makes it forget."""

    kept: dict[str, Kept] = field(default_factory=dict)
    runs: int = 0
    age: int = KEPT_FOR

    def resolve(self, message: ForwardMsg) -> ForwardMsg:
        """The message itself, or the one that it refers to in its new place."""
        if message.metadata.cacheable:
            self.kept[message.hash] = Kept(message, self.runs)
        if message.WhichOneof("type") != "ref_hash":
            return message
        kept = self.kept.get(message.ref_hash)
        if kept is None:
            raise ChatBroken("The server referred to a message that it never sent.")
        kept.run = self.runs
        whole = ForwardMsg()
        whole.CopyFrom(kept.message)
        whole.metadata.CopyFrom(message.metadata)
        return whole

    def end_run(self, fragments: tuple[str, ...]) -> None:
        """Forget what was not used lately; a run of fragments makes only its own grow old."""
        self.runs += 1
        for name, kept in list(self.kept.items()):
            mine = kept.message.delta.fragment_id
            if (not fragments or mine in fragments) and self.runs - kept.run > self.age:
                del self.kept[name]


class ChatClient:
    """One session of the chat, as one tab of a browser has it."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._cache = Cache()
        self._page = ""
        self._input = Delta()
        #: What stands behind the "?" of the page's address.
        self._query = ""
        self._running = True
        self._fragments: tuple[str, ...] = ()
        self._timers: dict[str, tuple[float, asyncio.Task[None]]] = {}
        self._changed = asyncio.Event()
        self._reader = asyncio.create_task(self._read())
        self._reader.add_done_callback(lambda _: self._changed.set())
        #: What the page shows, by the exchange's id, in the order of asking.
        self.exchanges: dict[str, Json] = {}
        #: Runs of fragments that this client was asked to start.
        self.reruns = 0

    async def open(self) -> None:
        """Have the page drawn for the first time."""
        await self._rerun()
        await self._wait(lambda: not self._running and bool(self._input.new_element.chat_input.id))

    async def ask(self, question: str) -> Asked:
        """What the page shows of a question once its answer is whole. Raises ChatBroken."""
        known = set(self.exchanges)
        request = BackMsg()
        state = request.rerun_script.widget_states.widgets.add()
        state.id = self._input.new_element.chat_input.id
        state.chat_input_value.data = question
        self._running = True
        started = time.perf_counter()
        await self._send(request, self._input.fragment_id)
        await self._wait(lambda: self._find_finished(known) is not None)
        seconds = time.perf_counter() - started
        # Nobody types so fast that the run which drew the answer is not over by then.
        await self._wait(lambda: not self._running)
        found = self._find_finished(known)
        assert found is not None
        return Asked(question, found, seconds)

    async def close(self) -> None:
        self._stop_timers()
        await self._socket.close()
        await asyncio.gather(self._reader, return_exceptions=True)

    def _find_finished(self, known: set[str]) -> Json | None:
        new = [one for name, one in self.exchanges.items() if name not in known]
        return next((one for one in new if is_finished(one)), None)

    async def _wait(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not holds():
                if self._reader.done():
                    self._reader.result()
                    raise ChatBroken("The server closed the connection.")
                self._changed.clear()
                await self._changed.wait()

    async def _rerun(self, fragment: str = "", *, by_itself: bool = False) -> None:
        request = BackMsg()
        request.rerun_script.is_auto_rerun = by_itself
        await self._send(request, fragment)

    async def _send(self, request: BackMsg, fragment: str) -> None:
        client = request.rerun_script
        client.fragment_id = fragment
        client.query_string = self._query
        client.page_script_hash = self._page
        client.cached_message_hashes.extend(self._cache.kept)
        await self._socket.send(request.SerializeToString())

    async def _read(self) -> None:
        async for frame in self._socket:
            if isinstance(frame, bytes):
                self._take(self._cache.resolve(ForwardMsg.FromString(frame)))
                self._changed.set()

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._begin_run(message)
        elif kind == "script_finished":
            self._end_run(message)
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._draw(message.delta)
        elif kind == "page_info_changed":
            self._query = message.page_info_changed.query_string
        elif kind == "auto_rerun":
            self._start_timer(message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "stop_auto_rerun":
            for fragment in message.stop_auto_rerun.fragment_ids:
                self._stop_timer(fragment)

    def _begin_run(self, message: ForwardMsg) -> None:
        self._running = True
        self._page = message.new_session.page_script_hash
        self._cache.age = message.new_session.config.max_cached_message_age
        self._fragments = tuple(message.metadata.run.fragment_ids)
        if not self._fragments:
            self._stop_timers()

    def _end_run(self, message: ForwardMsg) -> None:
        if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            self._running = False
            self._cache.end_run(self._fragments)

    def _draw(self, delta: Delta) -> None:
        kind = delta.new_element.WhichOneof("type")
        if kind == "chat_input":
            self._input.CopyFrom(delta)
        elif kind == "bidi_component":
            self._show(delta.new_element.bidi_component)
        elif kind == "exception":
            raise ChatBroken(delta.new_element.exception.message or "The page drew an error.")

    def _show(self, component: BidiComponent) -> None:
        drawn = json.loads(component.json or component.mixed.json or "null")
        if isinstance(drawn, dict) and drawn.get("kind") == "exchange":
            self.exchanges[drawn["id"]] = drawn

    def _start_timer(self, fragment: str, interval: float) -> None:
        if fragment in self._timers and self._timers[fragment][0] == interval:
            return
        self._stop_timer(fragment)
        self._timers[fragment] = interval, asyncio.create_task(self._tick(fragment, interval))

    async def _tick(self, fragment: str, interval: float) -> None:
        while True:
            await asyncio.sleep(interval)
            self.reruns += 1
            await self._rerun(fragment, by_itself=True)

    def _stop_timer(self, fragment: str) -> None:
        if fragment in self._timers:
            self._timers.pop(fragment)[1].cancel()

    def _stop_timers(self) -> None:
        for fragment in list(self._timers):
            self._stop_timer(fragment)


@asynccontextmanager
async def open_chat(address: str) -> AsyncIterator[ChatClient]:
    """A session of the chat at `address` (`http://HOST:PORT`), drawn for the first time."""
    url = f"{address.replace('http', 'ws', 1)}/_stcore/stream"
    async with connect(
        url, subprotocols=PROTOCOLS, max_size=None, proxy=None, open_timeout=PATIENCE
    ) as socket:
        client = ChatClient(socket)
        try:
            await client.open()
            yield client
        finally:
            await client.close()


def is_finished(exchange: Json) -> bool:
    """Whether an exchange, as the page draws it, will not change by itself any more."""
    ends = (exchange.get(name) for name in ("answer", "problem", "stopped"))
    return exchange.get("progress") is None and any(end is not None for end in ends)
