from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.ui.coverage import MAX_BARS, count_bars


def test_a_library_without_dates_has_no_bars() -> None:
    assert count_bars([]) == []


@pytest.mark.parametrize(
    ("first", "last", "bars", "labels"),
    [
        (date(2022, 3, 5), date(2022, 3, 5), 1, ("5 March 2022", "5 March 2022")),
        (date(2022, 1, 31), date(2022, 2, 2), 3, ("31 January 2022", "2 February 2022")),
        (
            date(2022, 1, 13),
            date(2022, 3, 15),
            10,
            ("10 January 2022 to 16 January 2022", "14 March 2022 to 20 March 2022"),
        ),
        (date(2020, 2, 29), date(2022, 2, 1), 25, ("February 2020", "February 2022")),
        (date(2015, 5, 5), date(2022, 2, 1), 28, ("April to June 2015", "January to March 2022")),
        (date(1990, 5, 5), date(2022, 2, 1), 33, ("1990", "2022")),
        (date(1851, 9, 18), date(2022, 2, 1), 35, ("1850 to 1854", "2020 to 2024")),
    ],
)
def test_bars_are_as_fine_as_there_is_room_for(
    first: date, last: date, bars: int, labels: tuple[str, str]
) -> None:
    found = count_bars([(last, 2), (first, 1)] if first != last else [(first, 1)])
    assert len(found) == bars
    assert (found[0].label, found[-1].label) == labels


@given(st.lists(st.tuples(st.dates(), st.integers(1, 9)), min_size=1, max_size=30))
def test_bars_follow_each_other_and_lose_nothing(days: list[tuple[date, int]]) -> None:
    bars = count_bars(days)
    assert len(bars) <= MAX_BARS
    assert sum(bar.articles for bar in bars) == sum(count for _, count in days)
    assert bars[0].first <= min(day for day, _ in days)
    assert bars[-1].last >= max(day for day, _ in days)
    for before, after in pairwise(bars):
        assert after.first == before.last + timedelta(1)
    for day, _ in days:
        assert sum(bar.first <= day <= bar.last for bar in bars) == 1
