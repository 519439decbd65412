"""One pass over files: read, cut, embed and store what is new in them, some passages at a time."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence, Set
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from rag.errors import UnreadableFile, one_line
from rag.index.cutting import BATCH_PASSAGES, cut_text, embed_texts
from rag.index.embedders import Embedder, Vectors
from rag.index.removal import PART_REMOVED, REMOVED
from rag.index.repeated import clean
from rag.index.writer import Writer
from rag.ingest.files import Skipped, sidecar_of
from rag.ingest.formats import READER_VERSION
from rag.ingest.frames import Event, FileRead
from rag.ingest.workers import Workers
from rag.types import Draft, Span

#: Articles that are stored together where few of them are to be embedded.
BATCH_ARTICLES = 500
#: New articles after which it is first looked what repeats in them.
LEARN_AT = 100


@dataclass(frozen=True, slots=True)
class Progress:
    """How far indexing is: `done` of `total` files are stored, and so many passages embedded.

    `share` is how much of the work is done, 0..1; `rate` the passages embedded a second, and `left`
    the seconds that remain, None where that cannot be told yet.
    """

    done: int
    total: int
    passages: int
    share: float = 0.0
    rate: float | None = None
    left: float | None = None


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What indexing did, in articles (places that hold a known article again are `unchanged`)."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    dropped: int = 0
    passages: int = 0
    skipped: tuple[Skipped, ...] = ()


@dataclass(slots=True)
class _File:
    """A file that is being read: what was found in it so far."""

    path: Path
    digest: str
    size: int
    places: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    read: int = 0
    #: Whether something of ours broke at one of its articles: it is tried again the next time.
    broke: bool = False
    end: FileRead | None = None


@dataclass(frozen=True, slots=True)
class _Cut:
    """A draft cut into passages, waiting for its vectors."""

    draft: Draft
    digest: str
    #: The draft's text without what repeats across the library.
    text: str
    spans: list[Span]

    @property
    def texts(self) -> list[str]:
        return [span.of(self.text) for span in self.spans]


class Run:
    """One pass over `files`, of which those that are `named` were given themselves."""

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
        self._held = writer.held()
        self._told = writer.skipped()
        self._skipped: list[Skipped] = []
        removed = writer.removed_digests().items()
        self._removed = {file: set(map(strip_version, digests)) for file, digests in removed}
        self._levels = writer.repeats()
        self._learn_at = LEARN_AT
        self._report = IndexReport()
        self._waiting: list[_Cut | _File] = []
        self._passages = 0
        self._done = 0
        self._bytes = [0, 0]
        self._begun = time.monotonic()

    def index(self) -> IndexReport:
        changed = list(filter(None, map(self._look_at, self._files)))
        self._bytes = [0, sum(file.size for file in changed)]
        self._tell()
        with closing(Workers()) as workers:
            events = workers.read(one.path for one in changed)
            for file in changed:
                while file.end is None:
                    self._take(file, next(events))
        self._flush()
        return replace(self._report, skipped=tuple(self._skipped))

    def _look_at(self, path: Path) -> _File | None:
        """The file where it has to be read; None where it is as it was, or cannot be."""
        name = str(path)
        try:
            digest, size = digest_file(path), path.stat().st_size
            was_removed = strip_version(digest) in self._removed.get(name, ())
            if was_removed and not self._may_return(path):
                raise UnreadableFile(REMOVED)
            if was_removed or self._known.get(name) != digest:
                return _File(path, digest, size)
            self._count(unchanged=self._held.get(name, 0))
            self._skipped += self._told.get(name, ())
            self._done += 1
            return None
        except (OSError, UnreadableFile) as error:
            reason = getattr(error, "strerror", None) or str(error)
        skipped = [Skipped(name, reason)]
        self._writer.finish_file(name, None, (), skipped)
        self._skipped += skipped
        self._done += 1
        return None

    def _take(self, file: _File, event: Event) -> None:
        match event:
            case Draft():
                self._take_draft(file, event)
            case Skipped():
                file.skipped.append(event)
            case FileRead():
                file.end = event
                if event.failure is not None:
                    file.skipped.append(Skipped(str(file.path), event.failure))
                self._waiting.append(file)
        if self._passages >= BATCH_PASSAGES or len(self._waiting) >= BATCH_ARTICLES:
            self._flush()

    def _take_draft(self, file: _File, draft: Draft) -> None:
        # An export is mostly its texts; an archive may be told as read before its end.
        read = min(len(draft.text.encode()), file.size - file.read)
        file.read += read
        self._bytes[0] += read
        if self._writer.was_removed(draft) and (draft.part or not self._may_return(file.path)):
            reason = PART_REMOVED if draft.part else REMOVED
            file.skipped.append(Skipped(draft.place, reason))
            return
        file.places.append(draft.place)
        try:
            text = clean(draft.text, self._levels)
            cut = _Cut(draft, file.digest, text, cut_text(text, self._embedder))
        except Exception as error:  # noqa: BLE001 (one article's surprise must not cost the others)
            reason = f"it cannot be read ({type(error).__name__}: {one_line(str(error))[:100]})"
            file.skipped.append(Skipped(draft.place, reason))
            file.broke = True
        else:
            self._waiting.append(cut)
            self._passages += len(cut.spans)

    def _may_return(self, path: Path) -> bool:
        """Whether what was removed comes back with its file: somebody has named that, or it has
        said something else meanwhile."""
        return path in self._named or str(path) in self._held

    def _flush(self) -> None:
        """Store what waits, all at once: what is told as done is on the disk."""
        waiting, self._waiting, self._passages = self._waiting, [], 0
        cuts = [one for one in waiting if isinstance(one, _Cut)]
        # A copy of a known article needs no vectors of its own: it becomes one more place of that.
        fresh = [cut for cut in cuts if not self._knows(cut)]
        vectors = dict(zip(map(id, fresh), self._embed(fresh), strict=True))
        with self._writer.transaction():
            for one in waiting:
                if isinstance(one, _Cut):
                    self._put(one, vectors.get(id(one)))
                else:
                    self._finish(one)
        if self._report.added + self._report.updated >= self._learn_at:
            # What is learnt early need not be taken out of articles that were embedded with it.
            self._learn_at *= 4
            self._writer.join_stories()
            tidy_repeats(self._writer, self._embedder)
            self._levels = self._writer.repeats()
        self._tell()

    def _put(self, cut: _Cut, vectors: Vectors | None) -> None:
        copy = self._knows(cut)
        if vectors is None and not copy:
            # It was a copy until just now: the file that it copied has changed.
            vectors = self._embed([cut])[0]
        was_there = self._writer.put(
            cut.draft, cut.digest, cut.spans, vectors, cut.text, self._levels
        )
        if copy:
            self._count(unchanged=1)
        elif was_there:
            self._count(updated=1, passages=len(cut.spans))
        else:
            self._count(added=1, passages=len(cut.spans))

    def _finish(self, file: _File) -> None:
        assert file.end is not None  # noqa: S101 (for the type checker)
        # What cannot be read today is known for that, and not tried again until it has changed.
        digest = None if file.end.passing or file.broke else file.digest
        places = file.places if file.end.failure is None else None
        dropped = self._writer.finish_file(str(file.path), digest, places, file.skipped)
        self._count(dropped=dropped)
        self._skipped += file.skipped
        self._done += 1
        self._bytes[0] += file.size - file.read

    def _knows(self, cut: _Cut) -> bool:
        return self._writer.knows(cut.draft, cut.text, cut.digest)

    def _embed(self, cuts: Sequence[_Cut]) -> list[Vectors | None]:
        """The vectors of each article's passages, embedded in one go."""
        every = embed_texts([text for cut in cuts for text in cut.texts], self._embedder)
        if every is None:
            return [None] * len(cuts)
        ends = np.cumsum([len(cut.spans) for cut in cuts])
        return list(np.split(every, ends[:-1])) if cuts else []

    def _tell(self) -> None:
        done, total = self._bytes
        share = done / total if total else 1.0
        taken = time.monotonic() - self._begun
        passages = self._report.passages
        self._on_progress(
            Progress(
                done=self._done,
                total=len(self._files),
                passages=passages,
                share=share,
                rate=passages / taken if passages and taken else None,
                left=taken * (1 - share) / share if 0 < share < 1 else None,
            )
        )

    def _count(self, **counts: int) -> None:
        more = {name: getattr(self._report, name) + count for name, count in counts.items()}
        self._report = replace(self._report, **more)


def tidy_repeats(writer: Writer, embedder: Embedder | None) -> None:
    """Take what is learnt to repeat by now out of the articles that have it."""
    anything = False
    for article, text in writer.learn_repeats():
        spans = cut_text(text, embedder)
        vectors = embed_texts([span.of(text) for span in spans], embedder)
        writer.replace_text(article, text, spans, vectors)
        anything = True
    if anything:
        writer.join_stories()


def digest_file(path: Path) -> str:
    """SHA-256 of a file's bytes and of the version of the readers that would read them.

    Of a file that has a sidecar, the digests of both.
    """
    digests = [_hash_bytes(path)]
    beside = sidecar_of(path)
    if beside is not None:
        try:
            digests.append(_hash_bytes(beside))
        except OSError:
            # It is told when the article is read, which is read without it.
            digests.append("unreadable")
    return f"{READER_VERSION}:{'+'.join(digests)}"


def _hash_bytes(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def strip_version(digest: str) -> str:
    """A digest of a file without its readers' version: what the file's bytes alone say."""
    return digest.rpartition(":")[2]
