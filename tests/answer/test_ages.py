"""Dates and ages as people write them."""

from __future__ import annotations

from datetime import date

import pytest

from rag.answer.dates import write_age, write_dated

TODAY = date(2026, 3, 15)


@pytest.mark.parametrize(
    ("day", "age"),
    [
        (date(2026, 3, 15), "today"),
        (date(2026, 3, 14), "yesterday"),
        (date(2026, 3, 12), "3 days ago"),
        (date(2026, 3, 1), "2 weeks ago"),
        (date(2026, 2, 6), "5 weeks ago"),
        (date(2026, 1, 15), "8 weeks ago"),
        (date(2025, 12, 15), "3 months ago"),
        (date(2025, 3, 16), "11 months ago"),
        (date(2025, 3, 15), "1 year ago"),
        (date(2024, 4, 1), "1 year ago"),
        (date(2022, 3, 12), "4 years ago"),
        (date(2026, 3, 16), None),
    ],
)
def test_an_age_is_rounded_down_to_what_people_say(day: date, age: str | None) -> None:
    assert write_age(day, TODAY) == age


def test_a_day_to_come_and_no_day_have_no_age() -> None:
    assert write_dated(date(2022, 3, 12), TODAY) == "12 March 2022 (4 years ago)"
    assert write_dated(date(2026, 4, 1), TODAY) == "1 April 2026"
    assert write_dated(None, TODAY) == "undated"
