"""The library: one SQLite file that is the truth about articles, passages and their vectors.

Every change is logged under a running number in the same transaction, so that whatever is derived
from the library (Chroma, Tantivy) can tell what it has not applied yet.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import filelock

from rag.errors import LibraryBusy, LibraryError, UsageError
from rag.index import removal, sources
from rag.index.articles import to_article
from rag.index.briefings import Briefings
from rag.index.chats import Chats
from rag.index.choices import Choices
from rag.index.frozen import Frozen
from rag.index.passages import Row, to_passage, to_vector
from rag.index.removal import RemovedArticle
from rag.index.schema import FILE_NAME, connect, explain, is_current, look_first, prepare
from rag.index.shelf_list import MAX_VARIABLES, Shelf
from rag.index.sources import PassedOver
from rag.index.stories import Stories
from rag.index.torn import TORN, tell_torn, to_date
from rag.index.writer import Writer
from rag.text import storable
from rag.types import Article, Passage

Found = TypeVar("Found")

#: How long a second writer waits before it is told that there is one already, in seconds.
LOCK_TIMEOUT = 1.0

ARTICLE_COLUMNS = """
    a.id, a.hash, a.title, a.text, a.outlet, a.author, a.published, a.updated, a.url,
    coalesce((SELECT min(file) FROM sources WHERE article = a.id), '') AS file,
    (SELECT count(*) FROM passages WHERE article = a.id) AS passages
