"""What a model streams is read the same however it is split."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.reading import Claim, drop_thoughts, read_claim, read_claims

SAID = (
    "<think>Who was it [9]? Let me see.</think>The envoy called on March 10 [1][2]. **Trade** is"
    " 90 percent【3】.\n- The treaty, of 1961 [2], stands. [1-3] He said: “No talks.” [1, 4]"
    " Farmers grew melons [2]. “We will act today. We will never ask twice,” they said. [5]"
)
READ = [
    Claim("The envoy called on March 10.", (1, 2)),
    Claim("Trade is 90 percent.", (3,)),
    Claim("The treaty, of 1961, stands.", (2, 1, 3)),
    Claim("He said: “No talks.”", (1, 4)),
    Claim("Farmers grew melons.", (2,)),
    Claim("“We will act today. We will never ask twice,” they said.", (5,)),
]


def read(chunks: list[str]) -> list[Claim | None]:
    return list(read_claims(drop_thoughts(chunks)))


def test_it_is_read_whole() -> None:
    assert read([SAID]) == READ


@given(st.lists(st.integers(1, len(SAID) - 1), max_size=30))
def test_it_is_read_the_same_in_any_pieces(cuts: list[int]) -> None:
    edges = [0, *sorted(set(cuts)), len(SAID)]
    chunks = [SAID[a:b] for a, b in pairwise(edges)]
    assert read(chunks) == READ


@given(st.lists(st.text(alphabet="<>/think []123.A b【】\n", max_size=12), max_size=12))
def test_no_stream_breaks_it(chunks: list[str]) -> None:
    for claim in read(chunks):
        assert claim is None or "<think>" not in claim.text


@pytest.mark.parametrize(
    ("piece", "numbers"),
    [
        ("Yes [1].", (1,)),
        ("Yes [1, 2; 3].", (1, 2, 3)),
        ("Yes [2-4].", (2, 3, 4)),
        ("Yes [1–99].", (1, 99)),
        ("Yes [0].", (0,)),
        ("Yes 【5†source】.", (5,)),
        ("Yes [1 and 2].", (1, 2)),
        ("In [brackets], nothing.", ()),
        ("Yes [99999999999].", ()),
    ],
)
def test_markers_of_every_form(piece: str, numbers: tuple[int, ...]) -> None:
    assert read_claim(piece).markers == numbers


def test_an_orphan_closing_tag_takes_back_what_came_before() -> None:
    assert read(["Maybe it was Liu after all, I think. Hm. ", "</think>It was Wang [1]."])[-2:] == [
        None,
        Claim("It was Wang.", (1,)),
    ]


def test_a_sentence_that_never_ends_is_cut() -> None:
    claims = list(read_claims("and on it went " for _ in range(2_000)))
    assert len(claims) == 10
    assert sum(len(claim.text.split()) for claim in claims if claim) == 8_000
