"""The library and what is derived from it, as those who search see them."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from rag.errors import DamagedIndex, EmbedderMismatch, LibraryError
from rag.index.embedders import Embedder
from rag.index.generations import Generation, Generations, State
from rag.index.library import Library


class Store:
    """One open library with its newest generation; safe to use from many threads."""

    def __init__(self, library: Library, embedder: Embedder | None) -> None:
        self.library = library
        self.embedder = embedder
        self.generations = Generations(library)
        self._lock = threading.RLock()
        self._open: Generation | None = None
        self._readers: Counter[str] = Counter()

    def close(self) -> None:
        with self._lock:
            if self._open is not None:
                self._open.close()
                self._open = None
        self.library.close()

    @contextmanager
    def reading(self) -> Iterator[Generation]:
        """The newest finished generation, held open until the block ends.

        Notices what another process changed, and catches up first where that one was cut off.
        Raises EmbedderMismatch, and LibraryError where there is nothing to read yet.
        """
        generation = self._take()
        try:
            yield generation
        finally:
            self._give_back(generation)

    def check_embedder(self) -> None:
        """Raise EmbedderMismatch where the library's vectors are not this embedder's."""
        stored = self.library.manifest().embedder
        if self.embedder is not None and stored not in (None, self.embedder.name):
            raise EmbedderMismatch(
                f"The library was embedded with {stored}; the embedder now is"
                f" {self.embedder.name}, and their vectors cannot be compared.",
                "`dateline index --rebuild` embeds every article again.",
            )

    def _take(self) -> Generation:
        with self._lock:
            self.check_embedder()
            state = self._find()
            if self._open is None or self._open.state.name != state.name:
                self._switch(state)
            assert self._open is not None  # noqa: S101 (for the type checker)
            self._readers[self._open.state.name] += 1
            return self._open

    def _give_back(self, generation: Generation) -> None:
        with self._lock:
            self._readers[generation.state.name] -= 1
            superseded = generation is not self._open
            if superseded and not self._readers[generation.state.name]:
                generation.close()

    def _find(self) -> State:
        newest = self.generations.newest()
        if newest is not None and self.generations.is_current(newest):
            return newest
        try:
            # No waiting: a process that indexes right now will finish the next generation itself.
            with self.library.writer(timeout=0):
                return self.generations.catch_up()
        except LibraryError:
            if newest is None:
                raise
            return newest

    def _switch(self, state: State) -> None:
        before = self._open
        self._open = self._open_whole(state)
        if before is not None and not self._readers[before.state.name]:
            before.close()

    def _open_whole(self, state: State) -> Generation:
        try:
            return self.generations.open(state)
        except DamagedIndex:
            # Another process may just have put a newer one in its place and dropped it.
            newest = self.generations.newest()
            if newest is not None and newest.name != state.name:
                return self._open_whole(newest)
        with self.library.writer():
            return self.generations.open(self.generations.catch_up(rebuild=True))
