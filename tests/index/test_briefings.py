"""Briefings are kept beside the articles, whoever changes them at once, and survive damage."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from conftest import FakeEmbedder, make_hit, write_md

from rag.assistant import Assistant
from rag.errors import DatelineError, LibraryError, UsageError
from rag.index.briefings import Briefings
from rag.index.chats import Kept
from rag.index.entries import DAMAGED, MAX_COMMENT
from rag.index.indexing import remove_article
from rag.index.library import Library
from rag.index.records import lighten, read_record, write_record
from rag.index.schema import FILE_NAME
from rag.index.store import Store
from rag.settings import Settings
from rag.types import Answer, Briefing, Citation, Entry, Filters, Sentence

CITED = Citation(
    1, "a1", "T", None, None, date(2022, 3, 13), None, "a.md", "It opened.", 0, 10, hash="ab" * 32
)
TODAY = date(2026, 11, 22)

NAMES = [
    "خلاصه‌ی هفته: می‌خواهم",
    "תקציר השבוע",
    "साप्ताहिक सार क्‍ष",
    "สรุปประจำสัปดาห์",
    "每周简报",
    "週間まとめ",
    "주간 요약",
    "Resume\u0301 – A\u030angstro\u0308m",
    "Week 👩‍👩‍👧‍👦 🏳️‍🌈 𝕿𝖔𝖉𝖆𝖞",
]


def make_answer(question: str = "Did it open?", *said: str) -> Answer:
    sentences = tuple(Sentence(one, (1,), "quoted") for one in said or ("It opened.",))
    return Answer(question, "quotes", sentences, (CITED,), seconds={"answer": 0.25})


@pytest.fixture
def briefings(library: Library) -> Briefings:
    return library.briefings


@pytest.fixture
def briefing(briefings: Briefings) -> str:
    return briefings.create("The bridge").id


def add(briefings: Briefings, briefing: str, *questions: str) -> list[Entry]:
    return [briefings.add(briefing, make_answer(one)) for one in questions]


def order(briefings: Briefings, briefing: str) -> str:
    return " ".join(entry.answer.question for entry in briefings.load(briefing).entries)


def titles(briefings: Briefings) -> list[str]:
    return [info.title for info in briefings.list()]


def positions(home: Path) -> list[int]:
    with sqlite3.connect(home / FILE_NAME) as db:
        rows = db.execute("SELECT position FROM entries ORDER BY position").fetchall()
    db.close()
    return [row[0] for row in rows]


def damage(home: Path, sql: str, *values: object) -> None:
    with sqlite3.connect(home / FILE_NAME) as db:
        db.execute("PRAGMA foreign_keys = ON")
        db.execute(sql, values)
    db.close()


def test_a_briefing_comes_back_as_it_was_made(briefings: Briefings) -> None:
    before = datetime.now(UTC)
    made = briefings.create("The bridge")
    answer = replace(make_answer(), hits=(make_hit("It opened."),), notes=("A note.",))
    entry = briefings.add(made.id, answer, today=TODAY)
    changed = briefings.change(entry.id, heading="What happened", comment="See page 3.")
    assert changed == replace(entry, heading="What happened", comment="See page 3.")
    assert (entry.answer, entry.taken, entry.added) == (lighten(answer), (0,), TODAY)
    loaded = briefings.load(made.id)
    assert loaded == Briefing(made.id, "The bridge", made.created, loaded.changed, (changed,))
    assert before <= loaded.created < loaded.changed <= datetime.now(UTC)
    [info] = briefings.list()
    assert (info.id, info.title, info.entries) == (made.id, "The bridge", 1)


def test_briefings_are_listed_newest_changed_first(briefings: Briefings) -> None:
    ids = [briefings.create(title).id for title in ("one", "two", "three")]
    assert titles(briefings) == ["three", "two", "one"]
    [entry] = add(briefings, ids[0], "a")
    briefings.rename(ids[1], "renamed")
    assert titles(briefings) == ["one", "three", "renamed"]
    add(briefings, ids[1], "b")
    briefings.change(entry.id, comment="x")
    assert titles(briefings) == ["one", "renamed", "three"]


def test_the_sentences_that_are_borne_out_are_taken(briefings: Briefings, briefing: str) -> None:
    answer = make_answer("q", "One.", "Two.", "Three.")
    said = list(answer.sentences)
    said[1] = replace(said[1], check="unsupported", why="It is made up.")
    said[2] = replace(said[2], check="checked")
    entry = briefings.add(briefing, replace(answer, sentences=tuple(said)))
    assert entry.taken == (0, 2)
    assert [one.text for one in entry.sentences] == ["One.", "Three."]
    changed = briefings.change(entry.id, taken=[2, 1, 1])
    assert changed.taken == (1, 2)
    assert briefings.load(briefing).entries == (changed,)
    assert briefings.change(entry.id, taken=()).sentences == ()
    chosen = briefings.add(briefing, make_answer("another", "One.", "Two."), taken=(1,))
    assert chosen.taken == (1,)


@pytest.mark.parametrize("taken", [(1,), (-1,), (0, 99)])
def test_a_sentence_that_there_is_not_cannot_be_taken(
    briefings: Briefings, briefing: str, taken: tuple[int, ...]
) -> None:
    with pytest.raises(UsageError, match="has no sentence"):
        briefings.add(briefing, make_answer(), taken=taken)
    [entry] = add(briefings, briefing, "q")
    with pytest.raises(UsageError, match="has no sentence"):
        briefings.change(entry.id, taken=taken, heading="Not this either")
    assert briefings.load(briefing).entries == (entry,)


def test_a_refusal_cannot_be_added(briefings: Briefings, briefing: str) -> None:
    with pytest.raises(UsageError, match="refusal cannot be added"):
        briefings.add(briefing, Answer("q", "quotes", hits=(make_hit("Something else."),)))
    assert briefings.load(briefing).entries == ()


def test_the_same_answer_is_in_a_briefing_once(briefings: Briefings, briefing: str) -> None:
    answer = replace(
        make_answer("What of “\ud800” or “ü”?"),
        hits=(replace(make_hit("It opened."), score=np.float32(0.1)),),
        seconds={"answer": 1},
    )
    first = briefings.add(briefing, answer)
    briefings.change(first.id, heading="Mine", taken=())
    again = [
        briefings.add(briefing, answer),
        # As a chat that was opened again has it.
        briefings.add(briefing, read_record(write_record(answer)), taken=(0,)),
        # Asked again: only what it took was another.
        briefings.add(briefing, replace(answer, seconds={"answer": 9.0}, hits=())),
    ]
    kept = replace(first, heading="Mine", taken=())
    assert again == [kept, kept, kept]
    assert briefings.load(briefing).entries == (kept,)


def test_what_differs_in_what_it_says_or_cites_is_another_answer(
    briefings: Briefings, briefing: str
) -> None:
    answer = make_answer()
    others = [
        replace(answer, question="Did it?"),
        replace(answer, engine="ollama:m"),
        replace(answer, citations=(replace(CITED, hash="cd" * 32),)),
        make_answer(answer.question, "It did not open."),
    ]
    ids = {briefings.add(briefing, one).id for one in (answer, *others)}
    assert len(ids) == len(briefings.load(briefing).entries) == 5
    elsewhere = briefings.create("Another").id
    assert briefings.add(elsewhere, answer).id not in ids


def test_a_title_is_tidied_and_cut(briefings: Briefings, briefing: str) -> None:
    briefings.rename(briefing, f"  The\n\tbridge\u202e {'é' * 5000} ")
    [title] = titles(briefings)
    assert title == f"The bridge {'é' * 189}"
    for empty in ("", " \n\t ", "\u202e", "\u200d"):
        with pytest.raises(UsageError, match="cannot be empty"):
            briefings.rename(briefing, empty)
        with pytest.raises(UsageError, match="cannot be empty"):
            briefings.create(empty)
    assert titles(briefings) == [title]


@pytest.mark.parametrize("name", NAMES)
def test_every_script_is_kept(briefings: Briefings, name: str) -> None:
    made = briefings.create(name)
    entry = briefings.add(made.id, make_answer(name, name))
    briefings.change(entry.id, heading=name, comment=f"{name}\n{name}")
    loaded = briefings.load(made.id)
    [kept] = loaded.entries
    assert loaded.title == kept.heading == kept.answer.question == name
    assert kept.comment == f"{name}\n{name}"
    assert kept.sentences[0].text == name


def test_half_a_character_is_replaced_and_crashes_nothing(briefings: Briefings) -> None:
    made = briefings.create("T\ud800")
    entry = briefings.add(made.id, make_answer("What of \udfff?", "It \ud800 opened."))
    changed = briefings.change(entry.id, heading="H\ud800", comment="C\udc00")
    assert (changed.heading, changed.comment) == ("H\ufffd", "C\ufffd")
    assert briefings.load(made.id).title == made.title == "T\ufffd"
    for call in (briefings.load, briefings.delete, briefings.remove):
        with pytest.raises(UsageError):
            call("\ud800")
    briefings.note_opened("\ud800")
    assert briefings.opened() is None


def test_a_comment_keeps_its_lines(briefings: Briefings, briefing: str) -> None:
    [entry] = add(briefings, briefing, "q")
    typed = "\n  One. \r\n\r\nTwo:\n\t- three\rfour\x00\x1b[31m\n\n"
    changed = briefings.change(entry.id, comment=typed)
    assert changed.comment == "  One.\n\nTwo:\n\t- three\nfour[31m"
    assert briefings.change(entry.id, comment=" \n ").comment == ""


def test_a_comment_that_is_too_long_is_refused_and_the_old_one_kept(
    briefings: Briefings, briefing: str
) -> None:
    [entry] = add(briefings, briefing, "q")
    longest = "é" * MAX_COMMENT
    assert briefings.change(entry.id, comment=longest).comment == longest
    with pytest.raises(UsageError, match="20,001 characters"):
        briefings.change(entry.id, comment=f"{longest}é", heading="Not this either")
    [kept] = briefings.load(briefing).entries
    assert (kept.comment, kept.heading) == (longest, "")


def test_a_heading_is_one_line_and_can_be_taken_away(briefings: Briefings, briefing: str) -> None:
    [entry] = add(briefings, briefing, "q")
    assert briefings.change(entry.id, heading=" Two\nlines ").heading == "Two lines"
    assert briefings.change(entry.id, comment="c").heading == "Two lines"
    assert briefings.change(entry.id, heading=" ").heading == ""


@pytest.mark.parametrize(
    ("moved", "position", "after"),
    [
        ("a", 2, "b c a d"),
        ("d", 0, "d a b c"),
        ("b", 1, "a b c d"),
        ("a", 99, "b c d a"),
        ("c", -5, "c a b d"),
    ],
)
def test_an_entry_is_moved(
    briefings: Briefings, briefing: str, home: Path, moved: str, position: int, after: str
) -> None:
    ids = dict(zip("abcd", (e.id for e in add(briefings, briefing, *"abcd")), strict=True))
    briefings.move(ids[moved], position)
    assert order(briefings, briefing) == after
    assert positions(home) == [0, 1, 2, 3]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_removed_entry_is_put_back_where_it_stood(
    briefings: Briefings, briefing: str, home: Path, place: int
) -> None:
    entries = add(briefings, briefing, *"abc")
    briefings.change(entries[place].id, heading="H", comment="C\nD", taken=())
    before = briefings.load(briefing).entries
    removed = briefings.remove(entries[place].id)
    assert removed.entry == before[place]
    assert len(briefings.load(briefing).entries) == 2
    assert positions(home) == [0, 1]
    briefings.put_back(removed)
    briefings.put_back(removed)
    assert briefings.load(briefing).entries == before
    assert positions(home) == [0, 1, 2]


def test_an_entry_goes_back_to_a_briefing_that_has_changed(
    briefings: Briefings, briefing: str, home: Path
) -> None:
    entries = add(briefings, briefing, *"abc")
    removed = briefings.remove(entries[2].id)
    briefings.remove(entries[0].id)
    briefings.put_back(removed)
    assert order(briefings, briefing) == "b c"
    briefings.delete(briefing)
    with pytest.raises(UsageError, match="There is no briefing"):
        briefings.put_back(removed)
    assert positions(home) == []


def test_a_deleted_briefing_is_gone_and_can_be_put_back_as_it_was(
    briefings: Briefings, briefing: str, home: Path
) -> None:
    [first, _] = add(briefings, briefing, "a", "b")
    briefings.change(first.id, heading="H", comment="C")
    briefings.create("Later")
    before = briefings.load(briefing)
    assert briefings.delete(briefing) == before
    assert (titles(briefings), positions(home)) == (["Later"], [])
    briefings.restore(before)
    briefings.restore(before)
    assert briefings.load(briefing) == before
    assert titles(briefings) == ["Later", "The bridge"]


def test_what_was_added_since_stays_when_a_briefing_is_put_back(
    briefings: Briefings, briefing: str, home: Path
) -> None:
    add(briefings, briefing, "a", "b")
    before = briefings.delete(briefing)
    briefings.restore(replace(before, entries=before.entries[:1]))
    add(briefings, briefing, "c")
    briefings.restore(before)
    assert order(briefings, briefing) == "a b c"
    assert positions(home) == [0, 1, 2]


@pytest.mark.parametrize("name", ["", "zzz", "' OR 1=1 --"])
def test_what_there_is_not_is_an_error_in_words(
    briefings: Briefings, briefing: str, name: str
) -> None:
    add(briefings, briefing, "q")
    for call in (
        briefings.load,
        briefings.delete,
        lambda name: briefings.rename(name, "x"),
        lambda name: briefings.add(name, make_answer()),
    ):
        with pytest.raises(UsageError, match="There is no briefing"):
            call(name)
    for call in (
        briefings.remove,
        lambda name: briefings.move(name, 0),
        lambda name: briefings.change(name, heading="x"),
    ):
        with pytest.raises(UsageError, match="No briefing has an answer"):
            call(name)


def test_the_briefing_that_was_open_is_remembered_while_it_is_there(
    briefings: Briefings, briefing: str, home: Path
) -> None:
    assert briefings.opened() is None
    briefings.note_opened(briefing)
    other = Library.open(home)
    assert other.briefings.opened() == briefing
    other.close()
    gone = briefings.delete(briefing)
    assert briefings.opened() is None
    briefings.restore(gone)
    assert briefings.opened() == briefing
    briefings.note_opened(None)
    assert briefings.opened() is None


def test_a_chat_and_a_briefing_are_remembered_apart(library: Library, briefing: str) -> None:
    library.chats.keep("c1", "T", 0, Kept("e1", "q", "quotes", "done", Filters()))
    library.briefings.note_opened(briefing)
    library.chats.note_opened("c1")
    library.briefings.note_opened(None)
    assert (library.chats.opened(), library.briefings.opened()) == ("c1", None)


def test_the_current_briefing_is_made_where_there_is_none(briefings: Briefings) -> None:
    assert briefings.find_current() is None
    made = briefings.current(TODAY)
    assert (made.title, made.entries) == ("Briefing of 22 November 2026", ())
    assert briefings.current(TODAY) == made
    assert titles(briefings) == ["Briefing of 22 November 2026"]


def test_the_current_briefing_is_the_open_one_or_the_one_changed_last(
    briefings: Briefings,
) -> None:
    first, second = briefings.create("first").id, briefings.create("second").id
    assert briefings.find_current() == briefings.current().id == second
    briefings.note_opened(first)
    assert briefings.current().id == first
    assert briefings.find_current() == first
    briefings.delete(first)
    assert briefings.current().id == second


@pytest.mark.parametrize(
    "record", ["", "{", "null", '{"question": 3}', b"\xff\xfe\x00", 7, "[" * 100_000]
)
def test_a_damaged_answer_costs_no_other_and_no_comment(
    briefings: Briefings, briefing: str, home: Path, record: str | bytes | int
) -> None:
    [torn, whole] = add(briefings, briefing, "a", "b")
    briefings.change(torn.id, heading="H", comment="C")
    damage(home, "UPDATE entries SET answer = ? WHERE id = ?", record, torn.id)
    [first, second] = briefings.load(briefing).entries
    assert first == replace(torn, answer=DAMAGED, taken=(), heading="H", comment="C")
    assert first.answer.notes == ("What was kept of this answer cannot be read.",)
    assert second == whole
    # What is left of it can be worked with, and brought back.
    assert briefings.change(torn.id, comment="Ask this again.").comment == "Ask this again."
    before = briefings.load(briefing)
    briefings.put_back(briefings.remove(torn.id))
    assert briefings.load(briefing).entries == before.entries
    briefings.restore(briefings.delete(briefing))
    assert briefings.load(briefing).entries == before.entries
    assert [one.id for one in add(briefings, briefing, "b")] == [whole.id]


@pytest.mark.parametrize("column", ["heading", "comment", "taken", "added", "answer", "position"])
def test_text_that_is_no_text_costs_no_entry(
    briefings: Briefings, briefing: str, home: Path, column: str
) -> None:
    [torn] = add(briefings, briefing, "a")
    damage(home, f"UPDATE entries SET {column} = CAST(x'fffe80' AS TEXT)")
    [entry] = briefings.load(briefing).entries
    assert entry.id == torn.id
    assert entry.sentences == (() if column == "answer" else torn.sentences)
    assert briefings.list()[0].entries == 1


@pytest.mark.parametrize("taken", ["", "7", "[7]", "[-1]", "[1.5, null]", '["x"]', "[1e999]"])
def test_where_what_was_taken_is_damaged_what_is_borne_out_stands(
    briefings: Briefings, briefing: str, home: Path, taken: str
) -> None:
    add(briefings, briefing, "a")
    damage(home, "UPDATE entries SET taken = ?", taken)
    assert briefings.load(briefing).entries[0].taken == (0,)


@pytest.mark.parametrize("column", ["title", "created", "changed"])
def test_a_briefing_whose_row_is_damaged_is_listed_all_the_same(
    briefings: Briefings, briefing: str, home: Path, column: str
) -> None:
    add(briefings, briefing, "a")
    damage(home, f"UPDATE briefings SET {column} = CAST(x'fffe80' AS TEXT)")
    assert [info.id for info in briefings.list()] == [briefing]
    assert order(briefings, briefing) == "a"
    briefings.rename(briefing, "Mended")
    assert titles(briefings) == ["Mended"]


def test_pages_that_add_at_once_lose_nothing(library: Library, briefing: str, home: Path) -> None:
    other = Library.open(home)
    run_together(
        [
            lambda number=number: [
                (library, other)[number % 2].briefings.add(briefing, make_answer(f"{number}-{n}"))
                for n in range(6)
            ]
            for number in range(6)
        ]
    )
    asked = order(other.briefings, briefing).split()
    assert sorted(asked) == sorted(f"{number}-{n}" for number in range(6) for n in range(6))
    assert positions(home) == list(range(36))
    other.close()


def test_pages_that_add_the_same_at_once_add_it_once(
    library: Library, briefing: str, home: Path
) -> None:
    other = Library.open(home)
    run_together(
        [
            lambda part=part: part.briefings.add(briefing, make_answer())
            for part in (library, other) * 4
        ]
    )
    assert len(library.briefings.load(briefing).entries) == 1
    other.close()


def test_pages_that_change_a_briefing_at_once_lose_nothing(
    library: Library, briefing: str, home: Path
) -> None:
    other = Library.open(home)
    entries = add(library.briefings, briefing, *"abcdef")

    def work(part: Library, number: int) -> None:
        mine = entries[number].id
        for n in range(5):
            part.briefings.change(mine, comment=f"comment {n}")
            part.briefings.move(mine, n)
            part.briefings.put_back(part.briefings.remove(mine))
            part.briefings.change(mine, heading=f"heading {n}")

    run_together([lambda n=n: work((library, other)[n % 2], n) for n in range(6)])
    found = library.briefings.load(briefing).entries
    assert {e.id for e in found} == {e.id for e in entries}
    assert {(e.comment, e.heading) for e in found} == {("comment 4", "heading 4")}
    assert positions(home) == list(range(6))
    other.close()


def test_pages_that_ask_for_the_current_briefing_at_once_make_one(
    library: Library, home: Path
) -> None:
    other = Library.open(home)
    run_together([lambda part=part: part.briefings.current() for part in (library, other) * 4])
    assert len(library.briefings.list()) == 1
    other.close()


def run_together(works: list[Callable[[], object]]) -> None:
    """Do these at once, each in a thread of its own; the first error is raised."""
    together, failed = threading.Barrier(len(works)), list[DatelineError]()

    def run(work: Callable[[], object]) -> None:
        together.wait()
        try:
            work()
        except DatelineError as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_a_briefing_is_kept_while_another_process_indexes(
    library: Library, briefing: str, home: Path
) -> None:
    other = Library.open(home)
    with other.writer():
        library.briefings.add(briefing, make_answer())
    assert len(other.briefings.load(briefing).entries) == 1
    other.close()


def test_a_change_that_fails_leaves_nothing_behind(
    briefings: Briefings, briefing: str, home: Path
) -> None:
    [entry] = add(briefings, briefing, "a")
    before = briefings.load(briefing)
    damage(home, "CREATE TRIGGER no BEFORE UPDATE ON briefings BEGIN SELECT RAISE(ABORT, 'x'); END")
    for change in (
        lambda: briefings.add(briefing, make_answer("b")),
        lambda: briefings.change(entry.id, comment="x"),
        lambda: briefings.remove(entry.id),
    ):
        with pytest.raises(LibraryError):
            change()
    assert briefings.load(briefing) == before


def test_a_closed_library_is_an_error_in_words(home: Path) -> None:
    library = Library.open(home)
    briefings = library.briefings
    library.close()
    for call in (briefings.list, briefings.current):
        with pytest.raises(DatelineError):
            call()


BRIDGE = write_md("The mayor opened the new bridge on Monday.", title="Bridge opens")


@pytest.fixture
def assistant(
    fill: Callable[..., Store], home: Path, embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Assistant]:
    fill(bridge=BRIDGE)
    monkeypatch.setattr("rag.assistant.MiniLM.open", lambda _: embedder)
    with Assistant(Settings(home=home)) as opened:
        yield opened


def test_an_answer_goes_into_the_current_briefing_with_its_sources_frozen(
    assistant: Assistant, store: Store, home: Path
) -> None:
    answer = assistant.ask("Who opened the bridge?", engine="quotes")
    briefing, entry = assistant.brief(answer)
    assert briefing.entries == (entry,)
    assert assistant.brief(answer) == (briefing, entry)
    named = assistant.library.briefings.create("Another").id
    assert assistant.brief(answer, named)[0].title == "Another"
    [article] = assistant.articles()
    remove_article(store, article.id)
    with Assistant(Settings(home=home)) as later:
        [kept] = later.library.briefings.load(briefing.id).entries
        for cited in kept.answer.citations:
            found = later.show_frozen(cited.hash)
            assert found.frozen is not None
            assert found.text[cited.start : cited.end] == cited.quote
        later.library.briefings.delete(briefing.id)
        assert later.show_frozen(article.hash).text == article.text


def test_a_refusal_makes_no_briefing(assistant: Assistant) -> None:
    with pytest.raises(UsageError, match="refusal"):
        assistant.brief(Answer("q", "quotes"))
    with pytest.raises(UsageError, match="There is no briefing"):
        assistant.brief(make_answer(), "zzz")
    assert assistant.library.briefings.list() == []
