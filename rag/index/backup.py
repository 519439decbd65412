"""A copy of the library beside it, made at most once a day, and how it is put back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rag.errors import LibraryError
from rag.index.schema import BACKUP_NAME, FILE_NAME, START_ANEW, check_version, explain, migrate

#: Seconds after which a copy is made anew: something less than a day, for who indexes every day.
FRESH = 20 * 3600
#: What can be had from no folder of articles; what refers to another table comes after it.
KEPT = ("choices", "chats", "exchanges", "frozen", "briefings", "entries", "filled")


@dataclass(frozen=True, slots=True)
class PutBack:
    """When the copy was made that is the library now, and where the damaged one is.

    `saved` is how many rows were taken over from that: chats, answers, briefings and the like.
    """

    made: datetime
    damaged: Path
    saved: int


def back_up(home: Path) -> bool:
    """Copy the library if there is no copy of the last day; whether that was done.

    It is left undone where the disk has little room. Raises LibraryError where the library is
    damaged; the copy of before stays then.
    """
    path, backup = home / FILE_NAME, home / BACKUP_NAME
    if backup.exists() and time.time() - backup.stat().st_mtime < FRESH:
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
        for end in ("", "-wal"):
            if path.with_name(path.name + end).exists():
                shutil.copyfile(path.with_name(path.name + end), f"{damaged}{end}")
        saved = _take_over(fresh, damaged)
        for end in ("-wal", "-shm"):
            path.with_name(path.name + end).unlink(missing_ok=True)
        fresh.replace(path)
    except (sqlite3.Error, OSError) as error:
        raise explain(error, backup) from error
    finally:
        fresh.unlink(missing_ok=True)
    return PutBack(datetime.fromtimestamp(backup.stat().st_mtime, UTC), damaged, saved)


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


def _take_over(target: Path, damaged: Path) -> int:
    """Add what the copy lacks of `KEPT`; how many rows."""
    with (
        closing(sqlite3.connect(target, isolation_level=None)) as new,
        closing(sqlite3.connect(damaged)) as old,
    ):
        migrate(new)
        new.execute("PRAGMA foreign_keys = ON")
        before = new.total_changes
        for table in KEPT:
            # What cannot be read, or not without what it refers to, is in the damaged file still.
            with suppress(sqlite3.Error):
                for row in old.execute(f"SELECT * FROM {table}"):  # noqa: S608 (constant)
                    marks = ", ".join("?" * len(row))
                    with suppress(sqlite3.IntegrityError):
                        new.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", row)  # noqa: S608
        return new.total_changes - before
