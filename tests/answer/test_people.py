"""People: a name that another shares is not taken for the one asked about."""

from __future__ import annotations

import pytest

from rag.answer.people import find_full_names, is_another

ODILE = ("odile", "brandt")


def test_full_names_come_in_order_and_in_lower_case() -> None:
    text = "Odile Brandt resigned, said Karl van Fenn and Ida Holm. Brandt left."
    assert list(find_full_names(text)) == [("odile", "brandt"), ("ida", "holm")]


@pytest.mark.parametrize(
    "text", ["the mayor resigned", "Brandt resigned", "They met in March Street", "", "On Monday"]
)
def test_single_words_and_dates_are_no_full_names(text: str) -> None:
    assert list(find_full_names(text)) == []


def test_a_name_broken_over_two_lines_is_one() -> None:
    assert list(find_full_names("so Odile\nBrandt said")) == [ODILE]


def test_a_possessive_names_the_same_person() -> None:
    assert list(find_full_names("They took Odile Brandt’s ferry.")) == [ODILE]


@pytest.mark.parametrize(
    ("sentence", "before"),
    [
        ("Karl Brandt resigned.", ""),
        ("Karl Brandt resigned.", "Odile Brandt spoke."),
        ("Odile Fenn resigned.", "Odile Brandt spoke."),
        ("Brandt resigned.", "Karl Brandt spoke."),
        ("Brandt resigned.", "Odile Brandt left. Karl Brandt spoke."),
        ("Brandt’s brother resigned.", "Karl Brandt spoke."),
        ("Brandt resigned.", "The council heard Karl Brandt’s brother."),
    ],
)
def test_another_with_the_same_name_is_told_apart(sentence: str, before: str) -> None:
    assert is_another(ODILE, sentence, before)


@pytest.mark.parametrize(
    ("sentence", "before"),
    [
        ("Odile Brandt resigned.", "Karl Brandt spoke."),
        ("ODILE  BRANDT resigned.", "Karl Brandt spoke."),
        ("Odile M. Brandt resigned.", "Karl Brandt spoke."),
        ("Karl Brandt and Odile Brandt resigned.", ""),
        ("Brandt resigned.", ""),
        ("Brandt resigned.", "Karl Brandt left. Odile Brandt spoke."),
        ("Brandt resigned.", "Karl Brandt left. The council heard Odile Brandt’s brother."),
        ("The ferry sank.", "Karl Brandt spoke."),
        ("The Brandtson ferry sank.", "Karl Brandt spoke."),
    ],
)
def test_the_one_asked_about_and_those_not_named_are_not_another(
    sentence: str, before: str
) -> None:
    assert not is_another(ODILE, sentence, before)


@pytest.mark.parametrize(
    "sentence",
    ["Mr Brandt resigned.", "Ms. Brandt resigned.", "Mayor Brandt resigned.", "Then Brandt left."],
)
def test_a_title_or_an_opening_word_before_the_surname_makes_no_other_person(
    sentence: str,
) -> None:
    assert not is_another(ODILE, sentence, "Odile Brandt spoke.")
    assert is_another(ODILE, sentence, "Karl Brandt spoke.")


def test_a_bare_surname_does_not_refer_back_over_a_whole_article() -> None:
    assert not is_another(ODILE, "Brandt resigned.", "Karl Brandt spoke. " + "and so on " * 500)
