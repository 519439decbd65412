"""What repeats across a collection: the sites' lines are learnt, and nothing of the articles'."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapes import PARAGRAPHS

from rag.ingest.repeats import STORIES, WITHIN, Seen, fold, is_noise, list_marks, strip_repeats

OFTEN = Seen(stories=50, edges=50)
WITHIN_OFTEN = Seen(stories=50, edges=0)

NEVER = [
    "The two Koreas are technically still at war.",
    "Portwell has been ruled by the Harbour Party since 1991.",
    "“We will not pay,” the minister said.",
    '"Our readers know better than that," she told the crowd.',
    "Correction: An earlier version of this article gave our readers a wrong date.",
    "We have contacted the ministry for comment.",
    "By Kim Lo",
    "Published 4 January 2022",
    "SEOUL (Reuters) —",
    "(All times Eastern)",
    "1,250",
    "___",
    "The mayor and the envoy met again on the quay without saying what they spoke about",
]


@pytest.mark.parametrize("paragraph", NEVER)
def test_what_is_or_may_be_an_articles_own_has_no_key(paragraph: str) -> None:
    assert fold(paragraph) is None
    assert not is_noise(paragraph, True, OFTEN)


ANYWHERE = [
    "Sign up for The Morning Ledger.",
    "Our coverage is paid for by members like you; subscribe today.",
    "© 2022 Harbour Wire",
    "CLICK HERE FOR THE HARBOUR APP",
]


@pytest.mark.parametrize("paragraph", ANYWHERE)
def test_what_speaks_of_the_site_goes_wherever_it_stands(paragraph: str) -> None:
    assert is_noise(paragraph, False, Seen(STORIES, 0))
    assert not is_noise(paragraph, False, Seen(STORIES - 1, 0))


def test_short_line_goes_only_at_the_edge_and_where_it_mostly_stands_there() -> None:
    assert is_noise("Jobs at Northwick", True, Seen(10, 9))
    assert not is_noise("Jobs at Northwick", False, Seen(10, 9))
    assert not is_noise("Jobs at Northwick", True, Seen(10, 5))


def test_heading_between_paragraphs_stays_however_often_it_stands_there() -> None:
    text = "\n\n".join([PARAGRAPHS[0], "What happens next", *PARAGRAPHS[1:]])
    seen = Seen(stories=500, edges=3)
    assert strip_repeats(text, lambda line, edge: is_noise(line, edge, seen)) == text


def test_plea_to_readers_between_paragraphs_goes_only_where_it_is_very_common() -> None:
    plea = "You keep the lights on in this newsroom."
    assert not is_noise(plea, False, Seen(WITHIN - 1, 0))
    assert is_noise(plea, False, Seen(WITHIN, 0))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 comments", "7 Comments"),
        ("Read 1,204 Comments", "read  37 comments"),
        ("Related Pages:", "RELATED PAGES"),
        ("» Don’t miss", "Don't miss"),
    ],
)
def test_lines_that_differ_in_case_digits_or_marks_are_one(one: str, other: str) -> None:
    assert fold(one) == fold(other) is not None


def test_lines_in_other_words_are_two() -> None:
    assert fold("Follow the Post") != fold("Follow the Wire")


def test_key_fits_a_column_of_64_bits() -> None:
    key = fold("Leave a message for the editor")
    assert key is not None and -(2**63) <= key < 2**63


def test_marks_tell_the_edge_from_the_middle_and_count_a_line_once() -> None:
    text = "\n\n".join(
        ["Edition", PARAGRAPHS[0], "Gallery", PARAGRAPHS[1], "Sign up", "SIGN UP", "Gallery"]
    )
    marks = {mark.key: mark.edge for mark in list_marks(text)}
    assert marks == {fold("Edition"): True, fold("Gallery"): True, fold("Sign up"): True}
    within = "\n\n".join([PARAGRAPHS[0], "Gallery", PARAGRAPHS[1]])
    assert [mark.edge for mark in list_marks(within)] == [False]


def test_learnt_lines_go_and_every_other_paragraph_stays_in_order() -> None:
    text = "\n\n".join(["Edition", *PARAGRAPHS[:2], "Sign up now", *PARAGRAPHS[2:], "Rate card"])
    stripped = strip_repeats(text, lambda line, edge: is_noise(line, edge, OFTEN))
    assert stripped == "\n\n".join(PARAGRAPHS)


def test_text_of_nothing_but_noise_stays() -> None:
    text = "Edition\n\nSign up\n\nRate card"
    assert strip_repeats(text, lambda *_: True) == text


def test_text_without_noise_is_the_very_same() -> None:
    text = "Edition\n\n\n\nA line.  \n\n" + PARAGRAPHS[0]
    assert strip_repeats(text, lambda *_: False) is text


@given(st.lists(st.sampled_from([*NEVER, *ANYWHERE, *PARAGRAPHS, "Edition", "Gallery"])))
def test_stripping_twice_takes_no_more_than_once(paragraphs: list[str]) -> None:
    def noise(line: str, edge: bool) -> bool:
        return is_noise(line, edge, OFTEN)

    once = strip_repeats("\n\n".join(paragraphs), noise)
    assert strip_repeats(once, noise) == once
    kept = once.split("\n\n")
    assert all(line in kept for line in paragraphs if fold(line) is None)
