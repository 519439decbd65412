"""The time that a count covers and the day that it was counted on, where a sentence tells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from rag.answer.counts import Count, find_counts
from rag.retrieve.question import MONTH, WEEKDAY
from rag.retrieve.windows import Window, find_windows

#: Days by which two periods' ends may differ and still be the same: “since 2022 began”, “since
#: early January”.
SAME = timedelta(days=10)
#: Characters behind a count within which what it covers may be told in passing.
NEAR = 80

_YEAR = r"(?:19|20)\d\d"
#: A date as a sentence may write it, with “early” or “the end of”.
DATE = (
    rf"(?:(?:early|mid|late|the (?:start|beginning|middle|end) of)[\s-]+)?(?:in\s+)?"
    rf"(?:[0-3]?\d(?:st|nd|rd|th)?\s+(?:of\s+)?)?(?:(?:{MONTH})(?!\w)(?:\s+[0-3]?\d(?!\d)(?:st|nd|rd|th)?)?"
    rf"(?:,?\s+(?:of\s+)?(?:{_YEAR}|(?:last|this) year))?|{_YEAR})"
)
#: Whatever goes before a date that a period begins with: “since fighting broke out on”.
_LED = r"(?:[^\W\d][\w’'-]*\s+){0,6}?"
_SINCE = re.compile(rf"\b(?i:since)\s+{_LED}(?P<first>{DATE})(?P<began>\s+began)?")
_BETWEEN = re.compile(
    rf"\b(?P<both>(?:(?i:between)\s+(?:the\s+)?{DATE}\s+and|(?i:from)\s+{DATE}\s+(?:to|until|till|through))"
    rf"\s+(?:the\s+)?{DATE})"
)
_CALENDAR = re.compile(
    r"\b(?:so far\s+)?(?P<calendar>(?:this|last|the past|the last|the previous) "
    r"(?:week|month|year|\w+ (?:day|week|month|year)s))\b",
    re.IGNORECASE,
)
_SINCE_YEAR = re.compile(
    r"\bsince (?:(?:the )?(?:start|beginning) of (?:the|this) year|(?:the|this) year began"
    r"|New Year(?:[’']s(?: Day)?)?)\b",
    re.IGNORECASE,
)
#: Of what was counted, where the count itself has just been told: “and it began in May”.
_BEGUN = re.compile(
    r"\b(?:beginning|starting|counting|(?:it|which|that) (?:begins?|began|starts?|started))"
    rf"\s+(?:on|in|at|from|with)\s+(?P<first>{DATE})"
)
_WITHIN = re.compile(rf"\b(?:in|during|throughout)\s+(?P<within>{DATE})")
_COUNTED_ON = re.compile(
    rf"\b(?i:as of|as at|by|until|up to)\s+(?:the\s+)?(?:(?P<weekday>{WEEKDAY})|(?P<day>{DATE}))"
)
_MONTH_LAST = re.compile(rf"\b({MONTH})\s+(?:of\s+)?(last|this) year\b")
_WEEKDAYS = "Mon Tues Wednes Thurs Fri Satur Sun".split()


@dataclass(frozen=True, slots=True)
class Period:
    """Days that a count covers; `said` is how the sentence puts it, `open` whether it goes on."""

    said: str
    first: date
    last: date
    open: bool

    def same(self, other: Period) -> bool:
        """Whether both are one period; those that go on need only begin together."""
        begins = abs(self.first - other.first) <= SAME
        return begins and (self.open or other.open or abs(self.last - other.last) <= SAME)


def find_period(sentence: str, count: Count, published: date | None) -> Period | None:
    """The period that a sentence says the count covers; None where it says none."""
    if published is None:
        return None
    others = [other for other in find_counts(sentence) if other != count]
    if not others:
        return _find_said(sentence, published) or _find_near(sentence[count.end :], published)
    # Each has what follows it before the next one, and all have what stands before the first.
    tail = sentence[count.end : min((o.start for o in others if o.start > count.end), default=None)]
    head = sentence[: min(count.start, *(other.start for other in others))]
    return (
        _find_said(tail, published)
        or _find_near(tail, published)
        or _find_said(head, published)
        or _find_said(sentence, published)
    )


def _find_said(text: str, published: date) -> Period | None:
    """The period that a text gives for all that it counts."""
    for found in (_SINCE.search(text), _SINCE_YEAR.search(text)):
        if found and (begin := _begin(found, published)):
            return Period(found.group(), begin, max(begin, published), open=True)
    if (found := _BETWEEN.search(text)) and (window := _read(found["both"], published)):
        return Period(found["both"], window.first, window.last, open=False)
    return None


def _find_near(after: str, published: date) -> Period | None:
    """The period that stands close behind a count: “six launches in January”."""
    found = _BEGUN.search(after[:NEAR])
    if found and (begin := _begin(found, published)):
        return Period(f"from {found['first']}", begin, max(begin, published), open=True)
    near = after[:NEAR].split(",")[0]
    found = _CALENDAR.search(near)
    if found and (window := _read(found["calendar"], published)):
        ends = window.last >= published
        return Period(found["calendar"], window.first, min(window.last, published), open=ends)
    found = _WITHIN.search(near)
    if found and (window := _read(f"in {found['within']}", published)):
        return Period(found.group(), window.first, window.last, open=False)
    return None


def find_day(
    sentence: str, count: Count, period: Period | None, published: date | None
) -> date | None:
    """The day that a count holds for: the one that it is given for, or the article's."""
    if period is not None and not period.open:
        return period.last
    if published is None:
        return None
    for found in _COUNTED_ON.finditer(sentence):
        before = -60 <= found.start() - count.end <= 60
        day = _name_day(found, published) if before else None
        if day is not None and day <= published:
            return day
    return published


def _name_day(found: re.Match[str], published: date) -> date | None:
    if found["weekday"]:
        number = next(n for n, day in enumerate(_WEEKDAYS) if found["weekday"].startswith(day))
        back = (published.weekday() - number) % 7
        return date.fromordinal(max(1, published.toordinal() - back))
    window = _read(f"in {found['day']}", published)
    return window.last if window else None


def _begin(found: re.Match[str], published: date) -> date | None:
    said = found.groupdict().get("first")
    if said is None:
        return date(published.year, 1, 1)
    window = _read(f"in {said}", published)
    return window.first if window and window.first <= published else None


def _read(said: str, published: date) -> Window | None:
    # “September last year” is no whole year.
    said = _MONTH_LAST.sub(lambda m: f"{m[1]} {published.year - (m[2] == 'last')}", said)
    windows = find_windows(said, published)
    return windows[0] if windows and windows[0].last < date.max else None
