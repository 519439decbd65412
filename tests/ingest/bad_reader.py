"""A reading process to which the worst happens: what the name of a file says."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rag.ingest import worker
from rag.ingest.files import Skipped
from rag.types import Draft


def read(path: Path) -> Iterator[Draft | Skipped]:
    yield Draft(file=str(path), title=path.stem, text=f"{os.getpid()} {sorted(os.environ)}")
    if path.stem == "many":
        for number in range(500):
            yield Draft(file=str(path), title=f"{number}", text="x" * 10_000, part=f"{number}")
    elif path.stem in WORST:
        WORST[path.stem](path)


def lie(path: Path) -> None:
    os.write(int((path.parent / "out").read_text()), b"\xff" * 4000)
    time.sleep(3600)


def hang() -> None:
    while True:
        pass


def send(address: tuple[str, int]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.sendto(b"x", address)


def keep(folder: Path) -> None:
    (folder / "written.txt").write_text("x")


WORST: dict[str, Callable[[Path], object]] = {
    "hang": lambda _: hang(),
    "sleep": lambda _: time.sleep(3600),
    "crash": lambda _: os.kill(os.getpid(), signal.SIGSEGV),
    "memory": lambda _: bytearray(2 * worker.MEMORY),
    "leave": lambda _: os._exit(7),
    "print": lambda _: sys.stdout.write("a library's own words\n"),
    "lie": lie,
    "connect": lambda _: socket.create_connection(("127.0.0.1", 9)),
    "send": lambda _: send(("127.0.0.1", 9)),
    "ask a name": lambda _: socket.gethostbyname("localhost"),
    "keep": lambda path: keep(path.parent / "__pycache__"),
    "write": lambda path: (path.parent / "written.txt").write_text("x"),
}


def take_output(own: object = worker._take_output) -> object:
    stream = own()  # type: ignore[operator]
    Path(sys.argv[1], "out").write_text(str(stream.fileno()))
    return stream


if __name__ == "__main__":
    worker.read_articles = read
    if len(sys.argv) > 1:
        worker._take_output = take_output  # type: ignore[assignment]
    sys.exit(worker.main())
