"""The HTTP client for model servers: no redirects, no stranger's proxy, no endless reply."""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import AsyncIterator, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

import httpx2

from rag.llm.halt import Halt
from rag.llm.server import Server

#: No answer is as long, each token in an event of its own counted in, nor any list of models.
MAX_BYTES = 32_000_000
#: All that a server without a key is sent. The OpenAI client would add what the environment has in
#: OPENAI_CUSTOM_HEADERS, OPENAI_ORG_ID and OPENAI_PROJECT_ID, which is meant for another.
PLAIN_HEADERS = frozenset(
    "accept accept-encoding connection content-length content-type host user-agent".split()
)

# They would write down what a server sends in its headers, where somebody logs everything: some
# send back the key.
for name in ("httpcore2", "httpx2"):
    logging.getLogger(name).setLevel(logging.WARNING)

Result = TypeVar("Result")


class TooMuch(httpx2.TransportError):
    """A server sent more than anybody could want of it, or packed so that it cannot be told."""


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._stream:
            size += len(chunk)
            if size > MAX_BYTES:
                raise TooMuch(f"more than {MAX_BYTES // 1_000_000} MB")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


def open_client(server: Server, connect_timeout: float) -> httpx2.AsyncClient:
    """A client for one server. How long a reply may take is for its reader to say."""
    return httpx2.AsyncClient(
        # What certificates are checked by takes 55 ms to load: not where there are none.
        verify=not server.base_url.lower().startswith("http://"),
        # A proxy of the environment would carry off what is said to stay on this machine.
        trust_env=not server.is_local,
        # What a server redirects to is not where the words are said to go.
        follow_redirects=False,
        timeout=httpx2.Timeout(None, connect=connect_timeout),
        headers={"Accept-Encoding": "identity"},
        event_hooks={"request": [] if server.api_key else [_strip], "response": [_bound]},
    )


async def _strip(request: httpx2.Request) -> None:
    for name in list(request.headers):
        if name not in PLAIN_HEADERS:
            del request.headers[name]


async def _bound(response: httpx2.Response) -> None:
    packed = response.headers.get("content-encoding", "identity")
    if packed.strip().lower() not in ("", "identity"):
        # A megabyte may unpack to gigabytes.
        raise TooMuch("a reply that is packed")
    if isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = _Bounded(response.stream)


def _cancel(loop: asyncio.AbstractEventLoop, task: asyncio.Task[Any]) -> None:
    # Who pulls the halt may come just too late for the loop.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(task.cancel)


def run_apart(work: Coroutine[Any, Any, Result], halt: Halt | None = None) -> Result:
    """What a coroutine returns, run in a thread of its own: the caller may be in a loop already.

    Raises CancelledError where `halt` is pulled.
    """
    ended: queue.SimpleQueue[tuple[list[Result], BaseException | None]] = queue.SimpleQueue()

    async def tell() -> None:
        # Told from within: a loop does not end before the look-ups of names that it gave up on.
        loop, task = asyncio.get_running_loop(), asyncio.create_task(work)
        try:
            with (halt or Halt()).ending(partial(_cancel, loop, task)):
                ended.put(([await task], None))
        except BaseException as error:  # noqa: BLE001 (raised again by the one who waits)
            ended.put(([], error))

    threading.Thread(target=asyncio.run, args=(tell(),), name="model-server", daemon=True).start()
    found, error = ended.get()
    if error is not None:
        raise error
    return found[0]
