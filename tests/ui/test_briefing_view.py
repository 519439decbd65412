"""What the page of a briefing shows, as data."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from fake_assistant import FERRY, QUOTED, RETURNED, WRITTEN, FakeAssistant, cite
from made_briefings import BRIEFING, make_briefing, make_entry

from rag.brief.document import make_document
from rag.errors import LibraryError
from rag.index.briefings import BriefingInfo, RemovedEntry
from rag.index.entries import DAMAGED as UNREAD
from rag.types import Answer, Briefing, Entry, Sentence
from rag.ui.briefing_view import (
    BY_HAND,
    DAMAGED,
    Kept,
    Opened,
    draw_briefing,
    draw_briefings,
    draw_missing,
    lay_out,
    open_note,
)
from rag.ui.view import STOPPED

NOON = datetime(2024, 5, 4, 12, tzinfo=UTC)
MODEL = replace(WRITTEN, question="What did the engine cost?")
QUOTES = replace(QUOTED, question="When did the ferry return?")


def make(*entries: Entry) -> Briefing:
    return make_briefing(*(replace(one, id=f"entry{n}") for n, one in enumerate(entries)))


def read_paragraphs(entry: dict[str, Any]) -> list[list[str]]:
    return [[said["text"] for said in paragraph] for paragraph in entry["paragraphs"]]


def test_footnotes_are_numbered_through_the_whole_briefing_as_they_are_exported():
    drawn = draw_briefing(BRIEFING)
    written = [note.write() for note in make_document(BRIEFING).notes]
    assert [note["text"] for note in drawn["notes"]] == written
    assert [note["n"] for note in drawn["notes"]] == list(range(1, len(written) + 1))
    said = [s for entry in drawn["entries"] for p in entry["paragraphs"] for s in p]
    assert [n for one in said for n in one["notes"]] == list(range(1, len(written) + 1))


def test_the_sentences_are_those_of_the_document_in_its_paragraphs():
    drawn = draw_briefing(BRIEFING)
    document = make_document(BRIEFING)
    for entry, section in zip(drawn["entries"], document.sections, strict=True):
        expected = [[said.words for said in paragraph] for paragraph in section.paragraphs]
        assert read_paragraphs(entry) == expected
        assert entry["heading"] == section.heading
        assert entry["remarks"] == list(section.comment)
    assert drawn["look"]["title"] == document.title
    assert drawn["look"]["closing"] == document.closing


def test_what_is_not_borne_out_is_left_out_with_its_reason():
    answer = replace(MODEL, sentences=(*MODEL.sentences, Sentence("Nobody knows.")))
    [entry] = draw_briefing(make(make_entry(answer, (0, 1, 3))))["entries"]
    assert [(one["place"], one["doubted"]) for one in entry["left"]] == [(2, True), (4, True)]
    assert entry["left"][0]["text"] == "It carries 900 passengers."
    assert entry["left"][0]["why"] == "The number 900 does not stand in the passage it cites."
    assert entry["left"][1]["why"] == "Not borne out by the articles"


def test_what_is_taken_in_all_the_same_carries_its_mark_and_a_footnote():
    [entry] = draw_briefing(make(make_entry(MODEL)))["entries"]
    said = entry["paragraphs"][0][2]
    why = "The number 900 does not stand in the passage it cites."
    assert (said["place"], said["doubt"], said["notes"]) == (2, f"[unsupported: {why}]", [3])
    assert entry["left"] == []


def test_what_is_left_out_by_hand_says_so_and_stands_in_quotation_marks():
    [entry] = draw_briefing(make(make_entry(QUOTES, (1,))))["entries"]
    assert entry["left"] == [
        {"place": 0, "text": f"“{RETURNED}”", "doubted": False, "why": BY_HAND}
    ]
    assert [said["place"] for p in entry["paragraphs"] for said in p] == [1]


def test_the_question_is_the_heading_where_there_is_no_other():
    plain, own = draw_briefing(make(make_entry(QUOTES), make_entry(MODEL, heading="The engine")))[
        "entries"
    ]
    assert (plain["heading"], plain["question"]) == (QUOTES.question, QUOTES.question)
    assert (own["heading"], own["question"]) == ("The engine", MODEL.question)


def test_a_comment_stands_as_it_was_typed_and_as_it_will_look():
    [entry] = draw_briefing(make(make_entry(QUOTES, comment="One.\n\n  Two.")))["entries"]
    assert entry["comment"] == "One.\n\n  Two."
    assert entry["remarks"] == ["One.", "Two."]


def test_an_empty_briefing_has_nothing_to_look_at():
    drawn = draw_briefing(make())
    assert (drawn["entries"], drawn["notes"], drawn["look"]) == ([], [], None)


def test_an_entry_with_a_comment_alone_stands_in_the_document():
    drawn = draw_briefing(make(make_entry(QUOTES, (), comment="A word."), make_entry(MODEL)))
    assert [entry["shown"] for entry in drawn["entries"]] == [True, True]
    drawn = draw_briefing(make(make_entry(QUOTES, ()), make_entry(MODEL)))
    assert [entry["shown"] for entry in drawn["entries"]] == [False, True]
    assert drawn["notes"][0]["n"] == 1


def test_a_damaged_answer_keeps_its_heading_and_its_comment():
    [entry] = draw_briefing(make(make_entry(UNREAD, heading="Mine", comment="Too.")))["entries"]
    assert (entry["note"], entry["heading"], entry["comment"]) == (DAMAGED, "Mine", "Too.")
    assert entry["paragraphs"] == entry["left"] == []


def test_an_answer_that_was_stopped_says_so():
    [entry] = draw_briefing(make(make_entry(QUOTES.with_notes("One more.", STOPPED))))["entries"]
    assert entry["note"] == STOPPED
    [entry] = draw_briefing(make(make_entry(QUOTES)))["entries"]
    assert entry["note"] is None


def test_a_footnote_opens_its_article_as_it_was_when_cited():
    assistant = FakeAssistant()
    assistant.freeze(QUOTES)
    assistant.library.held.clear()
    briefing = make(make_entry(MODEL), make_entry(QUOTES))
    drawn = draw_briefing(briefing)
    last = next(note for note in reversed(drawn["notes"]) if note["quote"] == RETURNED)
    place = (last["article"], last["start"], last["end"])
    article = open_note(assistant, briefing, Opened(last["n"], place, 3))  # type: ignore[arg-type]
    assert article is not None
    assert (article["seq"], article["n"]) == (3, last["n"])
    assert "no longer in the library" in article["note"]
    marked = [piece["text"] for piece in article["pieces"] if last["n"] in piece["marks"]]
    assert marked == [RETURNED]


def test_all_footnotes_of_an_article_are_marked_by_their_numbers_in_the_briefing():
    assistant = FakeAssistant()
    briefing = make(make_entry(MODEL), make_entry(QUOTES))
    notes = [note for note in draw_briefing(briefing)["notes"] if note["article"] == FERRY.id]
    first = notes[0]
    at = (first["article"], first["start"], first["end"])
    article = open_note(assistant, briefing, Opened(first["n"], at, 1))  # type: ignore[arg-type]
    assert article is not None
    marks = {n for piece in article["pieces"] for n in piece["marks"]}
    assert marks == {note["n"] for note in notes}


def test_two_versions_of_an_article_are_each_opened_by_their_own_footnote():
    assistant = FakeAssistant()
    later = replace(FERRY, text=f"{FERRY.text} Corrected.", hash="f" * 64)
    again = replace(
        QUOTES, question="And then?", citations=(cite(1, RETURNED, later),),
        sentences=QUOTES.sentences[:1],
    )  # fmt: skip
    briefing = make(make_entry(QUOTES, (0,)), make_entry(again))
    first, second = draw_briefing(briefing)["notes"]
    at = (first["article"], first["start"], first["end"])
    assert at == (second["article"], second["start"], second["end"])
    assert first["hash"] != second["hash"]
    for note in (first, second):
        shown = open_note(assistant, briefing, Opened(note["n"], at, 1))  # type: ignore[arg-type]
        assert shown is not None
        marks = {n for piece in shown["pieces"] for n in piece["marks"]}
        assert (shown["n"], marks) == (note["n"], {note["n"]})


def test_a_place_that_no_footnote_cites_opens_nothing():
    assistant, briefing = FakeAssistant(), make(make_entry(QUOTES))
    assert open_note(assistant, briefing, Opened(1, ("x", 0, 1), 1)) is None  # type: ignore[arg-type]


def test_a_citation_that_is_not_there_costs_no_other_its_number():
    broken = replace(QUOTES, sentences=(Sentence("A.", (9,), "checked"), *QUOTES.sentences))
    laid = lay_out(make(make_entry(broken)))
    numbers = [note.citation.n for notes in laid[0].footnotes.values() for note in notes]
    assert numbers == [1, 2]


def test_the_list_says_where_answers_go_and_how_many_there_are():
    infos = [BriefingInfo("a", "Ferry", NOON, NOON, 1), BriefingInfo("b", "Quay", NOON, NOON, 0)]
    drawn = draw_briefings(infos, opened="b", deleted="Old")
    assert [one["when"] for one in drawn["briefings"]] == ["1 answer · answers go here", "empty"]
    assert (drawn["opened"], drawn["deleted"]) == ("b", "Old")


@pytest.mark.parametrize("joined", [True, False])
def test_all_that_is_drawn_of_a_briefing_is_json(joined: bool):
    removed = RemovedEntry("b", 1, make_entry(Answer("Why?", "quotes")))
    for drawn in (
        draw_briefing(
            BRIEFING,
            removed=removed,
            kept=[Kept("title", 3, joined=joined)],
            problem=LibraryError("Busy.", "Wait."),
        ),
        draw_briefings([], opened=None),
        draw_missing(LibraryError("Gone.", "Look again.")),
    ):
        assert json.loads(json.dumps(drawn)) == drawn
