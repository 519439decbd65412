"""A day, month, weekday or year that the source has not, or has for something else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from rag.answer.checking.aligning import Alignment, find_outlet_places
from rag.answer.checking.days import Times, find_times, name_weekday
from rag.answer.checking.displacing import find_displacing, find_place
from rag.answer.checking.signs import quote
from rag.answer.checking.sources import Source
from rag.answer.facts import Day
from rag.retrieve.question import MONTH, MONTHS

_Time = Day | int | str
#: A month with the word that says on which side of it something was.
_SPAN = re.compile(
    rf"\b(?P<side>(?i:since|until|till|in|during|before|after|by))\s+"
    rf"(?:(?:early|late|mid|last|this)[\s-]+)?(?P<month>{MONTH})"
)
#: For each such word those of a source with which it cannot be meant.
_OTHER = {
    "in": {"since", "until", "till"},
    "during": {"since", "until", "till"},
    "until": {"since"},
    "till": {"since"},
    "by": {"since"},
    "before": {"since", "after"},
    "since": {"until", "till", "before", "by"},
    "after": {"until", "till", "before", "by"},
}


@dataclass(frozen=True, slots=True)
class _Said:
    """A time that a claim gives: as it is told, the word that it begins with, and its like."""

    time: _Time
    told: str
    word: str
    list_alike: Callable[[Times], set[_Time]]

    def has(self, source: Source) -> bool:
        return self.time in self.list_alike(source.read.times)

    def has_other(self, source: Source) -> bool:
        return bool(self.list_alike(source.read.times) - {self.time})


def find_absent_time(alignment: Alignment) -> str | None:
    """Why, where a day, month or weekday of the claim stands nowhere in the sources."""
    claim = alignment.claim.times
    known = set(list_known_days(alignment))
    for day in sorted(claim.days, key=str):
        if not any(day.agrees(other) for other in known) and not _is_loose(day, alignment):
            return f"The date {day} does not stand in what it cites."
    months = {day.month for day in known}.union(*(_list_months(t) for t in _list_times(alignment)))
    for month in sorted(claim.months - months):
        return f"The month {_name_month(month)} does not stand in what it cites."
    for word in sorted(claim.relative):
        if not _is_relative_known(word, alignment):
            return f"“{word}” does not stand in what it cites."
    weekdays = {name_weekday(day) for day in known}.union(
        *(times.weekdays for times in _list_times(alignment))
    )
    for weekday in sorted(claim.weekdays - weekdays):
        return f"“{weekday}” does not stand in what it cites."
    return _find_shifted_span(alignment)


def _find_shifted_span(alignment: Alignment) -> str | None:
    """Why, where a source counts since a month, or until it, and the claim counts otherwise."""
    for match in _SPAN.finditer(alignment.claim.text):
        month, side = match["month"][:3], match["side"].casefold()
        told = [_list_sides(source, month) for source in alignment.sources]
        if any(side in sides for sides in told):
            continue
        for source, sides in zip(alignment.sources, told, strict=True):
            if len(sides) == 1 and sides <= _OTHER.get(side, set()) and _counts(alignment, source):
                return f"The article does not say “{match.group()}”{quote(source)}"
    return None


def _list_sides(source: Source, month: str) -> set[str]:
    """The words “since”, “in” and so on that stand before a month in a source."""
    found = _SPAN.finditer(source.read.text)
    return {match["side"].casefold() for match in found if match["month"][:3] == month}


def _counts(alignment: Alignment, source: Source) -> bool:
    """Whether a source has a figure of the claim: a total belongs to its span of time."""
    return any(
        figure.agrees(other)
        for figure in alignment.claim.figures
        for other in source.read.figures
        if not figure.worded
    )


def find_displaced_time(alignment: Alignment) -> str | None:
    """Why, where the source has a time of the claim for something else."""
    outlets = find_outlet_places(alignment.claim, alignment.sources)
    issued = set(_list_issued(alignment)) if outlets else set()
    for said in _list_said(alignment.claim.times):
        if isinstance(said.time, Day) and any(said.time.agrees(day) for day in issued):
            continue  # “On 4 March the Ledger reported …”: the day of the article itself
        place = find_place(alignment.claim, said.word)
        if place is None:
            continue
        source = find_displacing(alignment, place, said.has, said.has_other)
        if source is not None:
            return f"The article does not give {said.told} for this{quote(source)}"
    return None


def _is_relative_known(word: str, alignment: Alignment) -> bool:
    """Whether a source has “yesterday” too, or gives the day before its article appeared."""
    for source in alignment.sources:
        times, published = source.read.times, source.hit.article.published
        beside = find_times(word, published).days if published else frozenset()
        if word in times.relative or not beside.isdisjoint(times.days):
            return True
    return False


def list_known_days(alignment: Alignment) -> Iterator[Day]:
    """The days that the sources give, and those on which their articles appeared."""
    for source in alignment.sources:
        yield from source.read.times.days
    yield from _list_issued(alignment)


def _list_issued(alignment: Alignment) -> Iterator[Day]:
    for source in alignment.sources:
        for day in (source.hit.article.published, source.hit.article.updated):
            if day is not None:
                yield Day(day.month, day.day, day.year)


def _list_said(times: Times) -> Iterator[_Said]:
    for day in sorted(times.days, key=str):
        yield _Said(day, str(day), str(day.day), partial(_list_days, day))
    for weekday in sorted(times.weekdays):
        yield _Said(weekday, weekday, weekday, _list_weekdays)
    for year in sorted(times.years):
        yield _Said(year, str(year), str(year), lambda t: set(t.years))
    for month in sorted(times.months):
        name = _name_month(month)
        yield _Said(month, name, name[:3], lambda t: set(_list_months(t)))


def _list_days(day: Day, times: Times) -> set[_Time]:
    """The days, those that agree with `day` being counted as that one."""
    return {day if day.agrees(other) else other for other in times.days}


def _list_weekdays(times: Times) -> set[_Time]:
    return {*times.weekdays, *(name for day in times.days if (name := name_weekday(day)))}


def _list_months(times: Times) -> set[int]:
    return {day.month for day in times.days} | set(times.months)


def _list_times(alignment: Alignment) -> list[Times]:
    return [source.read.times for source in alignment.sources]


def _is_loose(day: Day, alignment: Alignment) -> bool:
    """Whether “the twelfth of that month” may mean the day, its month being named near by."""
    times = _list_times(alignment)
    return any(
        day.month in _list_months(near)
        for place, one in enumerate(times)
        if day.day in one.loose
        for near in times[max(0, place - 2) : place + 1]
    )


def _name_month(month: int) -> str:
    return MONTHS[month - 1].capitalize()
