"""Dates: read where they are plain, left where they can be read in two ways."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from rag.ingest.datelines import read_byline, read_date_line
from rag.ingest.dates import find_dates, parse_date


@pytest.mark.parametrize(
    "text",
    [
        "January 17, 2022 3:15 PM EST",
        "Jan. 17, 2022",
        "17 January 2022",
        "17th of January 2022",
        "Mon 17 Jan 2022 08.15 GMT",
        "2022-01-17T10:00:00Z",
        "2022/01/17",
        "17.01.2022",
        "01/17/2022",
        "BY JANE DOE - 01/17/22 02:24 PM EST",
        "17 de enero de 2022",
        "17. Januar 2022",
        "17 janvier 2022",
        "2022年1月17日",
        "2022년 1월 17일",
    ],
)
def test_a_plain_date_is_read(text: str) -> None:
    assert [found.value for found in find_dates(text)] == [date(2022, 1, 17)]


@pytest.mark.parametrize(
    "text", ["3/4/2022", "01/05/22", "11/12/13", "03.04.2022", "Feb 30, 2022", "2022-13-01"]
)
def test_a_date_that_can_be_read_in_two_ways_or_none_has_no_value(text: str) -> None:
    assert all(found.value is None for found in find_dates(text))


@pytest.mark.parametrize(
    "text", ["Copyright 2023", "on Jan. 17", "SEOUL, Jan. 17 —", "in May 2022", "1/2"]
)
def test_less_than_day_month_and_year_is_no_date(text: str) -> None:
    assert find_dates(text) == []


def test_iso_dates_keep_their_own_calendar_day() -> None:
    west = timezone(timedelta(hours=-5))
    assert parse_date("2022-01-17T23:30:00-05:00") == date(2022, 1, 17)
    assert parse_date(datetime(2022, 1, 17, 23, 30, tzinfo=west)) == date(2022, 1, 17)
    assert parse_date(date(2022, 1, 17)) == date(2022, 1, 17)


@pytest.mark.parametrize(
    "value", [None, "", "yesterday", "2022-02-30", "2022-01-17x", 20220117, [], "1642377600"]
)
def test_what_is_no_date_is_none(value: object) -> None:
    assert parse_date(value) is None


def test_labels_tell_published_from_updated() -> None:
    line = read_date_line("PUBLISHED: 10:48, Tue, Jan 18, 2022 | UPDATED: 11:05, Wed, Jan 19, 2022")
    assert line is not None
    assert (line.published, line.updated, line.rest) == (date(2022, 1, 18), date(2022, 1, 19), "")


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Jane Doe", "Jane Doe"),
        ("By JANE DOE and JOHN ROE, Associated Press", "JANE DOE and JOHN ROE"),
        ("by Jane Doe | January 17, 2022", "Jane Doe"),
        ("Written by Ana van der Berg", "Ana van der Berg"),
        ("Author: Ravi Menon", "Ravi Menon"),
        ("By Reuters", "Reuters"),
        ("By Sea", None),
        ("By Friday the talks had failed, officials said.", None),
        ("By the numbers", None),
    ],
)
def test_bylines_name_who_wrote_it(line: str, names: str | None) -> None:
    assert read_byline(line) == names


def test_a_long_s_is_an_s() -> None:
    assert [found.value for found in find_dates("12 augu\u017ft 2022")] == [date(2022, 8, 12)]
