"""Who does what to whom, who says it, and opposites."""

from __future__ import annotations

import pytest
from conftest import FakeEmbedder, make_hit

from rag.answer.checking.opposites import are_opposites
from rag.answer.checking.roles import find_acts, find_deeds, find_mentions
from rag.answer.checking.words import find_stem, simplify, split_tokens
from rag.answer.support import check_sentence, measure


def read(text: str) -> list[tuple[str, str]]:
    """Who does something to whom."""
    deeds = find_deeds(split_tokens(simplify(text)))
    return [(deed.doer.said, deed.done_to.said) for deed in deeds]


def signs(passage: str, claim: str) -> dict[str, str]:
    """What speaks against a claim, each with its reason."""
    return {s.name: s.why for s in measure(claim, [make_hit(passage)], FakeEmbedder()) if s.value}


def doubt(passage: str, claim: str) -> str | None:
    return check_sentence(claim, [make_hit(passage)], FakeEmbedder()).why


@pytest.mark.parametrize(
    ("text", "deed"),
    [
        ("Arsenal beat Chelsea.", ("Arsenal", "Chelsea")),
        ("Chelsea was beaten by Arsenal.", ("Arsenal", "Chelsea")),
        ("The Chelsea side was beaten by the Arsenal eleven.", ("Arsenal", "Chelsea")),
        ("Acme received an offer from Bolt.", ("Bolt", "Acme")),
        ("In a call with Lind, Moreau asked for a recount.", ("Moreau", "Lind")),
    ],
)
def test_who_does_something_to_whom_is_read_in_active_and_passive(
    text: str, deed: tuple[str, str]
) -> None:
    assert deed in read(text)


def test_a_new_clause_parts_two_names() -> None:
    assert read("Arsenal won the cup and Chelsea left.") == []
    assert read("Arsenal won; Chelsea left.") == []


def test_names_are_runs_and_what_they_do_is_known() -> None:
    tokens = split_tokens(simplify("Mira Tolvan and Daven Rillick rejected the plan."))
    assert [one.said for one in find_mentions(tokens)] == ["Mira Tolvan", "Daven Rillick"]
    doers = {act.doer.said for act in find_acts(tokens) if act.doer}
    assert doers == {"Mira Tolvan", "Daven Rillick"}


@pytest.mark.parametrize(
    ("passage", "claim"),
    [
        (
            "On Sunday Arsenal beat Chelsea in the cup.",
            "On Sunday Chelsea beat Arsenal in the cup.",
        ),
        (
            "On Sunday Arsenal beat Chelsea in the cup.",
            "On Sunday Arsenal was beaten by Chelsea in the cup.",
        ),
        ("Last year Acme sued Bolt over patents.", "Last year Bolt sued Acme over patents."),
    ],
)
def test_swapped_roles_speak_against_a_claim(passage: str, claim: str) -> None:
    assert "the other way round" in signs(passage, claim)["turned"]


@pytest.mark.parametrize(
    "claim",
    [
        "In the cup Chelsea was beaten by Arsenal on Sunday.",
        "Arsenal beat Chelsea.",
        "On Sunday, Arsenal beat Chelsea in the cup.",
    ],
)
def test_the_same_roles_in_another_order_pass(claim: str) -> None:
    assert doubt("On Sunday Arsenal beat Chelsea in the cup.", claim) is None


def test_another_doer_is_named_as_the_article_writes_them() -> None:
    passage = "On Monday North Korea launched a rocket. Japan protested."
    why = signs(passage, "On Monday Japan launched a rocket.")["other_doer"]
    assert "it is North Korea who does this" in why
    assert "NorthKorea" not in why


def test_a_doer_that_opens_its_sentence_is_named_within_ours() -> None:
    passage = "The Skell Council launched a ferry on Monday. Japan protested."
    why = signs(passage, "On Monday Japan launched a ferry.")["other_doer"]
    assert "it is the Skell Council who does this" in why


FIRE = (
    "An overheated bearing probably started the fire, inspector Daven Rillick said on Monday."
    " The owner of the mill, Ilsa Torvane, praised the firefighters."
)


def test_another_speaker_is_named() -> None:
    claim = "Ilsa Torvane said that an overheated bearing probably started the fire."
    why = doubt(FIRE, claim) or ""
    assert "Rillick who says this" in why


@pytest.mark.parametrize("speaker", ["Torvane", "Arsenal"])
def test_a_speaker_of_one_word_that_opens_the_sentence_is_compared_too(speaker: str) -> None:
    claim = f"{speaker} said that an overheated bearing probably started the fire."
    assert "Rillick who says this" in signs(FIRE + " Arsenal won.", claim)["speaker_differs"]


@pytest.mark.parametrize("speaker", ["Officials", "Investigators", "Inspector Rillick"])
def test_a_common_noun_that_opens_the_sentence_is_no_other_speaker(speaker: str) -> None:
    claim = f"{speaker} said that an overheated bearing probably started the fire."
    assert "speaker_differs" not in signs(FIRE, claim)


@pytest.mark.parametrize(
    "claim",
    [
        "Rillick said that an overheated bearing probably started the fire.",
        "According to Daven Rillick, the fire was probably started by an overheated bearing.",
        "The inspector said that an overheated bearing probably started the fire.",
    ],
)
def test_the_right_speaker_passes(claim: str) -> None:
    assert doubt(FIRE, claim) is None


@pytest.mark.parametrize(
    ("source", "claim"),
    [
        ("rise", "fell"),
        ("rejected", "accepted"),
        ("buy", "sells"),
        ("first", "last"),
        ("agreed", "disagreed"),
        ("proven", "unproven"),
    ],
)
def test_opposites_are_known_in_every_form(source: str, claim: str) -> None:
    assert are_opposites(find_stem(source), find_stem(claim))
    assert are_opposites(find_stem(claim), find_stem(source))


def test_an_opposite_speaks_against_a_claim_and_a_word_that_both_have_does_not() -> None:
    passage = "Shares of the steel company rose by a tenth on Monday."
    why = signs(passage, "Shares of the steel company fell by a tenth on Monday.")["opposite"]
    assert "the opposite of “fell”" in why
    both = "Shares of the steel company rose by a tenth on Monday and fell on Tuesday."
    assert "opposite" not in signs(both, "Shares of the steel company fell on Tuesday.")
