"""Articles that were removed: moved into tables of their own, from where they can be put back.

Nothing of them is thrown away but their passages, which are cut anew when they return.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, date, datetime

from rag.errors import UsageError
from rag.index.schema import is_current
from rag.text import storable

COLUMNS = (
    "id, hash, title, outlet, author, published, updated, url, text, added, section, language,"
    " read_hash, stated, origins, warnings"
)

SAME = "SELECT id FROM removed WHERE read_hash = ?"
UNSAID = f"{SAME} AND hash NOT IN (SELECT hash FROM articles)"  # noqa: S608 (constant)

LISTED = """
    SELECT r.id, r.title, r.outlet, r.published, r.removed,
        coalesce((SELECT min(file) FROM removed_files WHERE article = r.id), '') AS file
    FROM removed r ORDER BY r.removed DESC, r.rowid DESC
"""


#: Why a file is passed over whose article was removed.
REMOVED = "it was removed from the library; name the file itself to index it again"
#: The same of an article in a file that holds others.
PART_REMOVED = "it was removed from the library; bring it back on the Library page"


@dataclass(frozen=True, slots=True)
class RemovedArticle:
    """An article that was removed; `file` is "" where none stood for it."""

    id: str
    title: str
    outlet: str | None
    published: date | None
    file: str
    removed: datetime


@dataclass(frozen=True, slots=True)
class Restored:
    """An article that was put back; `id` is the one under which its text now stands.

    `note` says in words what is not as it was; None where everything is.
    """

    id: str
    title: str
    note: str | None = None


def move_out(db: sqlite3.Connection, article: str) -> None:
    """Raises UsageError where there is no article of that id."""
    article = storable(article)
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    moved = db.execute(
        f"INSERT INTO removed({COLUMNS}, removed)"  # noqa: S608
        f" SELECT {COLUMNS}, ? FROM articles WHERE id = ?",
        (now, article),
    ).rowcount
    if not moved:
        raise UsageError(f"No article has the id “{article}”.", "`dateline articles` lists them.")
    db.execute(
        "INSERT INTO removed_files SELECT file, article, digest, container, key FROM sources"
        " WHERE article = ?",
        (article,),
    )
    # Its passages and files go with it.
    db.execute("DELETE FROM articles WHERE id = ?", (article,))


def move_back(db: sqlite3.Connection, article: str) -> Restored:
    """The article as it was, its passages left out.

    Where the same content has come in otherwise, its files join that article. A file that holds
    another article by now stays that one's. Raises UsageError where none of that id was removed.
    """
    row = db.execute(
        "SELECT hash, title FROM removed WHERE id = ?", (storable(article),)
    ).fetchone()
    if row is None:
        raise UsageError(
            f"No article with the id “{storable(article)}” was removed.",
            "It may have been restored already.",
        )
    title = row["title"]
    same = db.execute("SELECT id FROM articles WHERE hash = ?", (row["hash"],)).fetchone()
    if same is None:
        taken = _put_back(db, article, article)
        return Restored(article, title, _describe_taken(taken))
    _put_back(db, article, same["id"])
    return Restored(same["id"], title, f"“{title}” is in the library already.")


def put_same_back(db: sqlite3.Connection, digest: str) -> str | None:
    """The id of the removed article with this content, which is put back; None if there is none.

    `digest` is the hash of what was read. One that says, as it was filled in, what another one says
    by now stays where it is.
    """
    row = db.execute(UNSAID, (digest,)).fetchone()
    if row is None:
        return None
    _put_back(db, row["id"], row["id"])
    return str(row["id"])


def forget(db: sqlite3.Connection, article: str) -> list[str]:
    """Delete a removed article for good; returns the files that it stood in.

    They are read again the next time. Raises UsageError where none of that id was removed.
    """
    article = storable(article)
    found = db.execute("SELECT key, container FROM removed_files WHERE article = ?", (article,))
    places = found.fetchall()
    if not db.execute("DELETE FROM removed WHERE id = ?", (article,)).rowcount:
        raise UsageError(
            f"No article with the id “{article}” was removed.", "It may have been restored already."
        )
    for row in places:
        db.execute("DELETE FROM files WHERE path = ?", (row["container"],))
        db.execute(
            "DELETE FROM filled WHERE key = ?1"
            " AND NOT EXISTS (SELECT 1 FROM sources WHERE key = ?1)",
            (row["key"],),
        )
    return sorted({row["container"] for row in places})


def list_removed(db: sqlite3.Connection) -> list[RemovedArticle]:
    """The last one removed first."""
    if not is_current(db):
        return []
    return [_to_removed(row) for row in db.execute(LISTED).fetchall()]


def read_text(db: sqlite3.Connection, article: str) -> str | None:
    if not is_current(db):
        return None
    row = db.execute("SELECT text FROM removed WHERE id = ?", (storable(article),)).fetchone()
    return None if row is None else str(row["text"])


def read_digests(db: sqlite3.Connection) -> dict[str, set[str]]:
    """By file: one may have held several articles that were removed."""
    found: dict[str, set[str]] = {}
    if is_current(db):
        for row in db.execute("SELECT file, digest FROM removed_files").fetchall():
            found.setdefault(row["file"], set()).add(row["digest"])
    return found


def holds(db: sqlite3.Connection, digest: str) -> bool:
    """Whether an article with this content was removed."""
    if not is_current(db):
        return False
    return db.execute(SAME, (digest,)).fetchone() is not None


def _put_back(db: sqlite3.Connection, removed: str, target: str) -> dict[str, str]:
    """Returns the files that hold another article by now, each with that one's title."""
    if removed == target:
        db.execute(
            f"INSERT INTO articles({COLUMNS}) SELECT {COLUMNS} FROM removed"  # noqa: S608
            " WHERE id = ?",
            (removed,),
        )
    taken = db.execute(
        "SELECT f.file, a.title FROM removed_files f JOIN sources s ON s.file = f.file"
        " JOIN articles a ON a.id = s.article WHERE f.article = ? ORDER BY f.file",
        (removed,),
    ).fetchall()
    db.execute(
        "INSERT OR IGNORE INTO sources SELECT file, ?, digest, container, key FROM removed_files"
        " WHERE article = ?",
        (target, removed),
    )
    # It may have moved while it was removed: what was passed over for that is read again.
    db.execute(
        "DELETE FROM files WHERE path IN (SELECT container FROM skipped WHERE reason IN (?, ?))",
        (REMOVED, PART_REMOVED),
    )
    db.execute(
        "DELETE FROM skipped WHERE reason IN (?, ?)"
        " AND file IN (SELECT file FROM removed_files WHERE article = ?)",
        (REMOVED, PART_REMOVED, removed),
    )
    db.execute("DELETE FROM removed WHERE id = ?", (removed,))
    return {row["file"]: row["title"] for row in taken}


def _describe_taken(taken: dict[str, str]) -> str | None:
    if not taken:
        return None
    named = "; ".join(f"{file} now holds “{title}”" for file, title in taken.items())
    return f"Both are in the library: {named}."


def _to_removed(row: sqlite3.Row) -> RemovedArticle:
    return RemovedArticle(
        id=row["id"],
        title=row["title"],
        outlet=row["outlet"],
        published=date.fromisoformat(row["published"]) if row["published"] else None,
        file=row["file"],
        removed=datetime.fromisoformat(row["removed"]),
    )
