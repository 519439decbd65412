"""An OpenAI-compatible server on loopback that says what it is told to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from rag.answer.chat import ChatEngine
from rag.engines import Engines
from rag.index.embedders import Embedder
from rag.settings import Settings

#: Characters that a reply which is thought out is streamed in at a time.
PIECE = 40


@dataclass
class Reply:
    """One answer: streamed in `pieces`, or an error `status` with a `body`."""

    pieces: tuple[str, ...] = ()
    finish: str | None = "stop"
    status: int = 200
    body: str = ""
    delay: float = 0.0
    #: Seconds before each piece.
    pause: float = 0.0
    reset_after: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """What a model is given: its instructions, the passages with the question, and the key."""

    system: str
    user: str
    key: str


@dataclass
class FakeOpenAI:
    """`replies` are used up one by one, the last over and over; `requests` is what was asked.

    Where there is `think`, it makes the reply out of what was asked, and `replies` stay.
    """

    url: str
    replies: list[Reply]
    models: list[str]
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    think: Callable[[Asked], str] | None = None

    def say(self, *pieces: str, **how: Any) -> None:
        self.replies[:] = [Reply(pieces, **how)]

    @property
    def prompt(self) -> str:
        return "\n".join(message["content"] for message in self.requests[-1]["messages"])


@contextmanager
def serve_fake() -> Iterator[FakeOpenAI]:
    """The server, for as long as the block lasts."""
    fake = FakeOpenAI("", [Reply(("I have nothing to say.",))], ["tiny-1", "tiny-2"])
    server = ThreadingHTTPServer(("127.0.0.1", 0), make_handler(fake))
    server.daemon_threads = True
    fake.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def make_handler(fake: FakeOpenAI) -> type[BaseHTTPRequestHandler]:  # noqa: C901 (one class)
    """A request handler that answers from `fake`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            """Tests read what was asked; the console need not show it."""

        def do_GET(self) -> None:
            self._send(
                200, json.dumps({"data": [{"id": m, "object": "model"} for m in fake.models]})
            )

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            fake.requests.append(json.loads(self.rfile.read(length)))
            fake.keys.append(self.headers.get("Authorization"))
            reply = self._choose()
            time.sleep(reply.delay)
            if reply.status != 200 or reply.body:
                self._send(reply.status, reply.body, reply.headers)
            else:
                self._stream(reply)

        def _choose(self) -> Reply:
            if fake.think is not None:
                system, user = (message["content"] for message in fake.requests[-1]["messages"])
                key = (fake.keys[-1] or "").removeprefix("Bearer ")
                said = fake.think(Asked(system, user, key))
                return Reply(tuple(said[n : n + PIECE] for n in range(0, len(said), PIECE)))
            return fake.replies[0] if len(fake.replies) == 1 else fake.replies.pop(0)

        def _send(self, status: int, body: str, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def _stream(self, reply: Reply) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            for number, piece in enumerate(reply.pieces):
                if number == reply.reset_after:
                    self.connection.close()
                    return
                time.sleep(reply.pause)
                self._event({"index": 0, "delta": {"role": "assistant", "content": piece}})
            if reply.finish:
                self._event({"index": 0, "delta": {}, "finish_reason": reply.finish})
                self.wfile.write(b"data: [DONE]\n\n")
            self.close_connection = True

        def _event(self, choice: dict[str, Any]) -> None:
            chunk = {
                "id": "c",
                "object": "chat.completion.chunk",
                "created": 1,
                "model": "tiny-1",
                "choices": [choice],
            }
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
            self.wfile.flush()

    return Handler


def open_chat(
    settings: Settings, model: str = "tiny-1", embedder: Embedder | None = None
) -> ChatEngine:
    """The chat engine as a front opens it."""
    engine = Engines(settings).open(f"openai:{model}", embedder)
    assert isinstance(engine, ChatEngine)
    return engine
