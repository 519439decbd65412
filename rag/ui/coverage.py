"""What the library covers over time: its articles counted by day, week, month, quarter or year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from rag.answer.dates import write_date

#: Bars that can be told apart and hit with a finger in a sidebar.
MAX_BARS = 36

Days = Sequence[tuple[date, int]]


@dataclass(frozen=True, slots=True)
class Bar:
    """The articles from `first` to `last`, both days included."""

    first: date
    last: date
    articles: int
    label: str


def count_bars(days: Days) -> list[Bar]:
    """Articles in time, from the first day to the last without a gap, in at most MAX_BARS bars.

    `days` are days with how many articles each has, in any order. The finest unit that fits is
    taken; over very long times the bars stand for several years.
    """
    if not days:
        return []
    first, last = min(day for day, _ in days), max(day for day, _ in days)
    start_of, name = next(
        unit
        for unit in _units(first.year, last.year)
        if _count_steps(first, last, unit[0]) <= MAX_BARS
    )
    return list(_fill(days, first, last, start_of, name))


Start = Callable[[date], date]
Name = Callable[[date, date], str]


def _units(first: int, last: int) -> Iterator[tuple[Start, Name]]:
    """Units of time, the finest first; the last one fits, whatever the years."""
    yield (lambda day: day), (lambda start, _: write_date(start))
    yield _start_week, _name_week
    yield (lambda day: day.replace(day=1)), (lambda start, _: f"{start:%B} {start.year}")
    yield (lambda day: date(day.year, (day.month - 1) // 3 * 3 + 1, 1)), _name_quarter
    span = next(years for years in count(1) if last // years - first // years < MAX_BARS)

    def start_of(day: date) -> date:
        return date(max(1, day.year - day.year % span), 1, 1)

    yield start_of, (lambda a, b: str(a.year) if a.year == b.year else f"{a.year} to {b.year}")


def _start_week(day: date) -> date:
    # The first week of the calendar has no Monday.
    return date.fromordinal(max(1, day.toordinal() - day.weekday()))


def _name_week(first: date, last: date) -> str:
    return f"{write_date(first)} to {write_date(last)}"


def _name_quarter(first: date, last: date) -> str:
    return f"{first:%B} to {last:%B} {last.year}"


def _count_steps(first: date, last: date, start_of: Start) -> int:
    count = 0
    for _ in _walk(first, last, start_of):
        count += 1
        if count > MAX_BARS:
            break
    return count


def _walk(first: date, last: date, start_of: Start) -> Iterator[tuple[date, date]]:
    """The units from the one that holds `first` to the one that holds `last`."""
    start = start_of(first)
    while start <= last:
        end = _find_end(start, start_of)
        yield start, end
        if end == date.max:
            return
        start = end + timedelta(1)


def _find_end(start: date, start_of: Start) -> date:
    """The last day of the unit that begins with `start`: the day before the next one begins."""
    # The first doubling that leaves the unit is shorter than two of it: it lands in the next one.
    step = 1
    while True:
        try:
            beyond = start + timedelta(step)
        except OverflowError:
            return date.max
        if start_of(beyond) != start:
            return start_of(beyond) - timedelta(1)
        step *= 2


def _fill(days: Days, first: date, last: date, start_of: Start, name: Name) -> Iterator[Bar]:
    counts = _sum(days, start_of)
    for start, end in _walk(first, last, start_of):
        yield Bar(start, end, counts[start], name(start, end))


def _sum(days: Iterable[tuple[date, int]], start_of: Start) -> Counter[date]:
    counts: Counter[date] = Counter()
    for day, articles in days:
        counts[start_of(day)] += articles
    return counts
