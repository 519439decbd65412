"""The truth itself is damaged: told in a line, with what to do that loses nothing."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import zip_longest
from pathlib import Path

import pytest
from command import dateline
from conftest import FakeEmbedder
from news import write_article

from rag.assistant import Assistant
from rag.errors import DatelineError, LibraryError
from rag.index.backup import FRESH, back_up, put_back
from rag.index.choices import Examined
from rag.index.library import Library
from rag.index.minilm import MiniLM
from rag.index.schema import BACKUP_NAME, FILE_NAME, SCHEMA_VERSION, STEPS
from rag.index.soundness import find_unsound
from rag.settings import Settings

QUESTION = "What happened to the ferry of Vale1?"
#: How many times the library is harmed at random.
HARMS = 800 if "DATELINE_KILLS" in os.environ else 40


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MiniLM, "open", lambda _: FakeEmbedder("minilm-1"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where three articles are, and a home with them, a briefing, and the day's copy: made once."""
    place = tmp_path_factory.mktemp("damaged")
    folder, home = place / "now" / "articles", place / "now" / "home"
    folder.parent.mkdir()
    for number in range(3):
        write_article(folder, number)
    with (
        pytest.MonkeyPatch.context() as patched,
        Assistant(Settings(home=home), create=True) as assistant,
    ):
        patched.setattr(MiniLM, "open", lambda _: FakeEmbedder("minilm-1"))
        assistant.index([folder])
        assistant.brief(assistant.ask(QUESTION))
    (home / BACKUP_NAME).unlink()
    assert back_up(home)
    shutil.copytree(place / "now", place / "made")
    return place


@pytest.fixture
def home(made: Path) -> Path:
    """The home as it was made, and the articles beside it."""
    shutil.rmtree(made / "now")
    return Path(shutil.copytree(made / "made", made / "now")) / "home"


def brief(home: Path, question: str) -> int:
    """Puts an answer more into the briefing; how many are in it then."""
    with Assistant(Settings(home=home)) as assistant:
        briefing, _ = assistant.brief(assistant.ask(question))
        return len(briefing.entries)


def tear(home: Path) -> bytes:
    """Turns the bytes of a page of the library's; what the file holds then."""
    path = home / FILE_NAME
    content = bytearray(path.read_bytes())
    with closing(sqlite3.connect(path)) as db:
        # The root of the articles, so that every command comes past it.
        [page] = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'articles'").fetchone()
        size = db.execute("PRAGMA page_size").fetchone()[0]
    content[(page - 1) * size : page * size] = bytes(size)
    path.write_bytes(content)
    return bytes(content)


def find_wrong(home: Path) -> list[str]:
    library = Library.open(home)
    try:
        return list(find_unsound(library))
    finally:
        library.close()


def test_a_damaged_library_is_told_by_every_command_and_put_back_with_what_came_since(
    home: Path,
) -> None:
    assert brief(home, "What happened to the harbour of Vale2?") == 2
    with Assistant(Settings(home=home)) as assistant:
        before = [(one.title, one.text) for one in assistant.articles()]
    torn = tear(home)
    for command in (["articles"], ["ask", QUESTION], ["index", home.parent / "articles"]):
        done = dateline(*command, home=home)
        # Before it, how far the indexing came.
        *_, line = done.stderr.splitlines()
        assert (done.returncode, done.stdout) == (1, "")
        assert line.startswith(f"dateline: The library {home / FILE_NAME} is damaged: ")
        assert "`dateline doctor --restore` puts the last copy in its place" in line
    assert "fail  library" in dateline("doctor", home=home).stdout
    done = dateline("doctor", "--restore", home=home)
    assert done.returncode == 0, done.stderr
    assert "is the library now, with " in done.stdout
    [kept] = [path for path in home.glob(f"{FILE_NAME}.damaged-*") if path.suffix != "-wal"]
    assert kept.read_bytes() == torn
    with Assistant(Settings(home=home)) as assistant:
        assert [(one.title, one.text) for one in assistant.articles()] == before
        [briefing] = assistant.library.briefings.list()
        assert len(assistant.library.briefings.load(briefing.id).entries) == 2
        assert assistant.ask(QUESTION).citations
    assert find_wrong(home) == []


