"""The articles that were cited, as they were then: what a footnote names can be shown for ever.

They stay when the chat or the briefing that cites them is deleted, or the article is removed: a
text that was sent to others may name them, and deleting can be undone.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Literal

from rag.errors import UsageError
from rag.index.apart import Apart
from rag.index.articles import hash_draft
from rag.text import storable
from rag.types import Article

#: How the article of a frozen source stands in the library now.
Standing = Literal["unchanged", "changed", "removed", "gone"]

#: The beginning of a hash by which an article may be named: eight digits, as footnotes give them.
HASH = re.compile(r"[0-9a-f]{8,64}")

#: As bytes: torn ones would otherwise keep SQLite from handing out the row at all.
COLUMNS = ", ".join(
    f"CAST({name} AS BLOB) AS {name}"
    for name in ("hash", "title", "outlet", "author", "published", "updated", "url", "text")
)

KEEP = "INSERT OR IGNORE INTO frozen VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

#: Where an article of a hash is looked for, in this order.
PLACES = tuple(
    f"SELECT {COLUMNS}, CAST({name} AS BLOB) AS id, CAST({file} AS BLOB) AS file,"  # noqa: S608
    f" CAST({frozen} AS BLOB) AS frozen FROM {table}"
    for table, name, file, frozen in (
        ("frozen", "article", "file", "frozen"),
        ("articles", "id", "(SELECT min(file) FROM sources s WHERE s.article = id)", "NULL"),
        ("removed", "id", "(SELECT min(file) FROM removed_files f WHERE f.article = id)", "NULL"),
    )
)

#: What of a row is not text.
READ: dict[str, Callable[[str], Any]] = {
    "published": date.fromisoformat,
    "updated": date.fromisoformat,
    "frozen": datetime.fromisoformat,
}

#: A hash may stand under more than one id in the course of time, and an id for several hashes.
STANDINGS = """
    SELECT CASE
        WHEN EXISTS (SELECT 1 FROM articles WHERE hash = ?1) THEN 'unchanged'
        WHEN EXISTS (SELECT 1 FROM articles WHERE id = ?2) THEN 'changed'
        WHEN EXISTS (SELECT 1 FROM removed WHERE hash = ?1 OR id = ?2) THEN 'removed'
        ELSE 'gone' END
"""
#: What is said of an article that is shown as it was, where that is not how it is.
SINCE: dict[Standing, str | None] = {
    "unchanged": None,
    "changed": "It has changed since.",
    "removed": "It is no longer in the library.",
    "gone": "It is no longer in the library.",
}


@dataclass(frozen=True, slots=True)
class FrozenArticle(Article):
    """An article as it was when it was cited; `id` and `file` are those that it had then.

    `frozen` is when it was first kept; None where it never was, and the library still has it.
    """

    frozen: datetime | None = None


class Frozen(Apart):
    """The cited articles of one library; safe to use from any thread.

    Everything raises LibraryError where the library cannot be read or written. In an older library
    that cannot be written nothing is frozen, and nothing is found.
    """

    def freeze(self, articles: Sequence[Article]) -> None:
        """Keep these as they are, each once; writes nothing where all are kept already.

        One whose text is not what its hash was made of, as in a kept answer, is passed over.
        """
        wanted = {article.hash: article for article in articles}
        for known in self.known(wanted):
            del wanted[known]
        now = datetime.now(UTC).isoformat(timespec="seconds")
        stored = map(_to_storable, wanted.values())
        rows = [(*_to_row(article), now) for article in stored if _is_whole(article)]
        if rows:
            with self._writing() as db:
                db.executemany(KEEP, rows)

    def known(self, hashes: Iterable[str]) -> set[str]:
        """Those of the hashes whose articles are frozen."""
        kept = "SELECT 1 FROM frozen WHERE hash = ?"
        return {one for one in hashes if self._all(kept, storable(one))}

    def find(self, hash: str) -> FrozenArticle | None:  # noqa: A002 (its name everywhere)
        """The article of this hash, or of the only one that begins with these 8 or more digits.

        Where it was never frozen, the one that stands in the library or was removed from it. A copy
        that is damaged is passed over: what is returned is what was cited, to the character. Raises
        UsageError where several begin so.
        """
        digits = hash.strip().lower().removeprefix("sha256:")
        if not HASH.fullmatch(digits):
            return None
        found: dict[str, FrozenArticle] = {}
        for place in PLACES:
            # “g” comes after every digit of a hash.
            rows = self._all(f"{place} WHERE hash >= ? AND hash < ? LIMIT 9", digits, f"{digits}g")
            for article in filter(None, map(_to_frozen, rows)):
                found.setdefault(article.hash, article)
        if len(found) > 1:
            raise UsageError(
                f"More than one cited article's hash begins with “{digits}”.", "Give more of it."
            )
        return next(iter(found.values()), None)

    def stand(self, article: Article) -> Standing:
        """How the article stands now: unchanged, with another content, removed, or not at all."""
        rows = self._all(STANDINGS, storable(article.hash), storable(article.id))
        standing: Standing = rows[0][0] if rows else "gone"
        return standing


def _is_whole(article: Article) -> bool:
    return hash_draft(article) == article.hash


def _to_storable(article: Article) -> Article:
    texts = {name: storable(v) for name, v in asdict(article).items() if isinstance(v, str)}
    return replace(article, **texts)  # type: ignore[arg-type]


def _to_row(article: Article) -> tuple[str | None, ...]:
    published, updated = (
        day.isoformat() if day else None for day in (article.published, article.updated)
    )
    return (
        article.hash,
        article.id,
        article.title,
        article.outlet,
        article.author,
        published,
        updated,
        article.url,
        article.file,
        article.text,
    )


def _to_frozen(row: sqlite3.Row) -> FrozenArticle | None:
    """The article of a row; None where it is damaged."""
    try:
        values: dict[str, Any] = {
            name: None if row[name] is None else row[name].decode() for name in tuple(row.keys())
        }
        for name, read in READ.items():
            values[name] = read(values[name]) if values[name] else None
        article = FrozenArticle(**values | {"file": values["file"] or ""})
    except ValueError:
        return None
    return article if _is_whole(article) else None
