"""The days that a question speaks of, as windows that articles were published in or near.

“Last week” is counted from the newest article's day, not from the clock: a collection of March 2022
is asked about in its own time.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from rag.retrieve.question import DOTLESS, MONTH, MONTHS, NUMBER_WORDS

#: Days outside a window after which an article counts half: news follows its event by a few days.
HALF_LIFE = 3.0
#: A date without a year lies at most so many days after the newest article.
AHEAD = timedelta(days=31)

_YEAR = r"(?:19|20)\d\d"
_DAY = r"[0-3]?\d(?:st|nd|rd|th)?"
_SPAN = r"-|–|to|and|through|until|till"
_COUNT = r"\d{1,3}|a|an|" + "|".join(w for w, n in NUMBER_WORDS.items() if 0 < n <= 20)
_UNITS = {"day": 1, "week": 7, "fortnight": 14, "month": 30, "year": 365}
_UNIT = "|".join(_UNITS)
_THIRDS = {"early": (1, 10), "mid": (11, 20), "late": (21, 31)}
_THIRDS |= {"beginning": (1, 10), "start": (1, 10), "middle": (11, 20), "end": (21, 31)}
#: The months of a year that such words mean.
_MONTHS = {"early": (1, 4), "mid": (5, 8), "late": (9, 12)}
_MONTHS |= {"beginning": (1, 1), "start": (1, 1), "middle": (5, 8), "end": (12, 12)}

_DATES = re.compile(
    rf"""
    (?P<bound>\b(?i:before|until|till|by|up\ to|prior\ to|as\ of|as\ at|after|since|from|between)
      \s+(?:the\s+)?)?
    (?:
      \b(?P<iso>{_YEAR}-[01]\d-[0-3]\d)\b
    | \b(?P<month1>(?i:{MONTH}))\s+(?P<day1>{_DAY})\b(?!\d)
      (?:\s*(?P<to1>(?i:{_SPAN}))\s*(?:the\s+)?(?P<end1>{_DAY})\b(?!\s+(?:of\s+)?(?i:{MONTH})\b|[\d:]))?
      (?:,?\s+(?P<year1>{_YEAR})\b)?
    | \b(?:(?P<begin2>{_DAY})\s*(?P<to2>(?i:{_SPAN}))\s*(?:the\s+)?)?
      (?P<day2>{_DAY})\s+(?:of\s+)?(?P<month2>(?i:{MONTH}))\b(?:,?\s+(?P<year2>{_YEAR})\b)?
    | \b(?:(?P<third>(?i:early|mid|late|(?:the\ )?(?:beginning|start|middle|end)\ of))[\s-]+
         (?:in\s+)?)?
      (?P<month3>(?i:{MONTH}))\b(?:,?\s+(?:of\s+)?(?P<year3>{_YEAR})\b)?
    | \b(?P<part4>(?i:early|mid|late|(?:the\ )?(?:beginning|start|middle|end)\ of))[\s-]+
      (?:in\s+)?(?P<year4>{_YEAR})\b
    | \b(?P<when>(?i:yesterday|today))\b
    | \b(?:(?:the|this)\s+)?(?P<relative>(?i:last|past|previous|this|current))\s+
      (?:(?P<count1>(?i:{_COUNT}))\s+)?(?P<unit1>(?i:{_UNIT}))s?\b
    | (?<![\w-])(?P<count2>(?i:{_COUNT}))\s+(?P<unit2>(?i:{_UNIT}))s?\s+ago\b
    | \b(?P<year>{_YEAR})\b
    )
    """,
    re.VERBOSE,
)
#: What a year follows that is one, and no count of anything.
_BEFORE_YEAR = re.compile(r"\b(?:in|during|of|throughout)\s+$", re.IGNORECASE)
_PART = re.compile(r"early|mid(?:dle)?|late|beginning|start|end")
#: Months whose names mean nothing else.
_ONLY_MONTHS = ("february", "july", "september", "october", "november", "december")
_TO = re.compile(
    r"\s*(?:(?:to|until|till|through)\s+|(?P<and>and)\s+|[-–])\s*(?:the\s+)?$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Window:
    """Days from `first` to `last`, both counted in."""

    first: date
    last: date

    def nearness(self, published: date | None) -> float:
        """1 for an article of these days, halved with every HALF_LIFE days away; 0 if undated."""
        if published is None:
            return 0.0
        gap = max((self.first - published).days, (published - self.last).days, 0)
        return float(2.0 ** (-gap / HALF_LIFE))


def find_windows(text: str, newest: date | None) -> tuple[Window, ...]:
    """The windows that `text` names, in order; `newest` is the day that “now” stands for.

    None where nothing is dated: without a newest article only dates with a year can be placed.
    """
    windows: list[Window] = []
    text = text.translate(DOTLESS)
    caseless = text in (text.lower(), text.upper())
    end, opened, has_year = 0, False, False
    for found in _DATES.finditer(text):
        # “Between March and May”: what goes on from a date is one, too.
        between = text[end : found.start()] + (found["bound"] or "")
        goes_on = _TO.fullmatch(between) if windows else None
        if not _is_dated(found, caseless) and not goes_on:
            continue
        window = _place(found, newest)
        if window is None:
            continue
        year = any(found[name] for name in ("iso", "year", "year1", "year2", "year3", "year4"))
        bound = _read_bound(found)
        last = windows[-1] if windows else None
        if last is not None and goes_on and (opened or not goes_on["and"]):
            windows[-1] = _span(last, window, has_year, year)
            opened = False
        else:
            opened = bound in ("between", "from") and not (found["to1"] or found["to2"])
            window = _bounded(window, bound)
            # “After 3 March and before 7 March” are the days between.
            if last is not None and last.last == date.max and last.first <= window.last < date.max:
                windows[-1] = Window(max(last.first, window.first), window.last)
            else:
                windows.append(window)
        has_year = year
        end = found.end()
    return tuple(windows)


def _span(first: Window, last: Window, first_year: bool, last_year: bool) -> Window:
    """From the one to the other: one without a year is of the other's, or of the year beside it."""
    begin, end = first.first, last.last
    if first_year and not last_year:
        end = next(filter(lambda day: day >= begin, _moved(end, begin.year, begin.year + 1)), end)
    elif not first_year:
        begin = next(filter(lambda day: day <= end, _moved(begin, end.year, end.year - 1)), begin)
    return Window(min(begin, end), max(begin, end))


