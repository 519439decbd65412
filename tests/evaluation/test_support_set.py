"""The check over sentences about the samples, true and false, by writers who had not seen it.

The floors stand on what was not tuned on, a few sentences below what was reached; docs/bench.md has
the figures with their intervals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.support import TUNED, Checked, check_all, read_claims
from rag.assistant import Assistant
from rag.settings import load_settings

ROOT = Path(__file__).parents[2]
#: Reached: .12 of 125 true ones doubted, .64 of 64 caught, .14 of 128 of the kinds kept out.
DOUBTED, CAUGHT, KEPT_OUT = 0.16, 0.58, 0.13


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Checked]]:
    home = tmp_path_factory.mktemp("support") / "home"
    with Assistant(load_settings(env={}, folder=home.parent, home=home), create=True) as assistant:
        assistant.index([ROOT / "corpus"])
        claims = [claim for claim in read_claims(assistant) if not claim.tuned]
        yield check_all(assistant, claims)


def share(checked: list[Checked], belongs: Callable[[Checked], bool]) -> float:
    doubted = [one.doubted for one in checked if belongs(one)]
    return sum(doubted) / len(doubted)


def test_true_sentences_are_seldom_doubted(checked: list[Checked]) -> None:
    assert share(checked, lambda one: one.claim.is_true) <= DOUBTED


def test_falsehoods_of_the_tuned_kinds_are_mostly_caught(checked: list[Checked]) -> None:
    assert share(checked, lambda one: one.claim.kind in TUNED) >= CAUGHT


def test_some_of_the_kinds_that_were_kept_out_are_caught(checked: list[Checked]) -> None:
    other = lambda one: not one.claim.is_true and one.claim.kind not in TUNED  # noqa: E731
    assert share(checked, other) >= KEPT_OUT


def test_every_doubt_has_a_reason_and_no_reason_shows_how_names_are_kept(
    checked: list[Checked],
) -> None:
    reasons = [one.verdict.why or "" for one in checked if one.doubted]
    assert all(reasons)
    assert not any("SouthKorea" in why or "NorthKorea" in why for why in reasons)
