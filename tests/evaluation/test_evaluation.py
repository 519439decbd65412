"""The quotes engine over the samples, on questions that somebody wrote who read only the articles.

Pairs of odd number were for tuning; the floors stand on the even ones, from which nothing was
chosen. docs/bench.md has the figures with their intervals: the floors lie a few questions below.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.settings import load_settings
from rag.types import Answer

ROOT = Path(__file__).parents[2]
QUESTIONS = Path(__file__).with_name("questions.jsonl")
#: Three questions of 54 below what was reached (.78, .07, .20).
SHOWN, LOST, REFUSED = 0.72, 0.13, 0.14


@dataclass(frozen=True, slots=True)
class Asked:
    question: str
    sentences: tuple[str, ...]
    answer: Answer

    @property
    def answerable(self) -> bool:
        return bool(self.sentences)

    @property
    def right(self) -> bool:
        quotes = [citation.quote for citation in self.answer.citations]
        return any(quote in said or said in quote for quote in quotes for said in self.sentences)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Asked]]:
    home = tmp_path_factory.mktemp("evaluation") / "home"
    lines = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    with Assistant(load_settings(env={}, folder=home.parent, home=home), create=True) as assistant:
        assistant.index([ROOT / "corpus"])
        yield [
            Asked(
                line["question"],
                tuple(answer["sentence"] for answer in line["answers"]),
                assistant.ask(line["question"]),
            )
            for line in lines
            if int(line["pair"][1:]) % 2 == 0
        ]


def share(good: list[bool]) -> float:
    return sum(good) / len(good)


def test_every_sentence_of_the_set_stands_in_its_article() -> None:
    texts = {
        path.name: " ".join(path.read_text(encoding="utf-8").split())
        for path in (ROOT / "corpus").iterdir()
    }
    lines = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    assert sum(line["answerable"] for line in lines) >= 80
    assert sum(not line["answerable"] for line in lines) >= 60
    assert {answer["file"] for line in lines for answer in line["answers"]} <= texts.keys()


def test_the_sentence_that_answers_is_shown(asked: list[Asked]) -> None:
    assert share([one.right for one in asked if one.answerable]) >= SHOWN


def test_what_the_articles_say_is_seldom_refused(asked: list[Asked]) -> None:
    assert share([one.answer.refused for one in asked if one.answerable]) <= LOST


def test_what_no_article_says_is_refused_more_often(asked: list[Asked]) -> None:
    assert share([one.answer.refused for one in asked if not one.answerable]) >= REFUSED


def test_no_answer_is_longer_than_it_may_be(asked: list[Asked]) -> None:
    # Four sentences, and one before each that begins with a pronoun.
    assert max(len(one.answer.sentences) for one in asked) <= 8


def test_every_quotation_is_the_articles_own(asked: list[Asked]) -> None:
    for one in asked:
        for citation in one.answer.citations:
            found = next(h.article for h in one.answer.hits if h.article.id == citation.article)
            assert found.text[citation.start : citation.end] == citation.quote
