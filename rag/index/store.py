"""The library and what is derived from it, as those who search see them."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rag.errors import DamagedIndex, EmbedderError, EmbedderMismatch, LibraryError, NotLocal
from rag.index.embedders import Embedder
from rag.index.generations import Generation, Generations, State
from rag.index.library import Library

LOG = logging.getLogger(__name__)
#: While the first passages are being made, or all of them or their vectors replaced, a question
#: waits so long, in seconds.
SWITCHING = 20.0


class Source(Protocol):
    """Where a store has its embedder from: it may be another one by the next question."""

    @property
    def name(self) -> str:
        """What is wanted now, by the name that opens it."""
        ...

    def open(self) -> Embedder:
        """The embedder for a question; fails at once where it has failed just now.

        Raises EmbedderError, or NotLocal where it may not be asked.
        """
        ...

    def open_anew(self) -> Embedder | None:
        """The embedder to index with, looked at again; None where words alone have to do.

        Raises what `open` raises where the vectors have to be had.
        """
        ...


class Store:
    """One open library with its newest generation; safe to use from many threads.

    `embedder` is the one of the last question, `problem` why that had none. With a `source` it is
    opened when it is needed, and asked for with every question.
    """

    def __init__(
        self, library: Library, embedder: Embedder | None, source: Source | None = None
    ) -> None:
        self.library = library
        self.embedder = embedder
        self.problem: str | None = None
        self.source = source
        self.generations = Generations(library, self._tell)
        self._notices: list[str] = []
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
    def reading(self, *, patient: bool = False) -> Iterator[Generation]:
        """The newest finished generation, held open until the block ends.

        One that is being made is waited for if `patient`. Notices what another process changed, and
        catches up first where that one was cut off.
        Raises EmbedderMismatch, and LibraryError where there is nothing to read yet.
        """
        generation = self._take(patient)
        try:
            yield generation
        finally:
            self._give_back(generation)

    def take_notices(self) -> list[str]:
        """What was found and mended since it was last asked for, fit to be shown with an answer."""
        with self._lock:
            notices, self._notices = self._notices, []
        return notices

    def open_embedder(self) -> Embedder | None:
        """The embedder to index with; None where the library has to do without vectors.

        Raises EmbedderMismatch where the library's vectors are another one's, and EmbedderError
        where its server fails.
        """
        embedder = self.embedder if self.source is None else self.source.open_anew()
        self._check(embedder)
        return embedder

    def renew_embedder(self) -> None:
        """Take the embedder that is chosen by now; where it fails, words alone have to do.

        Raises EmbedderMismatch as `open_embedder` does.
        """
        if self.source is not None:
            try:
                self.embedder, self.problem = self.source.open(), None
            except (EmbedderError, NotLocal) as error:
                self.embedder, self.problem = None, str(error)
        self._check(self.embedder)

    def _check(self, embedder: Embedder | None) -> None:
        stored = self.library.manifest().embedder
        if embedder is None or stored in (None, embedder.name):
            return
        named = f" --embedder {self.source.name}" if self.source is not None else ""
        raise EmbedderMismatch(
            f"The library was embedded with {stored}; the embedder now is"
            f" {embedder.name}, and their vectors cannot be compared.",
            f"`dateline index --rebuild{named}` embeds every article again.",
        )

    def _take(self, patient: bool) -> Generation:
        try:
            self.renew_embedder()
        except EmbedderMismatch:
            # Another process may have put another one in its place just between the two looks.
            self.renew_embedder()
        with self._lock:
            state = self._find(patient)
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

    def _find(self, patient: bool) -> State:
        newest = self.generations.newest()
        if newest is not None and self.generations.is_current(newest):
            return newest
        try:
            # No waiting: a process that indexes right now will finish the next generation itself.
            # But there is nothing to answer from before the first one, and where all vectors have
            # just been replaced.
            nothing = newest is None or self.generations.is_superseded()
            wait = SWITCHING if patient or nothing else 0
            with self.library.writer(timeout=wait):
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
        except DamagedIndex as error:
            damage = error
        # Another process may just have put a newer one in its place and dropped it, or do so now.
        newest = self.generations.newest()
        if newest is not None and newest.name != state.name:
            return self._open_whole(newest)
        with self.library.writer(timeout=SWITCHING):
            newest = self.generations.newest()
            if newest is None or newest.name == state.name:
                self._tell(f"{damage.problem} It is built again from the library.")
                newest = self.generations.catch_up(rebuild=True)
        return self.generations.open(newest)

    def _tell(self, notice: str) -> None:
        # Where nothing else is set up for it, a warning is a line on standard error.
        LOG.warning(notice)
        self._notices.append(notice)
