"""The library's file: its tables, how it is opened, and what its errors mean to the reader."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import threading
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from rag.errors import LibraryBusy, LibraryError

FILE_NAME = "library.sqlite3"
BACKUP_NAME = "library.sqlite3.backup"
#: Where fewer bytes than this are free, a write has failed for want of room.
ROOM = 1 << 20

#: What brings a library from each version to the next one, the first from nothing. Never changed
#: once it was published: libraries out there were made with it.
ARTICLES = """
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
CHATS_AND_REMOVED = """
CREATE TABLE chats(
    id TEXT PRIMARY KEY, title TEXT NOT NULL, created TEXT NOT NULL, changed TEXT NOT NULL);
CREATE TABLE exchanges(
    id TEXT PRIMARY KEY, chat TEXT NOT NULL REFERENCES chats(id) ON DELETE CASCADE,
    position INTEGER NOT NULL, question TEXT NOT NULL, engine TEXT NOT NULL, state TEXT NOT NULL,
    filters TEXT NOT NULL, answer TEXT, problem TEXT);
CREATE INDEX exchanges_chat ON exchanges(chat, position);
CREATE TABLE removed(
    id TEXT PRIMARY KEY, hash TEXT NOT NULL, title TEXT NOT NULL, outlet TEXT, author TEXT,
    published TEXT, updated TEXT, url TEXT, text TEXT NOT NULL, added TEXT NOT NULL,
    removed TEXT NOT NULL);
CREATE INDEX removed_hash ON removed(hash);
CREATE TABLE removed_files(
    file TEXT NOT NULL, article TEXT NOT NULL REFERENCES removed(id) ON DELETE CASCADE,
    digest TEXT NOT NULL, PRIMARY KEY (file, article));
"""
CHOICES_AND_EXAMS = """
CREATE TABLE choices(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE exams(
    place TEXT NOT NULL, model TEXT NOT NULL, identity TEXT NOT NULL, prompt TEXT NOT NULL,
    record TEXT NOT NULL, PRIMARY KEY (place, model, identity, prompt)) WITHOUT ROWID;
"""
#: What was cited, by the hash of all that an article says, and what was made of it.
FROZEN_AND_BRIEFINGS = """
CREATE TABLE frozen(
    hash TEXT PRIMARY KEY, article TEXT NOT NULL, title TEXT NOT NULL, outlet TEXT, author TEXT,
    published TEXT, updated TEXT, url TEXT, file TEXT NOT NULL, text TEXT NOT NULL,
    frozen TEXT NOT NULL);
CREATE TABLE briefings(
    id TEXT PRIMARY KEY, title TEXT NOT NULL, created TEXT NOT NULL, changed TEXT NOT NULL);
CREATE TABLE entries(
    id TEXT PRIMARY KEY, briefing TEXT NOT NULL REFERENCES briefings(id) ON DELETE CASCADE,
    position INTEGER NOT NULL, heading TEXT NOT NULL, comment TEXT NOT NULL, taken TEXT NOT NULL,
    added TEXT NOT NULL, answer TEXT NOT NULL);
CREATE INDEX entries_briefing ON entries(briefing, position);
"""
#: Which articles are copies of one story, found by the bands that they share; and which article a
#: later one supersedes ("version") or corrects ("correction").
STORIES = """
CREATE TABLE sketches(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    article TEXT NOT NULL UNIQUE REFERENCES articles(id) ON DELETE CASCADE,
    story INTEGER NOT NULL, corrected INTEGER NOT NULL, address TEXT, method TEXT NOT NULL);
CREATE INDEX sketches_story ON sketches(story);
CREATE INDEX sketches_address ON sketches(address);
CREATE TABLE bands(
    band INTEGER NOT NULL, sketch INTEGER NOT NULL REFERENCES sketches(id) ON DELETE CASCADE,
    PRIMARY KEY (band, sketch)) WITHOUT ROWID;
CREATE INDEX bands_sketch ON bands(sketch);
CREATE TABLE superseded(
    earlier TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    later TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    kind TEXT NOT NULL, PRIMARY KEY (earlier, later, kind)) WITHOUT ROWID;
CREATE INDEX superseded_later ON superseded(later);
CREATE INDEX articles_published ON articles(published, outlet);
"""
#: A file may hold several articles: `sources.file` is an article's place, as `Draft.place` gives
#: it, `container` the file on the disk, and `key` what the article is known by there, wherever it
#: comes to stand. `files` has those that were read to their end, `roots` what was given to be
#: indexed, `skipped` what was passed over there the last time, `filled` what a person filled in,
#: by key. An article's `stated` is what was read, `origins` where each value is from.
FILES_AND_METADATA = """
ALTER TABLE articles ADD COLUMN section TEXT;
ALTER TABLE articles ADD COLUMN language TEXT;
ALTER TABLE articles ADD COLUMN read_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE articles ADD COLUMN stated TEXT NOT NULL DEFAULT '{}';
ALTER TABLE articles ADD COLUMN origins TEXT NOT NULL DEFAULT '{}';
ALTER TABLE articles ADD COLUMN warnings TEXT NOT NULL DEFAULT '[]';
UPDATE articles SET read_hash = hash;
CREATE INDEX articles_read_hash ON articles(read_hash);
ALTER TABLE removed ADD COLUMN section TEXT;
ALTER TABLE removed ADD COLUMN language TEXT;
ALTER TABLE removed ADD COLUMN read_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE removed ADD COLUMN stated TEXT NOT NULL DEFAULT '{}';
ALTER TABLE removed ADD COLUMN origins TEXT NOT NULL DEFAULT '{}';
ALTER TABLE removed ADD COLUMN warnings TEXT NOT NULL DEFAULT '[]';
UPDATE removed SET read_hash = hash;
CREATE INDEX removed_read_hash ON removed(read_hash);
ALTER TABLE sources ADD COLUMN container TEXT NOT NULL DEFAULT '';
UPDATE sources SET container = file;
ALTER TABLE sources ADD COLUMN key TEXT NOT NULL DEFAULT '';
UPDATE sources SET key = file;
CREATE INDEX sources_container ON sources(container);
CREATE INDEX sources_key ON sources(key);
ALTER TABLE removed_files ADD COLUMN container TEXT NOT NULL DEFAULT '';
UPDATE removed_files SET container = file;
ALTER TABLE removed_files ADD COLUMN key TEXT NOT NULL DEFAULT '';
UPDATE removed_files SET key = file;
CREATE TABLE files(path TEXT PRIMARY KEY, digest TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO files SELECT file, digest FROM sources;
CREATE TABLE roots(path TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE skipped(
    file TEXT NOT NULL, container TEXT NOT NULL, reason TEXT NOT NULL, seen TEXT NOT NULL);
CREATE INDEX skipped_container ON skipped(container);
CREATE TABLE filled(
    key TEXT NOT NULL, field TEXT NOT NULL, value TEXT, PRIMARY KEY (key, field)) WITHOUT ROWID;
CREATE TABLE lines(
    key INTEGER NOT NULL, article TEXT NOT NULL REFERENCES articles(id) ON DELETE CASCADE,
    edge INTEGER NOT NULL, done INTEGER NOT NULL, PRIMARY KEY (key, article)) WITHOUT ROWID;
CREATE INDEX lines_article ON lines(article);
CREATE TABLE repeats(key INTEGER PRIMARY KEY, level INTEGER NOT NULL, sample TEXT NOT NULL);
"""
STEPS = (
    ARTICLES,
    CHATS_AND_REMOVED,
    CHOICES_AND_EXAMS,
    FROZEN_AND_BRIEFINGS,
    STORIES,
    FILES_AND_METADATA,
)
SCHEMA_VERSION = len(STEPS)


