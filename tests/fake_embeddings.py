"""A server on loopback that makes vectors, as Ollama does or by OpenAI's protocol."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
from conftest import FakeEmbedder
from numpy.typing import NDArray

MODEL = "tiny-embed"
Make = Callable[[Sequence[str]], NDArray[Any]]


@dataclass
class FakeEmbeddings:
    """What the server does, and what it was asked.

    `models` are its embedding models with their digests, `clouds` those that Ollama sends on to
    another host; `chats` can only chat. `limit` is what a model reads, in characters. After `lives`
    requests for vectors it breaks every connection. A `reply` is sent as it is, with `status`.
    """

    address: str
    ollama: bool = True
    make: Make = field(default_factory=lambda: FakeEmbedder().embed)
    models: dict[str, str] = field(default_factory=lambda: {f"{MODEL}:latest": "aa" * 32})
    clouds: dict[str, str] = field(default_factory=dict)
    chats: tuple[str, ...] = ("tiny-chat:latest",)
    limit: int | None = None
    lives: int | None = None
    status: int = 200
    reply: str | None = None
    delay: float = 0.0
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    posted: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.address}/v1"

    @property
    def texts(self) -> list[str]:
        """Every text that was to be embedded, in the order of asking."""
        return [text for request in self.requests for text in request["input"]]

    def forget(self) -> None:
        self.requests.clear()
        self.keys.clear()
        self.posted.clear()


@contextmanager
def serve_embeddings(**how: Any) -> Iterator[FakeEmbeddings]:
    """The server, for as long as the block lasts."""
    fake = FakeEmbeddings("", **how)
    server = ThreadingHTTPServer(("127.0.0.1", 0), make_handler(fake))
    server.daemon_threads = True
    fake.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def squash(make: Make, share: float = 1.5) -> Make:
    """The same vectors pushed together: a constant is added to each before its length is made 1."""

    def squashed(texts: Sequence[str]) -> NDArray[Any]:
        vectors = make(texts)
        constant = np.random.default_rng(1).normal(size=vectors.shape[1])
        moved = vectors + share * constant / np.linalg.norm(constant)
        return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), np.float32)

    return squashed


def make_handler(fake: FakeEmbeddings) -> type[BaseHTTPRequestHandler]:  # noqa: C901 (one class)
    """A request handler that answers from `fake`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            """Tests read what was asked; the console need not show it."""

        def do_GET(self) -> None:
            tags = [{"name": n, "digest": d} for n, d in fake.models.items()]
            tags += [{"name": n, "remote_host": host} for n, host in fake.clouds.items()]
            tags += [{"name": name, "digest": "cc" * 32} for name in fake.chats]
            if self.path == "/v1/models":
                owner = "library" if fake.ollama else "somebody"
                self._send({"data": [{"id": tag["name"], "owned_by": owner} for tag in tags]})
            elif self.path == "/api/tags" and fake.ollama:
                self._send({"models": tags})
            else:
                self._send({"error": "not found"}, 404)

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path == "/api/show" and fake.ollama:
                embeds = body["model"] not in fake.chats
                self._send({"capabilities": ["embedding" if embeds else "completion"]})
            elif self.path == ("/api/embed" if fake.ollama else "/v1/embeddings"):
                self._embed(body)
            else:
                self._send({"error": "not found"}, 404)

        def _embed(self, body: dict[str, Any]) -> None:
            if fake.lives is not None and len(fake.requests) >= fake.lives:
                self.close_connection = True
                self.connection.close()
                return
            fake.requests.append(body)
            fake.posted.append(self.path)
            fake.keys.append(self.headers.get("Authorization"))
            time.sleep(fake.delay)
            if fake.reply is not None or fake.status != 200:
                self._write((fake.reply or "{}").encode(), fake.status)
            elif fake.limit and any(len(text) > fake.limit for text in body["input"]):
                self._send({"error": "the input length exceeds the context length"}, 400)
            else:
                self._send(self._vectors(body["input"]))

        def _vectors(self, texts: list[str]) -> dict[str, Any]:
            rows = [[float(x) for x in row] for row in fake.make(texts)]
            if fake.ollama:
                return {"embeddings": rows}
            # In no order: each says which it is.
            data = [{"index": n, "embedding": row} for n, row in enumerate(rows)]
            return {"data": data[::-1], "model": MODEL}

        def _send(self, found: dict[str, Any], status: int = 200) -> None:
            self._write(json.dumps(found).encode(), status)

        def _write(self, body: bytes, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler
