"""How things stand is told by the latest article that tells of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import write_md
from test_quotes import answer

from rag.answer.days import note_days
from rag.answer.states import asks_state
from rag.index.store import Store
from rag.retrieve.question import parse_question
from rag.types import Answer


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("Who is the director of the port?", True),
        ("Who’s the mayor of Skell now?", True),
        ("Who leads the party?", True),
        ("Is the bridge still closed?", True),
        ("Are lorries allowed on the bridge?", True),
        ("Which roads are still closed?", True),
        ("Who was the director of the port in 2021?", False),
        ("Who signed the treaty?", False),
        ("Who is Ines Aldana?", False),
        ("Was the bridge still closed in May?", False),
        ("Why did the bridge close?", False),
    ],
)
def test_a_question_for_how_things_stand_is_known_by_its_verb(question: str, asks: bool) -> None:
    assert asks_state(parse_question(question)) is asks


@pytest.fixture
def bridge(fill: Callable[..., Store]) -> Store:
    return fill(
        first=write_md(
            "The bridge at Tolvar is still closed, said the road office.",
            title="Ferry at Tolvar",
            published="2020-02-20",
        ),
        last=write_md(
            "The bridge at Tolvar, still closed on Monday, was reopened on Friday.",
            title="Cars at Tolvar",
            published="2020-04-03",
        ),
        other=write_md(
            "The museum at Korva was closed on Sunday.", title="Museum", published="2020-05-01"
        ),
    )


def note(store: Store, question: str, given: Answer) -> tuple[str, ...]:
    with store.reading() as generation:
        return note_days(given, parse_question(question), generation, store.embedder)


def test_the_latest_state_goes_first_and_the_earlier_one_after_it(bridge: Store) -> None:
    question = "Is the bridge at Tolvar still closed?"
    found = answer(bridge, question)
    said = [sentence.text for sentence in found.sentences]
    assert "was reopened" in said[0]
    assert "is still closed" in said[1]
    assert note(bridge, question, found)[0].startswith("As of 3 April 2020")


def test_what_was_is_told_by_the_best_sentence(bridge: Store) -> None:
    found = answer(bridge, "Was the bridge at Tolvar still closed in February 2020?")
    assert "still closed" in found.sentences[0].text


def test_a_later_article_about_something_else_does_not_go_first(bridge: Store) -> None:
    found = answer(bridge, "Is the bridge at Tolvar still closed?")
    assert not any("museum" in sentence.text for sentence in found.sentences)


def test_the_new_holder_of_an_office_goes_first(fill: Callable[..., Store]) -> None:
    store = fill(
        a=write_md(
            "Marta Osk is the director of the port of Quellin. It is old.",
            title="Port",
            published="2021-11-10",
        ),
        b=write_md(
            "Jonas Veit is the new director of the port of Quellin. It is wide.",
            title="Quay",
            published="2022-03-02",
        ),
    )
    for question in (
        "Who is the director of the port of Quellin?",
        "Who is the current director of the port of Quellin?",
    ):
        found = answer(store, question)
        assert "Jonas Veit" in found.sentences[0].text
        assert not any("“current”" in one for one in found.notes)


def test_who_held_an_office_is_told_by_the_articles_of_that_time(
    fill: Callable[..., Store],
) -> None:
    store = fill(
        a=write_md(
            "Marta Osk, the director of the port of Quellin, cut a ribbon. It is old.",
            title="Port",
            published="2021-11-10",
        ),
        b=write_md(
            "Jonas Veit is the director of the port of Quellin. It is wide.",
            title="Quay",
            published="2022-03-02",
        ),
    )
    question = "Who was the director of the port of Quellin in {}?"
    found = answer(store, question.format("November 2021"))
    assert "Marta Osk" in found.sentences[0].text
    found = answer(store, question.format("January 2022"))
    assert "Marta Osk" in found.sentences[0].text
    found = answer(store, question.format("March 2022"))
    assert "Jonas Veit" in found.sentences[0].text


def test_an_article_that_names_nobody_else_does_not_go_first(fill: Callable[..., Store]) -> None:
    store = fill(
        a=write_md(
            "Marta Osk is the director of the port of Quellin. It is old.",
            title="Port",
            published="2021-11-10",
        ),
        b=write_md(
            "The director of the port of Quellin spoke of its quays, the Harbour Office said.",
            title="Quay",
            published="2022-03-02",
        ),
    )
    found = answer(store, "Who is the director of the port of Quellin?")
    assert "Marta Osk" in found.sentences[0].text