@pytest.mark.parametrize("keep", [0, 100, 5000, -1])
def test_a_cut_library_is_put_back(home: Path, keep: int) -> None:
    path = home / FILE_NAME
    os.truncate(path, path.stat().st_size + keep if keep < 0 else keep)
    dateline("doctor", "--restore", home=home)
    assert find_wrong(home) == []
    with Assistant(Settings(home=home)) as assistant:
        assert assistant.ask(QUESTION).citations


@pytest.mark.parametrize("linked", [True, False])
def test_a_library_of_which_a_sector_is_bad_is_put_back(
    home: Path, monkeypatch: pytest.MonkeyPatch, linked: bool
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    torn = tear(home)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfile", refuse)
        if not linked:
            patch.setattr(os, "link", refuse)
        done = put_back(home)
    assert done.damaged.read_bytes() == torn
    assert find_wrong(home) == []


def test_what_waits_in_the_log_of_a_damaged_library_is_kept(home: Path) -> None:
    path = home / FILE_NAME
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("INSERT INTO chats VALUES ('waiting', 'Waiting', '2026-01-01', '2026-01-01')")
        db.commit()
        # As a process that was killed leaves it.
        kept = {one: one.read_bytes() for one in (path, home / f"{FILE_NAME}-wal")}
    for one, content in kept.items():
        one.write_bytes(content)
    done = put_back(home)
    assert done.damaged.read_bytes() == kept[path]
    assert Path(f"{done.damaged}-wal").read_bytes() == kept[home / f"{FILE_NAME}-wal"]
    assert ask(home, "SELECT id FROM chats") == [("waiting",)]
    assert not list(home.glob(f"{FILE_NAME}-*"))


def ask(home: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home / FILE_NAME)) as db:
        return db.execute(sql).fetchall()


def test_an_article_that_was_removed_since_the_copy_stays_removed(home: Path) -> None:
    folder = home.parent / "articles"
    with Assistant(Settings(home=home)) as assistant:
        by_file = {Path(one.file).name: one.id for one in assistant.articles()}
        # One as it was, one that has changed before, and one that has come since.
        write_article(folder, 1, version=1)
        write_article(folder, 3)
        assistant.index([folder])
        by_file |= {Path(one.file).name: one.id for one in assistant.articles()}
        removed = {by_file[f"report-{number:03}.md"] for number in (0, 1, 3)}
        for article in removed:
            assistant.remove(article)
    tear(home)
    put_back(home)
    assert find_wrong(home) == []
    with Assistant(Settings(home=home)) as assistant:
        assert {one.id for one in assistant.library.removed()} == removed
        assert [one.id for one in assistant.articles()] == [by_file["report-002.md"]]
        assert {one.article.id for one in assistant.search(QUESTION)} <= {by_file["report-002.md"]}
        report = assistant.index([folder])
        assert (report.added, len(report.skipped)) == (0, 3)
        assert assistant.restore(by_file["report-001.md"]).note is None
        assert "version 1" in assistant.library.article(by_file["report-001.md"]).title


@pytest.mark.parametrize(
    "torn", ["text = text || '.'", "removed = 'today'", "origins = '{'", "title = x'ff'"]
)
def test_a_removed_article_that_is_torn_does_not_cost_the_copys(home: Path, torn: str) -> None:
    with Assistant(Settings(home=home)) as assistant:
        articles = [one.id for one in assistant.articles()]
        for article in articles[:2]:
            assistant.remove(article)
    with closing(sqlite3.connect(home / FILE_NAME)) as db, db:
        db.execute(f"UPDATE removed SET {torn} WHERE id = ?", articles[:1])
    put_back(home)
    with Assistant(Settings(home=home)) as assistant:
        assert [one.id for one in assistant.articles()] == [articles[0], articles[2]]
        assert [one.id for one in assistant.library.removed()] == articles[1:2]


