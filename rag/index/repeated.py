"""What repeats across the articles of a library, as rows of it: counted, learnt, and taken out.

`lines` has what may be learnt of each article as it was read, before anything was taken out, so
that what is known does not fall again. `done` is the level up to which the article's text has been
cleaned of a line.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from rag.ingest.repeats import STORIES, Seen, fold, is_noise, list_marks, strip_repeats

#: Where a learnt line goes: only outside an article's own sentences, or wherever it stands.
AT_EDGE, ANYWHERE = 1, 2

#: In how many stories each line stands that stands in enough of them, and in how many at the edge.
_COUNTS = """
    SELECT l.key, count(DISTINCT s.story) AS stories,
        count(DISTINCT CASE WHEN l.edge THEN s.story END) AS edges, min(l.article) AS article,
        (SELECT sample FROM repeats r WHERE r.key = l.key) AS sample
    FROM lines l JOIN sketches s ON s.article = l.article
    WHERE l.key IN (SELECT key FROM lines GROUP BY key HAVING count(*) >= ?1)
        AND l.key NOT IN (SELECT key FROM repeats WHERE level = 2)
    GROUP BY l.key HAVING stories >= ?1
"""

#: By key, up to which level it is taken out.
Levels = dict[int, int]


def read_levels(db: sqlite3.Connection) -> Levels:
    """What was learnt so far."""
    return dict(db.execute("SELECT key, level FROM repeats").fetchall())


def clean(text: str, levels: Levels) -> str:
    """The text without what is known to be the sites' own."""
    if not levels:
        return text

    def is_known(paragraph: str, edge: bool) -> bool:
        level = levels.get(fold(paragraph) or 0, 0)
        return level == ANYWHERE or (edge and level == AT_EDGE)

    return strip_repeats(text, is_known)


def read_text(db: sqlite3.Connection, article: str) -> str:
    """What an article of the library says."""
    row = db.execute("SELECT text FROM articles WHERE id = ?", (article,)).fetchone()
    return str(row["text"])


def note_lines(db: sqlite3.Connection, article: str, text: str, levels: Levels) -> None:
    """What of an article, as it was read, may be learnt; it has been cleaned by `levels`."""
    db.execute("DELETE FROM lines WHERE article = ?", (article,))
    db.executemany(
        "INSERT INTO lines VALUES (?, ?, ?, ?)",
        [(mark.key, article, mark.edge, levels.get(mark.key, 0)) for mark in list_marks(text)],
    )


def learn(db: sqlite3.Connection) -> None:
    """Find which lines are the sites' own by now; what was learnt once stays so."""
    for row in db.execute(_COUNTS, (STORIES,)).fetchall():
        # What was learnt at the edge has been taken out of the articles that had it.
        sample = row["sample"] or _find_sample(db, row["article"], row["key"])
        seen = Seen(row["stories"], row["edges"])
        level = 0
        if sample is not None:
            everywhere = is_noise(sample, False, seen)
            level = ANYWHERE if everywhere else AT_EDGE if is_noise(sample, True, seen) else 0
        if level:
            db.execute(
                "INSERT INTO repeats VALUES (?, ?, ?) ON CONFLICT(key) DO UPDATE SET"
                " level = max(level, excluded.level)",
                (row["key"], level, sample),
            )


def list_unclean(db: sqlite3.Connection) -> list[str]:
    """The articles in which something stands that has been learnt since."""
    found = db.execute(
        "SELECT DISTINCT l.article FROM repeats r JOIN lines l ON l.key = r.key"
        " WHERE l.done < r.level ORDER BY l.article"
    )
    return [row["article"] for row in found.fetchall()]


def note_clean(db: sqlite3.Connection, articles: Sequence[str]) -> None:
    db.executemany(
        "UPDATE lines SET done = coalesce((SELECT level FROM repeats r WHERE r.key = lines.key), 0)"
        " WHERE article = ?",
        [(article,) for article in articles],
    )


def _find_sample(db: sqlite3.Connection, article: str, key: int) -> str | None:
    paragraphs = read_text(db, article).split("\n\n")
    return next((one for one in paragraphs if fold(one) == key), None)
