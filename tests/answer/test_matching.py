"""Quotations are found whatever their dress, and come back in the source's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.matching import find_quotation, fold, list_quotations

SOURCE = "He called it “a  serious\u00a0threat”, twice; the U.S. envoy’s café wasn't unlawful."


@pytest.mark.parametrize(
    ("quotation", "expected"),
    [
        ("He called it", "He called it"),
        ("a serious threat", "a  serious\u00a0threat"),
        ("A SERIOUS THREAT", "a  serious\u00a0threat"),
        ("a serious threat, twice", "a  serious\u00a0threat”, twice"),
        ("the US envoy's", None),
        ("the U.S. envoy's", "the U.S. envoy’s"),
        ("cafe\u0301", "café"),
        ("the cafe", None),
        ("cafe", None),
        ("lawful", None),
        ("a serious threats", None),
        ("", None),
        ("…", None),
    ],
)
def test_a_quotation_is_found_with_the_sources_characters(
    quotation: str, expected: str | None
) -> None:
    span = find_quotation(quotation, SOURCE)
    assert (span.of(SOURCE) if span else None) == expected


@given(st.text(max_size=200), st.data())
def test_whatever_is_found_reads_the_same_as_what_was_sought(
    text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    span = find_quotation(text[start:end].upper(), text)
    if span is not None:
        sought = fold(text[start:end].upper(), str.isalnum)[0]
        assert fold(span.of(text), str.isalnum)[0] == sought


@given(st.text(max_size=100))
def test_every_folded_character_knows_its_place(text: str) -> None:
    folded, places = fold(text, str.isalnum)
    assert len(folded) == len(places)
    assert places == sorted(places)
    assert all(0 <= place < len(text) for place in places)
    assert folded == folded.strip()


@pytest.mark.parametrize(
    ("text", "said", "clear"),
    [
        (
            "“Officials called “wrongly” for it”, he said.",
            ["Officials called “wrongly” for it"],
            True,
        ),
        ('“The old "ferry" sank” here.', ['The old "ferry" sank'], True),
        ('"The old "ferry" sank"', ["The old", "sank"], False),
        ('"The mayor said “yes” to it".', ["The mayor said", "to it"], False),
        ("„The “old” ferry“ sank.", ["The", "ferry"], False),
        ('He said "yes" and "no".', ["yes", "no"], True),
        ("„Ja“, sagte er; «oui», dit-elle.", ["Ja", "oui"], True),
        ("“one” “two”", ["one", "two"], True),
        ("“left open", [], False),
        ("no marks at all", [], True),
    ],
)
def test_nested_quotations_count_as_the_outer_one(text: str, said: list[str], clear: bool) -> None:
    found, all_clear = list_quotations(text)
    assert ([one.said for one in found], all_clear) == (said, clear)
