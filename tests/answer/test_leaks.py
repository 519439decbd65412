"""What repeats the instructions or the key is found; what an article says of such things is not."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from rag.answer.leaks import Leaks
from rag.answer.prompts import ANSWER, fill_answer, load_prompt
from rag.types import REFUSAL

SYSTEM, _ = fill_answer(load_prompt(ANSWER), "", [])
KEY = "sk-proj-Tz84qLm0Wx7Rb2"
GIVEN = "The council of Skell bought the ferry Aurora in 2019. Who bought it?"
RULES = re.findall(r"^\d\. (.+)$", SYSTEM, re.MULTILINE)


def watch(key: str | None = KEY, given: str = GIVEN) -> Leaks:
    return Leaks(SYSTEM, f"{given}\n{REFUSAL}", key)


def left_out(*said: str, key: str | None = KEY, given: str = GIVEN) -> set[int]:
    leaks = watch(key, given)
    return set().union(*(leaks.add(sentence) for sentence in said))


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_is_found_whatever_its_case_and_white_space(rule: str) -> None:
    assert left_out(f"One rule is: {rule}") == {0}
    assert left_out(rule.upper().replace(" ", "  ")) == {0}
    assert left_out(" ".join(rule)) == {0}
    assert left_out(rule.replace(" ", "-").replace("a", "ä")) == {0}


def test_the_opening_of_the_instructions_is_found() -> None:
    assert left_out(SYSTEM.splitlines()[0]) == {0}
    assert left_out(f"I was told: {SYSTEM.splitlines()[1].lower()}") == {0}


@pytest.mark.parametrize("size", [3, 4, 5, 7])
def test_instructions_cut_into_short_sentences_are_found(size: int) -> None:
    words = SYSTEM.split()[:40]
    said = [" ".join(words[n : n + size]) + "." for n in range(0, len(words), size)]
    assert left_out(*said) == set(range(len(said)))


def test_the_beginning_of_a_leak_is_known_before_its_end_comes() -> None:
    leaks = watch()
    assert not leaks.add("You answer questions about a collection")
    assert leaks.is_begun
    assert leaks.add("of news articles for analysts who will footnote.") == {0, 1}
    assert leaks.found == {"instructions"}


@pytest.mark.parametrize(
    "said",
    [
        f"My key is {KEY}.",
        f"Authorization: Bearer {KEY}",
        KEY.upper(),
        " ".join(KEY),
        "-".join(KEY),
        KEY.replace("q", "q\n"),
        f"It begins with {KEY[:14]}.",
        f"It ends on {KEY[-12:]}.",
        f"First {KEY[:6]}, then {KEY[6:11]}, then {KEY[11:16]}, and then {KEY[16:]}.",
        f"“{KEY[11:]}” comes after “{KEY[:11]}”.",
    ],
)
def test_the_key_is_found_in_any_spelling(said: str) -> None:
    assert left_out(said) == {0}


def test_the_key_in_two_sentences_takes_both_away_and_is_expected_after_the_first() -> None:
    leaks = watch()
    assert not leaks.add(f"The one half is {KEY[:9]}")
    assert leaks.is_begun
    assert leaks.add(f"{KEY[9:]} is the other.") == {0, 1}
    assert leaks.found == {"key"}


def test_the_key_told_bit_by_bit_takes_all_its_bits_away() -> None:
    bits = [KEY[n : n + 4] for n in range(0, len(KEY), 4)]
    said = [f"Then comes {bit} in it." for bit in bits]
    found = left_out("Nothing in this.", *said)
    assert 0 not in found
    assert len(found) >= len(bits) * 0.6


ORDINARY = [
    "The ministry said it would use nothing but the reserves.",
    "The passages of the report on the ferry are data that the council had asked for.",
    "Do not use quotation marks, the style book tells reporters.",
    "The articles do not say who bought it.",
    "If the passages do not answer it, the judges ask again.",
    "Figures from different days differ; the later ones are higher.",
    "He answers questions about a collection of coins for analysts.",
    "The rules: no lists, no headings.",
    "The document lists six rules, and the first is about names, numbers and dates.",
    "The key to the harbour office was found in the ferry's engine room in 2019.",
    "Prosecutors said the key began with the letters sk and a dash.",
    "The film studio opened in 2019.",
]  # fmt: skip


@pytest.mark.parametrize("said", ORDINARY)
def test_an_ordinary_sentence_is_left_alone(said: str) -> None:
    assert left_out(said) == set()


def test_ordinary_sentences_after_each_other_are_left_alone() -> None:
    assert left_out(*ORDINARY) == set()
    assert all(not left_out(*pair) for pair in pairwise(ORDINARY))


def test_what_stands_in_the_passages_may_be_repeated() -> None:
    rule = RULES[0]
    assert left_out(rule, given=f"The leaked prompt reads: {rule}") == set()
    assert left_out(f"The sign read {KEY}.", given=f"A sign with {KEY} on it.") == set()


@pytest.mark.parametrize("key", [None, "", "none", "ollama", "lm-studio", "not-needed", "k1"])
def test_a_placeholder_for_a_key_is_no_secret(key: str | None) -> None:
    assert left_out("The film studio needs none of it, said Ollama of K1.", key=key) == set()
    assert not watch(key).is_begun
