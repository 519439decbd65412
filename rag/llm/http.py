"""The HTTP client for model servers: no redirects, no stranger's proxy, no endless reply."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine
from typing import Any, TypeVar

import httpx2

from rag.llm.server import Server

#: No answer is as long, each token in an event of its own counted in, nor any list of models.
MAX_BYTES = 32_000_000

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
        # A proxy of the environment would carry off what is said to stay on this machine.
        trust_env=not server.is_local,
        # Certificates take 30 ms to load, and nothing on this machine's http: ever shows one.
        verify=not (server.is_local and server.base_url.startswith("http:")),
        # What a server redirects to is not where the words are said to go.
        follow_redirects=False,
        timeout=httpx2.Timeout(None, connect=connect_timeout),
        headers={"Accept-Encoding": "identity"},
        event_hooks={"response": [_bound]},
    )


async def _bound(response: httpx2.Response) -> None:
    packed = response.headers.get("content-encoding", "identity")
    if packed.strip().lower() not in ("", "identity"):
        # A megabyte may unpack to gigabytes.
        raise TooMuch("a reply that is packed")
    if isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = _Bounded(response.stream)


def run_apart(work: Coroutine[Any, Any, Result]) -> Result:
    """What a coroutine returns, run in a thread of its own: the caller may be in a loop already."""
    found: list[Result] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            found.append(asyncio.run(work))
        except BaseException as error:  # noqa: BLE001 (raised again by the one who waits)
            failed.append(error)

    thread = threading.Thread(target=run, name="model-server", daemon=True)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return found[0]
