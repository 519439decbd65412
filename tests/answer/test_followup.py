"""Follow-ups: a question that leans on the one before is completed, any other is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.followup import complete, find_person, find_subject, leans
from rag.types import Answer, Sentence


def make_answer(asked: str, told: str | None = None, searched: str | None = None) -> Answer:
    sentences = (Sentence(told),) if told else ()
    return Answer(asked, "offline", sentences=sentences, searched=searched)


CHAIR = make_answer(
    "Who chairs the Skell council?", "The council of Skell is chaired by Odile Brandt."
)
SAID = make_answer(
    "What did Odile Brandt say about the ferry?", "Odile Brandt said the ferry was unsafe."
)
DATED = make_answer("What did Odile Brandt say about the ferry on 3 March?", "It was unsafe.")
SOLD = make_answer("How many ferries did Norland sell to Estmark?", "Norland sold 12.")
KNOWN = make_answer(
    "Who is Odile Brandt?", "Odile Brandt works for the Republic of Estmark as its envoy."
)
LOWER = make_answer("how many ferries did the council sell?", "It sold 12.")


@pytest.mark.parametrize(
    ("before", "typed", "completed"),
    [
        (CHAIR, "Who is she?", "Who is Odile Brandt?"),
        (CHAIR, "And why did she resign?", "Why did Odile Brandt resign?"),
        (CHAIR, "What is her age?", "What is Odile Brandt’s age?"),
        (CHAIR, "Who elected her?", "Who elected Odile Brandt?"),
        (SAID, "How old is she?", "How old is Odile Brandt?"),
        (DATED, "How old is she?", "How old is Odile Brandt?"),
        (KNOWN, "When was she appointed?", "When was Odile Brandt appointed?"),
    ],
)
def test_a_pronoun_gets_the_name_that_it_stands_for(
    before: Answer, typed: str, completed: str
) -> None:
    assert complete(typed, [before]) == completed


@pytest.mark.parametrize(
    ("before", "typed", "completed"),
    [
        (SOLD, "What about Tolm?", "How many ferries did Tolm sell to Estmark?"),
        (SOLD, "and Tolm?", "How many ferries did Tolm sell to Estmark?"),
        (SAID, "How about Karl Fenn?", "What did Karl Fenn say about the ferry?"),
        (
            DATED,
            "What about 5 March?",
            "What did Odile Brandt say about the ferry on 5 March?",
        ),
        (
            DATED,
            "And on 5 March?",
            "What did Odile Brandt say about the ferry on 5 March?",
        ),
        (
            make_answer("Who is the CEO of Tolm Ferries?", "Karl Fenn."),
            "What about Skell Lines?",
            "Who is the CEO of Skell Lines?",
        ),
        (SOLD, "What about 5 March?", "How many ferries did Norland sell to Estmark (5 March)?"),
        (LOWER, "what about Tolm?", "how many ferries did the council sell (Tolm)?"),
        (
            make_answer("How many ferries sank in March 2022?", "Two sank."),
            "What about April 2022?",
            "How many ferries sank in April 2022?",
        ),
        (SOLD, r"What about \1?", r"How many ferries did Norland sell to Estmark (\1)?"),
        (
            SOLD,
            "What about the harbour?",
            "How many ferries did Norland sell to Estmark (the harbour)?",
        ),
        (
            make_answer("How many ferries sank in 2021?", "Two sank."),
            "What about 2020?",
            "How many ferries sank in 2020?",
        ),
        (
            make_answer("Norlander crews left Norland when?", "In May."),
            "And what about Tolm?",
            "Norlander crews left Tolm when?",
        ),
    ],
)
def test_what_about_puts_the_new_name_in_the_place_of_the_old(
    before: Answer, typed: str, completed: str
) -> None:
    assert complete(typed, [before]) == completed


@pytest.mark.parametrize(
    ("before", "typed", "words"),
    [
        (CHAIR, "Why?", ("Why", "Skell council", "Odile Brandt")),
        (SAID, "And what did Norland say?", ("What did Norland say", "about the ferry")),
        (SAID, "When was that?", ("When was that", "ferry")),
        (SAID, "How did that affect the vote?", ("How did that affect", "the ferry")),
        (SAID, "What did Tolm think about that plan?", ("What did Tolm think about that", "ferry")),
        (SAID, "but why?", ("Why", "the ferry", "Odile Brandt")),
        (SOLD, "What happened then?", ("What happened then", "ferries Norland")),
        (LOWER, "Who is she?", ("Who is she", "council sell")),
    ],
)
def test_an_elliptic_question_gets_the_subject_of_the_earlier_one(
    before: Answer, typed: str, words: tuple[str, ...]
) -> None:
    completed = complete(typed, [before])
    assert all(word in completed for word in words), completed
    assert completed.startswith(words[0])


def test_the_old_name_goes_where_a_new_one_does_the_same() -> None:
    assert "Odile" not in complete("And what did Norland say?", [SAID])


def test_what_is_left_of_the_earlier_question_reads_well() -> None:
    before = make_answer("How many launches did the Treasury count, and when?", "It counted 11.")
    completed = complete("And what did China say?", [before])
    assert completed == "What did China say (launches count)?"


def test_a_new_date_takes_the_place_of_the_old_one() -> None:
    before = make_answer("What happened to the ferry on 7 March?", "It sank.")
    completed = complete("What happened there on 9 March?", [before])
    assert "ferry" in completed
    assert "7" not in completed


def test_what_about_her_is_about_her() -> None:
    assert "Odile Brandt" in complete("What about her?", [CHAIR])


def test_a_date_that_is_asked_for_is_not_searched_for() -> None:
    completed = complete("When was that?", [DATED])
    assert "ferry" in completed
    assert "March" not in completed


@pytest.mark.parametrize(
    "typed",
    [
        "How many libraries closed in Tolm?",
        "Why was the library closed?",
        "Who may march?",
        "What did Norland want from the harbour talks?",
        "What did Karl Fenn say about his ferry?",
        "Did Karl Fenn say that he would resign?",
        "Which bridge collapsed in Tolm, and was it repaired?",
        "what did the mayor of tolm say about her budget?",
        "Is it true that the ferry sank?",
        "Who were those who voted?",
        "How many strikes had there been by May?",
        "But Tolm rejects the sale of ferries",
        "How many ferries have sunk since then, by the harbour master’s count?",
    ],
)
def test_a_complete_new_subject_is_left_untouched(typed: str) -> None:
    assert not leans(typed)
    assert complete(typed, [CHAIR]) == complete(typed, [DATED]) == typed


@pytest.mark.parametrize("typed", ["Who is she?", "Why?", "What about Tolm?"])
def test_the_first_question_is_left_untouched(typed: str) -> None:
    assert complete(typed, []) == typed


def test_only_the_last_answer_counts() -> None:
    assert complete("What about Tolm?", [CHAIR, SOLD]) == (
        "How many ferries did Tolm sell to Estmark?"
    )


def test_a_chain_of_follow_ups_goes_on_from_what_was_searched_for() -> None:
    before = make_answer(
        "What about Tolm?", "It sold 9.", "How many ferries did Tolm sell to Estmark?"
    )
    assert complete("And Skell?", [before]) == "How many ferries did Skell sell to Estmark?"


@pytest.mark.parametrize(
    ("before", "person"),
    [
        (CHAIR, "Odile Brandt"),
        (SAID, "Odile Brandt"),
        (DATED, "Odile Brandt"),
        (make_answer("Who met Karl Fenn?", "Ida Holm met Karl Fenn."), "Ida Holm"),
        (make_answer("Did Karl Fenn resign in March 2022?", "It was so."), "Karl Fenn"),
        (make_answer("did the ferry sink?"), None),
        (
            make_answer("What did the mayor do in Tolm?", "On Friday Ida Holm left Tolm."),
            "Ida Holm",
        ),
        (make_answer("Who spoke?", "Secretary of State Ida Holm spoke."), "Ida Holm"),
        (make_answer("When did Brandt visit Tolm?", "In May."), "Brandt"),
    ],
)
def test_he_or_she_is_who_was_asked_for_else_who_was_asked_about(
    before: Answer, person: str | None
) -> None:
    assert find_person(before) == person


def test_a_refusal_still_has_a_subject() -> None:
    assert find_subject(make_answer("Why did the Skell ferry sink?"), "And when?") == (
        "Skell ferry sink"
    )


@pytest.mark.parametrize("typed", ["and?", "Ok, and when?"])
def test_a_bare_nudge_becomes_a_question_that_begins_with_a_word(typed: str) -> None:
    completed = complete(typed, [CHAIR])
    assert completed[0].isalnum()
    assert not completed.startswith("And ")
    assert "council" in completed


LEANING = st.lists(
    st.sampled_from(
        "And and but What about How who is he her his it that then those Odile Brandt 3 March say"
        " did the former ferry ? , ’s \\1".split()
    )
).map(" ".join)
ANSWERS = st.builds(make_answer, st.text() | LEANING, st.none() | st.text() | LEANING)


@given(st.text() | LEANING, st.lists(ANSWERS | st.just(SOLD), max_size=2))
def test_any_text_is_completed_or_left_alone(typed: str, earlier: list[Answer]) -> None:
    completed = complete(typed, earlier)
    assert isinstance(completed, str)
    assert completed or not typed
    if not earlier:
        assert completed == typed