def test_what_was_noted_since_the_copy_is_there_when_it_is_put_back(home: Path) -> None:
    (home.parent / "more").mkdir()
    of = Examined("here", "small", "1", "2")
    with Assistant(Settings(home=home)) as assistant:
        assistant.library.choices.keep_exam(of, "{}")
        assistant.library.choices.change(local_only=True)
        article, other = assistant.articles()[:2]
        assistant.fill(article.id, {"author": "A. Guess"})
        (home / BACKUP_NAME).unlink()
        assert back_up(home)
        # The last word is the damaged library's, where it can be read and can be.
        assistant.fill(article.id, {"author": "Ada Reed"})
        assistant.fill(other.id, {"outlet": "Example Wire"})
        assistant.index([home.parent / "more"])
    with closing(sqlite3.connect(home / FILE_NAME)) as db, db:
        db.execute("INSERT INTO filled SELECT key, 'published', '2o24' FROM filled LIMIT 1")
    done = put_back(home)
    assert set(done.roots) == {home.parent / "articles", home.parent / "more"}
    with Assistant(Settings(home=home)) as assistant:
        by_id = {one.id: one for one in assistant.articles()}
        assert by_id[article.id].author == "Ada Reed"
        assert by_id[other.id].outlet == "Example Wire"
        assert assistant.library.choices.exam(of) == "{}"
        assert assistant.library.choices.read().local_only
    assert ask(home, "SELECT value FROM filled ORDER BY 1") == [("Ada Reed",), ("Example Wire",)]


@pytest.mark.parametrize("harm", ["no text", "a page of it is lost"])
def test_a_row_that_cannot_be_read_costs_itself_alone(home: Path, harm: str) -> None:
    path = home / FILE_NAME
    with closing(sqlite3.connect(path)) as db, db:
        for number in range(9):
            title = "".join(f" {number}-{word:05}" for word in range(5000))
            db.execute(
                "INSERT INTO chats VALUES (?, ?, '2026-01-01', '2026-01-01')",
                (f"chat-{number}", title),
            )
        if harm == "no text":
            db.execute("UPDATE chats SET title = CAST(x'ff' AS TEXT) WHERE id = 'chat-2'")
    if harm != "no text":
        content = bytearray(path.read_bytes())
        # Where a long text goes on is told by the first bytes of each of its pages.
        size = int.from_bytes(content[16:18], "big")
        page = content.index(b" 2-02500") // size * size
        content[page : page + 4] = b"\xff" * 4
        path.write_bytes(content)
        with pytest.raises(sqlite3.Error):
            ask(home, "SELECT title FROM chats")
    put_back(home)
    kept = [row[0] for row in ask(home, "SELECT id FROM chats ORDER BY id")]
    assert kept == [f"chat-{number}" for number in range(9) if number != 2]


def test_where_the_disk_fills_while_rows_are_taken_over_nothing_is_put_back(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise sqlite3.OperationalError("database or disk is full")

    torn = tear(home)
    with monkeypatch.context() as patch:
        patch.setattr("rag.index.backup._insert", refuse)
        with pytest.raises(LibraryError, match="no room"):
            put_back(home)
    assert (home / FILE_NAME).read_bytes() == torn
    assert not list(home.glob("*.new")) + list(home.glob("*.damaged-*"))


def test_a_copy_is_made_once_a_day_and_never_of_a_damaged_library(home: Path) -> None:
    backup = home / BACKUP_NAME
    made = backup.read_bytes()
    assert not back_up(home)
    old = backup.stat().st_mtime - FRESH - 1
    # The clock may have been wrong when it was made.
    os.utime(backup, (old + 2 * FRESH + 60,) * 2)
    assert back_up(home)
    os.utime(backup, (old, old))
    tear(home)
    with pytest.raises(LibraryError, match="damaged"):
        back_up(home)
    assert backup.read_bytes() == made
    assert not list(home.glob("*.new"))
    put_back(home)
    assert back_up(home)
    assert backup.stat().st_mtime > old


def test_without_room_or_without_a_copy_nothing_is_made_or_put_back(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / BACKUP_NAME).unlink()
    usage = shutil.disk_usage(home)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1))
        assert not back_up(home)
    before = tear(home)
    done = dateline("doctor", "--restore", home=home)
    assert (done.returncode, "There is no copy of the library" in done.stderr) == (1, True)
    done = dateline("articles", home=home)
    assert "keep it, since chats and briefings are in it" in done.stderr
    assert (home / FILE_NAME).read_bytes() == before


