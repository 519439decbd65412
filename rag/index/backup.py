"""A copy of the library beside it, made at most once a day, and how it is put back."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rag.errors import LibraryError, UsageError
from rag.index.articles import HASHED, fill_in, hash_draft
from rag.index.filling import check_values, read_filled, write_filled
from rag.index.schema import BACKUP_NAME, FILE_NAME, START_ANEW, check_version, explain, migrate
from rag.index.sources import list_roots
from rag.types import Draft

#: Seconds after which a copy is made anew: something less than a day, for who indexes every day.
FRESH = 20 * 3600
#: What can be had from no folder of articles, and which folders there are; what refers to another
#: table comes after it.
KEPT = (
    *("choices", "exams", "chats", "exchanges", "frozen", "briefings", "entries", "filled"),
    *("removed", "removed_files", "roots"),
)
#: What reading a damaged file ends in.
UNREADABLE = (sqlite3.Error, UnicodeError)


@dataclass(frozen=True, slots=True)
class PutBack:
    """When the copy was made that is the library now, and where the damaged one is.

    `saved` is how many rows were taken over from that: chats, answers, briefings, what was removed
    or filled in, and the like. `roots` is what was ever given to be indexed. Nothing is there as
    `damaged` where there was no library.
    """

    made: datetime
    damaged: Path
    saved: int
    roots: list[Path]


def back_up(home: Path) -> bool:
    """Copy the library if there is no copy of the last day; whether that was done.

    It is left undone where the disk has little room. Raises LibraryError where the library is
    damaged; the copy of before stays then.
    """
    path, backup = home / FILE_NAME, home / BACKUP_NAME
    if backup.exists() and abs(time.time() - backup.stat().st_mtime) < FRESH:
        return False
    if shutil.disk_usage(home).free < 3 * path.stat().st_size:
        return False
    fresh = backup.with_suffix(".new")
    try:
        _copy(path, fresh)
        fresh.replace(backup)
    except (sqlite3.Error, OSError) as error:
        raise explain(error, path) from error
    finally:
        fresh.unlink(missing_ok=True)
    return True


def put_back(home: Path) -> PutBack:
    """Put the copy in the library's place; the library is kept beside it under another name.

    What no folder holds is taken over from that as far as it can be read. The caller holds the
    writer's lock. Raises LibraryError where there is no whole copy.
    """
    path, backup = home / FILE_NAME, home / BACKUP_NAME
    if not backup.exists():
        raise LibraryError(f"There is no copy of the library in {home}.", START_ANEW)
    damaged = path.with_name(f"{FILE_NAME}.damaged-{datetime.now(UTC):%Y%m%d-%H%M%S}")
    fresh = path.with_suffix(".new")
    try:
        _copy(backup, fresh)
        saved, roots = _take_over(fresh, path)
        _set_aside(path, damaged)
        fresh.replace(path)
    except (sqlite3.Error, OSError) as error:
        raise explain(error, backup) from error
    finally:
        fresh.unlink(missing_ok=True)
    return PutBack(datetime.fromtimestamp(backup.stat().st_mtime, UTC), damaged, saved, roots)


def _set_aside(path: Path, damaged: Path) -> None:
    """Give the library another name. A bad sector or a full disk would not let it be copied."""
    if path.exists():
        try:
            os.link(path, damaged)
        except OSError:
            # Not every disk lets a file have two names; for a moment there is no library then.
            path.replace(damaged)
    wal = path.with_name(f"{path.name}-wal")
    if wal.exists() and wal.stat().st_size:
        wal.replace(f"{damaged}-wal")
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    """The library's state of just now, its WAL included, whoever else writes; checked."""
    target.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode = DELETE")
        verdict = new.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok" or not check_version(new, source):
            raise sqlite3.DatabaseError(f"malformed ({verdict})")
    # On the disk before its name is: a name without what it stands for is no copy.
    with target.open("rb+") as file:
        os.fsync(file.fileno())


