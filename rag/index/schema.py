"""The library's file: its tables, how it is opened, and what its errors mean to the reader."""

from __future__ import annotations

import sqlite3
import uuid
from pathlib import Path

from rag.errors import LibraryBusy, LibraryError

FILE_NAME = "library.sqlite3"
SCHEMA_VERSION = 1

SCHEMA = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE articles(
    id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, title TEXT NOT NULL, outlet TEXT, author TEXT,
    published TEXT, updated TEXT, url TEXT, text TEXT NOT NULL, added TEXT NOT NULL);
CREATE TABLE sources(
    file TEXT PRIMARY KEY, article TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    digest TEXT NOT NULL);
CREATE INDEX sources_article ON sources(article);
CREATE TABLE passages(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    article TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    start INTEGER NOT NULL, end INTEGER NOT NULL, vector BLOB);
CREATE INDEX passages_article ON passages(article);
CREATE TABLE staged(
    article TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, vector BLOB);
-- The token tells two histories apart that have reached the same number: a backup may be restored.
CREATE TABLE changes(
    seq INTEGER PRIMARY KEY AUTOINCREMENT, article TEXT NOT NULL,
    token TEXT NOT NULL DEFAULT (hex(randomblob(8))));
"""


def connect(path: Path) -> sqlite3.Connection:
    # WAL lets readers go on while one process writes; where the folder cannot be written, SQLite
    # cannot make WAL's helper files either, and reading an unchanging file needs none.
    try:
        connection = sqlite3.connect(
            path, timeout=10, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError:
        if not path.exists():
            raise
        connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro&immutable=1",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
        )
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def prepare(db: sqlite3.Connection, path: Path) -> None:
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA_VERSION:
        raise LibraryError(
            f"The library {path} was written by a newer Dateline (its format {version}, ours"
            f" {SCHEMA_VERSION}).",
            "Update Dateline, or name another home with --home.",
        )
    if version == SCHEMA_VERSION:
        db.execute("SELECT key FROM meta LIMIT 1")
        return
    if db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise LibraryError(
            f"{path} is an SQLite file, but no library of Dateline's.",
            "Name another home with --home.",
        )
    db.execute("BEGIN IMMEDIATE")
    # Another process may have made the tables while this one waited for its turn.
    if db.execute("PRAGMA user_version").fetchone()[0] == 0:
        for statement in SCHEMA.split(";"):
            db.execute(statement)
        db.execute("INSERT INTO meta VALUES ('library', ?)", (uuid.uuid4().hex,))
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    db.commit()


def explain(error: Exception, path: Path) -> LibraryError:
    said = str(error)
    if "locked" in said:
        return LibraryBusy(f"The library {path} is busy.", "Try again in a moment.")
    if "full" in said or "No space" in said:
        return LibraryError(
            f"There is no room left on the disk for the library {path}.",
            "Free some space and index again: what was indexed before is kept.",
        )
    if isinstance(error, PermissionError) or "readonly" in said or "read-only" in said.lower():
        return LibraryError(
            f"The library {path} cannot be written: {said}.",
            "Make its folder writable, or name another home with --home.",
        )
    if "malformed" in said or "not a database" in said or "no such table" in said:
        return LibraryError(
            f"The library {path} is damaged: {said}.",
            "Move the file away and index the articles again; nothing in their folder was touched.",
        )
    return LibraryError(
        f"The library {path} cannot be opened: {said}.", "Name another home with --home."
    )
