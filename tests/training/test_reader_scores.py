"""Scores of a reader: words in common, the right sentence, and what tells answerable ones."""

from __future__ import annotations

import pytest

from rag.types import Span
from training.data import Example
from training.scores import NOTHING, Told, measure_best, measure_f1, score

TEXT = "Ana Reyes opened the harbour. Tom Vance closed it in 1984."


def tell(pointed: str | None, *answers: str, text: str = TEXT, odds: float = 1.0) -> Told:
    """What a reader makes of a question that has `answers`, where it points at some words."""

    def find(words: str) -> Span:
        start = text.index(words)
        return Span(start, start + len(words))

    example = Example("Who?", "", text, tuple(map(find, answers)), "squad", "g")
    return Told(example, find(pointed) if pointed else None, odds, odds)


@pytest.mark.parametrize(
    ("said", "answer", "f1"),
    [
        ("Ana Reyes", "Ana Reyes", 1.0),
        ("ana reyes", "Ana Reyes", 1.0),
        ("The harbour,", "harbour", 1.0),
        ("a harbour", "the harbour", 1.0),
        # Its script knows the marks of ASCII alone.
        ("“Skell”", "Skell", 0.0),
        ('"Skell"', "Skell", 1.0),
        ("$5", "5", 1.0),
        ("theatre", "tre", 0.0),
        ("Reyes", "Ana Reyes", 2 / 3),
        ("Tom Vance and Ana Reyes", "Ana Reyes", 4 / 7),
        ("boat boat", "boat", 2 / 3),
        ("Tom", "Ana", 0.0),
        ("the", "a", 1.0),
        ("", "Ana", 0.0),
    ],
)
def test_f1_is_of_the_words_in_common(said: str, answer: str, f1: float) -> None:
    assert measure_f1(said, answer) == pytest.approx(f1)
    assert measure_f1(answer, said) == pytest.approx(f1)


def test_the_annotator_who_agrees_most_counts() -> None:
    assert measure_best(tell("Ana Reyes", "Reyes", "Ana Reyes", "harbour")) == 1.0
    assert measure_best(tell("Ana Reyes")) == 0.0
    assert measure_best(tell(None, "Ana Reyes")) == 0.0


@pytest.mark.parametrize(
    ("pointed", "answers", "right"),
    [
        ("opened", ("Ana Reyes",), 1.0),
        ("closed", ("Ana Reyes",), 0.0),
        ("closed", ("Ana Reyes", "1984"), 1.0),
        (None, ("Ana Reyes",), 0.0),
    ],
)
def test_the_right_sentence_is_any_annotators(
    pointed: str | None, answers: tuple[str, ...], right: float
) -> None:
    assert score([tell(pointed, *answers), tell(None, odds=0.0)]).sentence == right


def test_what_lies_in_no_sentence_is_in_no_right_one() -> None:
    # Neither the space between two sentences nor that behind the last one belongs to any.
    text = f"{TEXT}  "
    blank = Span(len(TEXT), len(TEXT) + 1)
    example = Example("Who?", "", text, (blank,), "squad", "g")
    told = [Told(example, blank, 1.0, 1.0), tell(None, odds=0.0)]
    assert score(told).sentence == 0.0


def test_scores_are_means_over_the_answered_and_ranks_over_all() -> None:
    told = [
        tell("Ana Reyes", "Ana Reyes", odds=3.0),
        tell("Tom Vance", "Ana Reyes", odds=1.0),
        tell("1984", odds=2.0),
        tell(None, odds=NOTHING),
    ]
    found = score(told)
    assert (found.questions, found.f1, found.sentence) == (4, 0.5, 0.5)
    assert found.auroc_odds == found.auroc_answers == found.auroc == 0.75
    assert found.to_dict()["f1"] == 0.5
