"""The check of a sentence against the passages that it cites."""

from __future__ import annotations

from datetime import date

import pytest
from conftest import FakeEmbedder, make_hit

from rag.answer.facts import Day, find_facts
from rag.answer.quantities import Quantity, find_quantities
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
        ("Twelve countries condemned the tests.", "number Twelve"),
        ("The tests cost $3.6 million.", "number $3.6 million"),
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
        ("1,200 and 3.50", ["1200", "3.5"]),
        ("eleven or twenty", ["11", "20"]),
        ("one of them, and twenty-one more", ["21"]),
        ("two hundred and five", ["205"]),
        ("two dozen five-day courses", ["24", "5"]),
        ("40 thousand; forty thousand; 40,000", ["40000", "40000", "40000"]),
        ("$3.5 million, €2bn", ["$3500000", "€2000000000"]),
        ("90%, 90 percent, ninety per cent", ["90%", "90%", "90%"]),
        ("3 points", ["3 points"]),
    ],
)
def test_numbers_are_the_same_in_words_and_figures(text: str, numbers: list[str]) -> None:
    assert sorted(map(str, find_quantities(text))) == sorted(numbers)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("$3.5 million", "3.5 million", True),
        ("$3.5 million", "€3.5 million", False),
        ("$3.5 million", "$3.5 billion", False),
        ("4.50 percent", "4.5 points", False),
        ("seventy", "70", True),
        ("three hundred", "100", False),
    ],
)
def test_quantities_agree_in_number_scale_and_unit(one: str, other: str, same: bool) -> None:
    [first], [second] = find_quantities(one), find_quantities(other)
    assert isinstance(first, Quantity)
    assert first.agrees(second) == same


def test_dates_of_every_form_are_the_same_day() -> None:
    for text in (
        "on March 4, 2022",
        "on 4 March 2022",
        "Mar. 4, 2022",
        "2022-03-04",
        "the 4th of March 2022",
    ):
        assert find_facts(text).days == {Day(3, 4, 2022)}
        assert not find_facts(text).quantities
    assert Day(3, 4).agrees(Day(3, 4, 2022))
    assert not Day(3, 4, 2021).agrees(Day(3, 4, 2022))
    assert Day(12, 30).resolved(date(2022, 1, 17)) == Day(12, 30, 2021)


@pytest.mark.parametrize(
    "text",
    [
        "He called it 'a serious danger to peace'.",
        'He called it “a serious danger to peace".',
        "He called it ”a serious danger to peace”.",
        "He called it »a serious danger to peace«.",
        "He called it ‚a serious danger to peace‘.",
        "He called it ''a serious danger to peace''.",
        "He called it “a serious danger to peace.",
    ],
)
def test_no_form_of_quotation_marks_escapes_the_check(text: str) -> None:
    hit = make_hit("He called it “a serious threat to peace” and left.")
    assert check_sentence(text, [hit], None).check == "unsupported"
    if text.count("“") != 1 or '"' in text:
        right = text.replace("danger", "threat")
        assert check_sentence(right, [hit], None).check == "checked"


@pytest.mark.parametrize(
    "text",
    ["`We will sign,` she said.", "``We will sign'' she said.", "<<We will sign>> she said."],
)
def test_marks_of_programmers_are_no_way_around_the_check(text: str) -> None:
    hit = make_hit("“We will not sign the treaty,” she said.")
    assert "not paired" in (check_sentence(text, [hit], None).why or "")


@pytest.mark.parametrize(
    ("text", "is_spliced"),
    [
        ('"We will" "sign the treaty," she said.', True),
        ('She said they "will" sign "the treaty".', True),
        ('She said they "will" not sign "the treaty".', False),
        ('She "will not" "sign the treaty," she said.', False),
        ('"They don" "want it," she said.', True),
        ('"They" want "it", she said.', True),
    ],
)
def test_pieces_of_a_quotation_hide_nothing_between_them(text: str, is_spliced: bool) -> None:
    hit = make_hit("“We will not sign the treaty. They don't want it,” she said.")
    assert ("other words" in (check_sentence(text, [hit], None).why or "")) == is_spliced


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("“the minister resigned”", "checked"),
        ("“Nobody said the minister resigned.”", "quoted"),
        ("“It is a lie”", "quoted"),
        ("“is a lie”", "checked"),
    ],
)
def test_a_piece_between_marks_is_no_quotation_either(text: str, check: str) -> None:
    hit = make_hit("Nobody said the minister resigned. “It is a lie,” Weir said.")
    assert check_sentence(text, [hit], None).check == check


def test_an_apostrophe_is_no_quotation_mark() -> None:
    hit = make_hit("The workers' union said it's the mayor's fault and China’s too.")
    text = "The workers' union said it's the mayor's fault."
    assert check_sentence(text, [hit], None).check == "checked"


@pytest.mark.parametrize(
    ("passage", "text", "check"),
    [
        ("China condemned the tests on 4 March.", "Russia condemned the tests on 4 March.", 0),
        (
            "Gen. Mark Milley said on Friday it was over.",
            "On Friday Gen. Kelly said it was over.",
            0,
        ),
        ("Mr. Wilson said it was over.", "Williams said it was over.", 0),
        ("Seventy died in the flood.", "Sixty died in the flood.", 0),
        ("The mayor may open the bridge.", "The mayor opens the bridge in May.", 0),
        ("Seventy died in the flood.", "The flood left 70 dead, seventy died.", 1),
        ("The tests of 4 March 2022 failed.", "In March 2022 the tests failed.", 1),
        ("The tests of Feb. 3 failed.", "The tests failed in February.", 1),
        ("The U.S. condemned the tests.", "The United States condemned the tests.", 1),
        ("China condemned the tests.", "The Chinese condemned the tests.", 1),
    ],
)
def test_sentences_that_were_once_judged_wrongly(passage: str, text: str, check: int) -> None:
    verdict = check_sentence(text, [make_hit(passage)], FakeEmbedder())
    assert (verdict.check == "unsupported") == (not check), verdict.why


@pytest.mark.parametrize("marks", ["‹›", "「」", "『』", "＂＂", "″″", "❝❞", "〝〞", "‟‟", "《》"])
def test_rare_quotation_marks_are_not_taken_for_prose(marks: str) -> None:
    hit = make_hit("He called it “a serious threat to peace” and left.")
    text = f"He called it {marks[0]}a serious danger to peace{marks[1]}."
    assert check_sentence(text, [hit], None).check == "unsupported"


@pytest.mark.parametrize(
    "text",
    [
        "“Officials described “wrongly” the aim as likely to evaluate the system.”",
        '“The aim was "never" likely to evaluate the system.”',
        '"The aim was "never" likely to evaluate the system."',
    ],
)
def test_a_word_between_nested_marks_does_not_escape_the_check(text: str) -> None:
    assert check_sentence(text, [PASSAGE], FakeEmbedder()).check == "unsupported"
