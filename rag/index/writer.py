"""Changes to the library: each one transaction, logged under the next running number."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rag.index import articles, removal, repeated, sources, stories
from rag.index.embedders import Vectors
from rag.index.filling import Values, check_values, forget_filled, write_filled
from rag.index.passages import (
    insert_passages,
    to_blob,
    write_choice,
    write_manifest,
    write_passages,
)
from rag.index.removal import Restored
from rag.index.repeated import Levels
from rag.index.schema import transaction
from rag.ingest.files import Skipped
from rag.types import Draft, Span


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
        self,
        file: str,
        digest: str | None,
        places: Iterable[str] | None,
        skipped: Sequence[Skipped],
    ) -> int:
        """Note that a file was read, and what articles it holds and does not hold.

        Those that stood in others of its places before are forgotten; returns how many articles go
        for that. What was passed over in it now stays as it was known; so does all of it where
        `places` is None, since it could not be read to its end. Without a `digest` it is tried
        again the next time.
        """
        with self.transaction() as db:
            sources.note_skipped(db, file, skipped)
            if digest is not None:
                sources.note_file(db, file, digest)
            if places is None:
                return 0
            unread = [one.file for one in skipped]
            return articles.drop_places(db, sources.find_left(db, file, places, unread))

    def knows(self, draft: Draft, text: str, digest: str) -> bool:
        """Whether an article of which just this was read, or that says `text`, is there already."""
        with self._lock:
            key = articles.choose_key(self._db, draft, digest)
            return articles.find_same(self._db, draft, text, key) is not None

    def put(
        self,
        draft: Draft,
        digest: str,
        spans: Sequence[Span],
        vectors: Vectors | None,
        cleaned: str | None = None,
        levels: Levels | None = None,
    ) -> bool:
        """The article as it was read, in place of what was known by the same key before.

        Returns whether there was such a one. Its text is `cleaned` where what repeats has been
        taken out of it by `levels`; `spans` are of that. Where the same content stands in another
        place already, that article gets one more; where it was removed, the article comes back
        under the id that it had. What was filled in stays.
        """
        with self.transaction() as db:
            key = articles.choose_key(db, draft, digest)
            articles.part_from(db, draft, digest)
            before = articles.article_of(db, key)
            text = draft.text if cleaned is None else cleaned
            same = articles.find_same(db, draft, text, key)
            back = None if same else removal.put_same_back(db, articles.hash_draft(draft))
            article = same or back or articles.choose_id(db, draft, key)
            if same is None:
                articles.write_article(db, article, draft, text, key)
                write_passages(db, article, spans, vectors)
            else:
                articles.share_filled(db, same, key)
                articles.refresh(db, same, draft, key)
            taken_out = levels if levels and same is None else {}
            repeated.note_lines(db, article, draft.text, taken_out)
            articles.place_article(db, article, draft, key, digest)
        return before is not None

    def drop_files(self, files: Iterable[str]) -> int:
        """Forget `files` and the articles that no other file holds; returns how many articles."""
        with self.transaction() as db:
            return sum(articles.drop_places(db, sources.forget_file(db, file)) for file in files)

    def fill(self, article: str, values: Values) -> str:
        """Have an article say these values from now on, and return the id it has then.

        It is another one's where that says just the same already. Raises UsageError where there is
        no such article, or a value cannot be filled in.
        """
        checked = check_values(values)
        with self.transaction() as db:
            for key in articles.list_keys(db, article):
                write_filled(db, key, checked)
            return articles.fill_in(db, article)

    def unfill(self, article: str, fields: Sequence[str]) -> str:
        """Have an article say again what was read; returns as `fill` does."""
        with self.transaction() as db:
            # What was filled in may have made two articles one: they part when they are read.
            sources.read_again(db, article)
            for key in articles.list_keys(db, article):
                forget_filled(db, key, fields)
            return articles.fill_in(db, article)

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
                write_passages(db, article, spans, vectors)
                repeated.note_lines(db, article, repeated.read_text(db, article), {})
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
            return removal.holds(self._db, articles.hash_draft(draft))

    def stage(self, article: str, spans: Sequence[Span], vectors: Vectors | None) -> None:
        """New passages for an article, kept aside until `swap_staged`."""
        with self.transaction() as db:
            insert_passages(db, "staged", article, spans, vectors)

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
            write_manifest(db, embedder, dimension, chunking, scale)
            write_choice(db, choice)

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

    def learn_repeats(self) -> Iterator[tuple[str, str]]:
        """Learn what repeats; the articles that say otherwise without it, each with its new text.

        Their stories have to be known. Some articles at a time, since others write chats meanwhile.
        """
        with self.transaction() as db:
            repeated.learn(db)
            levels = repeated.read_levels(db)
            unclean = repeated.list_unclean(db)
        for first in range(0, len(unclean), stories.SOME):
            changed, clean = [], []
            with self.transaction() as db:
                for article in unclean[first : first + stories.SOME]:
                    text = repeated.read_text(db, article)
                    cleaned = repeated.clean(text, levels)
                    if cleaned == text:
                        clean.append(article)
                    else:
                        changed.append((article, cleaned))
                repeated.note_clean(db, clean)
            yield from changed

    def replace_text(
        self, article: str, text: str, spans: Sequence[Span], vectors: Vectors | None
    ) -> None:
        """Have an article say a text from which more of what repeats has been taken out."""
        with self.transaction() as db:
            db.execute("UPDATE articles SET text = ? WHERE id = ?", (text, article))
            if articles.fill_in(db, article) == article:
                write_passages(db, article, spans, vectors)
                repeated.note_clean(db, [article])

    def without_vectors(self) -> list[int]:
        """Ids of the passages that were never embedded."""
        with self._lock:
            found = self._db.execute("SELECT id FROM passages WHERE vector IS NULL ORDER BY id")
            return [row["id"] for row in found.fetchall()]

    def set_vectors(self, passages: Sequence[int], vectors: Vectors) -> None:
        """Vectors, shape (len(passages), dimension), for passages that are there already."""
        blobs = zip((to_blob(v) for v in vectors), passages, strict=True)
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
            write_manifest(db, embedder, dimension, chunking, scale)
            write_choice(db, choice)
