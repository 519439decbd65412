"""A process that reads files for another: it may be killed, and takes nothing with it.

It reads the paths of files from its standard input, and writes what they hold to its standard
output. It ends with its input. What is Python in it opens no connection, starts no program and
writes no file.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from rag.errors import UnreadableFile
from rag.ingest.frames import (
    TOO_MUCH_MEMORY,
    Event,
    FileRead,
    pack_event,
    read_frame,
    write_frame,
)
from rag.ingest.readers import read_articles
from rag.text import storable

#: What a process may take of memory (bytes): the parsers need 0.6 GB for the largest files.
MEMORY = 2_000_000_000

#: What no reader has to do, as Python calls it when it is about to be done; nor anything that has
#: to do with a socket.
_FORBIDDEN = frozenset(
    (
        *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty"),
        *("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink"),
    )
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def main() -> int:
    """Reads files until the input ends."""
    requests, answers = sys.stdin.buffer, _take_output()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the owner, who ends the input
    _bound_memory()
    sys.addaudithook(_refuse)
    with contextlib.suppress(OSError):  # nobody listens any more
        while (request := read_frame(requests)) is not None:
            _answer(Path(request["path"]), float(request["seconds"]), answers)
    return 0


def _answer(path: Path, seconds: float, answers: BinaryIO) -> None:
    events = _read(path)
    try:
        while True:
            with _time_limit(seconds):
                event = next(events, None)
            if event is None:
                return
            write_frame(answers, pack_event(event))
    except MemoryError:
        # What is left of the heap is in pieces: the owner starts a fresh process.
        write_frame(answers, pack_event(FileRead(path, TOO_MUCH_MEMORY, passing=True)))
        sys.exit(3)


def _read(path: Path) -> Iterator[Event]:
    try:
        yield from read_articles(path)
    except UnreadableFile as error:
        yield FileRead(path, storable(str(error)))
    except OSError as error:
        yield FileRead(path, error.strerror or "It cannot be read.", passing=True)
    else:
        yield FileRead(path)


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Ends the process where a step takes twice its time, should its owner be gone by then."""
    if not hasattr(signal, "setitimer"):
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, 2 * seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _take_output() -> BinaryIO:
    """The standard output for frames alone: what a library prints goes nowhere."""
    own = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return own


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:  # there is none on Windows
        return
    for limit, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):  # macOS does not take every limit
            resource.setrlimit(limit, (most, most))


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """Stops what no reader has to do, should a library's Python ever try it."""
    if event == "open":
        flags = arguments[2]
        stopped = isinstance(flags, int) and flags & _WRITING
    else:
        stopped = event in _FORBIDDEN or event.startswith("socket.")
    if stopped:
        raise PermissionError(f"{event} is not allowed here")


if __name__ == "__main__":
    sys.exit(main())