def _moved(day: date, *years: int) -> Iterator[date]:
    for year in years:
        with suppress(ValueError):  # the 29th of February
            yield day.replace(year=year)


def _read_bound(found: re.Match[str]) -> str:
    return (found["bound"] or "").casefold().split(" ")[0]


def _bounded(window: Window, bound: str) -> Window:
    if window.first <= date.min or window.last >= date.max:
        return window
    if bound in ("before", "prior"):
        return Window(date.min, window.first - timedelta(days=1))
    if bound in ("until", "till", "by", "up", "as"):
        return Window(date.min, window.last)
    if bound == "after":
        return Window(window.last + timedelta(days=1), date.max)
    if bound == "since":
        return Window(window.first, date.max)
    return window


def _is_dated(found: re.Match[str], caseless: bool) -> bool:
    """Whether “2022” or “May” means a time here: by what it follows or has beside it.

    A month may begin with a small letter only where all do.
    """
    month = found["month1"] or found["month2"] or found["month3"]
    if month and month[0].islower() and not caseless:
        return False
    if found["year4"]:
        return True
    before = found.string[: found.start("month3" if found["month3"] else "year")]
    if found["year"]:
        return bool(found["bound"] or _BEFORE_YEAR.search(before))
    if not found["month3"] or found["year3"] or found["third"] or found["bound"]:
        return True
    dated = re.search(r"\b(?:in|during|of|last|this)$", before.rstrip(), re.IGNORECASE)
    return bool(dated) or found["month3"].casefold() in _ONLY_MONTHS