def test_nothing_is_put_back_while_another_writes(home: Path) -> None:
    library = Library.open(home)
    with library.writer():
        done = dateline("doctor", "--restore", home=home)
        assert "Another process is writing" in done.stderr
    library.close()


def test_an_altered_letter_is_found_where_sqlite_finds_nothing(home: Path) -> None:
    path = home / FILE_NAME
    content = path.read_bytes()
    assert content.count(b"of Vale2 was") > 0
    path.write_bytes(content.replace(b"of Vale2 was", b"of Vale7 was", 1))
    [wrong] = find_wrong(home)
    assert "is not as it was stored" in wrong
    found = json.loads(dateline("doctor", "--json", home=home).stdout)
    [finding] = [one for one in found if one["what"] == "library"]
    assert (finding["state"], str(path) in finding["found"]) == ("fail", True)
    assert "--restore" in finding["hint"]


def test_an_older_formats_copy_is_brought_up_to_date(home: Path) -> None:
    newer = (home / BACKUP_NAME).rename(home / "newer")
    with closing(sqlite3.connect(home / BACKUP_NAME)) as db, db:
        db.executescript(";".join(STEPS[:4]))
        db.execute("ATTACH ? AS newer", (str(newer),))
        for table in ("meta", "articles", "sources", "passages", "changes"):
            names = ", ".join(row[1] for row in db.execute(f"PRAGMA main.table_info({table})"))
            db.execute(f"INSERT INTO main.{table} SELECT {names} FROM newer.{table}")
        db.execute("PRAGMA user_version = 4")
    tear(home)
    put_back(home)
    assert find_wrong(home) == []
    with closing(sqlite3.connect(home / FILE_NAME)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)


def harms(content: bytes) -> Iterator[bytes]:
    """The library with bits turned here and there, or cut off."""
    seed = random.Random(5)
    for number in range(HARMS):
        harmed = bytearray(content)
        if number % 10 == 0:
            yield bytes(harmed[: seed.randrange(len(harmed))])
            continue
        for _ in range(seed.choice((1, 8, 64))):
            harmed[seed.randrange(len(harmed))] ^= 1 << seed.randrange(8)
        yield bytes(harmed)


#: What may be altered without being found, and why: whole tables, or columns of them.
UNFOUND = {
    "passages.vector": "nothing is kept to compare a vector with",
    "passages.start": "any place in the article is one at which a passage can begin",
    "passages.end": "any place in the article is one at which a passage can end",
    **dict.fromkeys(
        ("added", "section", "language", "read_hash", "stated", "origins", "warnings"),
        "the hash of an article is not made of it",
    ),
    **dict.fromkeys(
        ("sketches", "bands", "superseded", "lines", "repeats", "staged"),
        "it is derived from the articles, and can be derived again",
    ),
    **dict.fromkeys(
        ("sources", "files", "roots", "skipped", "meta", "changes", "sqlite_sequence"),
        "any name, number or moment can stand there",
    ),
    **dict.fromkeys(
        ("chats", "exchanges", "briefings", "entries", "choices", "exams", "filled"),
        "what people said and chose has no hash; what cannot be read of it is passed over",
    ),
    **dict.fromkeys(
        ("frozen", "removed", "removed_files"), "it is held against its hash when it is wanted"
    ),
    "sqlite_master": "what SQLite can still read as the same tables is the same to it",
}

Rows = dict[str, list[dict[str, object]]]