"""
#: What came with a later format: an older library that cannot be written has none of it.
MORE_COLUMNS = ", a.section, a.language, a.origins, a.warnings"

#: The order of every list of articles.
NEWEST = "ORDER BY a.published IS NULL, a.published DESC, a.title, a.id"

#: Articles whose passages are read at once, with their texts.
SOME = 200


@dataclass(frozen=True, slots=True)
class Manifest:
    """What passages and vectors were made with; None where nothing was embedded yet.

    `scale` is the embedder's, as `rag.index.scale` writes it; None for all-MiniLM-L6-v2.
    """

    library: str
    embedder: str | None = None
    dimension: int | None = None
    chunking: str | None = None
    scale: str | None = None


@dataclass(frozen=True, slots=True)
class Outline:
    """What the articles cover: the outlets by name, and the day of the newest article."""

    outlets: tuple[str, ...]
    newest: date | None


class Library:
    """The open library. Reading is safe from any thread; writing goes through `writer()`."""

    def __init__(self, home: Path, connection: sqlite3.Connection) -> None:
        self.home = home
        self._db = connection
        self._lock = threading.RLock()
        self._outline: tuple[int, Outline | None] = (-1, None)

    @classmethod
    def open(cls, home: Path, *, create: bool = True) -> Library:
        """The library in `home`, made if there is none and `create` allows it.

        Raises LibraryError where the file is no library of ours, is newer, damaged or unreachable.
        """
        path = home / FILE_NAME
        if not create and not path.exists():
            raise LibraryError(
                f"There is no library in {home}.",
                "`dateline index PATH` makes one from the articles in a folder.",
            )
        try:
            # What is asked in it is nobody else's business.
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            if path.exists():
                look_first(path)
            connection = connect(path)
            try:
                prepare(connection, path)
            except BaseException:
                connection.close()
                raise
        except (sqlite3.Error, OSError) as error:
            raise explain(error, path) from error
        return cls(home, connection)

    def close(self) -> None:
        with self._lock:
            self._db.close()
        for kept in ("chats", "choices", "frozen", "briefings"):
            if kept in self.__dict__:
                self.__dict__[kept].close()

    @cached_property
    def chats(self) -> Chats:
        """The chats that were kept; they need no writer."""
        return Chats.open(self.home / FILE_NAME)

    @cached_property
    def choices(self) -> Choices:
        """What was chosen in this home; that needs no writer either."""
        return Choices.open(self.home / FILE_NAME)

    @cached_property
    def frozen(self) -> Frozen:
        """The articles that were cited, as they were then."""
        return Frozen.open(self.home / FILE_NAME)

    @cached_property
    def briefings(self) -> Briefings:
        """The briefings that were made; they need no writer."""
        return Briefings.open(self.home / FILE_NAME)

    @cached_property
    def stories(self) -> Stories:
        """Which articles are copies of one story, and what supersedes what."""

        def select(sql: str, values: Sequence[Any]) -> list[sqlite3.Row]:
            with self._lock:
                return self._select_in(sql, values) if is_current(self._db) else []

        return Stories(select)

    def last_change(self) -> int:
        """The number of the newest change; 0 for a library that never held anything."""
        return int(self._one("SELECT coalesce(max(seq), 0) FROM changes")[0])

    def token_of(self, change: int) -> str | None:
        """What marks a change of this history; None where this history has no such change."""
        rows = self._all("SELECT token FROM changes WHERE seq = ?", change)
        return rows[0]["token"] if rows else "" if change == 0 else None

    def changed_since(self, change: int) -> list[str]:
        """Ids of the articles added, replaced or dropped after `change`, each once."""
        rows = self._all("SELECT DISTINCT article FROM changes WHERE seq > ?", change)
        return [row[0] for row in rows]

    def manifest(self) -> Manifest:
        stored = {row["key"]: row["value"] for row in self._all("SELECT key, value FROM meta")}
        return Manifest(
            library=stored["library"],
            embedder=stored.get("embedder"),
            dimension=int(stored["dimension"]) if "dimension" in stored else None,
            chunking=stored.get("chunking"),
            scale=stored.get("scale"),
        )

    def count_articles(self) -> int:
        return int(self._one("SELECT count(*) FROM articles")[0])

    def count_passages(self, *, embedded: bool = False) -> int:
        only = " WHERE vector IS NOT NULL" if embedded else ""
        return int(self._one(f"SELECT count(*) FROM passages{only}")[0])  # noqa: S608 (constant)

    def articles(self, *, texts: bool = True) -> list[Article]:
        """Every article, the newest first, the undated last; `texts` or "" for each."""
        rows = self._all(f"SELECT {self._choose_columns(texts)} FROM articles a {NEWEST}")  # noqa: S608 (constant)
        return [to_article(row) for row in rows]

    @cached_property
    def _columns(self) -> str:
        return ARTICLE_COLUMNS + (MORE_COLUMNS if is_current(self._db) else "")

    def _choose_columns(self, texts: bool) -> str:
        return self._columns if texts else self._columns.replace("a.text", "'' AS text")

    def articles_of(self, ids: Sequence[str], *, texts: bool = True) -> list[Article]:
        """The articles that there are of these, in the order of `ids`; `texts` or "" for each."""
        columns = self._choose_columns(texts)
        found = {
            row["id"]: to_article(row)
            for row in self._select_in(
                f"SELECT {columns} FROM articles a WHERE a.id IN ({{}})",  # noqa: S608
                ids,
            )
        }
        return [found[one] for one in ids if one in found]

    def article(self, name: str) -> Article:
        """The article whose id is, or alone begins with, `name`. Raises UsageError otherwise."""
        prefix = name.strip().lower()
        rows = self._all(
            f"SELECT {self._columns} FROM articles a"  # noqa: S608 (constant)
            " WHERE substr(a.id, 1, length(?1)) = ?1 AND ?1 <> '' LIMIT 2",
            prefix,
        )
        if not rows:
            raise UsageError(f"No article has the id “{name}”.", "`dateline articles` lists them.")
        if len(rows) > 1:
            raise UsageError(
                f"More than one article's id begins with “{name}”.", "Give more of it."
            )
        return to_article(rows[0])

    def holds(self, article: str) -> bool:
        """Whether there is an article of just this id."""
        return bool(self._all("SELECT 1 FROM articles WHERE id = ?", storable(article)))

    def removed(self) -> list[RemovedArticle]:
        """The articles that were removed and can be put back, the last one removed first."""
        return self._look(removal.list_removed)

    def skipped(self) -> list[PassedOver]:
        """What was passed over when it was last looked at, and why."""
        return self._look(sources.list_skipped)

    def roots(self) -> list[Path]:
        """The files and folders that were given to be indexed, less those within another."""
        return self._look(sources.list_roots)

    @cached_property
    def shelf(self) -> Shelf:
        """The articles as they are listed, and what is noted of each."""
        return Shelf(self._look)

    def _look(self, look: Callable[[sqlite3.Connection], Found]) -> Found:
        try:
            with self._lock:
                return look(self._db)
        except sqlite3.Error as error:
            raise explain(error, self.home / FILE_NAME) from error
        except TORN as error:
            raise tell_torn("record", str(error)) from error

    def outlets(self) -> list[str]:
        rows = self._all("SELECT DISTINCT outlet FROM articles WHERE outlet IS NOT NULL ORDER BY 1")
        return [row[0] for row in rows]

    def outline(self) -> Outline:
        """Looked up again only when the library has changed: every question asks for it."""
        change = self.last_change()
        known, outline = self._outline
        if known != change or outline is None:
            covered = self.date_range()
            outline = Outline(tuple(self.outlets()), covered[1] if covered else None)
            self._outline = change, outline
        return outline

    def count_undated(self, outlets: Sequence[str] = ()) -> int:
        """Undated articles, of `outlets` alone where there are any."""
        rows = self._all("SELECT outlet FROM articles WHERE published IS NULL")
        wanted = {outlet.casefold() for outlet in outlets}
        return sum(not wanted or (row["outlet"] or "").casefold() in wanted for row in rows)

    def count_by_day(self) -> list[tuple[date, int]]:
        """The days on which articles were published, in order, each with how many."""
        rows = self._all(
            "SELECT published, count(*) FROM articles WHERE published IS NOT NULL"
            " GROUP BY published ORDER BY published"
        )
        return [(date.fromisoformat(row[0]), row[1]) for row in rows]

    def date_range(self) -> tuple[date, date] | None:
        """First and last publication date; None where no article is dated."""
        first, last = self._one("SELECT min(published), max(published) FROM articles")
        return (date.fromisoformat(first), date.fromisoformat(last)) if first else None

    def passages(self, ids: Sequence[int]) -> dict[int, tuple[Passage, Article]]:
        """The passages that still exist among `ids`, each with its article."""
        with self._snapshot():
            spans = self._select_in(
                "SELECT id, article, start, end FROM passages WHERE id IN ({})", list(ids)
            )
            wanted = sorted({row["article"] for row in spans})
            articles = {article.id: article for article in self.articles_of(wanted)}
        return {
            row["id"]: (to_passage(row, articles[row["article"]].text), articles[row["article"]])
            for row in spans
            if row["article"] in articles
        }

    def rows(self, articles: Sequence[str] | None = None) -> Iterator[Row]:
        """The passages of `articles` (of all, for None) as a derived index wants them."""
        wanted = (
            [row[0] for row in self._all("SELECT id FROM articles ORDER BY id")]
            if articles is None
            else sorted(articles)
        )
        for first in range(0, len(wanted), SOME):
            yield from self._rows("article", wanted[first : first + SOME])

    def rows_of(self, ids: Sequence[int]) -> dict[int, Row]:
        """The same of the passages that still exist among `ids`."""
        return {row.passage.id: row for row in self._rows("id", ids)}

    def _rows(self, column: str, values: Sequence[Any]) -> Iterator[Row]:
        """The passages with one of `values` in that column, by id."""
        with self._snapshot():
            found = self._select_in(
                "SELECT id, article, start, end, vector FROM passages"  # noqa: S608 (two constants)
                f" WHERE {column} IN ({{}}) ORDER BY id",
                values,
            )
            # Each article's text is read once: a slice of it in SQL reads all of it each time.
            articles = {
                row["id"]: row
                for row in self._select_in(
                    "SELECT id, title, outlet, published, text FROM articles WHERE id IN ({})",
                    sorted({row["article"] for row in found}),
                )
            }
        for row in found:
            if (article := articles.get(row["article"])) is not None:
                yield Row(
                    passage=to_passage(row, article["text"]),
                    title=article["title"],
                    outlet=article["outlet"],
                    published=to_date(article["published"]),
                    vector=to_vector(row["vector"]),
                )

    @contextmanager
    def writer(self, timeout: float = LOCK_TIMEOUT) -> Iterator[Writer]:
        """The one writer of this home. Raises LibraryBusy where another has it past `timeout`."""
        with hold_lock(self.home, timeout):
            try:
                yield Writer(self._db, self._lock)
            except sqlite3.Error as error:
                raise explain(error, self.home / FILE_NAME) from error

    def check_file(self) -> str:
        """What SQLite says of the whole file: "ok", or the first thing that is wrong."""
        return str(self._one("PRAGMA integrity_check(1)")[0])

    def count_misfits(self, size: int | None) -> int:
        """Passages outside their articles, or with vectors that have not `size` bytes.

        Without a size, as where nothing was ever embedded, no vector is a misfit.
        """
        return int(
            self._one(
                "SELECT count(*) FROM passages p LEFT JOIN articles a ON a.id = p.article"
                " WHERE a.id IS NULL OR p.start < 0 OR p.end <= p.start OR p.end > length(a.text)"
                " OR length(p.vector) <> ?",
                size,
            )[0]
        )

    @contextmanager
    def _snapshot(self) -> Iterator[None]:
        """What is read in the block is of one state, whatever another process writes meanwhile.

        An article that is replaced between two looks would have its old passages cut from the new
        text.
        """
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            self._all("BEGIN")
            try:
                yield
            finally:
                self._all("COMMIT")

    def _all(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        try:
            with self._lock:
                return self._db.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise explain(error, self.home / FILE_NAME) from error

    def _one(self, sql: str, *values: Any) -> sqlite3.Row:
        return self._all(sql, *values)[0]

    def _select_in(self, sql: str, values: Sequence[Any]) -> list[sqlite3.Row]:
        found: list[sqlite3.Row] = []
        for first in range(0, len(values), MAX_VARIABLES):
            some = values[first : first + MAX_VARIABLES]
            found += self._all(sql.format(",".join("?" * len(some))), *some)
        return found


@contextmanager
def hold_lock(home: Path, timeout: float = LOCK_TIMEOUT) -> Iterator[None]:
    """The right to write in a home. Raises LibraryBusy where another has it past `timeout`."""
    lock = filelock.FileLock(home / "writer.lock")
    try:
        lock.acquire(timeout=timeout)
    except filelock.Timeout as error:
        raise LibraryBusy(
            f"Another process is writing to the library in {home}.",
            "Wait until it has finished, then try again.",
        ) from error
    except OSError as error:
        raise explain(error, home / "writer.lock") from error
    try:
        yield
    finally:
        lock.release()
