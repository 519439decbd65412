"""The days that a sentence means, counted from its article's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from rag.answer.facts import Day, find_facts, number_of_month
from rag.retrieve.question import DOTLESS, MONTH, MONTHS, NUMBER_WORDS, WEEKDAY

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NEXT = re.compile(r"\b(?:next|coming)\s+$", re.IGNORECASE)
_LAST = re.compile(r"\blast\s+$", re.IGNORECASE)
_ORDINALS = {
    word: number
    for number, word in enumerate(
        """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth
        thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth
        twentieth""".split(),
        start=1,
    )
}
#: “the fifth of the month”, “the twelfth of January”.
_ORDINAL = re.compile(
    rf"\bthe (?P<day>{'|'.join(_ORDINALS)}|\d{{1,2}}(?:st|nd|rd|th))"
    rf"(?: of (?P<month>{MONTH}|the month|th(?:at|e same) month|this month))?\b",
    re.IGNORECASE,
)
#: “5 and 10 January”, “January 5 and 10”: the day that has no month of its own.
_PAIR_BEFORE = re.compile(
    rf"\b(?P<day>[0-3]?\d)(?:,| and| or| to|-|–)\s+[0-3]?\d\s+(?P<month>{MONTH})"
)
_PAIR_AFTER = re.compile(
    rf"\b(?P<month>{MONTH})\s+[0-3]?\d(?:,| and| or| to|-|–)\s*(?:again on\s+)?"
    rf"(?P<day>[0-3]?\d)\b(?!\s*(?:{MONTH}|\d|[a-z]+ly))"
)
_BESIDE = re.compile(
    rf"\b(?P<number>the|a|an|one|\d{{1,2}}|{'|'.join(NUMBER_WORDS)}) (?P<unit>days?|weeks?)"
    r" (?P<side>after|before|later|earlier|ahead)\b",
    re.IGNORECASE,
)
#: A date near enough to such a phrase to be the one that it counts from, in characters.
_NEAR = 40
_DATED = re.compile(rf"(?:{MONTH})\s+\d|\d\s+(?:{MONTH})|{WEEKDAY}")
#: Patterns of dates whose figures are no quantities.
SHARED = (_PAIR_BEFORE, _PAIR_AFTER)
#: More days than any text means, and no more than a date can be moved by.
_LONGEST = 10_000
_RELATIVE = re.compile(r"\b(?:yesterday|tomorrow|tonight)\b", re.IGNORECASE)
_YEARS = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Times:
    """What a sentence says of time: days, months without a day, years, and weekdays by name."""

    days: frozenset[Day]
    months: frozenset[int]
    years: frozenset[int]
    weekdays: frozenset[str]
    #: Days of a month that the sentence does not name: “the twelfth of that month”.
    loose: frozenset[int] = frozenset()
    #: “yesterday”, “tomorrow”, “tonight”; “today” may be no day but these times.
    relative: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        return not (self.days or self.months or self.years or self.weekdays)


def find_times(text: str, published: date | None) -> Times:
    """The days of a sentence of an article that was published then; None where that is unknown."""
    text = text.translate(DOTLESS)
    facts = find_facts(text)
    days = {day.resolved(published) for day in (*facts.days, *_find_shared(text))}
    days |= set(_find_ordinals(text, facts.months, published))
    years = {int(year) for year in _YEARS.findall(text)}
    months = set(facts.months)
    if published is not None:
        days |= set(_resolve_words(text, published))
        days |= set(_find_beside(text, days))
        years |= _resolve_years(text, published)
        months |= _resolve_months(text, published)
    loose = frozenset(_find_loose(text))
    relative = frozenset(word.casefold() for word in _RELATIVE.findall(text))
    whole = frozenset(days), frozenset(months), frozenset(years)
    return Times(*whole, facts.weekdays, loose, relative)


def name_weekday(day: Day) -> str | None:
    """“Monday”, where the day's year is known."""
    if day.year is None:
        return None
    try:
        return _WEEKDAYS[date(day.year, day.month, day.day).weekday()]
    except ValueError:
        return None


def _find_shared(text: str) -> list[Day]:
    found = [*_PAIR_BEFORE.finditer(text), *_PAIR_AFTER.finditer(text)]
    return [
        Day(number_of_month(match["month"]), int(match["day"]))
        for match in found
        if 1 <= int(match["day"]) <= 31
    ]


