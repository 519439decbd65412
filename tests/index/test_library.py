"""The library keeps articles, passages and vectors, and logs every change."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import make_draft

from rag.errors import LibraryBusy, LibraryError, UsageError
from rag.index import library as library_module
from rag.index.articles import hash_draft
from rag.index.chats import Kept
from rag.index.choices import Chosen
from rag.index.library import Library
from rag.index.schema import ARTICLES, FILE_NAME, SCHEMA_VERSION, STEPS, connect_reading
from rag.index.store import Store
from rag.retrieve.hybrid import retrieve
from rag.types import Answer, Article, Citation, Filters, Sentence, Span

SPANS = [Span(0, 9), Span(10, 28)]


def vectors(count: int = 2) -> np.ndarray:
    return np.eye(4, dtype=np.float32)[:count]


def put(library: Library, draft=None, digest: str = "d1") -> None:
    with library.writer() as writer:
        writer.put(draft or make_draft(), digest, SPANS, vectors())


def test_an_article_comes_back_as_it_went_in(home: Path) -> None:
    library = Library.open(home)
    put(library)
    [article] = library.articles()
    assert (article.title, article.text, article.passages) == (
        "A title",
        "The mayor opened the bridge.",
        2,
    )
    assert library.article(article.id[:5]) == article


def test_passages_carry_their_offsets_and_vectors(home: Path) -> None:
    library = Library.open(home)
    put(library)
    rows = list(library.rows())
    assert [row.passage.text for row in rows] == ["The mayor", "opened the bridge."]
    assert np.array_equal(np.stack([row.vector for row in rows]), vectors())


def test_a_changed_file_keeps_its_articles_id_and_gets_new_passages(home: Path) -> None:
    library = Library.open(home)
    put(library)
    [before] = library.articles()
    old = [row.passage.id for row in library.rows()]
    put(library, make_draft("The mayor closed the bridge again."), "d2")
    [after] = library.articles()
    assert after.id == before.id
    assert after.text == "The mayor closed the bridge again."
    assert not set(old) & {row.passage.id for row in library.rows()}


def test_a_second_file_with_the_same_content_is_the_same_article(home: Path) -> None:
    library = Library.open(home)
    put(library)
    put(library, make_draft(file="copy.txt"))
    assert library.count_articles() == 1
    with library.writer() as writer:
        assert writer.drop_files(["a.txt"]) == 0
        assert writer.drop_files(["copy.txt"]) == 1
    assert library.count_articles() == library.count_passages() == 0


def test_a_changed_copy_leaves_the_other_files_article_alone(home: Path) -> None:
    library = Library.open(home)
    put(library)
    put(library, make_draft(file="copy.txt"))
    put(library, make_draft("Something else entirely happened.", file="copy.txt"), "d2")
    assert sorted(article.text for article in library.articles()) == [
        "Something else entirely happened.",
        "The mayor opened the bridge.",
    ]


def test_every_change_has_a_number_and_names_its_article(home: Path) -> None:
    library = Library.open(home)
    put(library)
    first = library.last_change()
    [article] = library.articles()
    put(library, make_draft("Another article of another file.", file="b.txt"))
    assert library.last_change() > first
    assert article.id not in library.changed_since(first)
    assert library.changed_since(0).count(article.id) == 1


def test_a_failed_change_leaves_nothing_behind(home: Path) -> None:
    library = Library.open(home)
    put(library)
    change = library.last_change()
    with pytest.raises(ValueError, match="zip"), library.writer() as writer:
        writer.put(make_draft("Broken.", file="b.txt"), "d", SPANS, vectors(1))
    assert library.count_articles() == 1
    assert library.last_change() == change


def test_two_processes_cannot_both_write(home: Path) -> None:
    library = Library.open(home)
    program = (
        "import sys; from pathlib import Path; from rag.index.library import Library\n"
        "from rag.errors import LibraryBusy\n"
        "library = Library.open(Path(sys.argv[1]))\n"
        "try:\n"
        "    with library.writer(): print('wrote')\n"
        "except LibraryBusy as error: print(error)\n"
    )
    with library.writer():
        said = subprocess.run(
            [sys.executable, "-c", program, str(home)],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout
    assert said.startswith("Another process is writing")
    assert "try again" in said


def test_the_lock_is_free_again_after_an_error(home: Path) -> None:
    library = Library.open(home)
    with pytest.raises(KeyError), library.writer():
        raise KeyError
    with library.writer(timeout=0):
        pass


def test_a_newer_library_is_refused_and_left_as_it_is(home: Path) -> None:
    Library.open(home).close()
    path = home / FILE_NAME
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    db.close()
    before = path.read_bytes()
    with pytest.raises(LibraryError, match="newer Dateline"):
        Library.open(home)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"not a database at all, just text" * 200, b"SQLite format 3\0"]
)
def test_a_corrupt_library_is_named_and_left_as_it_is(home: Path, content: bytes) -> None:
    home.mkdir()
    path = home / FILE_NAME
    path.write_bytes(content)
    with pytest.raises(LibraryError, match="damaged") as caught:
        Library.open(home)
    assert "index the articles again" in caught.value.hint
    assert path.read_bytes() == content


def test_another_programs_database_is_refused(home: Path) -> None:
    home.mkdir()
    with sqlite3.connect(home / FILE_NAME) as db:
        db.execute("CREATE TABLE songs(name)")
    db.close()
    with pytest.raises(LibraryError, match="no library of Dateline"):
        Library.open(home)


def test_no_library_is_made_where_only_reading_was_asked_for(home: Path) -> None:
    with pytest.raises(LibraryError, match="There is no library"):
        Library.open(home, create=False)
    assert not home.exists()


@pytest.mark.parametrize("name", ["", "zzz", "%", "' OR 1=1 --"])
def test_an_unknown_id_is_an_error_in_words(home: Path, name: str) -> None:
    library = Library.open(home)
    put(library)
    with pytest.raises(UsageError, match="No article has the id"):
        library.article(name)


def test_staged_passages_take_the_place_of_all_at_once(home: Path) -> None:
    library = Library.open(home)
    put(library)
    [article] = library.articles()
    with library.writer() as writer:
        writer.stage(article.id, [Span(0, 28)], vectors(1))
        assert library.count_passages() == 2
        writer.swap_staged("other", 4, "whole")
    assert library.count_passages() == 1
    assert library.manifest().embedder == "other"


def test_a_second_writer_in_the_same_process_waits_its_turn(home: Path) -> None:
    library = Library.open(home)
    with library.writer(), pytest.raises(LibraryBusy), library.writer(timeout=0):
        pass


def make_version_1(home: Path) -> Path:
    """A library as Dateline's first format had it, with one article that has no vectors."""
    home.mkdir()
    path = home / FILE_NAME
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(ARTICLES)
        db.execute("INSERT INTO meta VALUES ('library', 'abc')")
        db.execute(
            "INSERT INTO articles VALUES ('a1', 'h', 'Bridge opens', 'Wire', NULL, '2022-03-13',"
            " NULL, NULL, 'The mayor opened the bridge.', '2022-03-14T00:00:00+00:00')"
        )
        db.execute("INSERT INTO sources VALUES ('/x/a.md', 'a1', '1:d')")
        db.execute("INSERT INTO passages(article, start, end) VALUES ('a1', 0, 28)")
        db.execute("INSERT INTO changes(article) VALUES ('a1')")
        db.execute("PRAGMA user_version = 1")
    db.close()
    return path


