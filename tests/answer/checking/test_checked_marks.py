"""Denials, hedges and attributions: the marks of words, and what a claim does with them."""

from __future__ import annotations

import pytest
from conftest import FakeEmbedder, make_hit

from rag.answer.checking.marking import mark_words
from rag.answer.checking.words import simplify, split_tokens
from rag.answer.support import check_sentence


def find_marked(text: str, mark: str) -> list[str]:
    tokens = split_tokens(simplify(text))
    marks = mark_words(tokens).marks
    return [t.text for t, one in zip(tokens, marks, strict=True) if mark in one and t.stem]


def doubt(passage: str, claim: str) -> str | None:
    return check_sentence(claim, [make_hit(passage)], FakeEmbedder()).why


@pytest.mark.parametrize(
    ("text", "mark", "words"),
    [
        ("The club did not sell its striker, but it bought a keeper.", "denied", "sell striker"),
        ("The club sold no more than six players.", "denied", ""),
        ("The board rejected the offer; the talks went on.", "refused", "offer"),
        ("The coach left without a word to the players.", "denied", "word"),
        ("The bank stopped short of a merger.", "refused", "merger"),
        ("The storm may reach the coast, and it is strong.", "doubtful", "reach coast"),
        ("The firm wants to cut jobs.", "planned", "cut jobs"),
        ("Reportedly the firm cut jobs.", "said", "Reportedly firm cut jobs"),
        ("It fired what the north called “new” rockets.", "called", "new rockets"),
        ("The envoy met a minister who called it “a good day”.", "called", "good day"),
        ("It met the minister who called for a merger of banks.", "called", ""),
        ("The post became hers in May 2021 after a vote.", "doubtful", ""),
        ("By its own account, the firm cut jobs.", "said", "account firm cut jobs"),
    ],
)
def test_a_mark_reaches_to_the_end_of_its_clause(text: str, mark: str, words: str) -> None:
    found = find_marked(text, mark)
    for word in words.split():
        assert word in found
    assert bool(found) == bool(words)
    assert not {"bought", "keeper", "talks", "strong"} & set(found)


MATCH = (
    "The striker did not sign a new contract with the club before the final match."
    " The goalkeeper signed one in March."
)
ELECTION = "The commission has not counted the votes of the northern district."
STORM = "The storm may reach the southern coast of the island during the night."


@pytest.mark.parametrize(
    ("passage", "claim", "why"),
    [
        (MATCH, "The striker did sign a new contract with the club before the final match.", "den"),
        (ELECTION, "The commission has counted the votes of the northern district.", "denies"),
        (
            "The court in the capital ordered a recount of the votes on Monday.",
            "The court in the capital never ordered a recount of the votes.",
            "affirms what this denies",
        ),
        (ELECTION, "The commission counted the votes.", "denies"),
        (STORM, "The storm will reach the southern coast of the island during the night.", "may"),
        (STORM, "The storm reaches the southern coast of the island during the night.", "may"),
        (
            "The fire was reportedly started by an overheated bearing in the conveyor.",
            "The fire was started by an overheated bearing in the conveyor.",
            "reportedly",
        ),
    ],
)
def test_a_denial_or_hedge_that_was_dropped_or_added_is_named(
    passage: str, claim: str, why: str
) -> None:
    assert why in (doubt(passage, claim) or "")


@pytest.mark.parametrize(
    ("passage", "claim"),
    [
        (MATCH, "The striker has not signed a new contract with the club."),
        (MATCH, "Before the final match the striker signed no new contract with the club."),
        (ELECTION, "The votes of the northern district have not been counted by the commission."),
        (STORM, "During the night the storm might reach the southern coast of the island."),
        (STORM, "Possibly the storm will reach the southern coast during the night."),
    ],
)
def test_a_denial_or_hedge_in_other_words_passes(passage: str, claim: str) -> None:
    assert doubt(passage, claim) is None


def test_what_one_sentence_denies_is_not_taken_for_affirmed_by_another() -> None:
    passage = (
        "Director Corin Maddel defended the closing of the theatre on Thursday."
        " “An empty hall is not a theatre,” Maddel said."
    )
    assert doubt(passage, "Director Corin Maddel said: “An empty hall is not a theatre”.") is None
