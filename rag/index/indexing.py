"""From files to a library that can be asked: read, cut, embed, store, catch up."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from rag.errors import UnreadableFile, one_line
from rag.index.cutting import (
    BATCH_PASSAGES,
    cut_text,
    describe,
    embed_missing,
    embed_texts,
    note_embedder,
    open_unchecked,
)
from rag.index.embedders import Embedder, Vectors
from rag.index.removal import RemovedArticle, Restored
from rag.index.store import Store
from rag.index.writer import Writer
from rag.ingest.files import Skipped, find_files
from rag.ingest.readers import READER_VERSION, read_file
from rag.types import Draft, Span

#: The same where every article is embedded again, which shows its progress.
STAGED_PASSAGES = 64
#: Why a file is passed over whose article was removed.
REMOVED = "it was removed from the library; name the file itself to index it again"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far indexing is: `done` of `total` files, and the passages embedded so far."""

    done: int
    total: int
    passages: int


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What indexing did, in articles (files that hold a known article again are `unchanged`)."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    dropped: int = 0
    passages: int = 0
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class _Cut:
    """A draft cut into passages, waiting for its vectors."""

    draft: Draft
    digest: str
    spans: list[Span]

    @property
    def texts(self) -> list[str]:
        return [span.of(self.draft.text) for span in self.spans]


def ignore(_progress: Progress) -> None:
    """For those who do not watch."""


def index_files(
    store: Store,
    paths: Sequence[Path],
    *,
    prune: bool = False,
    on_progress: Callable[[Progress], None] = ignore,
) -> IndexReport:
    """Bring the articles below `paths` into the library; known ones are left alone.

    A file that cannot be read is named in the report and what it held before stays; so is the
    unchanged file of a removed article, unless `paths` has the file itself. `prune` drops articles
    below `paths` whose files are gone. Raises UsageError for a path that does not exist,
    LibraryBusy where another process writes, EmbedderMismatch where the vectors would not compare,
    EmbedderError where the embedder's server fails: what was stored by then is kept.
    """
    files, skipped = find_files(paths)
    named = {path.expanduser().resolve() for path in paths}
    with store.library.writer() as writer:
        embedder = store.open_embedder()
        note_embedder(store, writer, embedder)
        run = _Run(writer, embedder, files, named, on_progress)
        report = run.index()
        embed_missing(writer, embedder)
        dropped = _prune(writer, paths) if prune else 0
        writer.join_stories()
        store.generations.catch_up()
    return replace(report, dropped=dropped, skipped=(*skipped, *report.skipped))


def rebuild(
    store: Store,
    on_progress: Callable[[Progress], None] = ignore,
    *,
    embedder: Embedder | None = None,
    choice: str | None = None,
) -> int:
    """Cut and embed every article again, by the present settings; returns how many passages.

    By `embedder`, where one is given, which the home opens by the name `choice` from then on. What
    was there answers until the new passages take its place, all at once.
    """
    done = 0
    embedder = embedder or open_unchecked(store)
    choice = choice or (store.source.name if store.source is not None else None)
    with store.library.writer() as writer:
        articles = store.library.articles()
        writer.clear_staged()
        waiting: list[tuple[str, list[str], list[Span]]] = []
        for number, article in enumerate(articles, start=1):
            spans = cut_text(article.text, embedder)
            waiting.append((article.id, [span.of(article.text) for span in spans], spans))
            held = sum(len(spans) for _, _, spans in waiting)
            if held >= STAGED_PASSAGES or number == len(articles):
                _stage(writer, waiting, embedder)
                done, waiting = done + held, []
            on_progress(Progress(number, len(articles), done))
        writer.swap_staged(*describe(embedder), choice=choice)
        store.generations.catch_up(rebuild=True)
    return done


def _stage(
    writer: Writer,
    waiting: Sequence[tuple[str, list[str], list[Span]]],
    embedder: Embedder | None,
) -> None:
    """Keep the passages of articles aside, embedded in one go: each request to a server costs."""
    every = embed_texts([text for _, texts, _ in waiting for text in texts], embedder)
    first = 0
    for article, texts, spans in waiting:
        own = None if every is None else every[first : first + len(texts)]
        writer.stage(article, spans, own)
        first += len(texts)


def remove_article(store: Store, article: str) -> RemovedArticle:
    """Take an article out, so that the next question does not find it; `restore_article` undoes it.

    Raises UsageError for an unknown id, LibraryBusy where another process writes.
    """
    with store.library.writer() as writer:
        writer.remove(article)
        removed = next(one for one in store.library.removed() if one.id == article)
        store.generations.catch_up()
    return removed