def read_all(path: Path) -> dict[str, list[tuple]]:
    """All that a library of the first format holds, whatever was added to its tables since."""
    return read_tables(
        path,
        {
            "meta": "key, value",
            "articles": "id, hash, title, outlet, author, published, updated, url, text, added",
            "sources": "file, article, digest",
            "passages": "id, article, start, end, vector",
            "changes": "seq, article, token",
        },
    )


def version_of(path: Path) -> int:
    with sqlite3.connect(path) as db:
        version = db.execute("PRAGMA user_version").fetchone()[0]
    db.close()
    return version


def whole() -> Article:
    article = Article(file="a.md", title="A title", text="The mayor opened the bridge.")
    return replace(article, hash=hash_draft(article))


def kept() -> Kept:
    return Kept("e1", "Who opened it?", "quotes", "stopped", Filters())


def test_a_library_of_the_first_format_is_brought_up_to_date_with_all_that_is_in_it(
    home: Path,
) -> None:
    path = make_version_1(home)
    before = read_all(path)
    store = Store(Library.open(home), None)
    assert version_of(path) == SCHEMA_VERSION == 6
    assert read_all(path) == before
    assert [hit.article.id for hit in retrieve(store, "bridge", 3)] == ["a1"]
    store.library.chats.keep("c1", "T", 0, kept())
    assert store.library.chats.load("c1")[1] == [kept()]
    assert store.library.removed() == []
    store.library.choices.change(engine="ollama:m")
    assert store.library.choices.read() == Chosen(engine="ollama:m")
    store.close()


