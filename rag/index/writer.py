"""Changes to the library: each one transaction, logged under the next running number."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from rag.errors import UsageError
from rag.index import removal, repeated, sources, stories
from rag.index.embedders import Vectors
from rag.index.filling import (
    DAYS,
    Values,
    apply_filled,
    check_values,
    forget_filled,
    read_filled,
    read_stated,
    write_filled,
    write_stated,
)
from rag.index.removal import Restored
from rag.index.repeated import Levels
from rag.index.schema import transaction
from rag.ingest.dates import parse_date
from rag.ingest.files import Skipped
from rag.types import Draft, Span

#: Hexadecimal digits of an article's id: 48 bits, so that in 100,000 articles two meet by chance in
#: one library of 50,000 (birthday bound n^2 / 2^49).
ID_DIGITS = 12
#: What an article's hash is made of. Footnotes out there carry it: never changed.
HASHED = ("title", "text", "outlet", "author", "published", "updated", "url")

#: What of an article's row stays when the article is read anew.
KEPT = ("id", "added")


class Writer:
    """The one writer of a library; handed out by `Library.writer()`, which holds the lock."""

    def __init__(self, db: sqlite3.Connection, lock: threading.RLock) -> None:
        self._db = db
        self._lock = lock

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of the block or nothing of it; one within another is part of that."""
        with self._lock:
            if self._db.in_transaction:
                yield self._db
                return
            with transaction(self._db, self._lock) as db:
                yield db

    def digests(self) -> dict[str, str]:
        """The files that were read to their end, each with the digest of its bytes."""
        with self.transaction() as db:
            return sources.read_digests(db)

    def held(self) -> dict[str, int]:
        """The files that articles come from, each with how many."""
        with self.transaction() as db:
            return sources.count_held(db)

    def places(self) -> set[str]:
        """Where articles stand: files, and places in files."""
        with self.transaction() as db:
            return sources.list_places(db)

    def files(self) -> set[str]:
        """Every file that is known."""
        with self.transaction() as db:
            return sources.list_files(db)

    def skipped(self) -> dict[str, list[Skipped]]:
        """By file, what was passed over in it when it was last looked at."""
        with self.transaction() as db:
            return sources.read_skipped(db)

    def note_skipped(self, roots: Sequence[Path], skipped: Sequence[Skipped]) -> None:
        """Begin a look at the files below `roots`, of which these are passed over unread."""
        with self.transaction() as db:
            sources.note_roots(db, roots)
            unread = {one.file for one in skipped}
            for one in skipped:
                sources.note_skipped(db, one.file, [one])
            sources.forget_gone(db, roots, unread)

    def finish_file(
        self, file: str, digest: str | None, places: Iterable[str], skipped: Sequence[Skipped]
    ) -> int:
        """Note that a file was read to its end, and what articles it holds and does not hold.

        Those that it held before are forgotten; returns how many articles go for that. Without a
        `digest` it could not be read: it is tried again the next time, and what it held stays.
        """
        with self.transaction() as db:
            sources.note_skipped(db, file, skipped)
            if digest is None:
                return 0
            sources.note_file(db, file, digest)
            return _drop(db, sources.find_left(db, file, places))

    def knows(self, draft: Draft) -> bool:
        """Whether an article of which just this was read stands in the library."""
        with self._lock:
            return _find_same(self._db, draft, draft.text) is not None

    def put(
        self,
        draft: Draft,
        digest: str,
        spans: Sequence[Span],
        vectors: Vectors | None,
        cleaned: str | None = None,
    ) -> None:
        """The article of `draft.place` as it was read, in place of what that held before.

        Its text is `cleaned` where what repeats has been taken out; `spans` are of that. Where the
        same content stands in another place already, that article gets one more; where it was
        removed, the article comes back under the id that it had. What was filled in stays.
        """
        with self.transaction() as db:
            before = _article_of(db, draft.place)
            text = draft.text if cleaned is None else cleaned
            same = _find_same(db, draft, text)
            back = None if same else removal.put_same_back(db, hash_draft(draft))
            article = same or back or _choose_id(db, before, draft)
            levels = {} if same or cleaned is None else repeated.read_levels(db)
            if same is None:
                _write_article(db, article, draft, text)
                _write_passages(db, article, spans, vectors)
            else:
                _share_filled(db, same, draft.place)
                _refresh(db, same, draft)
            repeated.note_lines(db, article, draft.text, levels)
            db.execute(
                "INSERT OR REPLACE INTO sources(file, article, digest, container)"
                " VALUES (?, ?, ?, ?)",
                (draft.place, article, digest, draft.file),
            )
            if before is not None:
                _drop_if_orphaned(db, before)

    def drop_files(self, files: Iterable[str]) -> int:
        """Forget `files` and the articles that no other file holds; returns how many articles."""
        with self.transaction() as db:
            return sum(_drop(db, sources.forget_file(db, file)) for file in files)

    def fill(self, article: str, values: Values) -> str:
        """Have an article say these values from now on, and return the id it has then.

        It is another one's where that says just the same already. Raises UsageError where there is
        no such article, or a value cannot be filled in.
        """
        checked = check_values(values)
        with self.transaction() as db:
            for place in _list_places(db, article):
                write_filled(db, place, checked)
            return _fill_in(db, article)

    def unfill(self, article: str, fields: Sequence[str]) -> str:
        """Have an article say again what was read; returns as `fill` does."""
        with self.transaction() as db:
            for place in _list_places(db, article):
                forget_filled(db, place, fields)
            return _fill_in(db, article)

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

    def forget(self, article: str) -> list[str]:
        """Delete a removed article for good; returns the files that it stood in.

        Raises UsageError where no article of that id was removed.
        """
        with self.transaction() as db:
            return removal.forget(db, article)

    def forget_unheld(self, files: Iterable[str]) -> list[str]:
        """Forget those of these files that no article comes from, removed ones included."""
        with self.transaction() as db:
            return sources.forget_unheld(db, files)

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

    def repeats(self) -> Levels:
        """What is known to repeat across the articles, as `clean` takes it."""
        with self.transaction() as db:
            return repeated.read_levels(db)

    def learn_repeats(self) -> list[tuple[str, str]]:
        """Learn what repeats; the articles that say otherwise without it, each with its new text.

        Their stories have to be known.
        """
        with self.transaction() as db:
            repeated.learn(db)
            levels = repeated.read_levels(db)
            changed, unclean = [], repeated.list_unclean(db)
            for article in unclean:
                row = db.execute("SELECT text FROM articles WHERE id = ?", (article,)).fetchone()
                text = repeated.clean(row["text"], levels)
                if text != row["text"]:
                    changed.append((article, text))
            found = {article for article, _ in changed}
            repeated.note_clean(db, [one for one in unclean if one not in found])
        return changed

    def replace_text(
        self, article: str, text: str, spans: Sequence[Span], vectors: Vectors | None
    ) -> None:
        """Have an article say a text from which more of what repeats has been taken out."""
        with self.transaction() as db:
            db.execute("UPDATE articles SET text = ? WHERE id = ?", (text, article))
            if _fill_in(db, article) == article:
                _write_passages(db, article, spans, vectors)
                repeated.note_clean(db, [article])

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