def read_all(path: Path) -> Rows:
    """Every row of every table, by table."""
    with closing(sqlite3.connect(path)) as db:
        db.row_factory = sqlite3.Row
        db.text_factory = bytes
        found = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        tables = ["sqlite_master", *(row["name"].decode() for row in found)]
        return {one: [dict(row) for row in db.execute(f"SELECT * FROM {one}")] for one in tables}


def name_altered(before: Rows, after: Rows) -> set[str]:
    """The columns that do not say what they said, but for those that may."""
    altered = {
        (table, column)
        for table in before
        for old, new in zip_longest(before[table], after.get(table, []), fillvalue={})
        for column in {*old, *new}
        if old.get(column) != new.get(column)
    }
    return {
        f"{table}.{column}"
        for table, column in altered
        if UNFOUND.keys().isdisjoint({table, f"{table}.{column}"})
        and not (table == "articles" and column in UNFOUND)
    }


def test_no_harm_to_the_library_breaks_a_command_and_what_matters_of_it_is_found(
    tmp_path: Path, home: Path
) -> None:
    before = read_all(home / FILE_NAME)
    for number, harmed in enumerate(harms((home / FILE_NAME).read_bytes())):
        other = shutil.copytree(home, tmp_path / f"harmed-{number}")
        (other / FILE_NAME).write_bytes(harmed)
        try:
            found = find_wrong(other)
        except LibraryError as error:
            assert error.hint
        else:
            assert found or not name_altered(before, read_all(other / FILE_NAME)), number
        try:
            with Assistant(Settings(home=other)) as assistant:
                assistant.overview()
                assistant.ask(QUESTION)
                assistant.index([home.parent / "articles"])
        except DatelineError as error:
            assert error.hint
        shutil.rmtree(other)


#: What is told of each of these, whether the passages have vectors or not.
FOUND = (
    *(f"articles SET {column} = {column} || '.'" for column in ("title", "text", "outlet")),
    *(f"articles SET {column} = 'x'" for column in ("author", "url", "hash", "id")),
    *(f"articles SET {column} = '2001-01-01'" for column in ("published", "updated")),
    *("passages SET end = end + 1000000", "passages SET start = -1", "passages SET end = 0"),
    "passages SET article = 'none'",
)


@pytest.mark.parametrize("embedded", [True, False])
def test_what_articles_and_passages_do_not_say_as_they_did_is_found(
    home: Path, embedded: bool
) -> None:
    path = home / FILE_NAME
    if not embedded:
        alter(path, "UPDATE passages SET vector = NULL")
        alter(path, "DELETE FROM meta WHERE key IN ('embedder', 'dimension')")
    whole = path.read_bytes()
    for harm in FOUND:
        table = harm.split()[0]
        alter(path, f"UPDATE {harm} WHERE rowid = (SELECT max(rowid) FROM {table})")
        assert len(find_wrong(home)) == 1, harm
        path.write_bytes(whole)
    assert find_wrong(home) == []


@pytest.mark.parametrize("torn", ["{'a': 1}", "null", "7", "[[[["])
def test_an_article_whose_record_is_torn_is_told_in_a_line(home: Path, torn: str) -> None:
    with closing(sqlite3.connect(home / FILE_NAME)) as db, db:
        db.execute("UPDATE articles SET warnings = ?", (torn,))
    with Assistant(Settings(home=home)) as assistant:
        for ask in (assistant.articles, lambda: assistant.ask(QUESTION)):
            with pytest.raises(LibraryError, match="damaged") as told:
                ask()
            assert told.value.hint
    assert "fail  library" in dateline("doctor", home=home).stdout


def test_a_torn_vector_is_found_and_one_with_other_numbers_is_not(home: Path) -> None:
    alter(home / FILE_NAME, "UPDATE passages SET vector = CAST(x'00' || substr(vector, 2) AS BLOB)")
    assert find_wrong(home) == []
    alter(home / FILE_NAME, "UPDATE passages SET vector = substr(vector, 2) WHERE id = 1")
    assert len(find_wrong(home)) == 1


def alter(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(sql)
