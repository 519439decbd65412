"""Which articles are copies of one story, and which one a later one supersedes.

An article's story is found when it is indexed: those that share a band of their sketches with it
are held against it word by word. A question costs two look-ups.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rag.index.torn import tell_torn, to_date
from rag.ingest.copies import Reading, are_copies, fold_headline, is_later
from rag.ingest.corrections import LONGEST
from rag.ingest.sketches import METHOD, list_bands, read_words
from rag.types import Draft

#: Articles whose stories are found in one transaction.
SOME = 100
#: Of those that share a band with an article, the most like it are held against it, and of each
#: story so many at most.
HELD, OF_A_STORY = 30, 3
#: Versions of one article that are compared, the newest ones.
VERSIONS = 50
#: A correction stands no more than so many days after what it corrects.
CORRECTED_WITHIN = 60
#: Words of a headline that is told from any other.
HEADLINE_WORDS = 4

_CORRECTION = re.compile(r"\s*(?:correction|corrected|clarification)s?\s*[:—–-]\s*", re.IGNORECASE)
_TOLD = "a.id, a.hash, a.title, a.outlet, a.published, a.updated, a.url, a.text"

Select = Callable[[str, Sequence[str]], list[sqlite3.Row]]


@dataclass(frozen=True, slots=True)
class Place:
    """The story that an article belongs to; `corrected` is whether it says it was corrected."""

    story: int
    corrected: bool


@dataclass(frozen=True, slots=True)
class Link:
    """An article, and one that supersedes it or is a correction of it."""

    earlier: str
    later: str
    correction: bool


class Stories:
    """The stories of one library, for those who read.

    Nothing in an older library that could not be written; an article that was not looked at yet
    belongs to none.
    """

    def __init__(self, select: Select) -> None:
        self._select = select

    def places(self, articles: Sequence[str]) -> dict[str, Place]:
        """The stories of these articles."""
        rows = self._select(
            "SELECT article, story, corrected FROM sketches WHERE article IN ({})", articles
        )
        return {row["article"]: Place(row["story"], bool(row["corrected"])) for row in rows}

    def others(self, article: str) -> list[str]:
        """The ids of the other articles of the same story, the first published first."""
        rows = self._select(
            "SELECT o.article FROM sketches s JOIN sketches o ON o.story = s.story AND o.id <> s.id"
            " JOIN articles a ON a.id = o.article WHERE s.article IN ({})"
            " ORDER BY a.published IS NULL, a.published, a.id",
            [article],
        )
        return [row["article"] for row in rows]

    def later_than(self, articles: Sequence[str]) -> list[Link]:
        """What supersedes or corrects these articles."""
        return self._link("earlier", articles)

    def earlier_than(self, articles: Sequence[str]) -> list[Link]:
        """What these articles supersede or correct."""
        return self._link("later", articles)

    def corrected_by(self, outlet: str) -> list[str]:
        """The ids of an outlet's articles with a notice of correction, the last published first."""
        rows = self._select(
            "SELECT a.id FROM articles a JOIN sketches s ON s.article = a.id"
            " WHERE s.corrected AND a.outlet IN ({}) ORDER BY a.published DESC LIMIT 20",
            [outlet],
        )
        return [row["id"] for row in rows]

    def _link(self, side: str, articles: Sequence[str]) -> list[Link]:
        rows = self._select(
            f"SELECT earlier, later, kind FROM superseded WHERE {side} IN ({{}})"  # noqa: S608
            " ORDER BY earlier, later, kind",
            articles,
        )
        return [Link(row["earlier"], row["later"], row["kind"] == "correction") for row in rows]


def forget(db: sqlite3.Connection, article: str) -> None:
    """Take an article out of its story: it is about to say something else."""
    db.execute("DELETE FROM sketches WHERE article = ?", (article,))
    db.execute("DELETE FROM superseded WHERE earlier = ?1 OR later = ?1", (article,))


def forget_old(db: sqlite3.Connection) -> None:
    """Take out what was found by another method: its bands cannot be compared with ours."""
    db.execute("DELETE FROM sketches WHERE method <> ?", (METHOD,))


def list_unplaced(db: sqlite3.Connection) -> list[str]:
    """The articles that belong to no story yet, the oldest in the library first."""
    # By the indexes alone: the articles' own rows are as long as their texts.
    rows = db.execute(
        "SELECT id, rowid FROM articles a WHERE NOT EXISTS"
        " (SELECT 1 FROM sketches WHERE article = a.id)"
    ).fetchall()
    return [row["id"] for row in sorted(rows, key=lambda row: row["rowid"])]


def join(db: sqlite3.Connection, articles: Sequence[str]) -> None:
    """Find the stories of articles that belong to none yet."""
    for article in articles:
        _join(db, article, _read(db, article))


