"""From files to a library that can be asked: read, cut, embed, store, catch up."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from rag.errors import UnreadableFile, one_line
from rag.index.embedders import Embedder, Vectors
from rag.index.removal import RemovedArticle, Restored
from rag.index.store import Store
from rag.index.writer import Writer
from rag.ingest.chunk import cut_passages, estimate_tokens
from rag.ingest.files import Skipped, find_files
from rag.ingest.readers import READER_VERSION, read_file
from rag.types import Draft, Span

#: What a passage may hold where no embedder says so: all-MiniLM-L6-v2's own limit.
DEFAULT_TOKENS = 256
OVERLAP_TOKENS = 20
#: Goes into the manifest: raised when the same text would be cut otherwise.
CHUNKING = f"sentences-1/{OVERLAP_TOKENS}"
#: Passages that are embedded and stored together: some seconds of work, all that a kill can cost.
BATCH_PASSAGES = 256
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
    LibraryBusy where another process writes, EmbedderMismatch where the vectors would not compare.
    """
    files, skipped = find_files(paths)
    named = {path.expanduser().resolve() for path in paths}
    with store.library.writer() as writer:
        store.check_embedder()
        _note_embedder(store, writer)
        run = _Run(store, writer, files, named, on_progress)
        report = run.index()
        embed_missing(store, writer)
        dropped = _prune(writer, paths) if prune else 0
        store.generations.catch_up()
    return replace(report, dropped=dropped, skipped=(*skipped, *report.skipped))


def rebuild(store: Store, on_progress: Callable[[Progress], None] = ignore) -> int:
    """Cut and embed every article again, by the present settings; returns how many passages.

    What was there answers until the new passages take its place, all at once.
    """
    done = 0
    with store.library.writer() as writer:
        articles = store.library.articles()
        writer.clear_staged()
        for number, article in enumerate(articles, start=1):
            spans = _cut(article.text, store.embedder)
            texts = [span.of(article.text) for span in spans]
            writer.stage(article.id, spans, _embed(texts, store.embedder))
            done += len(spans)
            on_progress(Progress(number, len(articles), done))
        writer.swap_staged(*_describe(store.embedder))
        store.generations.catch_up(rebuild=True)
    return done


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
        store.check_embedder()
        _note_embedder(store, writer)
        spans = _cut(text or "", store.embedder)
        vectors = _embed([span.of(text or "") for span in spans], store.embedder)
        restored = writer.restore(article, spans, vectors)
        store.generations.catch_up()
    return restored


class _Run:
    """One pass over the files."""

    def __init__(
        self,
        store: Store,
        writer: Writer,
        files: Sequence[Path],
        named: Set[Path],
        on_progress: Callable[[Progress], None],
    ) -> None:
        self._store = store
        self._writer = writer
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
            return _Cut(draft, digest, _cut(draft.text, self._store.embedder))
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
        every = _embed([text for cut in cuts for text in cut.texts], self._store.embedder)
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


def embed_missing(store: Store, writer: Writer) -> None:
    """Give vectors to passages that were stored while there was no embedder."""
    if store.embedder is None:
        return
    for batch in _batches(writer.without_vectors()):
        texts = [text for _, text in batch]
        writer.set_vectors([passage for passage, _ in batch], store.embedder.embed(texts))


def _batches(items: Sequence[tuple[int, str]]) -> Iterator[Sequence[tuple[int, str]]]:
    for first in range(0, len(items), BATCH_PASSAGES):
        yield items[first : first + BATCH_PASSAGES]


def _cut(text: str, embedder: Embedder | None) -> list[Span]:
    if embedder is None:
        return cut_passages(text, estimate_tokens, DEFAULT_TOKENS, OVERLAP_TOKENS)
    return cut_passages(text, embedder.count_tokens, embedder.max_tokens, OVERLAP_TOKENS)


def _embed(texts: Sequence[str], embedder: Embedder | None) -> Vectors | None:
    return None if embedder is None else embedder.embed(texts)


def _note_embedder(store: Store, writer: Writer) -> None:
    # Without an embedder what is stored stays as it is: new passages wait for their vectors.
    if store.embedder is not None:
        embedder, dimension, chunking = _describe(store.embedder)
        writer.set_manifest(embedder, dimension, store.library.manifest().chunking or chunking)


def _describe(embedder: Embedder | None) -> tuple[str | None, int | None, str]:
    if embedder is None:
        return None, None, CHUNKING
    return embedder.name, embedder.dimension, CHUNKING


def _prune(writer: Writer, paths: Sequence[Path]) -> int:
    folders = [path.resolve() for path in paths]
    gone = [
        file
        for file in writer.digests()
        if not Path(file).exists() and any(Path(file).is_relative_to(folder) for folder in folders)
    ]
    return writer.drop_files(gone)
