"""The dates in a column of an export, in every form that is in use.

A date that reads two ways is none, unless other values of the same column settle which of day and
month comes first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from rag.ingest.dates import find_dates, parse_date

Order = Literal["day first", "month first"]

_NUMBERS = re.compile(r"(?P<a>\d{1,2})[./-](?P<b>\d{1,2})[./-](?P<year>\d{4}|\d{2})\b(?![./-]\d)")
#: 20220313T101500Z, 20220313101500, 20220313.
_PACKED = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:[T ]?\d{4}(?:\d\d)?Z?)?")
#: Seconds since 1970, or thousandths of them, as a whole or with a fraction.
_EPOCH = re.compile(r"-?\d{9,13}(?:\.\d+)?")

_FIRST, _LAST = date(1600, 1, 1), date(2100, 1, 1)
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as read; `ambiguous` is what stands there where it reads two ways."""

    day: date | None = None
    ambiguous: str | None = None


def read_moment(value: object, order: Order | None = None) -> Moment:
    """The calendar date that a value states, in its own time zone if it has one."""
    words = str(value).strip()[:_LONGEST]
    day = _packed(words) or _epoch(words) or _iso(words)
    if day is None and (numbers := _NUMBERS.match(words)):
        return _in_order(numbers, order, words)
    if day is None:
        found = {each.value for each in find_dates(words)}
        day = found.pop() if len(found) == 1 else None
    return Moment(day if day and _FIRST <= day < _LAST and day != date(1970, 1, 1) else None)


def explain_left_out(words: str) -> str:
    """Why what is written as a date was not taken as one, as a warning for the article."""
    words = words.strip()[:_LONGEST]
    why = "reads two ways" if read_moment(words).ambiguous else "is in no calendar"
    return f"Its date “{words}” {why}, and was left out."


def settle_order(values: Iterable[object]) -> Order | None:
    """Which comes first in a column, if some of its values can be read in one way only."""
    seen: set[Order] = set()
    for value in values:
        numbers = _NUMBERS.match(str(value).strip()[:_LONGEST])
        if numbers and (readings := _readings(numbers)) and len(readings) == 1:
            seen |= set(readings)
    return seen.pop() if len(seen) == 1 else None


def _iso(words: str) -> date | None:
    # The hour may follow in any form: the day is what counts.
    return parse_date(words) or (parse_date(words[:10]) if words[10:11] in ("T", " ") else None)


def _packed(words: str) -> date | None:
    found = _PACKED.fullmatch(words)
    return _calendar(*map(int, found.groups())) if found else None


def _epoch(words: str) -> date | None:
    if not _EPOCH.fullmatch(words):
        return None
    seconds = float(words)
    seconds = seconds / 1000 if abs(seconds) > 1e11 else seconds
    try:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).date()
    except OverflowError:  # as -62169984000, which PHP makes of 0000-00-00
        return None


def _in_order(numbers: re.Match[str], order: Order | None, words: str) -> Moment:
    readings = _readings(numbers)
    days = set(readings.values())
    if len(days) == 1:
        return Moment(days.pop())
    if order in readings:
        return Moment(readings[order])
    return Moment(ambiguous=words if days else None)


def _readings(numbers: re.Match[str]) -> dict[Order, date]:
    a, b, year = int(numbers["a"]), int(numbers["b"]), int(numbers["year"])
    year += 2000 if year < 70 else 1900 if year < 100 else 0
    both: dict[Order, date | None] = {
        "day first": _calendar(year, b, a),
        "month first": _calendar(year, a, b),
    }
    return {order: day for order, day in both.items() if day}


def _calendar(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
