"""Texts of megabytes: every step of reading takes time in proportion to their length."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from scrapes import read

from rag.ingest.chunk import cut_passages, estimate_tokens
from rag.ingest.repeats import list_marks
from rag.ingest.sentences import split_sentences

CLAUSE = "the mayor of Portwell said on Monday that the barrier would cost more than planned and "
TEXTS = {
    "one line": "The crew left the quay. Nobody knew why it had come. ",
    "no full stop": CLAUSE,
    "many short lines": "The crew left the quay\n",
    "many paragraphs": "The crew left the quay again.\n\n",
    "digits": "0123456789",
    "one word": "a",
    "open quotation marks": "“He said so. ",
    "closing marks": ".”",
    "words in quotation marks": "“a” ",
    "names": "Kim Lo ",
    "Japanese": "港町は火曜日に三つ目の堤防を開いた。",
    "Japanese without a full stop": "港町は火曜日に三つ目の堤防を開いた",
    "calls": "!?",
    "spaces": "a" + " " * 5000,
}


def of_length(piece: str, length: int) -> str:
    return f"x{piece * (length // len(piece))}x"


STEPS: dict[str, Callable[[str], object]] = {
    "reading": read,
    "sentences": split_sentences,
    "passages": lambda text: cut_passages(text, estimate_tokens, 256),
    "marks": list_marks,
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("kind", TEXTS)
def test_a_step_takes_seconds_at_most_over_a_quarter_of_a_million_characters(
    kind: str, step: str
) -> None:
    # The slowest takes 3 s on a busy machine; where time grew with the square it would be minutes.
    text = of_length(TEXTS[kind], 250_000)
    begun = time.perf_counter()
    STEPS[step](text)
    assert time.perf_counter() - begun < 30


def test_an_endless_piece_is_never_counted_whole() -> None:
    counted: list[int] = []

    def count(texts: list[str]) -> list[int]:
        counted.extend(map(len, texts))
        return estimate_tokens(texts)

    cut_passages(of_length(CLAUSE, 100_000), count, 256)  # type: ignore[arg-type]
    assert max(counted) <= 257 * 16


def test_a_word_that_comes_again_is_counted_once() -> None:
    counted: list[str] = []

    def count(texts: list[str]) -> list[int]:
        counted.extend(texts)
        return estimate_tokens(texts)

    cut_passages(of_length(CLAUSE, 100_000), count, 256)  # type: ignore[arg-type]
    assert counted.count("Portwell ") + counted.count("Portwell") == 1