def _find_ordinals(text: str, months: frozenset[int], published: date | None) -> Iterator[Day]:
    for match in _ORDINAL.finditer(text):
        if match["month"] is None and not match["day"][0].isdigit():
            continue  # “the second” is mostly no day
        month = _find_month(match["month"], months, published)
        number = _read_ordinal(match["day"])
        if month is not None and 1 <= number <= 31:
            yield Day(month, number).resolved(published)


def _find_month(named: str | None, months: frozenset[int], published: date | None) -> int | None:
    """The month of “the fifth of …”: the one that is named, or the one that must be meant."""
    if named and re.fullmatch(MONTH, named):
        return number_of_month(named)
    if len(months) == 1:
        return next(iter(months))
    return published.month if published is not None else None


def _read_ordinal(word: str) -> int:
    return _ORDINALS.get(word.casefold()) or int(re.sub(r"\D", "", word) or 0)


def _find_beside(text: str, days: set[Day]) -> Iterator[Day]:
    """“the day after …”, “a week later”: the days meant, counted from those that are given.

    “On Jan. 11, the day after the test” puts the test on the 10th; “the day after 11 January” is
    the 12th. Where it is unclear, both may be meant.
    """
    for match in _BESIDE.finditer(text):
        before = bool(_DATED.search(text[: match.start()][-_NEAR:]))
        after = bool(_DATED.search(text[match.end() :][:_NEAR]))
        ahead = match["side"].casefold() in ("after", "later")
        for day in days:
            back, on = _shift(day, _read_length(match))
            if before != after:
                yield on if ahead == after else back
            else:
                yield from (back, on)


def _read_length(match: re.Match[str]) -> timedelta:
    number = match["number"].casefold()
    count = int(number) if number.isdecimal() else NUMBER_WORDS.get(number, 1)
    weeks = match["unit"].casefold().startswith("week")
    return timedelta(days=min(count, _LONGEST) * (7 if weeks else 1))


def _shift(day: Day, apart: timedelta) -> tuple[Day, Day]:
    try:
        start = date(day.year or 2001, day.month, day.day)
        back, on = start - apart, start + apart
    except (ValueError, OverflowError):
        return day, day
    return (
        Day(back.month, back.day, back.year if day.year else None),
        Day(on.month, on.day, on.year if day.year else None),
    )


def _find_loose(text: str) -> Iterator[int]:
    for match in _ORDINAL.finditer(text):
        if match["month"] or match["day"][0].isdigit():
            yield _read_ordinal(match["day"])


def _resolve_words(text: str, published: date) -> Iterator[Day]:
    """“on Friday”, “yesterday”: news means the last one, the day of publication counted in."""
    for match in re.finditer(rf"\b{WEEKDAY}\b", text):
        back = (published.weekday() - _WEEKDAYS.index(match.group())) % 7
        before = text[: match.start()]
        weeks: tuple[int, ...] = (
            0,
            1,
        )  # “on Friday” may be ahead, where the sentence tells of what is planned
        if _NEXT.search(before):
            weeks = (1, 2)
        elif back == 0 or _LAST.search(before):
            weeks = (-1, 0, 1)
        for week in weeks:
            yield from _move(published, 7 * week - back)
    for word, ahead in (("yesterday", -1), ("today", 0), ("tonight", 0), ("tomorrow", 1)):
        if re.search(rf"\b{word}\b", text, re.IGNORECASE):
            yield from _move(published, ahead)


def _move(published: date, ahead: int) -> Iterator[Day]:
    """The day so many days later; none where it lies beyond the first or the last of all days."""
    try:
        day = published + timedelta(days=ahead)
    except OverflowError:
        return
    yield Day(day.month, day.day, day.year)


def _resolve_years(text: str, published: date) -> set[int]:
    lower = text.casefold()
    years = set()
    if "last year" in lower or re.search(rf"\blast (?:{'|'.join(MONTHS)})\b", lower):
        years.add(published.year - 1)
    if re.search(r"\b(?:this|the) year\b", lower):
        years.add(published.year)
    if "next year" in lower:
        years.add(published.year + 1)
    return years


def _resolve_months(text: str, published: date) -> set[int]:
    lower = text.casefold()
    months = set()
    if "this month" in lower or "the month" in lower:
        months.add(published.month)
    if "next month" in lower:
        months.add(published.month % 12 + 1)
    if "last month" in lower:
        months.add((published.month - 2) % 12 + 1)
    return months
