from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

from fake_assistant import FERRY, PAID, QUOTED, REFUSED, RETURNED, UNDATED, WRITTEN, find
from hypothesis import given
from hypothesis import strategies as st

from rag.index.chats import ChatInfo
from rag.index.run import IndexReport, Progress
from rag.ingest.files import Skipped
from rag.types import Answer, Filters, Span
from rag.ui import shelf
from rag.ui.details import draw_details
from rag.ui.jobs import Job
from rag.ui.panel import (
    CHANGED,
    GONE,
    REMOVED,
    Place,
    cut_pieces,
    draw_article,
    draw_cited,
    find_place,
)


def place_of(n: int, answer: Answer = WRITTEN) -> Place:
    cited = next(one for one in answer.citations if one.n == n)
    found = find_place(answer, cited.article, cited.start, cited.end)
    assert found is not None
    return found


@given(
    st.text(max_size=60),
    st.dictionaries(st.integers(1, 5), st.tuples(st.integers(0, 60), st.integers(0, 60))),
)
def test_pieces_are_the_text_and_each_span_is_its_pieces(
    text: str, given_spans: dict[int, tuple[int, int]]
) -> None:
    marks = {
        n: Span(min(a, b, len(text)), min(max(a, b), len(text)))
        for n, (a, b) in given_spans.items()
    }
    pieces = cut_pieces(text, marks)
    assert "".join(piece["text"] for piece in pieces) == text
    for n, span in marks.items():
        assert "".join(p["text"] for p in pieces if n in p["marks"]) == span.of(text)


def test_an_article_is_drawn_with_all_that_the_answer_cites_of_it() -> None:
    drawn = draw_article(FERRY, place_of(2), WRITTEN, 7)
    assert (drawn["seq"], drawn["n"], drawn["note"]) == (7, 2, None)
    marked = {n: p["text"] for p in drawn["pieces"] for n in p["marks"]}
    assert marked[1] == RETURNED
    assert marked[2] == PAID
    assert (drawn["outlet"], drawn["byline"], drawn["dates"]) == (
        "The Skell Courier",
        "by Mara Quist",
        ["Published 4 May 2024"],
    )


def test_dates_that_are_not_there_are_not_made_up() -> None:
    place = place_of(2, QUOTED)
    assert draw_article(UNDATED, place, QUOTED, 1)["dates"] == ["Undated"]
    updated = replace(FERRY, updated=date(2024, 5, 6))
    assert draw_article(updated, place_of(1), WRITTEN, 1)["dates"][-1] == "Updated 6 May 2024"


def test_words_that_moved_are_found_where_they_stand_now() -> None:
    moved = replace(FERRY, text=f"Corrected on Friday. {FERRY.text}")
    drawn = draw_article(moved, place_of(1), WRITTEN, 1)
    assert drawn["note"] == CHANGED
    assert [p["text"] for p in drawn["pieces"] if 1 in p["marks"]] == [RETURNED]
    # The others are marked only where they still stand as they were cited.
    assert not [p for p in drawn["pieces"] if 2 in p["marks"]]


def test_words_that_are_gone_are_not_marked_elsewhere() -> None:
    rewritten = replace(FERRY, text="Nothing of it stands here any more: it is rewritten.")
    drawn = draw_article(rewritten, place_of(1), WRITTEN, 1)
    assert drawn["note"] == GONE
    assert not [p for p in drawn["pieces"] if p["marks"]]


def test_of_a_removed_article_what_was_cited_is_shown() -> None:
    drawn = draw_cited(place_of(1), 3, REMOVED)
    assert drawn["note"] == REMOVED
    assert drawn["pieces"] == [{"text": RETURNED, "marks": [1]}]


def test_a_passage_is_opened_as_a_citation_is() -> None:
    hit = find()
    place = find_place(REFUSED, hit.article.id, hit.passage.start, hit.passage.end)
    assert place is not None
    assert place.n is None
    drawn = draw_article(FERRY, place, REFUSED, 1)
    assert [p["marks"] for p in drawn["pieces"] if p["text"]] == [[0]]


def test_places_that_an_answer_does_not_have_are_not_opened() -> None:
    assert find_place(WRITTEN, FERRY.id, 1, 2) is None
    assert find_place(WRITTEN, "another", 0, len(RETURNED)) is None


def test_how_an_answer_came_about_is_told_with_ranks_and_prompt() -> None:
    hit = replace(find(), bm25_rank=1, cosine_rank=3)
    answer = replace(
        WRITTEN,
        question="And it?",
        searched="And the ferry?",
        hits=(hit, replace(hit, bm25=None, bm25_rank=None)),
        prompt=("Answer.", "Passages: …"),
        seconds={"condense": 1.25, "retrieve": 0.021, "answer": 0.5},
    )
    drawn = draw_details(answer, Filters(outlets=("A",)))
    facts = {fact["name"]: fact["value"] for fact in drawn["facts"]}
    assert facts == {
        "Searched for": "And the ferry?",
        "In": "Only A",
        "Answered by": "openai:test-model",
        "Completing the question": "1.2 s",
        "Searching": "21 ms",
        "Answering and checking": "500 ms",
    }
    first, second = drawn["passages"]
    assert first["scores"] == [
        "score 0.70",
        "words (BM25) 2.00, rank 1",
        "meaning (cosine) 0.40, rank 3",
    ]
    assert (second["rank"], second["scores"][1]) == (2, "words (BM25): not found")
    assert drawn["prompt"] == ["Answer.", "Passages: …"]


def test_chats_are_listed_with_when_they_changed() -> None:
    now = datetime(2026, 11, 22, 9, 30, tzinfo=timezone(timedelta(hours=1)))

    def chat(changed: datetime) -> ChatInfo:
        return ChatInfo("a", "A chat", changed, changed, 1)

    moments = [
        datetime(2026, 11, 22, 7, 5, tzinfo=UTC),
        datetime(2026, 11, 21, 22, 30, tzinfo=UTC),
        datetime(2026, 11, 1, 12, 0, tzinfo=UTC),
    ]
    drawn = shelf.draw_chats([chat(one) for one in moments], now, opened="a")
    assert [each["when"] for each in drawn["chats"]] == ["08:05", "yesterday", "1 November 2026"]


def test_a_change_of_the_library_tells_what_came_of_it() -> None:
    job = Job("Adding 9 files …")
    assert shelf.draw_job(job)["what"] == "Adding 9 files …"
    skipped = tuple(Skipped(f"/x/{n}.md", f"reason {n // 6}") for n in range(7))
    job.report = IndexReport(added=1, unchanged=1, skipped=skipped)
    job.is_over.set()
    drawn = shelf.draw_job(job)
    assert drawn["what"] is None
    assert drawn["lines"][0] == "1 added · 1 in the library already."
    assert drawn["lines"][1] == (
        "Not taken: /x/0.md, /x/1.md, /x/2.md, /x/3.md, /x/4.md and 1 more: reason 0"
    )
    assert drawn["lines"][2] == "Not taken: /x/6.md: reason 1"


def test_a_change_that_runs_tells_how_far_it_is() -> None:
    job = Job("Adding 9 files …", progress=Progress(120, 1000, 3400, 0.25, 209.6, 130.0))
    drawn = shelf.draw_job(job)
    assert drawn["share"] == 0.25
    assert drawn["far"] == "120 of 1,000 files · 3,400 passages · 210 a second · 2 min left"
