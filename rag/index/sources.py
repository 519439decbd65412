"""Which files the articles come from, as rows of the library; each may hold several articles."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rag.index.schema import is_current
from rag.ingest.files import Skipped


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A file, or a part of one, that was passed over when it was last looked at."""

    file: str
    reason: str
    seen: datetime


def read_digests(db: sqlite3.Connection) -> dict[str, str]:
    """The files that were read to their end, each with the digest of its bytes."""
    return dict(db.execute("SELECT path, digest FROM files").fetchall())


def count_held(db: sqlite3.Connection) -> dict[str, int]:
    """The files that articles come from, each with how many."""
    found = db.execute("SELECT container, count(*) FROM sources GROUP BY container")
    return dict(found.fetchall())


def list_files(db: sqlite3.Connection) -> set[str]:
    """Every file that is known, whether articles come from it or not."""
    found = db.execute("SELECT container FROM sources UNION SELECT path FROM files")
    return {row[0] for row in found.fetchall()}


def find_left(
    db: sqlite3.Connection, container: str, places: Iterable[str], unread: Iterable[str] = ()
) -> list[str]:
    """The places in a file that held an article before, and are not among `places`.

    Those are left out that are one of the `unread` parts of the file, or within one.
    """
    kept = set(places)
    # The number of a record says nothing of the one that had it before.
    parts = {one for one in unread if not one.rpartition("#")[2].isdecimal()} - {container}
    found = db.execute("SELECT file FROM sources WHERE container = ?", (container,)).fetchall()
    return [
        place
        for (place,) in found
        if place not in kept and parts.isdisjoint((place, place.rpartition("#")[0]))
    ]


def note_file(db: sqlite3.Connection, path: str, digest: str) -> None:
    db.execute("INSERT OR REPLACE INTO files VALUES (?, ?)", (path, digest))


def note_skipped(db: sqlite3.Connection, container: str, skipped: Sequence[Skipped]) -> None:
    """What was passed over in a file, in place of what was before."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    db.execute("DELETE FROM skipped WHERE container = ?", (container,))
    db.executemany(
        "INSERT INTO skipped VALUES (?, ?, ?, ?)",
        [(one.file, container, one.reason, now) for one in skipped],
    )


def forget_gone(db: sqlite3.Connection, roots: Sequence[Path], unread: Set[str]) -> None:
    """Forget the files at or below `roots` that hold no article and are not there any more.

    Where such a one returns, it is told anew why it was passed over. `unread` are the files there
    that are passed over now.
    """
    given = set(roots)
    found = db.execute(
        "SELECT DISTINCT container FROM skipped"
        " WHERE container NOT IN (SELECT container FROM sources)"
    )
    for file in [row["container"] for row in found.fetchall()]:
        path = Path(file)
        if file in unread or given.isdisjoint((path, *path.parents)):
            continue
        if _is_gone(path):
            _forget(db, file)


def _is_gone(path: Path) -> bool:
    """Whether nothing is there; not so where that cannot be told, as on a drive that fails."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False
    return False


def _forget(db: sqlite3.Connection, file: str) -> None:
    db.execute("DELETE FROM files WHERE path = ?", (file,))
    db.execute("DELETE FROM skipped WHERE container = ?", (file,))


def read_again(db: sqlite3.Connection, article: str) -> None:
    """Have the files that an article comes from be read when they are next looked at."""
    db.execute(
        "DELETE FROM files WHERE path IN (SELECT container FROM sources WHERE article = ?)",
        (article,),
    )


def forget_file(db: sqlite3.Connection, file: str) -> list[str]:
    """Forget a file; returns the places in it that held articles."""
    _forget(db, file)
    return find_left(db, file, ())


def forget_unheld(db: sqlite3.Connection, files: Iterable[str]) -> list[str]:
    """Forget those of these files that no article comes from, removed ones included; returns them.

    Nothing is known of them afterwards: neither why they were passed over nor that they were given.
    """
    held = (
        "SELECT 1 FROM sources WHERE container = ?1"
        " UNION ALL SELECT 1 FROM removed_files WHERE container = ?1"
    )
    gone = [file for file in files if not db.execute(held, (file,)).fetchone()]
    for file in gone:
        _forget(db, file)
        db.execute("DELETE FROM roots WHERE path = ?", (file,))
    return gone


def read_skipped(db: sqlite3.Connection) -> dict[str, list[Skipped]]:
    """By file, what was passed over in it when it was last looked at."""
    found: dict[str, list[Skipped]] = {}
    for row in db.execute("SELECT container, file, reason FROM skipped ORDER BY rowid").fetchall():
        found.setdefault(row["container"], []).append(Skipped(row["file"], row["reason"]))
    return found


def list_skipped(db: sqlite3.Connection) -> list[PassedOver]:
    """All that was passed over, by file."""
    if not is_current(db):
        return []
    found = db.execute("SELECT file, reason, seen FROM skipped ORDER BY file")
    return [
        PassedOver(row["file"], row["reason"], datetime.fromisoformat(row["seen"]))
        for row in found.fetchall()
    ]


def note_roots(db: sqlite3.Connection, roots: Iterable[Path]) -> None:
    db.executemany("INSERT OR IGNORE INTO roots VALUES (?)", [(str(root),) for root in roots])


def list_roots(db: sqlite3.Connection) -> list[Path]:
    """The files and folders that were given to be indexed, less those within another."""
    if not is_current(db):
        return []
    found = [Path(row["path"]) for row in db.execute("SELECT path FROM roots").fetchall()]
    every = set(found)
    return sorted(one for one in found if every.isdisjoint(one.parents))
