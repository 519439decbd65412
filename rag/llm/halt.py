"""A way to end what waits for a model, from any thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

STOPPED = "The answer was stopped."


class Halt:
    """Once pulled it stays so; who works under it registers what ends that work."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pulled = False
        self._ends: list[Callable[[], None]] = []

    @property
    def is_pulled(self) -> bool:
        return self._pulled

    def pull(self) -> None:
        with self._lock:
            self._pulled = True
            ends, self._ends = self._ends, []
        for end in ends:
            end()

    @contextmanager
    def ending(self, end: Callable[[], None]) -> Iterator[None]:
        """`end` is called when this is pulled within the block, or has been before."""
        with self._lock:
            pulled = self._pulled
            if not pulled:
                self._ends.append(end)
        if pulled:
            end()
        try:
            yield
        finally:
            with self._lock:
                if end in self._ends:
                    self._ends.remove(end)
