"""Libraries of other versions: every older format is brought up to date, a newer one left alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from command import dateline
from conftest import FakeEmbedder, write_md

from rag.index.indexing import index_files
from rag.index.library import Library
from rag.index.schema import FILE_NAME, SCHEMA_VERSION, STEPS
from rag.index.store import Store
from rag.retrieve.hybrid import retrieve

#: What an older library holds, by the columns that its tables have had from the beginning.
HELD = {
    "meta": {"key": "library", "value": "abc"},
    "articles": {
        "id": "a1",
        "hash": "ab12",
        "title": "Bridge opens",
        "outlet": "Wire",
        "published": "2022-03-13",
        "text": "The mayor opened the bridge.",
        "added": "2022-03-14T00:00:00+00:00",
    },
    "sources": {"file": "/nowhere/a.md", "article": "a1", "digest": "1:d"},
    "passages": {"id": 7, "article": "a1", "start": 0, "end": 28},
    "changes": {"seq": 3, "article": "a1", "token": "t"},
    "chats": {"id": "c1", "title": "Bridges", "created": "2022-03-14", "changed": "2022-03-15"},
}
#: Columns that lead to another table.
LINKS = {
    "chat": "c1",
    "article": "a1",
    "briefing": "x",
    "sketch": 1,
    "earlier": "a0",
    "later": "a1",
}


def make_version(home: Path, version: int) -> Path:
    """A library as that format had it, with a row in every table."""
    home.mkdir()
    path = home / FILE_NAME
    with closing(sqlite3.connect(path)) as db, db:
        db.executescript(";".join(STEPS[:version]))
        for table in list_tables(db):
            _fill(db, table)
        db.execute(f"PRAGMA user_version = {version}")
    return path


def _fill(db: sqlite3.Connection, table: str) -> None:
    if db.execute(f"SELECT 1 FROM {table}").fetchone():
        return
    row: dict[str, object] = dict(HELD.get(table, {}))
    for _, name, kind, needed, default, is_key in db.execute(f"PRAGMA table_info({table})"):
        if name not in row and (is_key or (needed and default is None)):
            row[name] = LINKS.get(name, 1 if kind == "INTEGER" else "x")
    marks = ", ".join("?" * len(row))
    db.execute(f"INSERT INTO {table}({', '.join(row)}) VALUES ({marks})", list(row.values()))


def list_tables(db: sqlite3.Connection) -> list[str]:
    found = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return [name for (name,) in found if not name.startswith("sqlite_")]


def read_rows(path: Path, columns: dict[str, list[str]] | None = None) -> dict[str, list[tuple]]:
    """The rows of each table, of those columns alone where they are given."""
    with closing(sqlite3.connect(path)) as db:
        tables = columns or {table: ["*"] for table in list_tables(db)}
        return {
            table: db.execute(f"SELECT {', '.join(names)} FROM {table}").fetchall()
            for table, names in tables.items()
        }


def read_columns(path: Path) -> dict[str, list[str]]:
    with closing(sqlite3.connect(path)) as db:
        return {
            table: [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
            for table in list_tables(db)
        }


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_every_older_library_is_brought_up_to_date_asked_and_added_to(
    tmp_path: Path, version: int
) -> None:
    path = make_version(tmp_path / "home", version)
    columns, before = read_columns(path), read_rows(path)
    Library.open(tmp_path / "home").close()
    assert read_rows(path, columns) == before
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    store = Store(Library.open(tmp_path / "home"), FakeEmbedder())
    assert [hit.article.title for hit in retrieve(store, "bridge", 3)] == ["Bridge opens"]
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "b.md").write_text(write_md("A ferry sank in the harbour.", title="Ferry"))
    assert index_files(store, [folder]).added == 1
    found = [hit.article.title for hit in retrieve(store, "bridge ferry", 3)]
    assert sorted(found) == ["Bridge opens", "Ferry"]
    store.close()


@pytest.mark.parametrize(
    "command",
    [
        ("articles",),
        ("show", "a1"),
        ("search", "bridge"),
        ("ask", "Who opened it?"),
        ("index", "."),
    ],
)
def test_a_newer_library_is_refused_by_every_command_and_not_touched(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    home = tmp_path / "home"
    path = make_version(home, SCHEMA_VERSION)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE holograms(id)")
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = path.read_bytes()
    done = dateline(*command, home=home)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "was written by a newer Dateline" in done.stderr
    assert "Update Dateline" in done.stderr
    assert path.read_bytes() == before
    assert [one.name for one in home.iterdir()] == [FILE_NAME]


def test_another_programs_database_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "home" / FILE_NAME
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE songs(name)")
    before = path.read_bytes()
    done = dateline("articles", home=tmp_path / "home")
    assert "no library of Dateline’s" in done.stderr.replace("'", "’")
    assert path.read_bytes() == before
