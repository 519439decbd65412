"""How the shipped reader is measured: windows of passages, and the likeliest answer of all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import FakeEmbedder, make_hit, write_md
from fake_reader import UNLIKELY, FakeReader
from hypothesis import given
from hypothesis import strategies as st

from bench.learn import LEAST, Looked, _learn_hits
from bench.reading import TOKENS, cut, quote, read
from rag.answer.evidence import LONG, Asked, Evidence, Features, Read, Term
from rag.answer.study import order_hits
from rag.assistant import Assistant
from rag.ingest.sentences import split_sentences
from rag.retrieve.question import parse_question
from rag.settings import Settings
from rag.types import Span
from training.data import Example
from training.scores import NOTHING

READER = FakeReader({"41": 5.0, "ferry": 2.0})


def ask(text: str, question: str = "How many?") -> Example:
    return Example(question, "A title", text, (), "squad", "g")


@given(st.lists(st.integers(1, 250), min_size=1, max_size=12))
def test_windows_are_whole_sentences_and_as_large_as_may_be(sizes: list[int]) -> None:
    text = "  ".join("Boat" + " on" * (size - 1) + "." for size in sizes)
    sentences = split_sentences(text)
    windows = cut(text, READER)
    inside = [
        [one for one in sentences if window.start <= one.start and one.end <= window.end]
        for window in windows
    ]
    assert [one for held in inside for one in held] == sentences
    counts = [sum(READER.count_tokens([one.of(text) for one in held])) for held in inside]
    for n, held in enumerate(inside):
        assert windows[n] == Span(held[0].start, held[-1].end)
        assert counts[n] <= TOKENS or len(held) == 1
        if n + 1 < len(inside):
            [after] = READER.count_tokens([inside[n + 1][0].of(text)])
            assert counts[n] + after > TOKENS


@pytest.mark.parametrize("text", ["", "…", "  "])
def test_a_text_without_a_word_is_one_window_that_says_nothing(text: str) -> None:
    assert len(cut(text, READER)) == 1
    told = read(READER, ask(text))
    assert (told.span, told.odds, told.answers) == (None, NOTHING, UNLIKELY)


@pytest.mark.parametrize("first", [True, False])
def test_the_likeliest_answer_of_all_windows_counts(first: bool) -> None:
    filling = "Boats went" + " on" * (TOKENS - 2) + "."
    parts = ["It had 41 aboard.", filling, "The ferry sank."]
    text = " ".join(parts if first else parts[::-1])
    told = read(READER, ask(text))
    assert len(READER.windows) == 3
    assert {window.title for window in READER.windows} == {"A title"}
    assert told.span is not None
    assert told.span == Span(text.index("41"), text.index("41") + 2)
    assert (told.odds, told.answers) == (5.0, 5.0)


def test_the_program_quotes_from_the_passage_alone(
    home: Path, articles: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Assistant, "embedder", FakeEmbedder())
    monkeypatch.setattr(Assistant, "reader", FakeReader({"41": 5.0, "52": 9.0}))
    passage = "The ferry had 41 aboard. The harbour was calm."
    before = "The other boat had 52 aboard."
    with Assistant(Settings(home=home), create=True) as assistant:
        assistant.index([articles(ferry=write_md(f"{before} {passage}", title="A title"))])
        [article] = assistant.library.articles()
        asked = ask(passage.replace(". ", ".\n"), "How many had the ferry aboard?")
        told = quote(assistant, article, asked)
        nothing = quote(assistant, article, ask("", asked.question))
    assert told.span is not None
    assert (told.span.of(passage), told.odds) == ("41", 5.0)
    assert (nothing.span, nothing.odds) == (None, NOTHING)


def test_a_score_that_tells_nothing_still_counts_for_a_long_question(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hits = [make_hit("The ferry sank.", article=f"{n:012x}", score=1 - n / 4) for n in range(4)]
    terms = tuple(Term(str(n), str(n), 1.0, False) for n in range(LONG))
    nothing = Features(*[0.0] * len(Features.__slots__))
    read_in = Read(9.0, 9.0, Span(0, 3))
    found = [Evidence(hits[3], Span(0, 9), nothing, {}, (), 0.0, read=read_in)]
    looked = []
    for asked in (Asked(parse_question("What sank?"), terms[:count], None) for count in (2, 3)):
        # What was found last is what answers.
        case = SimpleNamespace(answerable=True, is_held_by=lambda hit: hit is hits[3])
        looked.append(Looked(case, hits, asked, found, ()))
    learnt = _learn_hits(looked)
    assert learnt["score"] == LEAST
    assert round(LEAST, 2) > 0
    monkeypatch.setattr("rag.answer.study.read_weights", {"hit_read": learnt}.__getitem__)
    long = Asked(parse_question("What sank?"), terms, None)
    assert long.brief == 0.0
    assert [hit.score for hit in order_hits(long, hits, found)] == pytest.approx(
        [hit.score for hit in hits]
    )