def _place(found: re.Match[str], newest: date | None) -> Window | None:
    try:
        return next(_readings(found, newest), None)
    except (ValueError, OverflowError):
        return None  # the 31st of April, or a thousand years ago


def _readings(found: re.Match[str], newest: date | None) -> Iterator[Window]:
    if found["iso"]:
        day = date.fromisoformat(found["iso"])
        yield Window(day, day)
    if found["month1"]:
        first = last = _to_number(found["day1"])
        # “On March 3 and 7 ferries sank” is no span.
        if found["to1"] and (
            found["to1"].lower() != "and" or _read_bound(found) in ("between", "from")
        ):
            last = _to_number(found["end1"])
        yield from _days(found["month1"], found["year1"], (first, max(first, last)), newest)
    if found["month2"]:
        last = _to_number(found["day2"])
        first = min(_to_number(found["begin2"]), last) if found["to2"] else last
        yield from _days(found["month2"], found["year2"], (first, last), newest)
    if found["month3"]:
        third = _PART.search((found["third"] or "").casefold())
        yield from _days(
            found["month3"], found["year3"], _THIRDS[third.group()] if third else (1, 31), newest
        )
    if found["year4"] and (part := _PART.search(found["part4"].casefold())):
        year, (first, last) = int(found["year4"]), _MONTHS[part.group()]
        yield Window(date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]))
    if found["year"]:
        year = int(found["year"])
        yield Window(date(year, 1, 1), date(year, 12, 31))
    if newest is not None:
        yield from _before(found, newest)


def _days(
    name: str, year: str | None, days: tuple[int, int], newest: date | None
) -> Iterator[Window]:
    month = next(n for n, m in enumerate(MONTHS, 1) if m.startswith(name.casefold()[:3]))
    if year is not None:
        numbers = [int(year)]
    elif newest is not None:
        years = (newest.year + 1, newest.year, newest.year - 1)
        numbers = [n for n in years if date.min.year <= n <= date.max.year]
    else:
        return
    for number in numbers:
        length = calendar.monthrange(number, month)[1]
        if days[0] > length:
            continue
        first = date(number, month, days[0])
        if year is not None or newest is None or first - newest <= AHEAD:
            yield Window(first, date(number, month, min(days[1], length)))
            return


def _before(found: re.Match[str], newest: date) -> Iterator[Window]:
    if found["when"]:
        day = newest - timedelta(days=found["when"].casefold() == "yesterday")
        yield Window(day, day)
    elif found["unit2"]:
        unit = _UNITS[found["unit2"].casefold()]
        middle = newest - timedelta(days=_count(found["count2"]) * unit)
        yield Window(middle - timedelta(days=unit // 2), middle + timedelta(days=unit // 2))
    elif found["count1"]:
        length = _count(found["count1"]) * _UNITS[found["unit1"].casefold()]
        yield Window(newest - timedelta(days=length), newest)
    elif found["relative"]:
        relative, name = found["relative"].casefold(), found["unit1"].casefold()
        if relative == "past":
            yield Window(newest - timedelta(days=_UNITS[name]), newest)
        else:
            yield _calendar(name, newest, 0 if relative in ("this", "current") else 1)


def _calendar(unit: str, newest: date, back: int) -> Window:
    """This (`back` 0) or the last (1) day, week from Monday, month or year."""
    if unit == "month":
        last = newest if not back else newest.replace(day=1) - timedelta(days=1)
        length = calendar.monthrange(last.year, last.month)[1]
        return Window(last.replace(day=1), last.replace(day=length))
    if unit == "year":
        return Window(date(newest.year - back, 1, 1), date(newest.year - back, 12, 31))
    length = _UNITS[unit]
    first = newest if unit == "day" else newest - timedelta(days=newest.weekday())
    first -= timedelta(days=back * length)
    return Window(first, first + timedelta(days=length - 1))


def _to_number(day: str) -> int:
    return int(re.sub(r"\D", "", day))


def _count(word: str) -> int:
    lower = word.casefold()
    return int(lower) if lower.isdigit() else 1 if lower in ("a", "an") else NUMBER_WORDS[lower]
