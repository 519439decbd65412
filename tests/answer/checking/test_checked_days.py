"""Days that a sentence means, counted from the day of its article."""

from __future__ import annotations

from datetime import date

import pytest
from conftest import FakeEmbedder, make_hit

from rag.answer.checking.days import find_times, name_weekday
from rag.answer.facts import Day
from rag.answer.support import check_sentence, measure

MONDAY = date(2022, 1, 17)


def days(text: str, published: date | None = MONDAY) -> set[Day]:
    return set(find_times(text, published).days)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("The minister spoke on Friday.", Day(1, 14, 2022)),
        ("They met yesterday.", Day(1, 16, 2022)),
        ("They meet tomorrow.", Day(1, 18, 2022)),
        ("They meet next Friday.", Day(1, 21, 2022)),
        ("They met last Friday.", Day(1, 7, 2022)),
        ("They met on Monday.", Day(1, 17, 2022)),
        ("They met on 30 December.", Day(12, 30, 2021)),
        ("They met on the fifth of the month.", Day(1, 5, 2022)),
        ("The tests of 5 and 10 January failed.", Day(1, 5, 2022)),
        ("The tests of January 5 and 10 failed.", Day(1, 10, 2022)),
        ("They met on Jan. 11, the day after the final.", Day(1, 10, 2022)),
        ("They met a week after 3 January.", Day(1, 10, 2022)),
    ],
)
def test_a_day_is_counted_from_the_articles_own(text: str, day: Day) -> None:
    assert day in days(text)


def test_without_an_articles_day_a_weekday_stays_a_name() -> None:
    times = find_times("The minister spoke on Friday.", None)
    assert (times.days, times.weekdays) == (frozenset(), frozenset({"Friday"}))


def test_the_second_is_no_day_and_the_30th_of_february_is_none_that_has_a_name() -> None:
    assert days("It was the second of three goals.") == set()
    assert name_weekday(Day(2, 30, 2022)) is None
    assert name_weekday(Day(1, 14, 2022)) == "Friday"


def test_years_and_months_are_told_from_the_articles_day_too() -> None:
    times = find_times("Sales fell last year and may rise next month.", MONDAY)
    assert (times.years, times.months) == (frozenset({2021}), frozenset({2}))


MINISTER = "The minister said on Friday that the dam would hold. Rain fell from 3 to 5 January."


def check(claim: str) -> str | None:
    hit = make_hit(MINISTER, published=MONDAY)
    return check_sentence(claim, [hit], FakeEmbedder()).why


@pytest.mark.parametrize(
    "claim",
    [
        "The minister said on 14 January that the dam would hold.",
        "The minister said on January 14, 2022 that the dam would hold.",
        "On Friday the minister said that the dam would hold.",
        "Rain fell from 3 January on.",
    ],
)
def test_friday_in_an_article_of_monday_the_17th_is_the_14th(claim: str) -> None:
    assert check(claim) is None


@pytest.mark.parametrize(
    ("claim", "why"),
    [
        ("The minister said on 13 January that the dam would hold.", "date 13 January"),
        ("The minister said on 14 January 2021 that the dam would hold.", "14 January 2021"),
        ("The minister said on Tuesday that the dam would hold.", "“Tuesday”"),
        ("Rain fell in February.", "month February"),
    ],
)
def test_another_day_is_named(claim: str, why: str) -> None:
    assert why in (check(claim) or "")


def test_a_day_that_the_article_has_for_something_else_is_named() -> None:
    passage = (
        "The striker signed a new contract with the club on 3 May 2023. It rained a lot."
        " The goalkeeper left the hospital after his operation on 9 May 2023."
    )
    claim = "The striker signed a new contract with the club on 9 May 2023."
    signs = measure(claim, [make_hit(passage)], FakeEmbedder())
    [why] = [sign.why for sign in signs if sign.name == "time_displaced"]
    assert "does not give 9 May 2023 for this" in why
    assert "The striker signed" in why


def test_the_day_on_which_the_outlet_reported_it_passes() -> None:
    hit = make_hit(
        "The river broke its bank on Sunday evening and flooded 187 houses, the town said.",
        outlet="Harbor Ledger",
        published=date(2024, 3, 4),
    )
    claim = "On 4 March the Harbor Ledger reported that 187 houses were flooded."
    assert check_sentence(claim, [hit], FakeEmbedder()).why is None


@pytest.mark.parametrize(
    ("told", "doubted"),
    [("on 10 March", True), ("yesterday", False), ("on 12 March", False), ("on Saturday", False)],
)
def test_yesterday_is_the_day_before_the_article(told: str, doubted: bool) -> None:
    hit = make_hit(f"The envoy telephoned Weir {told}.", published=date(2022, 3, 13))
    why = check_sentence("The envoy telephoned Weir yesterday.", [hit], None).why
    assert ("yesterday" in (why or "")) == doubted


@pytest.mark.parametrize(
    ("told", "claim", "doubted"),
    [
        ("since January", "in January", True),
        ("since January", "until January", True),
        ("until January", "since January", True),
        ("since January", "since last January", False),
        ("in January", "in Jan.", False),
        ("since January, and 2 in January", "in January", False),
    ],
)
def test_a_total_belongs_to_its_span_of_time(told: str, claim: str, doubted: bool) -> None:
    hit = make_hit(f"The ministry counted 11 launches {told}.")
    why = check_sentence(f"The ministry counted 11 launches at sea {claim}.", [hit], None).why
    assert ("does not say" in (why or "")) == doubted
