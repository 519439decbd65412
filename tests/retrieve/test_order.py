"""Passages for questions after the latest, or the first, of what is told again and again."""

from __future__ import annotations

from datetime import date

import pytest

from rag.retrieve.order import Order, make_room, read_order

#: Ten passages that were chosen and six that came next, the best first, one a day from 1 March on.
SCORES = {n: 1.0 - n / 100 for n in range(16)}
ARTICLES = {n: f"article {n}" for n in range(16)}
DAYS: dict[int, date | None] = {n: date(2022, 3, n + 1) for n in range(16)}
CHOSEN, NEXT = list(range(10)), list(range(10, 16))


@pytest.mark.parametrize(("order", "last"), [("latest", [13, 14, 15]), ("first", [7, 8, 9])])
def test_the_last_places_go_to_the_newest_or_the_oldest(order: Order, last: list[int]) -> None:
    found = make_room(CHOSEN, NEXT, SCORES, ARTICLES, DAYS, order)
    assert found == [*range(7), *last]


def test_what_is_much_worse_is_not_let_in_for_being_new() -> None:
    scores = SCORES | dict.fromkeys(NEXT, 0.5)
    assert make_room(CHOSEN, NEXT, scores, ARTICLES, DAYS, "latest") == CHOSEN


def test_one_new_article_does_not_take_all_the_room() -> None:
    articles = ARTICLES | dict.fromkeys(NEXT, "one")
    found = make_room(CHOSEN, NEXT, SCORES, articles, DAYS, "latest")
    assert len([n for n in found if n in NEXT]) == 1
    assert len(found) == len(CHOSEN)


def test_undated_passages_keep_their_place_where_nothing_newer_is_there() -> None:
    days = DAYS | dict.fromkeys(NEXT)
    assert sorted(make_room(CHOSEN, NEXT, SCORES, ARTICLES, days, "latest")) == CHOSEN


def test_few_passages_leave_no_room() -> None:
    assert make_room([0, 1], NEXT, SCORES, ARTICLES, DAYS, "latest") == [0, 1]


@pytest.mark.parametrize(
    ("question", "order"),
    [
        ("What is the latest death toll?", "latest"),
        ("How many have died so far?", "latest"),
        ("What was the initial count?", "first"),
        ("Who was the first to land there?", None),
        ("How many died in the current crisis?", None),
    ],
)
def test_only_words_that_ask_for_a_time_give_an_order(question: str, order: str | None) -> None:
    assert read_order(question) == order