def restore_article(store: Store, article: str) -> Restored:
    """Put a removed article back, cut and embedded by the present settings.

    One that has come back otherwise is left as it is. Raises UsageError where none of that id is
    known, LibraryBusy where another process writes, EmbedderMismatch as `index_files` does.
    """
    with store.library.writer() as writer:
        text = writer.removed_text(article)
        if text is None and store.library.holds(article):
            title = store.library.article(article).title
            return Restored(article, title, f"“{title}” is in the library already.")
        embedder = store.open_embedder()
        note_embedder(store, writer, embedder)
        spans = cut_text(text or "", embedder)
        vectors = embed_texts([span.of(text or "") for span in spans], embedder)
        restored = writer.restore(article, spans, vectors)
        writer.join_stories()
        store.generations.catch_up()
    return restored


class _Run:
    """One pass over the files."""

    def __init__(
        self,
        writer: Writer,
        embedder: Embedder | None,
        files: Sequence[Path],
        named: Set[Path],
        on_progress: Callable[[Progress], None],
    ) -> None:
        self._writer = writer
        self._embedder = embedder
        self._files = files
        self._named = named
        self._on_progress = on_progress
        self._known = writer.digests()
        removed = writer.removed_digests().items()
        self._removed = {file: set(map(strip_version, digests)) for file, digests in removed}
        self._report = IndexReport()

    def index(self) -> IndexReport:
        waiting: list[_Cut] = []
        for number, path in enumerate(self._files, start=1):
            cut = self._read(path)
            if cut is not None:
                waiting.append(cut)
            if sum(len(cut.spans) for cut in waiting) >= BATCH_PASSAGES:
                self._put(waiting)
                waiting = []
            self._on_progress(Progress(number, len(self._files), self._report.passages))
        self._put(waiting)
        self._on_progress(Progress(len(self._files), len(self._files), self._report.passages))
        return self._report

    def _read(self, path: Path) -> _Cut | None:
        try:
            digest = digest_file(path)
            if self._known.get(str(path)) == digest:
                self._count(unchanged=1)
                return None
            self._refuse_removed(path, strip_version(digest) in self._removed.get(str(path), ()))
            draft = read_file(path)
            # Half a character cannot be stored: better found here than after the others.
            f"{draft.title}{draft.outlet}{draft.author}{draft.url}{draft.text}".encode()
            # It may have been moved or copied since.
            self._refuse_removed(path, self._writer.was_removed(draft))
            return _Cut(draft, digest, cut_text(draft.text, self._embedder))
        except UnreadableFile as error:
            reason = str(error)
        except OSError as error:
            reason = error.strerror or "it cannot be read"
        except Exception as error:  # noqa: BLE001 (one file's surprise must not cost the others)
            reason = f"it cannot be read ({type(error).__name__}: {one_line(str(error))[:100]})"
        skipped = Skipped(str(path), reason)
        self._report = replace(self._report, skipped=(*self._report.skipped, skipped))
        return None

    def _refuse_removed(self, path: Path, removed: bool) -> None:
        # A file that held another article until now has changed: it no longer says that.
        if removed and path not in self._named and str(path) not in self._known:
            raise UnreadableFile(REMOVED)

    def _put(self, waiting: Sequence[_Cut]) -> None:
        # A copy of a known article needs no vectors of its own: it becomes one more file of that.
        fresh = [cut for cut in waiting if not self._writer.knows(cut.draft)]
        vectors = dict(zip(map(id, fresh), self._embed(fresh), strict=True))
        for cut in waiting:
            copy = self._writer.knows(cut.draft)
            own = vectors.get(id(cut))
            if own is None and not copy:
                # It was a copy until just now: the file that it copied has changed.
                own = self._embed([cut])[0]
            self._writer.put(cut.draft, cut.digest, cut.spans, own)
            if copy:
                self._count(unchanged=1)
            elif cut.draft.file in self._known:
                self._count(updated=1, passages=len(cut.spans))
            else:
                self._count(added=1, passages=len(cut.spans))

    def _embed(self, cuts: Sequence[_Cut]) -> list[Vectors | None]:
        """The vectors of each article's passages, embedded in one go."""
        every = embed_texts([text for cut in cuts for text in cut.texts], self._embedder)
        if every is None:
            return [None] * len(cuts)
        ends = np.cumsum([len(cut.spans) for cut in cuts])
        return list(np.split(every, ends[:-1])) if cuts else []

    def _count(self, **counts: int) -> None:
        more = {name: getattr(self._report, name) + count for name, count in counts.items()}
        self._report = replace(self._report, **more)


def digest_file(path: Path) -> str:
    """SHA-256 of a file's bytes and of the version of the readers that would read them."""
    with path.open("rb") as file:
        return f"{READER_VERSION}:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def strip_version(digest: str) -> str:
    """A digest of a file without its readers' version: what the file's bytes alone say."""
    return digest.rpartition(":")[2]


def _prune(writer: Writer, paths: Sequence[Path]) -> int:
    folders = [path.resolve() for path in paths]
    gone = [
        file
        for file in writer.digests()
        if not Path(file).exists() and any(Path(file).is_relative_to(folder) for folder in folders)
    ]
    return writer.drop_files(gone)
