"""Chats are kept beside the articles, are found again, and survive damage to one of them."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from conftest import make_hit

from rag.errors import DatelineError, LibraryError, UsageError
from rag.index.chats import Chats, Kept
from rag.index.library import Library
from rag.index.schema import FILE_NAME
from rag.types import Answer, Citation, Filters, Sentence

CITED = Citation(1, "a1", "T", None, None, date(2022, 3, 13), None, "a.md", "It opened.", 0, 10)


@pytest.fixture
def chats(library: Library) -> Chats:
    return library.chats


def make_kept(id: str = "e1", question: str = "Did it open?", said: str = "It opened.") -> Kept:  # noqa: A002
    answer = Answer(question, "quotes", (Sentence(said, (1,), "quoted"),), (CITED,))
    return Kept(
        id, question, "quotes", "done", Filters(date(2022, 1, 1), outlets=("Wire",)), answer
    )


def damage(home: Path, sql: str, *values: object) -> None:
    with sqlite3.connect(home / FILE_NAME) as db:
        db.execute(sql, values)
    db.close()


def titles(chats: Chats, containing: str = "") -> list[str]:
    return [info.title for info in chats.list(containing)]


def test_a_chat_comes_back_as_it_was_kept(chats: Chats) -> None:
    failed = Kept(
        "e2", "And why?", "openai", "failed", Filters(), None, ("No server.", "Start it.")
    )
    before = datetime.now(UTC)
    chats.keep("c1", "The bridge", 0, make_kept())
    chats.keep("c1", "Another title", 1, failed)
    info, kept = chats.load("c1")
    assert kept == [make_kept(), failed]
    assert (info.id, info.title, info.exchanges) == ("c1", "The bridge", 2)
    assert before <= info.created < info.changed <= datetime.now(UTC)
    assert chats.list() == [info]


def test_an_exchange_is_replaced_in_its_place(chats: Chats) -> None:
    for position in range(3):
        chats.keep("c1", "T", position, make_kept(f"e{position}"))
    again = make_kept("e1", said="It did not open.")
    chats.keep("c1", "T", 1, again)
    assert chats.load("c1")[1] == [make_kept("e0"), again, make_kept("e2")]


def test_another_process_sees_what_was_kept(chats: Chats, home: Path) -> None:
    chats.keep("c1", "T", 0, make_kept())
    other = Library.open(home)
    assert other.chats.load("c1") == chats.load("c1")
    other.close()


def test_a_chat_is_listed_newest_first(chats: Chats) -> None:
    for chat in ("c1", "c2", "c3"):
        chats.keep(chat, chat, 0, make_kept(f"{chat}-0"))
    chats.keep("c1", "", 1, make_kept("c1-1"))
    chats.rename("c2", "renamed")
    assert titles(chats) == ["c1", "c3", "renamed"]
    assert [info.id for info in chats.list(limit=2)] == ["c1", "c3"]


@pytest.mark.parametrize(
    ("said", "typed"),
    [
        ("Der Bürgermeister öffnete sie.", "BÜRGERMEISTER ÖFFNETE"),
        ("ÄRGER", "ärger"),
        ("A\u0308rger", "ärger"),
        ("die Straße", "STRASSE"),
        ("İSTANBUL", "istanbul"),
        ("İstanbul", "İSTANBUL"),
        ("ISPARTA", "ısparta"),
        ("ΟΔΟΣ", "οδός".replace("ό", "ο")),
        ("100% of it_all", "% OF IT_"),
    ],
)
def test_a_chat_is_found_whatever_the_capitals(chats: Chats, said: str, typed: str) -> None:
    chats.keep("other", "Other", 0, make_kept("e0", "What else?", "Something else."))
    for place, given in {
        "title": (said, make_kept("e1")),
        "question": ("A", make_kept("e1", question=f"What of {said}?")),
        "sentence": ("A", make_kept("e1", said=f"They said {said}, he said.")),
    }.items():
        title, kept = given
        chats.keep(place, title, 0, kept)
        assert [info.id for info in chats.list(f" {typed} ")] == [place]
        chats.delete(place)


def test_only_titles_questions_and_sentences_are_searched(chats: Chats) -> None:
    answer = Answer("q", "quotes", hits=(make_hit("barley harvest"),), notes=("barley",))
    chats.keep("c1", "Title", 0, Kept("e1", "Why?", "quotes", "done", Filters(), answer))
    assert titles(chats, "barley") == titles(chats, "hits") == []
    assert titles(chats, "title") == ["Title"]


def test_a_limit_counts_the_chats_that_were_found(chats: Chats) -> None:
    for number in range(6):
        word = "bridge" if number % 2 else "port"
        chats.keep(f"c{number}", f"{word} {number}", 0, make_kept(f"e{number}"))
    assert [i.title for i in chats.list("BRIDGE", limit=2)] == ["bridge 5", "bridge 3"]


def test_a_title_is_tidied_and_cut(chats: Chats) -> None:
    chats.keep("c1", "  The\n bridge ", 0, make_kept())
    assert titles(chats) == ["The bridge"]
    chats.rename("c1", "é" * 300)
    assert titles(chats) == ["é" * 200]
    with pytest.raises(UsageError, match="cannot be empty"):
        chats.rename("c1", " \n\t ")
    assert titles(chats) == ["é" * 200]


def test_a_chat_without_a_title_is_called_by_its_first_question(chats: Chats) -> None:
    chats.keep("c1", " ", 0, make_kept(question="Did it open?"))
    assert titles(chats) == ["Did it open?"]


def test_a_deleted_chat_is_gone_and_can_be_put_back_as_it_was(chats: Chats, home: Path) -> None:
    chats.keep("c1", "T", 0, make_kept("e1"))
    chats.keep("c1", "T", 4, make_kept("e2"))
    chats.keep("c2", "Later", 0, make_kept("e3"))
    before = chats.load("c1")
    chats.delete("c1")
    assert titles(chats) == ["Later"]
    with sqlite3.connect(home / FILE_NAME) as db:
        assert db.execute("SELECT count(*) FROM exchanges").fetchone() == (1,)
    db.close()
    chats.restore(*before)
    assert chats.load("c1") == before
    assert titles(chats) == ["Later", "T"]


def test_putting_a_chat_back_twice_or_over_a_newer_one_loses_nothing(chats: Chats) -> None:
    chats.keep("c1", "T", 0, make_kept("e1"))
    before = chats.load("c1")
    chats.delete("c1")
    chats.keep("c1", "New", 1, make_kept("e2"))
    chats.restore(*before)
    chats.restore(*before)
    assert [kept.id for kept in chats.load("c1")[1]] == ["e1", "e2"]


@pytest.mark.parametrize("chat", ["", "zzz", "\ud800", "' OR 1=1 --"])
def test_an_unknown_chat_is_an_error_in_words(chats: Chats, chat: str) -> None:
    chats.keep("c1", "T", 0, make_kept())
    for call in (chats.load, chats.delete, lambda chat: chats.rename(chat, "x")):
        with pytest.raises(UsageError, match="There is no chat"):
            call(chat)


def test_half_a_character_is_replaced_and_crashes_nothing(chats: Chats) -> None:
    kept = make_kept("e\udfff", "What of \ud800?", "It \udc00 opened.")
    chats.keep("c\ud800", "T\ud800", 0, kept)
    info, [loaded] = chats.load("c\ud800")
    assert (info.title, loaded.question) == ("T\ufffd", "What of \ufffd?")
    assert loaded.answer == kept.answer
    assert [one.id for one in chats.list("what of \ud800")] == [info.id]
    assert chats.list("opened")


@pytest.mark.parametrize("record", ["", "{", "null", '{"question": 3}', b"\xff\xfe\x00", 7])
def test_a_damaged_record_costs_one_answer_alone(
    chats: Chats, home: Path, record: str | bytes | int
) -> None:
    chats.keep("c1", "T", 0, make_kept("e1"))
    chats.keep("c1", "T", 1, make_kept("e2"))
    damage(home, "UPDATE exchanges SET answer = ? WHERE id = 'e1'", record)
    _, [torn, whole] = chats.load("c1")
    assert (torn.question, torn.answer, torn.state) == ("Did it open?", None, "stopped")
    assert whole == make_kept("e2")
    assert titles(chats, "opened") == ["T"]


@pytest.mark.parametrize("column", ["filters", "problem", "answer"])
def test_text_that_is_no_text_costs_one_exchange_alone(
    chats: Chats, home: Path, column: str
) -> None:
    chats.keep("c1", "T", 0, make_kept())
    damage(home, f"UPDATE exchanges SET {column} = CAST(x'fffe80' AS TEXT)")
    _, [torn] = chats.load("c1")
    assert (torn.answer, torn.state) == (None, "stopped")


def test_the_chat_that_was_open_is_remembered_while_it_is_there(chats: Chats, home: Path) -> None:
    assert chats.opened() is None
    chats.keep("c1", "T", 0, make_kept())
    chats.note_opened("c1")
    other = Library.open(home)
    assert other.chats.opened() == "c1"
    other.close()
    kept = chats.load("c1")
    chats.delete("c1")
    assert chats.opened() is None
    chats.restore(*kept)
    assert chats.opened() == "c1"
    chats.note_opened(None)
    assert chats.opened() is None


def test_a_chat_is_kept_while_another_process_indexes(library: Library, home: Path) -> None:
    other = Library.open(home)
    with other.writer():
        library.chats.keep("c1", "T", 0, make_kept())
    assert other.chats.load("c1")[1] == [make_kept()]
    other.close()


def test_a_failed_keeping_leaves_nothing_behind(chats: Chats, home: Path) -> None:
    damage(home, "CREATE TRIGGER no BEFORE INSERT ON exchanges BEGIN SELECT RAISE(ABORT, 'x'); END")
    with pytest.raises(LibraryError):
        chats.keep("c1", "T", 0, make_kept())
    assert chats.list() == []


def test_a_closed_library_is_an_error_in_words(home: Path) -> None:
    library = Library.open(home)
    chats = library.chats
    library.close()
    with pytest.raises(DatelineError):
        chats.list()
    with pytest.raises(DatelineError):
        chats.keep("c1", "T", 0, make_kept())
