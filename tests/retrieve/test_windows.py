"""Windows: the days that a question speaks of, counted from the newest article."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.retrieve.windows import HALF_LIFE, Window, find_windows

#: A Friday.
NEWEST = date(2022, 3, 25)


def make_window(first: str, last: str | None = None) -> Window:
    return Window(date.fromisoformat(first), date.fromisoformat(last or first))


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("What did the council say on 3 March?", "2022-03-03", "2022-03-03"),
        ("What did the council say on the 5th of March?", "2022-03-05", "2022-03-05"),
        ("Which ferry sank on March 3, 2021?", "2021-03-03", "2021-03-03"),
        ("Which ferry sank on 2022-03-05?", "2022-03-05", "2022-03-05"),
        ("Which ferry sank on Sept. 5, 2021?", "2021-09-05", "2021-09-05"),
        ("Which ferries sailed in February 2024?", "2024-02-01", "2024-02-29"),
        ("Which ferries sailed in March?", "2022-03-01", "2022-03-31"),
        ("Which ferries sailed in early March?", "2022-03-01", "2022-03-10"),
        ("Which ferries sailed in mid-March?", "2022-03-11", "2022-03-20"),
        ("Which ferries sailed at the end of February 2022?", "2022-02-21", "2022-02-28"),
        ("Which ferries sailed in 2021?", "2021-01-01", "2021-12-31"),
        ("Did the ferry sail today?", "2022-03-25", "2022-03-25"),
        ("Did the ferry sail yesterday?", "2022-03-24", "2022-03-24"),
        ("Did the ferry sail this week?", "2022-03-21", "2022-03-27"),
        ("Did the ferry sail last week?", "2022-03-14", "2022-03-20"),
        ("Did the Ferry Sail Last Week?", "2022-03-14", "2022-03-20"),
        ("Which ferries sailed between 2019 and 2021?", "2019-01-01", "2021-12-31"),
        ("Which ferries sailed from October to February?", "2021-10-01", "2022-02-28"),
        ("Which ferries sailed from January to May 2021?", "2021-01-01", "2021-05-31"),
        ("Who missed the February vote?", "2022-02-01", "2022-02-28"),
        ("Did the ferry sail last month?", "2022-02-01", "2022-02-28"),
        ("Did the ferry sail in the past week?", "2022-03-18", "2022-03-25"),
        ("which ferries sailed in march 2021", "2021-03-01", "2021-03-31"),
        ("Which ferries sailed from October 2019 to February?", "2019-10-01", "2020-02-28"),
        ("Which ferries sailed between March 3, 2020 and April 7?", "2020-03-03", "2020-04-07"),
        ("Did the ferry sail last year?", "2021-01-01", "2021-12-31"),
        ("Did the ferry sail in the past 3 days?", "2022-03-22", "2022-03-25"),
        ("Did the ferry sail in the last two weeks?", "2022-03-11", "2022-03-25"),
        ("Did the ferry sail ten days ago?", "2022-03-15", "2022-03-15"),
        ("Did the ferry sail two weeks ago?", "2022-03-08", "2022-03-14"),
    ],
)
def test_a_date_is_placed_in_the_time_of_the_articles(asked: str, first: str, last: str) -> None:
    assert find_windows(asked, NEWEST) == (make_window(first, last),)


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("What was said before 5 March?", None, "2022-03-04"),
        ("What was said prior to March?", None, "2022-02-28"),
        ("What was said by 5 March?", None, "2022-03-05"),
        ("What was said until March?", None, "2022-03-31"),
        ("What was said up to 5 March?", None, "2022-03-05"),
        ("What was said after 5 March?", "2022-03-06", None),
        ("What was said after 2021?", "2022-01-01", None),
        ("What was said since 5 March?", "2022-03-05", None),
        ("What was said since yesterday?", "2022-03-24", None),
    ],
)
def test_a_bound_leaves_the_other_side_open(
    asked: str, first: str | None, last: str | None
) -> None:
    [window] = find_windows(asked, NEWEST)
    assert window.first == (date.fromisoformat(first) if first else date.min)
    assert window.last == (date.fromisoformat(last) if last else date.max)


@pytest.mark.parametrize(
    "asked",
    [
        "What was said between 3 March and 7 March?",
        "What was said from March 3 to March 7?",
        "What was said from 3 March 2022 until 7 March 2022?",
        "What was said between March 3 and 7?",
        "What was said from March 3 to 7, 2022?",
        "What was said on March 3–7?",
        "What was said on 3-7 March?",
        "What was said between 3 and 7 March?",
        "What was said from the 3rd to the 7th of March?",
        "What was said on 3 and 7 March?",
        "What was said, March 3 to March 7?",
        "What was said, 2022-03-03 - 2022-03-07?",
        "What was said after 2 March and before 8 March?",
        "what was said from march 3 to march 7",
        "WHAT WAS SAID FROM 3 TO 7 MARCH",
    ],
)
def test_two_dates_that_span_days_are_one_window(asked: str) -> None:
    assert find_windows(asked, NEWEST) == (make_window("2022-03-03", "2022-03-07"),)


@pytest.mark.parametrize(
    ("asked", "middle"),
    [
        ("Since March 2022, which ferries sank?", "since March 2022, which ferries sank?"),
        ("Before 5 March, who chaired?", "before 5 March, who chaired?"),
        ("From 3 March to 7 March, who chaired?", "from 3 March to 7 March, who chaired?"),
        ("In 2021, who chaired?", "in 2021, who chaired?"),
        ("Last week, who chaired?", "last week, who chaired?"),
        ("Yesterday, who chaired?", "yesterday, who chaired?"),
        ("Two weeks ago, who chaired?", "two weeks ago, who chaired?"),
        ("Early March, who chaired?", "early March, who chaired?"),
    ],
)
def test_a_date_at_the_start_of_a_question_is_read_as_within_it(asked: str, middle: str) -> None:
    within = find_windows(middle, NEWEST)
    assert within
    assert find_windows(asked, NEWEST) == within


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("Which ferries sank before 2021?", date.min, date(2020, 12, 31)),
        ("Which ferries sank since 2020?", date(2020, 1, 1), date.max),
    ],
)
def test_a_bound_counts_for_a_year_too(asked: str, first: date, last: date) -> None:
    assert find_windows(asked, NEWEST) == (Window(first, last),)


def test_two_dates_of_a_list_are_two_windows_in_order() -> None:
    found = find_windows("What was said on 14 March 2022 and 12 March 2022?", NEWEST)
    assert found == (make_window("2022-03-14"), make_window("2022-03-12"))


@pytest.mark.parametrize(
    "asked",
    [
        "Who may march?",
        "Will May win the vote?",
        "Did Theresa May resign?",
        "Did the May ferry sail?",
        "Who led the march on the council?",
        "Who sold 2022 ferries?",
        "Did Johnson and May agree?",
        "Did it sail twenty-one days ago?",
        "who may march",
        "Did Norland and 2000 soldiers meet?",
        "Which council met for three weeks?",
        "",
    ],
)
def test_words_that_date_nothing_give_no_window(asked: str) -> None:
    assert find_windows(asked, NEWEST) == ()


@pytest.mark.parametrize(
    "day",
    ["31 April", "April 31, 2022", "2022-04-31", "2022-13-01", "0 March", "39 March"],
)
def test_an_impossible_date_gives_no_window(day: str) -> None:
    assert find_windows(f"What was said on {day}?", NEWEST) == ()


def test_a_leap_day_belongs_to_a_leap_year_alone() -> None:
    assert find_windows("on 29 February 2023", NEWEST) == ()
    assert find_windows("on 29 February", date(2024, 3, 25)) == (make_window("2024-02-29"),)


def test_an_impossible_date_does_not_hide_a_good_one() -> None:
    found = find_windows("on 30 February 2022, or on 3 March 2022", NEWEST)
    assert found == (make_window("2022-03-03"),)


@pytest.mark.parametrize(
    ("asked", "year"), [("in April", 2022), ("in December", 2021), ("in June", 2021)]
)
def test_a_month_without_a_year_is_the_last_one_or_just_ahead(asked: str, year: int) -> None:
    [window] = find_windows(asked, NEWEST)
    assert window.first.year == year


def test_without_a_newest_article_only_a_date_with_a_year_is_placed() -> None:
    assert find_windows("on 5 March", None) == ()
    assert find_windows("last week", None) == ()
    assert find_windows("on 5 March 2022", None) == (make_window("2022-03-05"),)


@pytest.mark.parametrize("asked", ["sıx weeks ago", "in the last fıve days", "A FORTNİGHT AGO"])
def test_letters_that_match_an_i_count_as_one(asked: str) -> None:
    assert find_windows(asked, NEWEST) == find_windows(
        asked.replace("ı", "i").replace("İ", "I"), NEWEST
    )


@pytest.mark.parametrize("newest", [date.min, date.max])
def test_the_ends_of_time_date_as_well(newest: date) -> None:
    assert find_windows("What fell in January?", newest)
    find_windows("after today, before yesterday, last week, in the past 3 years", newest)


def test_nearness_halves_on_both_sides_of_the_window() -> None:
    window = make_window("2022-03-10", "2022-03-12")
    far = int(HALF_LIFE)
    assert window.nearness(date(2022, 3, 10)) == window.nearness(date(2022, 3, 12)) == 1.0
    assert window.nearness(date(2022, 3, 12 + far)) == 0.5
    assert window.nearness(date(2022, 3, 10 - far)) == 0.5
    assert window.nearness(None) == 0.0


DATED = st.lists(
    st.sampled_from(
        "between from before since to and 3 31st 99 March May Feb. 2022 2022-02-31 last 999 years"
        " ago year this month yesterday early end of in ٣ – ,".split()
    )
).map(" ".join)


@given(st.text() | DATED, st.none() | st.dates())
def test_any_text_gives_windows_that_end_after_they_begin(text: str, newest: date | None) -> None:
    assert all(window.first <= window.last for window in find_windows(text, newest))