def _find_same(db: sqlite3.Connection, draft: Draft, text: str) -> str | None:
    """The article of which this has been read before, whatever was filled in since; or that says
    just the same with `text` for its own."""
    said = replace(apply_filled(draft, read_filled(db, draft.place)), text=text)
    filled = hash_draft(said)
    row = db.execute(
        "SELECT id FROM articles WHERE read_hash = ?1 OR hash = ?2 ORDER BY hash = ?2 DESC",
        (hash_draft(draft), filled),
    ).fetchone()
    return None if row is None else row["id"]


def _drop(db: sqlite3.Connection, places: Iterable[str]) -> int:
    """Forget places, and the articles that stand nowhere else; returns how many articles."""
    dropped = 0
    for place in places:
        article = _article_of(db, place)
        db.execute("DELETE FROM sources WHERE file = ?", (place,))
        dropped += article is not None and _drop_if_orphaned(db, article)
    return dropped


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


def _write_article(db: sqlite3.Connection, article: str, draft: Draft, text: str) -> None:
    stories.forget(db, article)
    said = replace(apply_filled(draft, read_filled(db, draft.place)), text=text)
    values = _to_values(said) | {
        "id": article,
        "read_hash": hash_draft(draft),
        "stated": write_stated(draft),
        "warnings": json.dumps(draft.warnings),
        "added": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    # When it came in stays with it.
    changed = ", ".join(f"{name} = excluded.{name}" for name in values if name not in KEPT)
    db.execute(
        f"INSERT INTO articles({', '.join(values)}) VALUES ({', '.join(map(':{}'.format, values))})"  # noqa: S608
        f" ON CONFLICT(id) DO UPDATE SET {changed}",
        values,
    )


def _to_values(draft: Draft) -> dict[str, str | None]:
    """What an article says, by column."""
    return {
        "hash": hash_draft(draft),
        "title": draft.title,
        "outlet": draft.outlet,
        "author": draft.author,
        "published": draft.published.isoformat() if draft.published else None,
        "updated": draft.updated.isoformat() if draft.updated else None,
        "url": draft.url,
        "text": draft.text,
        "section": draft.section,
        "language": draft.language,
        "origins": json.dumps(draft.origins),
    }


def _refresh(db: sqlite3.Connection, article: str, draft: Draft) -> None:
    """Note of an article what its hash does not tell: it may have been read by another version."""
    said = apply_filled(draft, read_filled(db, draft.place))
    db.execute(
        "UPDATE articles SET section = ?, language = ?, origins = ?, stated = ?, warnings = ?,"
        " read_hash = ? WHERE id = ?",
        (
            said.section,
            said.language,
            json.dumps(said.origins),
            write_stated(draft),
            json.dumps(draft.warnings),
            hash_draft(draft),
            article,
        ),
    )


def _list_places(db: sqlite3.Connection, article: str) -> list[str]:
    found = db.execute("SELECT file FROM sources WHERE article = ? ORDER BY file", (article,))
    places = [row["file"] for row in found.fetchall()]
    if not places:
        raise UsageError(f"No article has the id “{article}”.", "`dateline articles` lists them.")
    return places


def _share_filled(db: sqlite3.Connection, article: str, place: str) -> None:
    """What was filled in for an article stands for one more place of it as well."""
    for known in _list_places(db, article)[:1]:
        if known != place and (values := read_filled(db, known)):
            write_filled(db, place, values)


def _fill_in(db: sqlite3.Connection, article: str) -> str:
    """Write anew what an article says, by what was read and what is filled in."""
    row = db.execute(
        "SELECT title, text, outlet, author, published, updated, url, section, language, stated"
        " FROM articles WHERE id = ?",
        (article,),
    ).fetchone()
    values = dict(row)
    stated = values.pop("stated")
    now = Draft(file="", **values | {day: parse_date(values[day] or "") for day in DAYS})
    place = _list_places(db, article)[0]
    said = apply_filled(read_stated(now, stated) or now, read_filled(db, place))
    columns = _to_values(said)
    same = db.execute(
        "SELECT id FROM articles WHERE hash = ? AND id <> ?", (columns["hash"], article)
    ).fetchone()
    if same is not None:
        db.execute("UPDATE sources SET article = ? WHERE article = ?", (same["id"], article))
        _drop_if_orphaned(db, article)
        return str(same["id"])
    stories.forget(db, article)
    assigned = ", ".join(f"{name} = :{name}" for name in columns)
    db.execute(f"UPDATE articles SET {assigned} WHERE id = :id", columns | {"id": article})  # noqa: S608
    db.execute("INSERT INTO changes(article) VALUES (?)", (article,))
    return article


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
