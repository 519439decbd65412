"""Briefings as several pages of one server change them: nothing of anybody's is lost."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from fake_assistant import QUOTED, REFUSED, WRITTEN, FakeAssistant

from rag.errors import ExportError, LibraryError, UsageError
from rag.types import Answer, Briefing
from rag.ui.briefcase import Briefcase

FERRY = replace(QUOTED, question="When did the ferry return?")
ENGINE = replace(WRITTEN, question="What did the engine cost?")
QUAY = replace(QUOTED, question="What was painted?")


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture
def case(assistant: FakeAssistant) -> Briefcase:
    return Briefcase(assistant)  # type: ignore[arg-type]


@pytest.fixture
def briefing(case: Briefcase) -> Briefing:
    """A briefing of three answers."""
    for answer in (FERRY, ENGINE, QUAY):
        made = case.add(answer)
    return made


def list_questions(case: Briefcase, briefing: Briefing) -> list[str]:
    return [entry.answer.question for entry in case.load(briefing.id).entries]


def test_the_first_answer_makes_a_briefing_and_the_next_ones_go_into_it(case: Briefcase):
    assert case.current() is None
    first, second = case.add(FERRY), case.add(ENGINE)
    assert first.id == second.id
    assert [info.entries for info in case.list()] == [2]


def test_the_same_answer_is_in_a_briefing_once(case: Briefcase):
    case.add(FERRY)
    case.add(replace(FERRY, seconds={"answer": 9.0}, notes=("Another time.",)))
    assert [info.entries for info in case.list()] == [1]


def test_an_answer_is_held_by_the_current_briefing_alone(case: Briefcase):
    assert case.holds(FERRY) is None
    first = case.add(FERRY)
    held = case.holds(replace(FERRY, notes=("Found in another way.",)))
    assert held is not None
    assert held.id == first.id
    assert case.holds(ENGINE) is None
    case.create("Another one")
    assert case.holds(FERRY) is None


def test_an_answer_that_was_removed_is_held_no_longer(case: Briefcase):
    made = case.add(FERRY)
    assert case.holds(FERRY)
    case.remove(made.entries[0].id)
    assert case.holds(FERRY) is None


def test_the_current_briefing_comes_first(case: Briefcase):
    older, newer = case.create("Older"), case.create("Newer")
    assert [info.id for info in case.list()] == [newer, older]
    case.note_opened(older)
    assert [info.id for info in case.list()] == [older, newer]
    current = case.current()
    assert current is not None
    assert current.id == older


def test_an_address_of_no_briefing_leaves_the_current_one(case: Briefcase):
    made = case.create("This one")
    case.note_opened("no-such-briefing")
    current = case.current()
    assert current is not None
    assert current.id == made


def test_a_refusal_is_not_added(case: Briefcase):
    with pytest.raises(UsageError, match="refusal"):
        case.add(replace(REFUSED, question="What of Atlantis?"))
    assert case.list() == []


def test_entries_move_by_a_place_and_to_the_ends(case: Briefcase, briefing: Briefing):
    ferry, engine, quay = (entry.id for entry in briefing.entries)

    def order() -> list[str]:
        return [entry.id for entry in case.load(briefing.id).entries]

    case.move(briefing.id, ferry, "down")
    assert order() == [engine, ferry, quay]
    case.move(briefing.id, ferry, "last")
    assert order() == [engine, quay, ferry]
    case.move(briefing.id, ferry, "up")
    assert order() == [engine, ferry, quay]
    case.move(briefing.id, quay, "first")
    assert order() == [quay, engine, ferry]
    case.move(briefing.id, quay, "up")
    case.move(briefing.id, ferry, "down")
    assert order() == [quay, engine, ferry]


def test_an_unsupported_sentence_is_out_until_it_is_taken_in(case: Briefcase, briefing: Briefing):
    entry = briefing.entries[1]
    assert entry.taken == (0, 1, 3)
    case.take(briefing.id, entry.id, 2, taken=True)
    case.take(briefing.id, entry.id, 0, taken=False)
    assert case.load(briefing.id).entries[1].taken == (1, 2, 3)
    case.take(briefing.id, entry.id, 0, taken=True)
    case.take(briefing.id, entry.id, 0, taken=True)
    assert case.load(briefing.id).entries[1].taken == (0, 1, 2, 3)


def test_pages_that_take_sentences_at_the_same_time_undo_nothing_of_each_other_s(
    case: Briefcase, briefing: Briefing
):
    entry = briefing.entries[1].id
    case.take(briefing.id, entry, 2, taken=True)
    started = threading.Barrier(4)

    def leave_out(place: int) -> None:
        started.wait()
        case.take(briefing.id, entry, place, taken=False)

    threads = [threading.Thread(target=leave_out, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert case.load(briefing.id).entries[1].taken == ()


def test_a_comment_keeps_what_another_page_has_written_meanwhile(
    case: Briefcase, briefing: Briefing
):
    entry = briefing.entries[0].id

    def read() -> str:
        return case.load(briefing.id).entries[0].comment

    assert not case.annotate(briefing.id, entry, "Mine.", "")
    assert case.annotate(briefing.id, entry, "Theirs, begun before.", "")
    assert read() == "Mine.\n\nTheirs, begun before."
    assert not case.annotate(briefing.id, entry, "All anew.", read())
    assert read() == "All anew."
    # Who empties a comment has seen what they take away.
    assert case.annotate(briefing.id, entry, "", "Something older.")
    assert read() == "All anew."
    assert not case.annotate(briefing.id, entry, "", "All anew.")
    assert read() == ""


def test_the_same_comment_from_two_pages_stands_there_once(case: Briefcase, briefing: Briefing):
    entry = briefing.entries[0].id
    case.annotate(briefing.id, entry, "The same. ", "")
    assert not case.annotate(briefing.id, entry, "The same.", "")
    assert case.load(briefing.id).entries[0].comment == "The same."


def test_a_heading_that_is_the_question_is_none(case: Briefcase, briefing: Briefing):
    entry = briefing.entries[0]
    case.entitle(briefing.id, entry.id, "The ferry")
    assert case.load(briefing.id).entries[0].heading == "The ferry"
    case.entitle(briefing.id, entry.id, f" {FERRY.question} ")
    assert case.load(briefing.id).entries[0].heading == ""


def test_a_removed_entry_is_put_back_where_it_stood(case: Briefcase, briefing: Briefing):
    before = list_questions(case, briefing)
    removed = case.remove(briefing.entries[1].id)
    assert list_questions(case, briefing) == [before[0], before[2]]
    case.put_back(removed)
    assert list_questions(case, briefing) == before


def test_what_is_done_to_an_entry_that_is_gone_says_so(case: Briefcase, briefing: Briefing):
    entry = briefing.entries[0].id
    case.remove(entry)
    for change in (
        lambda: case.move(briefing.id, entry, "down"),
        lambda: case.take(briefing.id, entry, 0, taken=False),
        lambda: case.annotate(briefing.id, entry, "Too late.", ""),
        lambda: case.entitle(briefing.id, entry, "Too late."),
        lambda: case.remove(entry),
    ):
        with pytest.raises(UsageError):
            change()
    assert len(case.load(briefing.id).entries) == 2


def test_a_deleted_briefing_is_brought_back_whole(case: Briefcase, briefing: Briefing):
    before = case.load(briefing.id)
    gone = case.delete(briefing.id)
    assert case.list() == []
    assert case.holds(FERRY) is None
    case.restore(gone)
    assert case.load(briefing.id).entries == before.entries


def test_files_are_made_of_what_stands_there_now(case: Briefcase, briefing: Briefing):
    case.rename(briefing.id, "The ferry’s return")
    assert "The ferry’s return" in case.export(briefing.id, "md").decode()
    with pytest.raises(ExportError, match="no sentence"):
        case.export(case.create("Empty"), "md")


def test_a_library_that_cannot_be_written_says_so_and_still_shows_its_briefings(
    case: Briefcase, briefing: Briefing, assistant: FakeAssistant
):
    assistant.library.briefings._db.execute("PRAGMA query_only = on")
    with pytest.raises(LibraryError, match="cannot be written"):
        case.add(Answer("Who?", "quotes", FERRY.sentences, FERRY.citations))
    with pytest.raises(LibraryError, match="cannot be written"):
        case.annotate(briefing.id, briefing.entries[0].id, "A comment.", "")
    case.note_opened(briefing.id)
    assert len(case.load(briefing.id).entries) == 3
