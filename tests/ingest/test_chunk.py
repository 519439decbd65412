"""Passages: within the limit, cut at sentence ends, nothing lost."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.ingest.chunk import cut_passages, estimate_tokens
from rag.ingest.sentences import split_sentences
from rag.types import Span


def count_words(texts: Sequence[str]) -> list[int]:
    return [len(re.findall(r"\w+|[^\w\s]", text)) + 2 for text in texts]


def count_characters(texts: Sequence[str]) -> list[int]:
    return [len(text) + 2 for text in texts]


def count_more_in_a_row(texts: Sequence[str]) -> list[int]:
    """A tokenizer that makes more tokens of a whole than of its parts together."""
    return [2 + sum(n + n // 10 for n in [len(text.split())]) for text in texts]


def text_of(sentences: int) -> str:
    """Sentences of five to eleven words, three a paragraph."""
    lines = [f"Item {n} was {'very ' * (n % 7)}well kept." for n in range(sentences)]
    return "\n\n".join(" ".join(lines[n : n + 3]) for n in range(0, sentences, 3))


def test_passages_are_runs_of_whole_sentences_within_the_limit() -> None:
    text = text_of(60)
    sentences = split_sentences(text)
    passages = cut_passages(text, count_words, 40, overlap_tokens=0)
    assert len(passages) > 5
    assert max(count_words([p.of(text) for p in passages])) <= 40
    assert {p.start for p in passages} <= {s.start for s in sentences}
    assert {p.end for p in passages} <= {s.end for s in sentences}
    assert all(any(p.start <= s.start and s.end <= p.end for p in passages) for s in sentences)


def test_passages_are_filled() -> None:
    text = text_of(200)
    passages = cut_passages(text, count_words, 60, overlap_tokens=0)
    assert sum(count_words([p.of(text) for p in passages])) / len(passages) > 45


def test_a_passage_repeats_the_last_sentences_of_the_one_before() -> None:
    text = " ".join(f"Sentence number {n} ends here." for n in range(40))
    one, two, *_ = cut_passages(text, count_words, 40, overlap_tokens=12)
    repeated = [s for s in split_sentences(text) if two.start <= s.start and s.end <= one.end]
    assert len(repeated) == 2
    assert repeated[-1].end == one.end


def test_overlap_gives_way_to_a_long_sentence() -> None:
    long = "A " + "very " * 33 + "long one."
    text = f"The first is short. The second too. {long} The last."
    passages = cut_passages(text, count_words, 40, overlap_tokens=12)
    assert max(count_words([p.of(text) for p in passages])) <= 40
    assert any(p.of(text).startswith("A very") for p in passages)


def test_a_sentence_over_the_limit_is_parted_at_clauses() -> None:
    clauses = [f"clause number {n} of the sentence," for n in range(20)]
    text = " ".join(clauses) + " and its end."
    passages = cut_passages(text, count_words, 30)
    assert len(passages) > 3
    assert all(p.of(text).endswith((",", ".")) for p in passages)
    assert " ".join(p.of(text) for p in passages) == text


def test_an_endless_word_is_parted_between_characters_but_not_before_an_accent() -> None:
    text = "e\u0301" * 500
    passages = cut_passages(text, count_characters, 33)
    assert "".join(p.of(text) for p in passages) == text
    assert max(count_characters([p.of(text) for p in passages])) <= 33
    assert all(p.of(text).startswith("e") for p in passages)


def test_a_word_that_counts_as_one_token_is_not_an_endless_passage() -> None:
    passages = cut_passages("a" * 50_000, count_words, 40)
    assert max(p.end - p.start for p in passages) <= 40 * 16


def test_the_whole_is_measured_and_not_only_the_sum_of_its_parts() -> None:
    text = text_of(90)
    passages = cut_passages(text, count_more_in_a_row, 40)
    assert max(count_more_in_a_row([p.of(text) for p in passages])) <= 40


def test_no_text_gives_no_passages() -> None:
    assert cut_passages("", count_words, 40) == []
    assert cut_passages(" \n\n ", count_words, 40) == []


def test_a_single_sentence_is_one_passage() -> None:
    assert cut_passages("  The end. ", count_words, 40) == [Span(2, 10)]


TEXTS = st.lists(
    st.sampled_from(
        [
            "The barrier opened. ",
            "It cost 41 million, or more; ",
            "“Why?” he asked.\n\n",
            "防潮闸启用。",
            " ",
            "x" * 40,
            "é",
            "من سيدفع؟ ",
            "👨\u200d👩\u200d👧 ",
            "and so on ",
            "\n",
            "No. 3 of the U.S. ",
            "— ",
        ]
    ),
    max_size=60,
).map("".join)


@settings(max_examples=120, deadline=None)
@given(
    TEXTS,
    st.sampled_from([count_words, count_characters, estimate_tokens]),
    st.integers(12, 90),
    st.integers(0, 30),
)
def test_every_passage_fits_and_every_character_is_in_one(
    text: str, count: object, limit: int, overlap: int
) -> None:
    assert callable(count)
    passages = cut_passages(text, count, limit, overlap)
    covered = 0
    for before, passage in zip([Span(-1, 0), *passages], passages, strict=False):
        piece = passage.of(text)
        assert piece == piece.strip() != ""
        assert passage.start > before.start
        assert passage.end > before.end
        assert not text[covered : passage.start].strip()
        covered = passage.end
        assert count([piece])[0] <= limit or len(piece) <= 4
    assert not text[covered:].strip()


@pytest.mark.parametrize(
    ("unit", "size"),
    [
        ("The envoy said so. ", 1000000),
        ("word ", 300000),
        ("x", 300000),
        ("x,", 300000),
        ("“He said. ", 300000),
        ("한", 300000),
    ],
)
def test_a_megabyte_takes_linear_time(unit: str, size: int) -> None:
    text = unit * (size // len(unit.encode()))
    started = time.perf_counter()
    passages = cut_passages(text, estimate_tokens, 256)
    assert time.perf_counter() - started < 12
    assert passages[-1].end == len(text.rstrip())


def test_estimate_is_no_less_than_what_word_piece_models_make() -> None:
    # counted with the tokenizer of all-MiniLM-L6-v2, its two special tokens included
    counted = {
        "한국의 대통령은 서울에서 기자회견을 열었다.": 33,
        "Президент заявил, что переговоры начнутся завтра в Москве.": 52,
        "رئيس الوزراء قال إن المحادثات ستبدأ غدا في بغداد.": 43,
        "总统表示会谈将于明天在北京开始。": 18,
        "Thủ tướng cho biết các cuộc đàm phán sẽ bắt đầu vào ngày mai": 26,
    }
    estimates = estimate_tokens(list(counted))
    assert all(
        estimate >= count for estimate, count in zip(estimates, counted.values(), strict=True)
    )
    assert estimate_tokens([""]) == [2]
