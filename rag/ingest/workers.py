"""Reads files in processes of their own, so that none of them takes the program down.

Parsers of strangers' files crash, hang and run out of memory: then a process is lost, one file is
named, and the others are read by the next.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from rag.ingest.frames import (
    TOO_MUCH_MEMORY,
    BrokenFrame,
    Event,
    FileRead,
    read_frame,
    unpack_event,
    write_frame,
)
from rag.shipped import PACKAGE, find_shipped

#: How long a step of reading may take, from one article to the next (seconds).
STEP = 30.0
#: The most processes; each takes 100 MB and more.
MOST = 4
#: Files that a process is given ahead (more would not fit into its pipe), and articles that wait to
#: be taken from it.
_AHEAD, _WAITING = 4, 4
#: How long a process that says nothing more may take to end, in seconds.
_PATIENCE = 5.0
#: What a process sees of the environment: no key, no setting.
_PASSED = (
    *("PATH", "LANG", "LC_ALL", "LC_CTYPE", "SYSTEMROOT", "TEMP", "TMP", "TZ"),
    *("PYTHONPATH", "PYTHONHOME", "PYTHONUTF8"),
)


#: -P: a module that lies among the articles in the current folder is never imported. -B: what is
#: compiled is not kept, for a reader writes nothing.
COMMAND = (sys.executable, "-P", "-B", "-m", "rag.ingest.worker")

NONSENSE = "It made its reader say nothing that makes sense."


class Workers:
    """Processes that read files, started when they are first needed and ended by `close`."""

    def __init__(
        self, count: int | None = None, *, step: float = STEP, command: Sequence[str] = COMMAND
    ) -> None:
        self._count = max(1, count or min(os.cpu_count() or 1, MOST))
        self._step = step
        self._command = command
        self._workers: list[_Worker] = []

    def close(self) -> None:
        """Ends the processes, whatever they are doing."""
        for worker in self._workers:
            worker.end()
        self._workers = []

    def read(self, paths: Iterable[Path]) -> Iterator[Event]:
        """What the files hold, in their order: articles and parts without one, and after those of
        each file a `FileRead`.

        A few files are read ahead, as far as their articles have room to wait. Only one call at a
        time may be iterated over; one that is left early costs its processes.
        """
        given = iter(paths)
        order: deque[tuple[Path, _Worker]] = deque()
        whole = False
        try:
            self._assign(given, order)
            while order:
                path, worker = order.popleft()
                yield from worker.take(path)
                self._assign(given, order)
            whole = True
        finally:
            if not whole:
                self.close()

    def _assign(self, given: Iterator[Path], order: deque[tuple[Path, _Worker]]) -> None:
        """Gives out files until each process has enough to do, to the one with the least first.

        Another process is started when all that run have enough.
        """
        while True:
            worker = min(self._workers, key=lambda one: one.waiting, default=None)
            full = worker is None or worker.waiting >= _AHEAD
            if full and len(self._workers) == self._count:
                return
            path = next(given, None)
            if path is None:
                return
            # Starting one takes as long as reading fifty short files.
            if worker is None or full:
                worker = _Worker(self._command, self._step)
                self._workers.append(worker)
            worker.give(path)
            order.append((path, worker))


class _Worker:
    """One process, and the files that it was given and has not been asked about yet."""

    def __init__(self, command: Sequence[str], step: float) -> None:
        self._command = command
        self._step = step
        self._given: deque[Path] = deque()
        self._process: _Process | None = None

    @property
    def waiting(self) -> int:
        return len(self._given)

    def give(self, path: Path) -> None:
        self._given.append(path)
        if self._process is None:
            self._process = _Process(self._command)
        self._process.send(path, self._step)

    def take(self, path: Path) -> Iterator[Event]:
        """What the file holds, which is the first of those given."""
        while True:
            event, lost = self._next(path)
            if isinstance(event, FileRead):
                self._given.popleft()
            if lost:
                self._start_again()
            yield event
            if isinstance(event, FileRead):
                return

    def _next(self, path: Path) -> tuple[Event, bool]:
        """What the process says next, and whether it is lost thereby."""
        process = self._process
        assert process is not None  # noqa: S101 (it was given a file)
        try:
            frame = process.frames.get(timeout=self._step)
            if frame is None:
                return FileRead(path, process.tell_end(), passing=True), True
            event = unpack_event(frame, path)
        except queue.Empty:
            said = f"It took longer than {self._step:g} s to read."
            return FileRead(path, said, passing=True), True
        except BrokenFrame:
            return FileRead(path, NONSENSE, passing=True), True
        return event, isinstance(event, FileRead) and event.failure == TOO_MUCH_MEMORY

    def _drop(self) -> None:
        if self._process is not None:
            self._process.end()
        self._process = None

    def _start_again(self) -> None:
        """A fresh process for the files that the last one was given and did not come to."""
        self._drop()
        if self._given:
            self._process = _Process(self._command)
            for path in self._given:
                self._process.send(path, self._step)

    def end(self) -> None:
        self._given.clear()
        self._drop()


class _Process:
    """A running reader; `frames` is what it says, with None at its end."""

    def __init__(self, command: Sequence[str]) -> None:
        self.frames: queue.Queue[dict[str, Any] | None] = queue.Queue(_WAITING)
        self._over = threading.Event()
        self._process = subprocess.Popen(  # noqa: S603 (our own)
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=build_environment(),
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def send(self, path: Path, seconds: float) -> None:
        with contextlib.suppress(OSError):  # it is gone: its frames will say so
            write_frame(self._pipe(self._process.stdin), {"path": str(path), "seconds": seconds})

    def _listen(self) -> None:
        stream = self._pipe(self._process.stdout)
        frame: dict[str, Any] | None = {}
        while frame is not None and not self._over.is_set():
            try:
                frame = read_frame(stream)
            except (BrokenFrame, OSError, ValueError):
                frame = None
            self._put(frame)

    def _put(self, frame: dict[str, Any] | None) -> None:
        while not self._over.is_set():
            with contextlib.suppress(queue.Full):
                self.frames.put(frame, timeout=0.1)
                return

    def tell_end(self) -> str:
        """Why it has ended, as what its file did to it."""
        try:
            code = self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            return NONSENSE
        if code >= 0:
            return "It made its reader end."
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        return f"It made its reader crash ({name})."

    def end(self) -> None:
        self._over.set()
        self._process.kill()
        with contextlib.suppress(OSError):
            self._pipe(self._process.stdin).close()
        self._process.wait()
        self._listener.join(_PATIENCE)
        self._pipe(self._process.stdout).close()

    @staticmethod
    def _pipe(stream: Any) -> BinaryIO:
        assert stream is not None  # noqa: S101 (each was asked for)
        return stream  # type: ignore[no-any-return]


def build_environment() -> dict[str, str]:
    """What a reading process is to know of this one's environment: no key and no setting."""
    env = {name: os.environ[name] for name in _PASSED if name in os.environ}
    # Libraries of numbers reserve memory by the core, which counts against the limit.
    env |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
    if find_shipped("app.py").parent == PACKAGE.parent:
        # A checkout need not be installed, and -P takes the current folder off the path.
        known = [str(PACKAGE.parent), env.get("PYTHONPATH")]
        env["PYTHONPATH"] = os.pathsep.join(filter(None, known))
    return env