def connect(path: Path) -> sqlite3.Connection:
    # WAL lets readers go on while one process writes; where the folder cannot be written, SQLite
    # cannot make WAL's helper files either, and reading an unchanging file needs none.
    try:
        connection = sqlite3.connect(
            path, timeout=10, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError:
        # Without its WAL a library may be half of one state and half of another.
        wal = path.with_name(f"{path.name}-wal")
        if not path.exists() or (wal.exists() and wal.stat().st_size):
            raise
        connection = connect_reading(path)
    except UnicodeDecodeError as error:
        # SQLite quotes what it cannot make sense of, which need be no text.
        connection.close()
        raise sqlite3.DatabaseError("malformed database schema") from error
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def connect_reading(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro&immutable=1",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
    )


def look_first(path: Path) -> None:
    """Raise LibraryError for a file that is not ours to touch, without touching it.

    Opened as usual, it would be put into WAL mode, and what waits in its own WAL written into it.
    """
    # One that is being written just now may look torn; it is looked at again when it is open.
    with suppress(sqlite3.Error, UnicodeDecodeError), closing(connect_reading(path)) as db:
        check_version(db, path)


def check_version(db: sqlite3.Connection, path: Path) -> int:
    """The version of a library, 0 for an empty file. Raises LibraryError where we cannot use it."""
    version = read_version(db)
    if version > SCHEMA_VERSION:
        raise LibraryError(
            f"The library {path} was written by a newer Dateline (its format {version}, ours"
            f" {SCHEMA_VERSION}).",
            "Update Dateline, or name another home with --home.",
        )
    if version == 0 and db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise LibraryError(
            f"{path} is an SQLite file, but no library of Dateline's.",
            "Name another home with --home.",
        )
    return version


def prepare(db: sqlite3.Connection, path: Path) -> None:
    """Make the tables of a new library, and bring an older one up to date.

    An older one that cannot be written stays as it is: it can be asked all the same.
    """
    version = check_version(db, path)
    if version:
        # Fails where another program's file only happens to have this number.
        db.execute("SELECT 1 FROM meta, articles, sources, passages, changes LIMIT 1")
    try:
        migrate(db)
    except sqlite3.OperationalError:
        if not version:
            raise


def migrate(db: sqlite3.Connection) -> None:
    """Bring the tables to the present version, in one transaction; nothing where they are."""
    if read_version(db) == SCHEMA_VERSION:
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have done it while this one waited for its turn.
        version = read_version(db)
        for statement in ";".join(STEPS[version:]).split(";"):
            db.execute(statement)
        if version == 0:
            db.execute("INSERT INTO meta VALUES ('library', ?)", (uuid.uuid4().hex,))
        db.execute(f"PRAGMA user_version = {max(version, SCHEMA_VERSION)}")
        db.commit()
    except BaseException:
        db.rollback()
        raise


def read_version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def is_current(db: sqlite3.Connection) -> bool:
    """Whether every table is there; not so in an older library that could not be written."""
    return read_version(db) >= SCHEMA_VERSION


@contextmanager
def transaction(db: sqlite3.Connection, lock: threading.RLock) -> Iterator[sqlite3.Connection]:
    """All of the block or nothing of it, in a library that is up to date."""
    with lock:
        migrate(db)
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
            db.commit()
        except BaseException:
            db.rollback()
            raise


#: How SQLite says that a file is not what it was.
DAMAGED = (
    "malformed",
    "not a database",
    "no such table",
    "no such column",
    "Could not decode",
)
RESTORE = (
    "End the chat if it runs; `dateline doctor --restore` puts the last copy in its place and keeps"
    " the damaged file."
)
START_ANEW = (
    "Move the file away but keep it, since chats and briefings are in it, and index the articles"
    " again; nothing in their folder was touched."
)


def explain(error: Exception, path: Path) -> LibraryError:
    # A path in the message may hold any word.
    said = (error.strerror if isinstance(error, OSError) else None) or str(error)
    if "locked" in said:
        return LibraryBusy(f"The library {path} is busy.", "Try again in a moment.")
    if is_full(said):
        return LibraryError(
            f"There is no room left on the disk for {path}.",
            "Free some space and index again: what was indexed before is kept.",
        )
    if isinstance(error, PermissionError) or "readonly" in said or "read-only" in said.lower():
        return LibraryError(
            f"The library {path} cannot be written: {said}.",
            "Make its folder writable, or name another home with --home.",
        )
    if any(words in said for words in DAMAGED):
        backup = path.with_name(BACKUP_NAME)
        hint = RESTORE if path != backup and backup.exists() else START_ANEW
        return LibraryError(f"The library {path} is damaged: {said}.", hint)
    if "disk I/O error" in said:
        return LibraryError(
            f"The disk fails to read or write {path}.",
            "See that it is sound and has room; what was indexed before is kept.",
        )
    return LibraryError(
        f"The library {path} cannot be opened: {said}.", "Name another home with --home."
    )


def is_full(said: str) -> bool:
    """Whether an error's words, SQLite's or a system's, say that the disk takes no more."""
    full = ("disk is full", "No space left", "File too large", "uota exceeded")
    return any(words in said for words in full)


def refuse_full(error: Exception, folder: Path) -> None:
    """Raise LibraryError where a write below `folder` has failed for want of room.

    Neither index always says why it could not write.
    """
    if is_full(str(error)) or shutil.disk_usage(folder).free < ROOM:
        raise explain(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), folder) from error
