"""The tables of noise: readable, and safe to match against any line."""

from __future__ import annotations

import time

import pytest

from rag.ingest import ending_table, noise_table, picture_table
from rag.ingest.noise import kind_of_noise

ROWS = [
    *noise_table.LINES,
    *noise_table.BLOCKS,
    *ending_table.ENDINGS,
    *picture_table.CREDITS,
    *picture_table.CAPTIONS,
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_row_says_why_and_matches_no_empty_line(row: noise_table.Noise) -> None:
    assert len(row.why) > 10
    assert not row.pattern.fullmatch("")


@pytest.mark.parametrize(
    "line",
    [
        "a" * 700,
        "A/" * 340,
        "Share " * 110,
        "Photo by " * 70,
        "x > " * 170,
        "(" * 700,
        "#a " * 230,
        "© " * 340,
    ],
)
def test_no_pattern_takes_long_over_a_line(line: str) -> None:
    started = time.perf_counter()
    kind_of_noise(line)
    assert time.perf_counter() - started < 5


def test_a_line_longer_than_any_noise_is_never_noise() -> None:
    assert kind_of_noise("Copyright 2023. All rights reserved. " * 40) is None
