"""Notices of correction: found where they stand, with their day, and nothing else taken for one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.ingest.corrections import LONGEST, find_notices, widen
from rag.types import Span

BODY = "\n\n".join(f"The harbour office wrote letter number {n}. It was short." for n in range(30))
WRONG = "An earlier version of this article said that the call took place on 13 March."
DAY = date(2022, 3, 15)

NOTICES = [
    (f"Correction, 15 March 2022: {WRONG} It took place on 10 March.", DAY),
    (f"CORRECTION (March 15, 2022): {WRONG}", DAY),
    ("CORRECTION: The keeper is Ada, not Ida.", None),
    (f"Corrections and clarifications: {WRONG}", None),
    (f"• This article was amended on 15 March 2022. {WRONG}", DAY),
    ("This article was amended on 15 March 2022 because the date was wrong.", DAY),
    (f"Editor’s note: {WRONG}", None),
    ("Editors' Note: March 15, 2022. The date of the call was misstated.", DAY),
    ("An earlier version of this story misstated the date.", None),
    ("This story has been corrected to show that the vote was 5-4.", None),
    ("(Corrects paragraph 3 to say Monday, not Sunday)", None),
    ("Clarification: the lock is 2 metres wide at the bottom.", None),
    ("Correction, 12/5/23, 2:55 PM ET: the price was listed incorrectly.", None),
    ("[Correction: the keeper is Ada.]", None),
]


@pytest.mark.parametrize(("notice", "day"), NOTICES)
def test_a_notice_is_found_at_the_end_at_the_top_and_alone(notice: str, day: date | None) -> None:
    for text in (f"{BODY}\n\n{notice}", f"{notice}\n\n{BODY}", notice, f"{BODY}\n{notice}\nAda."):
        [found] = find_notices(text)
        assert found.span.of(text) == notice
        assert found.day == day
        assert found.body.of(text) in notice


def test_the_body_leaves_out_the_label_and_the_day() -> None:
    text = f"{BODY}\n\nCorrection, 15 March 2022: {WRONG}"
    [found] = find_notices(text)
    assert found.body.of(text) == WRONG


def test_a_label_of_its_own_takes_in_the_next_paragraph() -> None:
    text = f"{BODY}\n\nCorrection: March 15, 2022\n\n{WRONG}\n\nAda Writer is a reporter."
    [found] = find_notices(text)
    assert found.span.of(text) == f"Correction: March 15, 2022\n\n{WRONG}"
    assert (found.body.of(text), found.day) == (WRONG, DAY)


def test_a_notice_behind_other_sentences_begins_where_it_begins() -> None:
    text = f"{BODY} It rained. {WRONG} It did not."
    [found] = find_notices(text)
    assert found.span.of(text) == f"{WRONG} It did not."


def test_the_day_that_was_wrong_is_not_the_day_of_the_correction() -> None:
    text = "An earlier version of this article said that the call was on 13 March 2022."
    assert [found.day for found in find_notices(text)] == [None]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "Editor's note: This story is part of a series.",
        "The court asked for a correction. It came on 15 March 2022.",
        "Correction or not, the market fell.",
        "The correction: stocks fell 10 percent.",
        "Stock market correction: shares fall again.",
        "This report was amended by the committee in 1996.",
        "The article was corrected by a pupil, said Ada.",
    ],
)
def test_what_is_no_notice_is_not_taken_for_one(text: str) -> None:
    assert find_notices(text) == ()


def test_what_stands_deep_in_an_article_is_what_it_reports() -> None:
    text = f"{BODY}\n\nCorrection: the mayor is Ada.\n\n{BODY}"
    assert find_notices(text) == ()


def test_an_article_under_the_headline_correction_is_all_notice() -> None:
    text = "In a story on the lock, the name of its keeper was wrong. She is Ada."
    [found] = find_notices(text, "Correction: Lock shut for three weeks")
    assert found.span.of(text) == text
    assert find_notices("It fell. " * LONGEST, "Correction: Lock shut") == ()


def test_a_part_of_a_notice_is_widened_to_the_whole_and_nothing_else_is() -> None:
    notice = f"Correction: {WRONG} It took place on 10 March."
    text = f"{BODY}\n\n{notice}"
    start = text.index(WRONG)
    assert widen(text, Span(start, start + len(WRONG))).of(text) == notice
    assert widen(text, Span(0, 10)) == Span(0, 10)


@given(st.text(alphabet=st.sampled_from("Corectin:,. \n’15/March2An\u2028é"), max_size=300))
def test_any_text_has_notices_within_it_in_order(text: str) -> None:
    found = find_notices(text)
    edges = [edge for one in found for edge in (one.span.start, one.span.end)]
    assert edges == sorted(edges)
    for one in found:
        assert 0 <= one.span.start <= one.body.start <= one.body.end <= one.span.end <= len(text)
