"""Changes to the library: each one transaction, logged under the next running number."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
import uuid
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import numpy as np

from rag.index import removal, stories
from rag.index.embedders import Vectors
from rag.index.removal import Restored
from rag.index.schema import transaction
from rag.types import Draft, Span

#: Hexadecimal digits of an article's id: 48 bits, so that in 100,000 articles two meet by chance in
#: one library of 50,000 (birthday bound n^2 / 2^49).
ID_DIGITS = 12
#: What an article's hash is made of. Footnotes out there carry it: never changed.
HASHED = ("title", "text", "outlet", "author", "published", "updated", "url")


class Writer:
    """The one writer of a library; handed out by `Library.writer()`, which holds the lock."""

    def __init__(self, db: sqlite3.Connection, lock: threading.RLock) -> None:
        self._db = db
        self._lock = lock

    def transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        """All of the block or nothing of it."""
        return transaction(self._db, self._lock)

    def digests(self) -> dict[str, str]:
        """Known files, each with the digest of the bytes that were read."""
        with self._lock:
            return dict(self._db.execute("SELECT file, digest FROM sources").fetchall())

    def knows(self, draft: Draft) -> bool:
        """Whether an article with just this content stands in the library."""
        with self._lock:
            return _find_same(self._db, draft) is not None

    def put(
        self, draft: Draft, digest: str, spans: Sequence[Span], vectors: Vectors | None
    ) -> None:
        """The article of `draft.file`, in place of what that file held before.

        Where the same content stands under another file already, that article gets one more file;
        where it was removed, the article comes back under the id that it had.
        """
        with self.transaction() as db:
            before = _article_of(db, draft.file)
            same = _find_same(db, draft)
            back = None if same else removal.put_same_back(db, hash_draft(draft))
            article = same or back or _choose_id(db, before, draft)
            if same is None:
                _write_article(db, article, draft)
                _write_passages(db, article, spans, vectors)
            db.execute(
                "INSERT OR REPLACE INTO sources VALUES (?, ?, ?)",
                (draft.file, article, digest),
            )
            if before is not None:
                _drop_if_orphaned(db, before)

    def drop_files(self, files: Iterable[str]) -> int:
        """Forget `files` and the articles that no other file holds; returns how many articles."""
        dropped = 0
        with self.transaction() as db:
            for file in files:
                article = _article_of(db, file)
                db.execute("DELETE FROM sources WHERE file = ?", (file,))
                dropped += article is not None and _drop_if_orphaned(db, article)
        return dropped

    def remove(self, article: str) -> None:
        """Move an article and what is known of its files aside, from where `restore` fetches it.

        Raises UsageError where there is no article of that id.
        """
        with self.transaction() as db:
            removal.move_out(db, article)
            db.execute("INSERT INTO changes(article) VALUES (?)", (article,))

    def restore(self, article: str, spans: Sequence[Span], vectors: Vectors | None) -> Restored:
        """A removed article put back under its id; says where that was not quite possible.

        Raises UsageError where no article of that id was removed.
        """
        with self.transaction() as db:
            restored = removal.move_back(db, article)
            if restored.id == article:
                _write_passages(db, article, spans, vectors)
        return restored

    def removed_text(self, article: str) -> str | None:
        """The whole text of a removed article; None where none of that id was removed."""
        with self._lock:
            return removal.read_text(self._db, article)

    def removed_digests(self) -> dict[str, set[str]]:
        """The files of removed articles, each with the digests of what was read from it."""
        with self._lock:
            return removal.read_digests(self._db)

    def was_removed(self, draft: Draft) -> bool:
        """Whether an article with just this content was removed."""
        with self._lock:
            return removal.holds(self._db, hash_draft(draft))

    def stage(self, article: str, spans: Sequence[Span], vectors: Vectors | None) -> None:
        """New passages for an article, kept aside until `swap_staged`."""
        with self.transaction() as db:
            _insert_passages(db, "staged", article, spans, vectors)

    def clear_staged(self) -> None:
        with self.transaction() as db:
            db.execute("DELETE FROM staged")

    def swap_staged(
        self,
        embedder: str | None,
        dimension: int | None,
        chunking: str,
        scale: str | None = None,
        choice: str | None = None,
    ) -> None:
        """Every passage replaced by the staged ones, with their manifest: all at once.

        `choice` is the name by which the home opens the embedder from then on.
        """
        with self.transaction() as db:
            db.execute("DELETE FROM passages")
            db.execute(
                "INSERT INTO passages(article, start, end, vector)"
                " SELECT article, start, end, vector FROM staged ORDER BY rowid"
            )
            db.execute("DELETE FROM staged")
            db.execute("INSERT INTO changes(article) SELECT id FROM articles")
            _write_manifest(db, embedder, dimension, chunking, scale)
            _write_choice(db, choice)

    def join_stories(self) -> None:
        """Find the story of each article that has none yet, and what corrects what.

        Some articles at a time: a kill costs no more, and the next call goes on.
        """
        with self.transaction() as db:
            stories.forget_old(db)
            unplaced = stories.list_unplaced(db)
        for first in range(0, len(unplaced), stories.SOME):
            with self.transaction() as db:
                stories.join(db, unplaced[first : first + stories.SOME])
        if unplaced:
            with self.transaction() as db:
                stories.link_corrections(db)

    def without_vectors(self) -> list[tuple[int, str]]:
        """Ids and texts of the passages that were never embedded."""
        with self._lock:
            rows = self._db.execute(
                "SELECT p.id, substr(a.text, p.start + 1, p.end - p.start) AS said"
                " FROM passages p JOIN articles a ON a.id = p.article"
                " WHERE p.vector IS NULL ORDER BY p.id"
            ).fetchall()
        return [(row["id"], row["said"]) for row in rows]

    def set_vectors(self, passages: Sequence[int], vectors: Vectors) -> None:
        """Vectors, shape (len(passages), dimension), for passages that are there already."""
        blobs = zip((_to_blob(v) for v in vectors), passages, strict=True)
        with self.transaction() as db:
            db.executemany("UPDATE passages SET vector = ? WHERE id = ?", list(blobs))
            db.executemany(
                "INSERT INTO changes(article) SELECT article FROM passages WHERE id = ?",
                [(passage,) for passage in passages],
            )

    def set_manifest(
        self,
        embedder: str | None,
        dimension: int | None,
        chunking: str,
        scale: str | None = None,
        choice: str | None = None,
    ) -> None:
        with self.transaction() as db:
            _write_manifest(db, embedder, dimension, chunking, scale)
            _write_choice(db, choice)


def hash_draft(draft: Draft) -> str:
    """SHA-256 of everything an article says, its file's place left out."""
    said = {name: str(getattr(draft, name)) for name in HASHED}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _article_of(db: sqlite3.Connection, file: str) -> str | None:
    row = db.execute("SELECT article FROM sources WHERE file = ?", (file,)).fetchone()
    return None if row is None else row["article"]


