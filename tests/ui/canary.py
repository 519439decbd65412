"""A server that nobody should ever ask for anything: whatever knocks at it is counted."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

#: Enough of it to give leave to anybody who asks for it, and to end every request.
ANSWER = (
    b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Headers: *\r\n"
    b"Content-Type: text/html\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)
#: How long a caller may take to say what it wants, in seconds.
PATIENCE = 1.0


@dataclass
class Canary:
    """`connections` counts those that came; `asked` has the first line of what each one said."""

    url: str
    connections: int = 0
    asked: list[str] = field(default_factory=list)

    def forget(self) -> None:
        self.connections = 0
        self.asked.clear()


@contextmanager
def serve_canary() -> Iterator[Canary]:
    """The canary, listening on loopback for as long as the block lasts."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        canary = Canary(f"http://127.0.0.1:{listening.getsockname()[1]}")
        thread = threading.Thread(target=_listen, args=(listening, canary), daemon=True)
        thread.start()
        try:
            yield canary
        finally:
            # Closing alone would leave the thread waiting for a caller.
            with contextlib.suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            listening.close()
            thread.join(5)


def _listen(listening: socket.socket, canary: Canary) -> None:
    while True:
        try:
            caller, _ = listening.accept()
        except OSError:
            return
        # Counted at once: that somebody has come is what matters.
        canary.connections += 1
        threading.Thread(target=_take, args=(caller, canary), daemon=True).start()


def _take(caller: socket.socket, canary: Canary) -> None:
    with caller, contextlib.suppress(OSError):
        caller.settimeout(PATIENCE)
        said = caller.recv(4096)
        if said:
            canary.asked.append(said.split(b"\r\n", 1)[0].decode("latin-1"))
        caller.sendall(ANSWER)
