"""What is kept in the library's file by a connection of its own, and needs no writer."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from rag.index.schema import connect, explain, is_current, transaction
from rag.text import storable


class Apart:
    """A part of one library; safe to use from any thread.

    Everything raises LibraryError where the library cannot be read or written. In an older library
    that cannot be written there is nothing, and nothing can be kept.
    """

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self._db = db
        self._lock = threading.RLock()
        self._path = path

    @classmethod
    def open(cls, path: Path) -> Self:
        """This part of the library at `path`: nobody who searches waits until it is on the disk."""
        try:
            return cls(connect(path), path)
        except sqlite3.Error as error:
            raise explain(error, path) from error

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            with transaction(self._db, self._lock) as db:
                yield db
        except sqlite3.Error as error:
            raise explain(error, self._path) from error

    def _all(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        try:
            with self._lock:
                return self._db.execute(sql, values).fetchall() if is_current(self._db) else []
        except sqlite3.Error as error:
            raise explain(error, self._path) from error

    def _note(self, key: str, value: str | None) -> None:
        """Remember a value under a key of `meta`; for None, forget it."""
        with self._writing() as db:
            db.execute("DELETE FROM meta WHERE key = ?", (key,))
            if value is not None:
                db.execute("INSERT INTO meta VALUES (?, ?)", (key, storable(value)))
