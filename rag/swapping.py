"""The embedders of a home: which there are, which one is in use, and going over to another."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rag.embedders import (
    AT_HOME,
    MINILM,
    EmbedderInfo,
    check_place,
    describe,
    list_served,
    name_way_back,
    read_embedder,
    write_where,
)
from rag.engines import Engines
from rag.errors import DatelineError, EmbedderError, ModelError, NotLocal, UsageError
from rag.index.embedders import Embedder
from rag.index.indexing import rebuild
from rag.index.library import Library
from rag.index.remembering import Remembering
from rag.index.run import Progress
from rag.index.store import Store
from rag.ingest.chunk import estimate_tokens
from rag.llm.server import GO_BACK, QUOTES_INSTEAD, ServedModel
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.index.served import Served

#: What a server has said of a model holds so long, in seconds: another may take the name.
HOLDS = 300.0
#: A server that could not be had is not looked for with every question, in seconds.
DOWN_HOLDS = 15.0


@dataclass(frozen=True, slots=True)
class Swap:
    """What going over to an embedder means: what is embedded again, and where it goes.

    `changes` is whether the library's vectors are another embedder's now. With a `problem` it
    cannot be done.
    """

    name: str
    articles: int
    passages: int
    where: str = ""
    problem: str | None = None
    is_local: bool = True
    changes: bool = True


@dataclass(frozen=True, slots=True)
class _Opened:
    """An embedder as it was opened: by which name, when, and what its server is."""

    name: str
    at: float
    embedder: Embedder
    served: Served


class Embedders:
    """The embedders of one home, and the Source of its store; safe to use from several threads.

    A flag or the environment comes before what was chosen in the home. `minilm` opens the embedder
    that needs no server and tells why there is none; it counts tokens for the others.
    """

    def __init__(
        self,
        settings: Settings,
        engines: Engines,
        library: Library,
        minilm: Callable[[], tuple[Embedder | None, str]],
    ) -> None:
        self._settings = settings
        self._engines = engines
        self._library = library
        self._minilm = minilm
        self._lock = threading.RLock()
        self._opened: _Opened | None = None
        self._failed: tuple[str, float, DatelineError] | None = None

    @property
    def name(self) -> str:
        """The embedder that is wanted where none is named."""
        return self._settings.embedder or self._library.choices.read().embedder or MINILM

    def open(self) -> Embedder:
        """The embedder for a question; see `Source`. Raises UsageError where its name is none."""
        name = self.name
        if name == MINILM:
            embedder, problem = self._minilm()
            if embedder is None:
                raise EmbedderError(problem)
            return embedder
        with self._lock:
            opened = self._recall(name)
            if opened is None:
                opened = self._try(name)
        failure = opened.served.failure
        if failure is not None:
            raise failure
        # It may have become forbidden since.
        check_place(opened.served.model, local_only=self._engines.is_local_only)
        return opened.embedder

    def open_anew(self) -> Embedder | None:
        """The embedder to index with; None where MiniLM's weights are missing."""
        return self.open_named(self.name)

    def open_named(self, name: str) -> Embedder | None:
        """The embedder of that name, its server asked now.

        Raises UsageError where the name is none, NotLocal where it may not be asked, EmbedderError
        where its server fails.
        """
        if name == MINILM:
            return self._minilm()[0]
        with self._lock:
            self._failed = None
            return self._try(name).embedder

    def _recall(self, name: str) -> _Opened | None:
        now = time.monotonic()
        if self._failed and self._failed[0] == name and now - self._failed[1] < DOWN_HOLDS:
            raise self._failed[2]
        opened = self._opened
        if opened is None or opened.name != name or now - opened.at > HOLDS:
            return None
        return opened

    def _try(self, name: str) -> _Opened:
        try:
            self._opened, self._failed = self._open(name), None
        except NotLocal:
            self._opened = None
            raise
        except EmbedderError as error:
            self._opened, self._failed = None, (name, time.monotonic(), error)
            raise
        return self._opened

    def _open(self, name: str) -> _Opened:
        # The HTTP client takes its time to import.
        from rag.index.served import Known, Served

        model = self.find_model(name)
        manifest = self._library.manifest()
        minilm, _ = self._minilm()
        count = estimate_tokens if minilm is None else minilm.count_tokens
        known = Known(manifest.embedder, manifest.scale)

        def check() -> None:
            # “This machine only” may be switched on while thousands of articles are embedded.
            check_place(model, local_only=self._engines.is_local_only)

        served = Served(model, self._settings, count, known, check)
        before = self._opened
        if before is not None and before.name == name and _is_same(before.served, served):
            # What it remembers still holds.
            return replace(before, at=time.monotonic())
        return _Opened(name, time.monotonic(), Remembering(served), served)

    def find_model(self, name: str) -> ServedModel:
        """The model behind a served embedder's name, as its server has it now."""
        wanted = read_embedder(name)
        try:
            return self._engines.open_finder().find(wanted)
        except NotLocal as error:
            raise name_way_back(error) from error
        except ModelError as error:
            hint = error.hint.replace(QUOTES_INSTEAD, "").strip()
            raise EmbedderError(error.problem, f"{hint} {GO_BACK}") from error
        except UsageError as error:
            # A key that is gone, say: a question can do without, by its words alone.
            hint = error.hint.replace(QUOTES_INSTEAD, "").strip()
            raise EmbedderError(f"The embedder {name} cannot be used: {error}", hint) from error

    def find(self) -> list[EmbedderInfo]:
        """The embedders that can be chosen, MiniLM first, then what each server has."""
        _, problem = self._minilm()
        infos = {MINILM: EmbedderInfo(MINILM, AT_HOME, problem or None)}
        # The HTTP client takes its time to import.
        from rag.llm.details import is_named

        finder, local_only = self._engines.open_finder(), self._engines.is_local_only
        for info in list_served(self._settings, finder, local_only=local_only):
            infos.setdefault(info.name, info)
        used = next((one for one in infos if is_named(one, self.name)), self.name)
        infos[used] = replace(
            infos.get(used) or self._describe_missing(used),
            in_use=True,
            dimension=self._library.manifest().dimension,
        )
        return list(infos.values())

    def _describe_missing(self, name: str) -> EmbedderInfo:
        """One that is wanted and stands in no list: its server is down, or lists nothing."""
        try:
            return describe(self.find_model(name), name, local_only=self._engines.is_local_only)
        except DatelineError as error:
            return EmbedderInfo(name, "", str(error), not isinstance(error, NotLocal))

    def plan(self, name: str) -> Swap:
        """What going over to the embedder of that name would mean; nothing of it is done yet.

        The model is asked for the vectors of a few sentences that come with the program.
        """
        held = (self._library.count_articles(), self._library.count_passages())
        try:
            self._check_free(name)
            # The one in use stays open, and no question waits for this.
            opened = None if name == MINILM else self._open(name)
        except DatelineError as error:
            return Swap(name, *held, problem=str(error))
        model = opened.served.model if opened else None
        embedder = opened.embedder if opened else self._minilm()[0]
        where = AT_HOME if model is None else write_where(model)
        if embedder is None:
            chosen = self._library.choices.read().embedder
            changes = chosen not in (None, MINILM)
            return Swap(name, *held, where, self._minilm()[1], changes=changes)
        stored = self._library.manifest().embedder
        changes = stored not in (None, embedder.name)
        is_local = model is None or model.is_local
        return Swap(name, *held, where, is_local=is_local, changes=changes)

    def swap(self, store: Store, name: str, on_progress: Callable[[Progress], None]) -> int:
        """Embed every article by that embedder and use it from then on; the number of passages.

        What was there answers until all is done, and stays where anything fails. Raises what
        `open_named` raises, EmbedderError where MiniLM is meant and its weights are missing.
        """
        self._check_free(name)
        embedder = self.open_named(name)
        if embedder is None:
            raise EmbedderError(self._minilm()[1])
        return rebuild(store, on_progress, embedder=embedder, choice=name)

    def _check_free(self, name: str) -> None:
        """Raise UsageError where flags or the environment name another embedder than this."""
        fixed = self._settings.embedder
        if fixed not in (None, name):
            raise UsageError(
                f"The embedder is fixed as {fixed}, by DATELINE_EMBEDDER or --embedder.",
                "Start without that to choose another.",
            )


def _is_same(one: Served, other: Served) -> bool:
    """Whether two embedders are one model at one server."""
    return one.name == other.name and one.model.server == other.model.server