def _find_same(db: sqlite3.Connection, draft: Draft) -> str | None:
    row = db.execute("SELECT id FROM articles WHERE hash = ?", (hash_draft(draft),)).fetchone()
    return None if row is None else row["id"]


def _choose_id(db: sqlite3.Connection, before: str | None, draft: Draft) -> str:
    # A changed file keeps its article's id, unless another file still holds the old content.
    if before is not None:
        files = db.execute("SELECT count(*) FROM sources WHERE article = ?", (before,)).fetchone()
        if files[0] == 1:
            return before
    return _new_id(db, hash_draft(draft))


def _new_id(db: sqlite3.Connection, digest: str) -> str:
    for start in range(len(digest) - ID_DIGITS):
        candidate = digest[start : start + ID_DIGITS]
        taken = "SELECT 1 FROM articles WHERE id = ?1 UNION SELECT 1 FROM removed WHERE id = ?1"
        if not db.execute(taken, (candidate,)).fetchone():
            return candidate
    return uuid.uuid4().hex


def _write_article(db: sqlite3.Connection, article: str, draft: Draft) -> None:
    stories.forget(db, article)
    db.execute(
        "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET"
        " hash = excluded.hash, title = excluded.title, outlet = excluded.outlet,"
        " author = excluded.author, published = excluded.published, updated = excluded.updated,"
        " url = excluded.url, text = excluded.text",
        (
            article,
            hash_draft(draft),
            draft.title,
            draft.outlet,
            draft.author,
            draft.published.isoformat() if draft.published else None,
            draft.updated.isoformat() if draft.updated else None,
            draft.url,
            draft.text,
            datetime.now(UTC).isoformat(timespec="seconds"),
        ),
    )


def _write_passages(
    db: sqlite3.Connection, article: str, spans: Sequence[Span], vectors: Vectors | None
) -> None:
    db.execute("DELETE FROM passages WHERE article = ?", (article,))
    _insert_passages(db, "passages", article, spans, vectors)
    db.execute("INSERT INTO changes(article) VALUES (?)", (article,))


def _insert_passages(
    db: sqlite3.Connection,
    table: str,
    article: str,
    spans: Sequence[Span],
    vectors: Vectors | None,
) -> None:
    blobs = [None] * len(spans) if vectors is None else [_to_blob(v) for v in vectors]
    db.executemany(
        f"INSERT INTO {table}(article, start, end, vector) VALUES (?, ?, ?, ?)",  # noqa: S608
        [(article, s.start, s.end, b) for s, b in zip(spans, blobs, strict=True)],
    )


def _write_manifest(
    db: sqlite3.Connection,
    embedder: str | None,
    dimension: int | None,
    chunking: str,
    scale: str | None,
) -> None:
    values = {
        "embedder": embedder,
        "dimension": dimension,
        "chunking": chunking,
        "scale": scale,
    }
    db.executemany("DELETE FROM meta WHERE key = ?", [(key,) for key in values])
    db.executemany(
        "INSERT INTO meta VALUES (?, ?)",
        [(key, str(value)) for key, value in values.items() if value is not None],
    )


def _write_choice(db: sqlite3.Connection, choice: str | None) -> None:
    if choice is not None:
        values = ("embedder", json.dumps(choice))
        db.execute("INSERT OR REPLACE INTO choices VALUES (?, ?)", values)


def _drop_if_orphaned(db: sqlite3.Connection, article: str) -> bool:
    gone = db.execute(
        "DELETE FROM articles WHERE id = ?1"
        " AND NOT EXISTS (SELECT 1 FROM sources WHERE article = ?1)",
        (article,),
    ).rowcount
    if gone:
        db.execute("INSERT INTO changes(article) VALUES (?)", (article,))
    return bool(gone)


def _to_blob(vector: Vectors) -> bytes:
    return np.ascontiguousarray(vector, dtype="<f4").tobytes()
