"""Names that stand in no cited article, above all where a sentence opens with one."""

from __future__ import annotations

import pytest
from conftest import FakeEmbedder, make_hit

from rag.answer.support import check_sentence


def doubt(passage: str, claim: str, **head: str) -> str | None:
    return check_sentence(claim, [make_hit(passage, **head)], FakeEmbedder()).why  # type: ignore[arg-type]


OVER = "The coach, Mr. Wilson, said that the season was over for the two strikers."


@pytest.mark.parametrize(
    ("claim", "name"),
    [
        ("Williams said that the season was over for the two strikers.", "Williams"),
        ("Harris said that the season was over for the two strikers.", "Harris"),
        ("Jones’s strikers said that the season was over.", "Jones"),
        ("Jensen said that the season was over for the two strikers.", "Jensen"),
        ("The coach, Mr. Weber, said that the season was over for the two strikers.", "Weber"),
        ("In Norway the season was over for the two strikers.", "Norway"),
        ("The American coach said that the season was over for the two strikers.", "American"),
    ],
)
def test_a_name_that_stands_nowhere_is_named_as_the_claim_writes_it(claim: str, name: str) -> None:
    assert doubt(OVER, claim) == f"The name “{name}” does not stand in the article it cites."


@pytest.mark.parametrize(
    "claim",
    [
        "Wilson said that the season was over for the two strikers.",
        "Strikers said that the season was over for the two of them, Wilson said.",
        "Coaches said that the season was over for the two strikers.",
        "Yesterday’s news: the season was over for the two strikers, Wilson said.",
        "Officials said that the season was over for the two strikers, as Wilson said.",
        "Reporters said that the season was over for the two strikers, as Wilson said.",
    ],
)
def test_what_opens_a_sentence_and_is_no_name_is_not_taken_for_one(claim: str) -> None:
    assert "The name" not in (doubt(OVER, claim) or "")


def test_a_state_may_be_called_by_its_capital_and_its_people() -> None:
    passage = "Russia and Ukraine signed a treaty on grain in Turkey, a minister said."
    for claim in (
        "Moscow and Kyiv signed a treaty on grain in Turkey, a minister said.",
        "The Russians and the Ukrainians signed a treaty on grain in Turkey, a minister said.",
    ):
        assert doubt(passage, claim) is None


def test_the_outlet_and_what_it_does_need_not_stand_in_its_article() -> None:
    passage = "The seed bank now keeps 412 kinds of barley, more than any other."
    for claim in (
        "The seed bank keeps 412 kinds of barley, as the Lask Valley Post reports.",
        "According to the Lask Valley Post, the seed bank keeps 412 kinds of barley.",
    ):
        assert doubt(passage, claim, outlet="The Lask Valley Post") is None
    other = "The seed bank keeps 412 kinds of barley, as the Dovrel Sheet reports."
    assert "Dovrel" in (doubt(passage, other, outlet="The Lask Valley Post") or "")


@pytest.mark.parametrize(
    "claim",
    [
        "The envoy telephoned Weir in beijing.",
        "The envoy telephoned Weir; 拜登 did too.",
        "The envoy telephoned Weir (@realbiden).",
        "The envoy telephoned Weir. Biden did too.",
    ],
)
def test_a_name_without_a_capital_of_its_own_must_stand_in_the_article(claim: str) -> None:
    told = "The envoy telephoned Jonas Weir on 10 March."
    assert "name" in (check_sentence(claim, [make_hit(told)], None).why or "")
    here = f"{told} She was in Beijing. Biden (@realbiden, 拜登) was there."
    assert "name" not in (check_sentence(claim, [make_hit(here)], None).why or "")