#: What each later format added, with something in it.
FILLED = {
    2: (
        "INSERT INTO chats VALUES ('c1', 'Bridges', '2022-03-14T00:00:00+00:00',"
        " '2022-03-15T00:00:00+00:00')",
        "INSERT INTO exchanges VALUES ('e1', 'c1', 0, 'Who opened it?', 'quotes', 'stopped', '{}',"
        " NULL, NULL)",
        "INSERT INTO removed VALUES ('r1', 'cafe1234', 'Port', NULL, NULL, NULL, NULL, NULL,"
        " 'The port closed.', '2022-03-14T00:00:00+00:00', '2022-03-15T00:00:00+00:00')",
        "INSERT INTO removed_files VALUES ('/x/r.md', 'r1', '1:r')",
    ),
    3: (
        "INSERT INTO choices VALUES ('engine', '\"ollama:m\"')",
        "INSERT INTO exams VALUES ('here', 'm', 'i', 'p', 'record')",
    ),
}


def make_version(home: Path, version: int) -> Path:
    """A library as an earlier format had it, with something in every table."""
    path = make_version_1(home)
    with sqlite3.connect(path) as db:
        for number in range(2, version + 1):
            db.executescript(STEPS[number - 1])
            for statement in FILLED[number]:
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {version}")
    db.close()
    return path


def read_tables(path: Path, columns: dict[str, str]) -> dict[str, list[tuple]]:
    with sqlite3.connect(path) as db:
        rows = {
            table: db.execute(f"SELECT {names} FROM {table}").fetchall()
            for table, names in columns.items()
        }
    db.close()
    return rows


def list_columns(path: Path) -> dict[str, str]:
    with sqlite3.connect(path) as db:
        found = db.execute(
            "SELECT t.name, group_concat(c.name) FROM sqlite_master t, pragma_table_info(t.name) c"
            " WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' GROUP BY t.name"
        ).fetchall()
    db.close()
    return dict(found)


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_library_of_each_earlier_format_keeps_what_is_in_it_and_takes_briefings(
    home: Path, version: int
) -> None:
    path = make_version(home, version)
    columns = list_columns(path)
    before = read_tables(path, columns)
    library = Library.open(home)
    assert version_of(path) == SCHEMA_VERSION
    assert read_tables(path, columns) == before
    cited = Citation(1, "a1", "Bridge opens", None, None, None, None, "a.md", "It opened.", 0, 10)
    answer = Answer("q", "quotes", (Sentence("It opened.", (1,), "quoted"),), (cited,))
    briefing = library.briefings.current()
    entry = library.briefings.add(briefing.id, answer)
    article = whole()
    library.frozen.freeze([article])
    library.close()
    library = Library.open(home)
    assert library.briefings.load(briefing.id).entries == (entry,)
    found = library.frozen.find(article.hash)
    assert found is not None
    assert (found.text, found.published) == (article.text, article.published)
    assert [info.title for info in library.chats.list()] == (["Bridges"] if version > 1 else [])
    assert [one.id for one in library.removed()] == (["r1"] if version > 1 else [])
    assert library.choices.read().engine == ("ollama:m" if version > 2 else None)
    del columns["meta"], before["meta"]
    assert read_tables(path, columns) == before
    library.close()


def test_a_library_brought_up_to_date_has_the_same_tables_as_a_new_one(home: Path) -> None:
    def tables(folder: Path) -> list[tuple]:
        Library.open(folder).close()
        with sqlite3.connect(folder / FILE_NAME) as db:
            found = db.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
        db.close()
        return found

    make_version_1(home)
    assert tables(home) == tables(home.parent / "new")


