"""Changes to the library that a page asks for: made in a thread, watched from any page."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rag.errors import DatelineError, LibraryBusy
from rag.index.run import IndexReport, Progress
from rag.ui.surprise import describe_surprise

if TYPE_CHECKING:
    from rag.assistant import Assistant

LOG = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Job:
    """One change: `progress` while it runs; a `report`, a `note` or a `problem` when it is over.

    `what` says what is done, in words, and `noun` what its progress counts; `note` what is not as
    one would expect it. `article` is the id of the one article that was changed, as it is now.
    """

    what: str
    noun: str = "file"
    progress: Progress | None = None
    report: IndexReport | None = None
    note: str | None = None
    article: str | None = None
    problem: DatelineError | None = None
    is_over: threading.Event = field(default_factory=threading.Event)

    def watch(self, progress: Progress) -> None:
        self.progress = progress


class Jobs:
    """One change at a time: the library has one writer."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._lock = threading.Lock()
        self._last: Job | None = None

    @property
    def last(self) -> Job | None:
        """The job that runs, or the one that ran last."""
        return self._last

    @property
    def is_running(self) -> bool:
        return self._last is not None and not self._last.is_over.is_set()

    def add(self, files: Sequence[tuple[str, bytes]]) -> Job:
        """Bring uploaded files, names and bytes, into the library. Raises LibraryBusy."""
        count = "an article" if len(files) == 1 else f"{len(files):,} files"
        job = Job(f"Adding {count} …")

        def work() -> None:
            job.report = self._assistant.add(files, on_progress=job.watch)

        return self._start(job, work)

    def reindex(self) -> Job:
        """Look again at all that was given to be indexed. Raises LibraryBusy."""
        job = Job("Looking for changes …")

        def work() -> None:
            job.report = self._assistant.reindex(on_progress=job.watch)

        return self._start(job, work)

    def fill(self, article: str, values: Mapping[str, str | None]) -> Job:
        """Have an article say what a person knows of it. Raises LibraryBusy."""
        job = Job("Saving …")

        def work() -> None:
            job.article = self._assistant.fill(article, values)

        return self._start(job, work)

    def unfill(self, article: str, fields: Sequence[str]) -> Job:
        """Have an article say again what was read of these fields. Raises LibraryBusy."""
        job = Job("Saving …")

        def work() -> None:
            job.article = self._assistant.unfill(article, fields)

        return self._start(job, work)

    def forget(self, article: str) -> Job:
        """Delete a removed article for good. Raises LibraryBusy."""
        job = Job("Deleting an article …")
        return self._start(job, lambda: self._assistant.forget(article))

    def remove(self, article: str) -> Job:
        """Take an article out of the library. Raises LibraryBusy."""
        job = Job("Removing an article …")
        return self._start(job, lambda: self._assistant.remove(article))

    def restore(self, article: str) -> Job:
        """Put a removed article back. Raises LibraryBusy."""
        job = Job("Bringing an article back …")

        def work() -> None:
            job.note = self._assistant.restore(article).note

        return self._start(job, work)

    def swap(self, embedder: str, then: Callable[[], None]) -> Job:
        """Embed every article again, by another embedder, and `then`. Raises LibraryBusy."""
        job = Job("Embedding every article again …", "article")

        def work() -> None:
            count = self._assistant.swap_embedder(embedder, job.watch)
            job.note = f"{count:,} passages were embedded by {embedder}."
            then()

        return self._start(job, work)

    def _start(self, job: Job, work: Callable[[], object]) -> Job:
        with self._lock:
            if self.is_running:
                raise LibraryBusy("The library is being changed just now.", "Wait until that ends.")
            threading.Thread(target=_run, args=(job, work), name="library", daemon=True).start()
            self._last = job
        return job


def _run(job: Job, work: Callable[[], object]) -> None:
    try:
        work()
    except DatelineError as error:
        job.problem = error
    except Exception as error:
        # The thread's end: what is not told here would leave the page waiting for ever.
        LOG.exception("a change of the library broke")
        job.problem = describe_surprise(error)
    finally:
        job.is_over.set()
