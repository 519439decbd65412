"""A small HTTP server on loopback that can misbehave, and that sees when a client goes away."""

from __future__ import annotations

import json
import select
import socket
import struct
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

#: A connection that a test forgets is let go after this, in seconds.
GUARD = 30.0
REASONS = {200: "OK", 307: "Temporary Redirect", 400: "Bad Request", 401: "Unauthorized"}


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def json(self) -> Any:
        return json.loads(self.body or b"null")

    @property
    def key(self) -> str | None:
        return self.headers.get("authorization")

    @property
    def prompt(self) -> str:
        """The messages of a question to a model."""
        return "\n".join(message["content"] for message in self.json["messages"])


@dataclass(frozen=True)
class Wait:
    """Nothing is sent for so long; the connection stays."""

    seconds: float = GUARD


@dataclass(frozen=True)
class Reset:
    """The connection is torn down with an RST."""


@dataclass(frozen=True)
class Forever:
    """The same bytes over and over, until the client goes."""

    data: bytes
    pause: float = 0.0


Step = bytes | Wait | Reset | Forever


@dataclass(frozen=True)
class Reply:
    """A status with headers, and what follows them; the connection ends after the last step.

    Without a `status` the steps are all that is sent, so that nothing need be HTTP.
    """

    status: int | None = 200
    steps: Iterable[Step] = ()
    headers: dict[str, str] = field(default_factory=dict)


def say(value: Any, status: int = 200, **headers: str) -> Reply:
    """A reply in JSON; `retry_after="1"` is the header Retry-After."""
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    kind = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    return Reply(status, [body], {**kind, **named})


SILENCE = Reply(None, [Wait()])


class Loopback(ABC):
    """`respond` says what to do with a request; `requests` is what was asked.

    `gone` are the moments at which clients went before they had been answered whole.
    """

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.gone: list[float] = []
        self.sent = 0
        self.accepted = 0
        #: Connections are taken, and what is sent over them is not even read.
        self.deaf = False
        self._stopping = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = int(self._socket.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.root}/v1"

    @abstractmethod
    def respond(self, request: Request) -> Reply: ...

    def stop(self) -> None:
        self._stopping.set()
        # Who waits in accept() is woken by that, and by closing alone is not.
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def wait_for(self, happened: Callable[[], object], seconds: float = GUARD) -> float:
        """The moment at which something has happened. Fails where it does not."""
        end = time.monotonic() + seconds
        while not happened():
            assert time.monotonic() < end, "it did not happen"
            time.sleep(0.005)
        return time.monotonic()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.accepted += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            if self.deaf:
                self._wait(connection, GUARD, reads=True)
                return
            request = _read_request(connection)
            if request is None:
                return
            self.requests.append(request)
            reply = self.respond(request)
            try:
                self._send(connection, reply)
            except OSError:
                self.gone.append(time.monotonic())

    def _send(self, connection: socket.socket, reply: Reply) -> None:
        if reply.status is not None:
            head = {"Connection": "close", **reply.headers}
            lines = [f"HTTP/1.1 {reply.status} {REASONS.get(reply.status, 'Said')}"]
            lines += [f"{name}: {value}" for name, value in head.items()]
            connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
        for step in reply.steps:
            if not self._take(connection, step):
                return

    def _take(self, connection: socket.socket, step: Step) -> bool:
        """Whether to go on."""
        match step:
            case bytes():
                connection.sendall(step)
                self.sent += len(step)
                return True
            case Wait(seconds):
                return not seconds or self._wait(connection, seconds)
            case Reset():
                linger = struct.pack("ii", 1, 0)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                return False
            case Forever(data, pause):
                while not self._stopping.is_set():
                    connection.sendall(data)
                    self.sent += len(data)
                    if pause and not self._wait(connection, pause):
                        return False
                return False

    def _wait(self, connection: socket.socket, seconds: float, *, reads: bool = False) -> bool:
        """Do nothing for so long; False, and noted, where the client goes meanwhile."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not self._stopping.is_set():
            if not select.select([connection], [], [], min(left, 0.05))[0]:
                continue
            try:
                arrived = connection.recv(65536)
            except OSError:
                arrived = b""
            if not arrived:
                self.gone.append(time.monotonic())
                return False
            assert reads, "a second request over a connection that was to be closed"
        return not self._stopping.is_set()


def _read_request(connection: socket.socket) -> Request | None:
    connection.settimeout(GUARD)
    reader = connection.makefile("rb")
    line = reader.readline().decode("latin-1").split()
    if len(line) < 2:
        return None
    headers: dict[str, str] = {}
    while text := reader.readline().decode("latin-1").strip():
        name, _, value = text.partition(":")
        headers[name.strip().lower()] = value.strip()
    body = reader.read(int(headers.get("content-length", 0)))
    return Request(line[0], line[1], headers, body, time.monotonic())


class Scripted(Loopback):
    """Gives the same list of models always, and to questions the `replies`, the last one on."""

    def __init__(self, *replies: Reply, models: Sequence[str] = ("tiny-1",)) -> None:
        super().__init__()
        self.replies = list(replies)
        self.models = list(models)
        #: What is given to whoever asks for the models, in place of them.
        self.listing: Reply | None = None

    @property
    def asked(self) -> list[Request]:
        """The questions to a model."""
        return [request for request in self.requests if request.method == "POST"]

    def respond(self, request: Request) -> Reply:
        if request.method == "POST":
            return self.replies[0] if len(self.replies) == 1 else self.replies.pop(0)
        if request.path != "/v1/models":
            return say({"error": "not found"}, 404)
        rows = [{"id": name, "object": "model"} for name in self.models]
        return self.listing or say({"object": "list", "data": rows})


@contextmanager
def serving(*servers: Loopback) -> Iterator[None]:
    try:
        yield
    finally:
        for server in servers:
            server.stop()


def write_event(value: Any) -> bytes:
    return b"data: " + (value if isinstance(value, bytes) else json.dumps(value).encode()) + b"\n\n"


def write_chunk(
    text: str | None = None, finish: str | None = None, model: str = "tiny-1", **delta: Any
) -> bytes:
    """One event of OpenAI's streams."""
    said = {} if text is None else {"content": text}
    choice = {"index": 0, "delta": {**said, **delta}, "finish_reason": finish}
    head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": model}
    return write_event({**head, "choices": [choice]})


def write_usage(read: Any, written: Any = 5, model: str = "tiny-1") -> bytes:
    usage = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": None}
    if isinstance(read, int) and isinstance(written, int):
        usage["total_tokens"] = read + written
    head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": model}
    return write_event({**head, "choices": [], "usage": usage})


DONE = b"data: [DONE]\n\n"
STREAM = {"Content-Type": "text/event-stream"}


def stream(*steps: Step | str) -> Reply:
    """An OpenAI stream out of texts and whatever else is to be sent; it ends without a word."""
    made = [write_chunk(step) if isinstance(step, str) else step for step in steps]
    return Reply(200, made, STREAM)


def answer(*texts: str, finish: str | None = "stop", read: int | None = None) -> Reply:
    """An OpenAI stream that ends as it should."""
    usage = [] if read is None else [write_usage(read)]
    return stream(*texts, write_chunk(finish=finish), *usage, DONE)