def _join(db: sqlite3.Connection, article: str, reading: Reading) -> None:
    bands = list_bands(reading.shingles)
    stories = _find_stories(db, bands, reading)
    number = db.execute(
        "INSERT INTO sketches(article, story, corrected, address, method) VALUES (?, 0, ?, ?, ?)",
        (article, reading.corrected, reading.address, METHOD),
    ).lastrowid
    story = min([*stories, number or 0])
    db.execute("UPDATE sketches SET story = ? WHERE id = ?", (story, number))
    for other in stories:
        db.execute("UPDATE sketches SET story = ? WHERE story = ?", (story, other))
    db.executemany("INSERT INTO bands VALUES (?, ?)", [(band, number) for band in bands])
    _link_versions(db, article, reading, story)


def _find_stories(db: sqlite3.Connection, bands: Sequence[int], reading: Reading) -> set[int]:
    """The stories of which the article has a copy."""
    found: set[int] = set()
    tried: dict[int, int] = {}
    for article, story in _list_alike(db, bands):
        if story in found or tried.get(story, 0) == OF_A_STORY:
            continue
        if sum(tried.values()) == HELD:
            break
        tried[story] = tried.get(story, 0) + 1
        if are_copies(reading, _read(db, article)):
            found.add(story)
    return found


def _list_alike(db: sqlite3.Connection, bands: Sequence[int]) -> Iterator[tuple[str, int]]:
    """The articles that share bands with these, the most bands first, each with its story."""
    held = ",".join("?" * len(bands))
    rows = db.execute(
        "SELECT s.article, s.story FROM"  # noqa: S608 (question marks)
        f" (SELECT sketch, count(*) AS shared FROM bands WHERE band IN ({held}) GROUP BY sketch) b"
        " JOIN sketches s ON s.id = b.sketch JOIN articles a ON a.id = s.article"
        " ORDER BY b.shared DESC, s.id",
        bands,
    )
    for row in rows.fetchall():
        yield row["article"], row["story"]


def _link_versions(db: sqlite3.Connection, article: str, reading: Reading, story: int) -> None:
    rows = db.execute(
        "SELECT s.article FROM sketches s JOIN articles a ON a.id = s.article"
        " WHERE s.article <> ?1 AND (s.address = ?2 OR (s.story = ?3 AND a.outlet = ?4))"
        " ORDER BY s.id DESC LIMIT ?5",
        (article, reading.address, story, reading.draft.outlet, VERSIONS),
    ).fetchall()
    for row in rows:
        other = _read(db, row["article"])
        if is_later(reading, other):
            _supersede(db, row["article"], article, "version")
        elif is_later(other, reading):
            _supersede(db, article, row["article"], "version")


def _supersede(db: sqlite3.Connection, earlier: str, later: str, kind: str) -> None:
    db.execute("INSERT OR IGNORE INTO superseded VALUES (?, ?, ?)", (earlier, later, kind))


def link_corrections(db: sqlite3.Connection) -> None:
    """Link each article that is a correction to the one article that it can only mean."""
    # CROSS JOIN has SQLite begin with the few that say so, and not with all texts.
    db.execute("DELETE FROM superseded WHERE kind = 'correction'")
    rows = db.execute(
        f"SELECT {_TOLD} FROM sketches s CROSS JOIN articles a ON a.id = s.article"  # noqa: S608
        " WHERE s.corrected AND outlet IS NOT NULL AND published IS NOT NULL"
        " AND length(text) <= ?",
        (LONGEST,),
    ).fetchall()
    for row in rows:
        if (label := _CORRECTION.match(row["title"])) is None:
            continue
        meant = _find_meant(db, row, row["title"][label.end() :])
        if meant is not None:
            _supersede(db, meant, row["id"], "correction")


def _find_meant(db: sqlite3.Connection, correction: sqlite3.Row, named: str) -> str | None:
    """The one article of the outlet whose headline the correction gives; None for none or many."""
    rows = db.execute(
        "SELECT id, title FROM articles WHERE outlet = ?1 AND id <> ?2"
        " AND published BETWEEN date(?3, ?4) AND ?3",
        (
            correction["outlet"],
            correction["id"],
            correction["published"],
            f"-{CORRECTED_WITHIN} days",
        ),
    ).fetchall()
    wanted, said = fold_headline(named), f" {fold_headline(correction['text'])} "
    found = []
    for row in rows:
        headline = fold_headline(row["title"])
        if len(read_words(row["title"])) < HEADLINE_WORDS or _CORRECTION.match(row["title"]):
            continue
        if headline == wanted or f" {headline} " in said:
            found.append(row["id"])
    return found[0] if len(found) == 1 else None


def _read(db: sqlite3.Connection, article: str) -> Reading:
    row = db.execute(f"SELECT {_TOLD} FROM articles a WHERE id = ?", (article,)).fetchone()  # noqa: S608
    if row is None:
        raise tell_torn("article", article)
    return _to_reading(row)


def _to_reading(row: sqlite3.Row) -> Reading:
    return Reading(
        Draft(
            file="",
            title=row["title"],
            text=row["text"],
            outlet=row["outlet"],
            published=to_date(row["published"]),
            updated=to_date(row["updated"]),
            url=row["url"],
        )
    )
