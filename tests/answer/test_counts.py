"""What a sentence counts, over which days, and what a question wishes of the time of a count."""

from __future__ import annotations

from datetime import date

import pytest

from rag.answer.counts import Count, find_counts, find_fate
from rag.answer.likeness import drop_dateline
from rag.answer.periods import find_day, find_period
from rag.answer.when import Wish, drop_wish, read_wish, soon_after
from rag.retrieve.windows import Window

DAY = date(2022, 3, 12)


def count(text: str) -> Count:
    [found] = find_counts(text)
    return found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("At least six launches took place.", ["at least six"]),
        ("More than 90 percent of its trade is with Karst.", ["more than 90 percent"]),
        ("Six million people were vaccinated.", ["six million"]),
        ("Between 20 and 30 boats sank.", ["between 20 and 30"]),
        ("More than 80 were injured.", ["more than 80"]),
        ("The death toll rose from 31 to 41.", ["41"]),
        ("The toll of the Skell fires rose to 41.", ["41"]),
        ("The number of refugees has passed 21,000.", ["more than 21,000"]),
        # Dates, years, ages of days, scores, ordinals and names count nothing.
        ("It met on 12 March 2022, at 9:30, in its 3rd year.", []),
        ("COVID-19 and the G20 were on the agenda; Skell won 3-1.", []),
        # Nor do parts of a count, changes of it, what it was before, and plans.
        ("It killed 41 people, including 9 children.", ["41"]),
        ("It killed 41 people, up from 31 people on Monday.", ["41"]),
        ("It killed 9 more people.", []),
        ("It plans three launches before winter.", []),
    ],
)
def test_what_counts_is_told_from_other_numbers(text: str, said: list[str]) -> None:
    assert [one.said for one in find_counts(text)] == said


def test_a_count_knows_its_noun_and_what_stands_before_it() -> None:
    found = count("It fired at least two short-range ballistic missiles at sea.")
    assert (found.noun, found.value) == ("missil", 2)
    assert "ballist" in found.kinds


@pytest.mark.parametrize(
    ("text", "fates"),
    [
        ("Coastguards recovered 14 bodies, and 52 passengers were rescued.", ["dead", "saved"]),
        ("The toll rose to 31, and 19 people were missing.", ["dead", "missing"]),
        ("The fire destroyed 240 homes and damaged 31 barns.", ["destroyed", "damaged"]),
        ("Some 9,000 people have lost their homes.", ["driven out"]),
        ("The firm employs 1,900 people.", [None]),
    ],
)
def test_counts_of_one_sentence_are_told_apart_by_what_befell_them(
    text: str, fates: list[str | None]
) -> None:
    assert [one.fate for one in find_counts(text)] == fates


def test_a_question_tells_what_befell_those_it_asks_about() -> None:
    assert find_fate("How many lives did the storm cost?") == "dead"
    assert find_fate("How many launches were there?") is None


@pytest.mark.parametrize(
    ("one", "other", "agree", "repeat"),
    [
        ("six boats", "six boats", True, True),
        ("at least six boats", "seven boats", True, False),
        ("at least six boats", "five boats", False, False),
        ("fewer than ten boats", "seven boats", True, False),
        ("about 100 boats", "96 boats", True, True),
        ("2.5 million boats", "2,510,000 boats", True, True),
        ("2.5 million boats", "3 million boats", False, False),
        ("more than 90 percent of boats", "93 percent of boats", True, False),
        ("between 20 and 30 boats", "25 boats", True, True),
    ],
)
def test_figures_agree_within_their_bounds(one: str, other: str, agree: bool, repeat: bool) -> None:
    first, second = count(f"It has {one}."), count(f"It has {other}.")
    assert (first.agrees(second), second.agrees(first)) == (agree, agree)
    assert (first.repeats(second), second.repeats(first)) == (repeat, repeat)


@pytest.mark.parametrize(
    ("text", "said", "first", "last"),
    [
        ("It made 11 launches since 2022 began.", "since 2022 began", date(2022, 1, 1), DAY),
        (
            "It made six launches between September 2021 and January 10, 2022.",
            "between September 2021 and January 10, 2022",
            date(2021, 9, 1),
            date(2022, 1, 10),
        ),
        (
            "It made six launches between September last year and 10 January.",
            "between September last year and 10 January",
            date(2021, 9, 1),
            date(2022, 1, 10),
        ),
        ("It has made four launches this year.", "this year", date(2022, 1, 1), DAY),
        ("It made six launches in January.", "in January", date(2022, 1, 1), date(2022, 1, 31)),
        (
            "Some 3,000 boats have left since fighting broke out on 1 February.",
            "since fighting broke out on 1 February",
            date(2022, 2, 1),
            DAY,
        ),
    ],
)
def test_the_period_of_a_count_is_read(text: str, said: str, first: date, last: date) -> None:
    period = find_period(text, count(text), DAY)
    assert period is not None
    assert (period.said, period.first, period.last) == (said, first, last)


