"""What the command line prints of an answer."""

from __future__ import annotations

from datetime import date

from conftest import make_hit

from rag.answer.citing import Citations
from rag.types import Answer, Sentence, Span
from rag.written import write_answer


def write(published: date | None) -> str:
    hit = make_hit("The bridge was opened.", published=published)
    citations = Citations()
    citations.cite(hit.article, Span(0, 22))
    sentence = Sentence("The bridge was opened.", (1,), "quoted")
    answer = Answer("?", "quotes", (sentence,), citations.list())
    return write_answer(answer, date(2026, 3, 15))


def test_each_citation_has_its_article_s_day_and_age() -> None:
    assert "“A title”, 12 March 2022 (4 years ago). " in write(date(2022, 3, 12))


def test_an_undated_article_has_no_age() -> None:
    assert "“A title”, undated. " in write(None)
