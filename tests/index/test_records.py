"""What a kept answer is written as comes back as the answer."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from conftest import make_hit
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import LibraryError
from rag.index.records import read_filters, read_record, write_filters, write_record
from rag.types import Answer, Article, Citation, Filters, Hit, Passage, Sentence

#: Half a character may come from a model or a file name; two that meet would become a whole one.
TEXTS = st.text(max_size=20) | st.sampled_from(["\ud800", "a\udfff", "\0", "</script>", "”"])
NUMBERS = st.integers(0, 10**6)
SCORES = st.floats(allow_nan=False)
DAYS = st.none() | st.dates()


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def many(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(strategy, max_size=3).map(tuple)


ARTICLES = st.builds(
    Article,
    file=TEXTS,
    title=TEXTS,
    text=TEXTS,
    outlet=maybe(TEXTS),
    author=maybe(TEXTS),
    published=DAYS,
    updated=DAYS,
    url=maybe(TEXTS),
    id=TEXTS,
    hash=TEXTS,
    passages=NUMBERS,
)
HITS = st.builds(
    Hit,
    st.builds(Passage, NUMBERS, TEXTS, NUMBERS, NUMBERS, TEXTS),
    ARTICLES,
    SCORES,
    maybe(SCORES),
    maybe(SCORES),
)
CITATIONS = st.builds(
    Citation,
    n=NUMBERS,
    article=TEXTS,
    title=TEXTS,
    outlet=maybe(TEXTS),
    author=maybe(TEXTS),
    published=DAYS,
    url=maybe(TEXTS),
    file=TEXTS,
    quote=TEXTS,
    start=NUMBERS,
    end=NUMBERS,
    updated=DAYS,
    hash=TEXTS,
)
SENTENCES = st.builds(
    Sentence,
    TEXTS,
    many(NUMBERS),
    st.sampled_from(["quoted", "checked", "unsupported"]),
    maybe(TEXTS),
    maybe(TEXTS),
)
ANSWERS = st.builds(
    Answer,
    question=TEXTS,
    engine=TEXTS,
    sentences=many(SENTENCES),
    citations=many(CITATIONS),
    hits=many(HITS),
    notes=many(TEXTS),
    seconds=st.dictionaries(TEXTS, SCORES, max_size=3),
    searched=maybe(TEXTS),
    short=maybe(TEXTS),
)


def without_texts(answer: Answer) -> Answer:
    hits = [replace(h, article=replace(h.article, text="", passages=0)) for h in answer.hits]
    return replace(answer, hits=tuple(hits))


@given(ANSWERS)
def test_an_answer_comes_back_without_its_articles_texts(answer: Answer) -> None:
    written = write_record(answer)
    assert written.isascii()
    assert read_record(written) == without_texts(answer)


@given(st.builds(Filters, DAYS, DAYS, many(TEXTS), st.booleans()))
def test_filters_come_back(filters: Filters) -> None:
    assert read_filters(write_filters(filters)) == filters


def test_a_passages_own_text_is_kept_and_its_articles_is_not() -> None:
    written = write_record(Answer("q", "quotes", hits=(make_hit("said here", before="before "),)))
    assert "said here" in written
    assert "before" not in written


def test_numpys_numbers_are_written_as_numbers() -> None:
    hit = replace(make_hit("text"), score=np.float32(0.25), cosine=np.float64(0.5))
    assert read_record(write_record(Answer("q", "e", hits=(hit,)))).hits[0].score == 0.25


def test_what_a_later_version_adds_is_passed_over_and_what_is_missing_is_the_default() -> None:
    record = json.loads(write_record(Answer("q", "e", (Sentence("Said."),), notes=("n",))))
    record["mood"] = {"glad": True}
    record["sentences"][0]["colour"] = "red"
    del record["notes"], record["seconds"], record["sentences"][0]["check"]
    assert read_record(json.dumps(record)) == Answer("q", "e", (Sentence("Said."),))


def test_an_answer_kept_before_there_were_short_ones_comes_back_without() -> None:
    record = json.loads(write_record(Answer("q", "e", (Sentence("Said."),), short="Said")))
    assert record.pop("short") == "Said"
    assert read_record(json.dumps(record)) == Answer("q", "e", (Sentence("Said."),))


@pytest.mark.parametrize(
    "record",
    [
        "",
        "{",
        "null",
        "[]",
        "3",
        '{"question": "q"}',
        '{"question": 3, "engine": "e"}',
        '{"question": "q", "engine": "e", "notes": "n"}',
        '{"question": "q", "engine": "e", "notes": [true]}',
        '{"question": "q", "engine": "e", "seconds": {"a": true}}',
        '{"question": "q", "engine": "e", "sentences": [{"text": "t", "check": "proven"}]}',
        '{"question": "q", "engine": "e", "sentences": [{"text": "t", "citations": [1.5]}]}',
        '{"question": "q", "engine": "e", "seconds": {"a": 1' + "0" * 400 + "}}",
        "[" * 100_000,
    ],
)
def test_what_cannot_be_read_is_an_error_in_words(record: str) -> None:
    with pytest.raises(LibraryError, match="cannot be read"):
        read_record(record)


def test_a_day_that_is_none_is_an_error_in_words() -> None:
    written = write_filters(Filters(since=date(2022, 3, 13)))
    assert '"2022-03-13"' in written
    with pytest.raises(LibraryError):
        read_filters(written.replace("2022-03-13", "2022-13-03"))