def test_no_period_is_made_up() -> None:
    text = "It made six launches."
    assert find_period(text, count(text), DAY) is None
    assert find_period("It made six launches since 2021.", count(text), None) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("The toll stood at 31.", DAY),
        ("As of 8 March, 31 people were dead.", date(2022, 3, 8)),
        ("By Thursday 31 people were dead.", date(2022, 3, 10)),
        # What happened then is no day that anybody counted on.
        ("The storm of 8 March killed 31 people.", DAY),
        ("It sank 31 boats between 1 and 5 March.", DAY),
        ("It sank 31 boats between 1 March and 5 March.", date(2022, 3, 5)),
    ],
)
def test_a_count_holds_for_the_day_that_it_is_given_for(text: str, day: date) -> None:
    found = count(text)
    assert find_day(text, found, find_period(text, found, DAY), DAY) == day


def test_a_count_of_an_undated_article_has_no_day() -> None:
    assert find_day("It has six boats.", count("It has six boats."), None, None) is None


@pytest.mark.parametrize(
    ("question", "wish"),
    [
        ("What is the latest death toll?", Wish(order="latest")),
        ("What is the current price of bread?", Wish(order="latest")),
        ("How many have died so far?", Wish(order="latest")),
        ("What was the first toll given?", Wish(order="first")),
        ("How many were initially said to be dead?", Wish(order="first")),
        ("How many people got a first dose?", Wish()),
        ("How many died?", Wish()),
        ("How many had died by mid-January?", Wish(until=date(2022, 1, 20))),
        ("How many had died as of 13 January?", Wish(until=date(2022, 1, 13))),
        ("How many had died before 13 January?", Wish(until=date(2022, 1, 12))),
        ("How many had died until the end of February?", Wish(until=date(2022, 2, 28))),
        ("How many had died by the end of 2021?", Wish(until=date(2021, 12, 31))),
        (
            "How many launches so far this year?",
            Wish(order="latest", since=date(2022, 1, 1)),
        ),
        ("How many launches since 3 March?", Wish(since=date(2022, 3, 3))),
        (
            "How much did bread cost at the start of March?",
            Wish(around=Window(date(2022, 3, 1), date(2022, 3, 10))),
        ),
        ("How many launches this year?", Wish(since=date(2022, 1, 1))),
        (
            "How many launches were there in January?",
            Wish(
                around=Window(date(2022, 1, 1), date(2022, 1, 31)),
                since=date(2022, 1, 1),
                to=date(2022, 1, 31),
            ),
        ),
        (
            "How many hostages were there on 3 March?",
            Wish(around=Window(date(2022, 3, 3), date(2022, 3, 3))),
        ),
        (
            "How many people died last year?",
            Wish(since=date(2021, 1, 1), to=date(2021, 12, 31)),
        ),
        # The year goes on: a count of it is of no past time.
        ("How many launches in 2022?", Wish(since=date(2022, 1, 1), to=date(2022, 12, 31))),
        # Those who died then are asked about, and the latest count of them is the best.
        ("How many people were killed in early March?", Wish()),
        ("How many will have died by July?", Wish()),
    ],
)
def test_a_question_wishes_for_a_time(question: str, wish: Wish) -> None:
    assert read_wish(question, date(2022, 3, 15)) == wish


def test_words_that_wish_for_a_time_are_not_searched_for_in_sentences() -> None:
    assert drop_wish("What is the latest death toll?").split() == "What is the death toll?".split()
    assert drop_wish("How many died so far?").split() == "How many died ?".split()
    # “Last year” is none of “so far this year”.
    assert drop_wish("How many died so far this year?").split() == "How many died ?".split()


def test_each_of_two_counts_has_the_period_that_follows_it() -> None:
    text = "Fever killed 31 people in February and has killed 52 since the year began."
    periods = [find_period(text, one, date(2022, 3, 1)) for one in find_counts(text)]
    assert [one and one.said for one in periods] == ["in February", "since the year began"]
    text = "Since 4 January floods have killed 31 people and hurt 52 people."
    periods = [find_period(text, one, date(2022, 3, 1)) for one in find_counts(text)]
    assert [one and one.first for one in periods] == [date(2022, 1, 4), date(2022, 1, 4)]


def test_a_figure_of_a_year_ago_is_no_yearly_rate() -> None:
    assert not find_counts("The yard has 450 workers, down from 600 a year ago.")[0].rate
    assert find_counts("The yard builds 12 boats a year.")[0].rate


def test_what_a_report_opens_with_is_not_compared() -> None:
    assert drop_dateline("KORVA, Aug 14 (Moor Post) - Six boats sank.") == "Six boats sank."
    assert drop_dateline("SKELL (Example Wire) — Six boats sank.") == "Six boats sank."
    assert drop_dateline("NATO - the alliance - sent six boats.").endswith("six boats.")
    assert drop_dateline("Six boats - all old - sank.") == "Six boats - all old - sank."


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_ends_of_the_calendar_are_borne(day: date) -> None:
    text = "As of Friday, 11 boats had sunk."
    found = count(text)
    assert find_day(text, found, find_period(text, found, day), day) is not None
    assert soon_after(day) >= day
