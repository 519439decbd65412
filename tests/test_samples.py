"""The sample corpus through the whole program, with the real embedder and the real indexes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.settings import load_settings
from rag.types import REFUSAL, Filters
from training.scores import measure_f1

CORPUS = Path(__file__).parents[1] / "corpus"
#: Questions, with words that their answer has.
ANSWERED = [
    ("How many launches did the Treasury count since the start of 2022?", "11"),
    ("When did China and North Korea sign their treaty?", "1961"),
    ("Who did Sung Kim telephone in China?", "Liu Xiaoming"),
    ("What did Blinken call the tests on NPR?", "profoundly destabilizing"),
    ("What share of North Korea's trade is with China?", "90 percent"),
    ("Where do the sanctioned North Koreans live?", "Russia and China"),
]


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    home = tmp_path_factory.mktemp("samples") / "home"
    with Assistant(load_settings(home=home), create=True) as opened:
        report = opened.index([CORPUS])
        assert not report.skipped
        yield opened


def test_the_samples_are_what_they_should_be(assistant: Assistant) -> None:
    overview = assistant.overview()
    assert 10 <= overview.articles <= 14
    assert overview.undated == 1
    assert overview.samples
    assert {Path(a.file).suffix for a in assistant.articles()} == {".md", ".txt", ".html"}
    assert any(a.updated for a in assistant.articles())


def test_every_file_is_marked_as_a_sample() -> None:
    for path in CORPUS.iterdir():
        assert "the outlet is fictional" in path.read_text(encoding="utf-8"), path.name


def test_no_noise_is_in_the_stored_text(assistant: Assistant) -> None:
    noise = ("Most Popular", "Load more", "Leave a Reply", "$", "All rights reserved", "Copy link")
    for article in assistant.articles():
        assert not [word for word in noise if word in article.text], article.file


def test_passages_are_slices_that_the_embedder_reads_whole(assistant: Assistant) -> None:
    embedder = assistant.embedder
    assert embedder is not None
    texts = {article.id: article.text for article in assistant.articles()}
    rows = list(assistant.library.rows())
    for row in rows:
        passage = row.passage
        assert texts[passage.article][passage.start : passage.end] == passage.text
        assert passage.text == passage.text.strip()
    assert max(embedder.count_tokens([row.passage.text for row in rows])) <= embedder.max_tokens


def test_passages_leave_nothing_of_an_article_out(assistant: Assistant) -> None:
    spans: dict[str, list[tuple[int, int]]] = {}
    for row in assistant.library.rows():
        spans.setdefault(row.passage.article, []).append((row.passage.start, row.passage.end))
    for article in assistant.articles():
        own = sorted(spans[article.id])
        gaps = [(0, own[0][0]), *[(a[1], b[0]) for a, b in pairwise(own)]]
        gaps.append((own[-1][1], len(article.text)))
        assert not "".join(article.text[a:b] for a, b in gaps if a < b).strip()


@pytest.mark.parametrize(("question", "said"), ANSWERED)
def test_a_question_that_the_samples_answer_is_answered_with_exact_citations(
    assistant: Assistant, question: str, said: str
) -> None:
    answer = assistant.ask(question)
    assert 1 <= len(answer.sentences) <= 4
    assert said in answer.text
    for sentence in answer.sentences:
        assert sentence.check == "quoted"
        assert sentence.lead
        [number] = sentence.citations
        citation = answer.citations[number - 1]
        assert citation.quote == sentence.text
        text = assistant.show(citation.article).text
        assert text[citation.start : citation.end] == citation.quote


def test_most_short_answers_to_what_the_samples_say_are_the_right_words(
    assistant: Assistant,
) -> None:
    right = 0
    for question, said in ANSWERED:
        answer = assistant.ask(question)
        if answer.short is not None:
            assert any(answer.short in citation.quote for citation in answer.citations)
            right += measure_f1(answer.short, said) >= 0.5
    assert right > len(ANSWERED) / 2


@pytest.mark.parametrize(
    "question",
    [
        "What does a loaf of bread cost in Pyongyang?",
        "Who won the football match in Seoul?",
        "What did Angela Merkel say about the launches?",
        "How many soldiers does Mongolia have?",
    ],
)
def test_a_question_that_they_do_not_answer_is_refused(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert (answer.text, answer.citations) == (REFUSAL, ())
    assert answer.hits
    assert any(note.startswith("Searched 13 articles") for note in answer.notes)


def test_dates_filter_what_is_found(assistant: Assistant) -> None:
    filters = Filters(since=date(2022, 3, 1), until=date(2022, 3, 31))
    found = assistant.search("launches", filters=filters)
    assert found
    assert all(hit.article.published and hit.article.published.month == 3 for hit in found)


def test_the_example_answer_is_one_of_the_librarys_own(assistant: Assistant) -> None:
    example = assistant.find_example()
    assert example is not None
    assert example.citations


def test_what_is_suggested_is_answered_and_asked_once(assistant: Assistant) -> None:
    # A slow machine finds fewer within two seconds.
    suggested = assistant.suggest(seconds=60)
    assert 2 <= len(suggested) <= 4
    assert len(set(suggested)) == len(suggested)
    for question in suggested:
        assert not assistant.ask(question, engine="quotes").refused, question


def test_an_empty_library_suggests_nothing(tmp_path: Path) -> None:
    with Assistant(load_settings(home=tmp_path / "home"), create=True) as empty:
        assert empty.suggest() == []