def _take_over(target: Path, damaged: Path) -> tuple[int, list[Path]]:
    """Add what the copy lacks of `KEPT`; how many rows, and all roots. Damage stays as it is."""
    saved = 0
    with closing(sqlite3.connect(target, isolation_level=None)) as new:
        new.row_factory = sqlite3.Row
        migrate(new)
        new.execute("PRAGMA foreign_keys = ON")
        for table in KEPT:
            columns = new.execute(f"PRAGMA table_info({table})").fetchall()
            keys = [name for _, name, *_, key in columns if key]
            new.execute("BEGIN")
            for row in _read_rows(damaged, table, [name for _, name, *_ in columns], keys):
                if table == "filled":
                    saved += _fill(new, row)
                elif table != "removed":
                    saved += _insert(new, table, row)
                elif _is_whole(row) and _insert(new, table, row):
                    saved += 1
                    # It was still there when the copy was made.
                    if new.execute("DELETE FROM articles WHERE id = ?", (row["id"],)).rowcount:
                        new.execute("INSERT INTO changes(article) VALUES (?)", (row["id"],))
            new.execute("COMMIT")
        return saved, list_roots(new)


def _read_rows(
    damaged: Path, table: str, columns: Sequence[str], keys: Sequence[str]
) -> Iterator[sqlite3.Row]:
    """The rows of a table that can be read; some come twice.

    What cannot be read is in the damaged file still.
    """
    uri = f"{damaged.resolve().as_uri()}?mode=ro"
    every = f"SELECT {', '.join(columns)} FROM {table}"  # noqa: S608 (constants)
    # In its errors, SQLite quotes what it cannot make sense of, which need be no text.
    with suppress(*UNREADABLE), closing(sqlite3.connect(uri, uri=True)) as old:
        old.row_factory = sqlite3.Row
        # A torn text would end the reading; so it costs its own row, which cannot be stored.
        old.text_factory = lambda raw: raw.decode(errors="surrogateescape")
        with suppress(*UNREADABLE):
            yield from old.execute(every)
            return
        # One of them cannot be read, and no other after it in the order of the file.
        named = ", ".join(keys)
        wanted = f"{every} WHERE ({named}) = ({', '.join('?' * len(keys))})"
        for key in old.execute(f"SELECT {named} FROM {table}"):  # noqa: S608 (constants)
            with suppress(*UNREADABLE):
                yield from old.execute(wanted, tuple(key))


def _insert(new: sqlite3.Connection, table: str, row: sqlite3.Row) -> int:
    """How many rows that adds: none where the key is taken, or what it refers to is missing."""
    marks = ", ".join("?" * len(row))
    with suppress(sqlite3.IntegrityError, UnicodeEncodeError):
        return new.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", tuple(row)).rowcount  # noqa: S608
    return 0


def _fill(new: sqlite3.Connection, row: sqlite3.Row) -> int:
    """How many rows that changes: what was filled in last counts, and its articles say so."""
    with suppress(UsageError, UnicodeEncodeError):
        checked = check_values({row["field"]: row["value"]})
        known = read_filled(new, row["key"])
        if known | checked == known:
            return 0
        write_filled(new, row["key"], checked)
        found = new.execute("SELECT DISTINCT article FROM sources WHERE key = ?", (row["key"],))
        for (article,) in found.fetchall():
            fill_in(new, article)
        return 1
    return 0


def _is_whole(removed: sqlite3.Row) -> bool:
    """Whether a removed article is as it was: only then the copy's own is given up for it."""
    try:
        for moment in ("added", "removed"):
            datetime.fromisoformat(removed[moment])
        for record in ("stated", "origins", "warnings"):
            json.loads(removed[record])
        values: dict[str, Any] = {name: removed[name] for name in HASHED}
        return bool(hash_draft(Draft(file="", **values)) == removed["hash"])
    except (TypeError, ValueError, RecursionError):
        return False