def test_a_migration_that_fails_leaves_the_library_as_it_was(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_version_1(home)
    broken = (ARTICLES, "CREATE TABLE chats(id); CREATE TABLE chats(id);")
    with monkeypatch.context() as patch:
        patch.setattr("rag.index.schema.STEPS", broken)
        library = Library.open(home)
        assert library.count_articles() == 1
        library.close()
    assert version_of(path) == 1
    library = Library.open(home)
    library.chats.keep("c1", "T", 0, kept())
    library.close()


def test_many_that_bring_a_library_up_to_date_at_once_do_no_harm(home: Path) -> None:
    path = make_version_1(home)
    before = read_all(path)
    program = (
        "import sys; from pathlib import Path; from rag.index.library import Library\n"
        "sys.stdin.read(); Library.open(Path(sys.argv[1])).chats.note_opened(None)\n"
    )
    others = [
        subprocess.Popen([sys.executable, "-c", program, str(home)], stdin=subprocess.PIPE)
        for _ in range(2)
    ]
    failed: list[LibraryError] = []
    together = threading.Barrier(4)

    def open_library() -> None:
        try:
            together.wait()
            library = Library.open(home)
            library.chats.note_opened(None)
            library.close()
        except LibraryError as error:
            failed.append(error)

    threads = [threading.Thread(target=open_library) for _ in range(4)]
    for other in others:
        assert other.stdin is not None
        other.stdin.close()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [other.wait(timeout=60) for other in others] == [0, 0]
    assert failed == []
    assert version_of(path) == SCHEMA_VERSION
    assert read_all(path) == before


@pytest.mark.parametrize("query", ["mode=ro", "mode=ro&immutable=1"])
def test_an_old_library_that_cannot_be_written_is_read_and_keeps_no_chats(
    home: Path, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    path = make_version_1(home)

    # The first as where the file alone is read-only, the second as where its folder is.
    def connect(_: Path) -> sqlite3.Connection:
        if "immutable" in query:
            db = connect_reading(path)
        else:
            uri = f"{path.as_uri()}?{query}"
            db = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        db.row_factory = sqlite3.Row
        return db

    before = path.read_bytes()
    monkeypatch.setattr(library_module, "connect", connect)
    monkeypatch.setattr("rag.index.apart.connect", connect)
    store = Store(Library.open(home), None)
    assert [hit.article.id for hit in retrieve(store, "bridge", 3)] == ["a1"]
    chats = store.library.chats
    briefings, frozen = store.library.briefings, store.library.frozen
    assert (briefings.list(), briefings.opened(), frozen.find("a" * 64)) == ([], None, None)
    assert (frozen.known(["a" * 64]), frozen.stand(store.library.article("a1"))) == (set(), "gone")
    with pytest.raises(UsageError, match="There is no briefing"):
        briefings.load("b1")
    for keep in (briefings.current, lambda: frozen.freeze([whole()])):
        with pytest.raises(LibraryError, match="cannot be written"):
            keep()
    assert (chats.list(), chats.list("x"), chats.opened(), store.library.removed()) == (
        [],
        [],
        None,
        [],
    )
    with pytest.raises(UsageError, match="There is no chat"):
        chats.load("c1")
    with pytest.raises(LibraryError, match="cannot be written") as caught:
        chats.keep("c1", "T", 0, kept())
    assert "Make its folder writable" in caught.value.hint
    with store.library.writer() as writer:
        assert writer.removed_digests() == {}
    with pytest.raises(LibraryError, match="cannot be written"), store.library.writer() as writer:
        writer.remove("a1")
    store.close()
    assert path.read_bytes() == before
    assert version_of(path) == 1


def test_an_old_library_that_can_be_written_later_keeps_chats_from_then_on(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_version_1(home)

    def refuse(db: sqlite3.Connection) -> None:
        raise sqlite3.OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr("rag.index.schema.migrate", refuse)
        library = Library.open(home)
        with pytest.raises(LibraryBusy):
            library.chats.keep("c1", "T", 0, kept())
    library.chats.keep("c1", "T", 0, kept())
    assert library.chats.load("c1")[1] == [kept()]
    library.close()


def test_another_programs_database_that_bears_our_number_is_left_as_it_is(home: Path) -> None:
    home.mkdir()
    with sqlite3.connect(home / FILE_NAME) as db:
        db.execute("CREATE TABLE meta(key)")
        db.execute("PRAGMA user_version = 1")
    db.close()
    with pytest.raises(LibraryError, match="damaged"):
        Library.open(home)
    with sqlite3.connect(home / FILE_NAME) as db:
        assert db.execute("SELECT name FROM sqlite_master").fetchall() == [("meta",)]
    db.close()


@pytest.mark.skipif(os.name != "posix", reason="permissions as POSIX has them")
def test_nobody_else_can_look_into_a_new_home(home: Path) -> None:
    Library.open(home).close()
    assert home.stat().st_mode & 0o077 == 0


def test_a_choice_changed_alone_leaves_what_another_process_chose(home: Path) -> None:
    first, second = Library.open(home), Library.open(home)
    first.choices.change(embedder="ollama:tiny-embed")
    second.choices.change(engine="quotes")
    assert (second.choices.read().embedder, first.choices.read().engine) == (
        "ollama:tiny-embed",
        "quotes",
    )
    first.close()
    second.close()
