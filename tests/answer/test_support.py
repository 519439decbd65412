"""The check of a sentence against the passages that it cites."""

from __future__ import annotations

from datetime import date

import pytest
from conftest import FakeEmbedder, make_hit

from rag.answer.facts import Day, find_facts, find_numbers
from rag.answer.support import check_sentence

PASSAGE = make_hit(
    "Spokesman John Kirby said on Friday that the aim was “likely to evaluate the system.”"
    " Eleven countries condemned the 1,200 tests, which cost $3.5 million, on 4 March."
    " China accounts for more than 90 percent of the trade.",
    published=date(2022, 3, 11),
)


@pytest.mark.parametrize(
    "text",
    [
        "Kirby said the aim was likely to evaluate the system.",
        "According to John Kirby, the aim was “likely to evaluate the system”.",
        "11 countries condemned the tests.",
        "Eleven countries condemned the 1200 tests on March 4, 2022.",
        "More than 90% of the trade is with China.",
        "The tests cost $3.5 million, Example Wire reported on 11 March 2022.",
        "Kirby said so on Friday.",
    ],
)
def test_what_the_passage_says_passes(text: str) -> None:
    verdict = check_sentence(text, [PASSAGE], FakeEmbedder())
    assert (verdict.check, verdict.why) == ("checked", None)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Twelve countries condemned the tests.", "number 12"),
        ("The tests cost $3.6 million.", "number 3.6"),
        ("Eleven countries condemned the tests on 5 March.", "date 5 March"),
        ("Eleven countries condemned the tests on March 4, 2021.", "date 4 March 2021"),
        ("John Kelly said the aim was likely to evaluate the system.", "name “Kelly”"),
        ("Kirby said so on Thursday.", "Thursday"),
        ("China condemned the tests in April.", "April"),
        ("Kirby called it “an outrage”.", "“an outrage”"),
        ("Kirby called it “evaluating”.", "“evaluating”"),
        ("Ministers plan further talks about tariffs and fishing rights.", "Too few"),
    ],
)
def test_what_it_does_not_say_is_named(text: str, why: str) -> None:
    verdict = check_sentence(text, [PASSAGE], FakeEmbedder())
    assert verdict.check == "unsupported"
    assert why in (verdict.why or "")


def test_without_a_passage_nothing_is_supported() -> None:
    assert check_sentence("Anything.", [], None).check == "unsupported"


def test_facts_of_two_passages_may_be_joined() -> None:
    other = make_hit("The treaty dates from 1961.", article="bbbbbbbbbbbb")
    verdict = check_sentence("Eleven countries; a treaty of 1961.", [PASSAGE, other], None)
    assert verdict.check == "checked"
    assert len(verdict.places) == 2


def test_a_piece_of_a_sentence_is_no_quotation_of_it() -> None:
    hit = make_hit("It is not true that the ministry counted eleven launches.")
    assert check_sentence("The ministry counted eleven launches.", [hit], None).check == "checked"
    whole = check_sentence("it is not true that the ministry counted eleven launches", [hit], None)
    assert (whole.check, whole.text) == ("quoted", hit.passage.text)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1,200 and 3.5", ["1200", "3.5"]),
        ("eleven or twenty", ["11", "20"]),
        ("one of them", []),
        ("at 90%", ["90"]),
    ],
)
def test_numbers_are_the_same_in_words_and_figures(text: str, numbers: list[str]) -> None:
    assert find_numbers(text) == numbers


def test_dates_of_every_form_are_the_same_day() -> None:
    for text in (
        "on March 4, 2022",
        "on 4 March 2022",
        "Mar. 4, 2022",
        "2022-03-04",
        "the 4th March 2022",
    ):
        assert find_facts(text).days == {Day(3, 4, 2022)}
        assert not find_facts(text).numbers
    assert Day(3, 4).agrees(Day(3, 4, 2022))
    assert not Day(3, 4, 2021).agrees(Day(3, 4, 2022))
