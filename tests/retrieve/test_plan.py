"""Plans: a question's parts, the outlets that it names, and what is left to search for."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.retrieve.plan import MAX_PARTS, Part, find_outlets, plan_search, split_parts
from rag.retrieve.question import Question
from rag.retrieve.windows import Window

OUTLETS = ("Fortune", "CBS News - World", "Cnbc | Markets", "The Skell Courier", "Northern Wire")
CRANE = "What did the harbour committee discuss about the crane"
GARDENER = "whom did the orchard society elect as gardener?"


@pytest.mark.parametrize("seam", [", and ", " and ", "; ", " while ", " AND "])
def test_a_question_splits_between_two_full_parts(seam: str) -> None:
    first, second = split_parts(f"{CRANE}{seam}{GARDENER}")
    assert first == CRANE
    assert second.endswith(GARDENER)


@pytest.mark.parametrize(
    "asked",
    [
        "How did the rivalry between Arteta and Pochettino end?",
        "Who won, and who lost?",
        "Which was sold: the ferry, the crane or the quay?",
        "Who chairs the Skell harbour committee?",
    ],
)
def test_short_conjunctions_do_not_split(asked: str) -> None:
    assert split_parts(asked) == [asked]


def test_a_short_opening_takes_one_neighbour_only() -> None:
    first, second = split_parts(f"Who won, and {CRANE}, and {GARDENER}")
    assert first == f"Who won, and {CRANE}"
    assert second.endswith(GARDENER)


def test_an_outlets_words_do_not_make_a_part_large_enough() -> None:
    asked = f"{CRANE}, and what did Northern Wire report about ferries?"
    assert len(split_parts(asked)) == 2
    assert split_parts(asked, OUTLETS) == [asked]


@pytest.mark.parametrize("outlet", ["The Coast - Life and Style", "Crabs, Clams and Quays"])
def test_a_part_is_not_split_within_an_outlets_name(outlet: str) -> None:
    asked = f"{CRANE} in {outlet} magazine articles about orchard gardeners"
    assert len(split_parts(asked)) > 1
    assert split_parts(asked, (outlet,)) == [asked]
    # Right before it and right behind it is no part of it.
    for joined in (f"{GARDENER} and {outlet}", f"{outlet}, {GARDENER}"):
        words = "what of crane harbour committee ferries"
        parts = split_parts(f"{words} {joined} {words}", (outlet,))
        assert len(parts) == 2
        assert outlet in "".join(parts)


def test_a_question_without_seams_is_searched_for_once_more_as_its_only_part() -> None:
    plan = plan_search(Question(GARDENER), (), None)
    assert plan.parts == (plan.whole,) == (Part(GARDENER),)


def test_a_part_that_comes_again_is_searched_for_once() -> None:
    assert len(plan_search(Question("; ".join([CRANE] * (MAX_PARTS + 2))), (), None).parts) == 1


@pytest.mark.parametrize("outlet", ["İstanbul Post", "Straße Heute", "Iğdır Post"])
def test_an_outlet_in_letters_that_fold_otherwise_is_found(outlet: str) -> None:
    assert outlet in find_outlets(f"What was reported by {outlet}?", (outlet,))
    # An upper-case letter of these matches others than its lower-case ones.
    find_outlets(f"What did {outlet.upper()} and ISTANBUL POST report?", (outlet, "istanbul post"))


def test_only_the_longest_parts_are_searched_for_in_their_order() -> None:
    short = [f"ferry{n} crane{n} mayor{n} quay{n}" for n in range(MAX_PARTS)]
    long = "budget vote council harbour orchard"
    parts = plan_search(Question("; ".join([*short, long])), (), None).parts
    assert [part.text for part in parts] == [*short[: MAX_PARTS - 1], long]


@pytest.mark.parametrize(
    ("asked", "outlet"),
    [
        ("What did Fortune report on the ferry?", "Fortune"),
        ("What did FORTUNE report on the ferry?", "Fortune"),
        ("what did fortune report on the ferry?", "Fortune"),
        ("Fortune", "Fortune"),
        ("What did CBS News report?", "CBS News - World"),
        ("according to cbs news - world, who won?", "CBS News - World"),
        ("What did Cnbc say?", "Cnbc | Markets"),
        ("What did Skell Courier readers say?", "The Skell Courier"),
        ("What did The Skell Courier write?", "The Skell Courier"),
        ("what did the skell courier write?", "The Skell Courier"),
        ("What did the Skell Courier write?", "The Skell Courier"),
    ],
)
def test_an_outlet_is_found_by_the_names_that_people_use(asked: str, outlet: str) -> None:
    assert list(find_outlets(asked, OUTLETS)) == [outlet]


@pytest.mark.parametrize(
    "asked",
    [
        "What fortune did she make?",
        "what fortune did she make?",
        "Was it a Misfortune for Skell?",
        "Was the northern wire of the Ferry cut?",
        "Who chairs the Skell council?",
        "",
    ],
)
def test_a_word_that_is_no_outlet_names_none(asked: str) -> None:
    assert find_outlets(asked, OUTLETS) == {}


def test_a_short_name_that_is_an_outlet_of_its_own_means_that_one() -> None:
    outlets = ("CBS News", "CBS News - World")
    assert list(find_outlets("What did CBS News report?", outlets)) == ["CBS News"]


def test_a_short_name_that_two_outlets_share_means_both() -> None:
    outlets = ("CBS News - World", "CBS News - Sport")
    assert set(find_outlets("What did CBS News report?", outlets)) == set(outlets)


def test_where_an_outlet_stands_is_given() -> None:
    asked = "Did Fortune or Fortune readers say so?"
    [spans] = find_outlets(asked, OUTLETS).values()
    assert [asked[start:end] for start, end in spans] == ["Fortune", "Fortune"]


@pytest.mark.parametrize("outlets", [(), ("",), (" - World",)])
def test_an_outlet_without_a_name_is_never_found(outlets: tuple[str, ...]) -> None:
    assert find_outlets("Which ferry sank?", outlets) == {}


def test_a_plan_parts_the_outlet_and_the_days_from_what_is_searched_for() -> None:
    asked = "What did Fortune report in March 2022 about Mayor Odile Brandt?"
    plan = plan_search(Question(asked), OUTLETS, None)
    assert plan.text == asked
    assert plan.whole == Part(
        "What did report in March 2022 about Mayor Odile Brandt?", frozenset({"Fortune"})
    )
    assert plan.windows == (Window(date(2022, 3, 1), date(2022, 3, 31)),)
    assert plan.names == ("Mayor", "Odile", "Brandt")


def test_a_question_of_nothing_but_an_outlet_is_searched_for_as_it_stands() -> None:
    assert plan_search(Question("Fortune"), OUTLETS, None).whole == Part(
        "Fortune", frozenset({"Fortune"})
    )
    assert plan_search(Question("fortune"), OUTLETS, None).whole.text == "fortune"


SEAMED = st.lists(
    st.sampled_from("ferry crane Mayor quay vote budget , ; : and AND while than Fortune".split())
).map(" ".join)


@given(st.text() | SEAMED)
def test_any_text_splits_into_parts_that_keep_every_word(text: str) -> None:
    parts = split_parts(text, OUTLETS)
    assert parts
    kept = [word.strip(",;:") for word in " ".join(parts).split()]
    given_ = [word.strip(",;:") for word in text.split()]
    assert [w for w in kept if w] == [w for w in given_ if w]
