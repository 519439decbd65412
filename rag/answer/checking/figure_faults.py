"""A figure that the source has not, has with another bound, or has for something else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations

from rag.answer.checking.aligning import Alignment
from rag.answer.checking.displacing import find_displacing, find_place
from rag.answer.checking.figures import Figure
from rag.answer.checking.numerals import find_absent_numeral
from rag.answer.checking.signs import quote
from rag.answer.checking.sources import Source
from rag.answer.checking.time_faults import list_known_days
from rag.answer.quantities import is_multiple

#: Lengths of time, in days.
_UNITS = {"day": 1, "week": 7, "month": 30, "year": 365}
_ONE = frozenset(["one", "a", "an", "single", "first"])
#: How far two days may lie from a length of time that is said to part them, in days.
_SLACK = {"day": 0, "week": 3, "month": 16, "year": 183}


def find_absent_number(alignment: Alignment) -> str | None:
    """Why, where a figure of the claim stands nowhere in the sources."""
    for figure in _list_figures(alignment):
        if not _list_having(alignment, figure) and not _is_one(alignment, figure):
            return f"The number {figure.quantity.said} does not stand in what it cites."
    return find_absent_numeral(alignment)


def find_bound_fault(alignment: Alignment) -> str | None:
    """Why, where the sources have a figure with other bounds alone: “at least six” for “six”."""
    chosen = [source for _, source in alignment.list_chosen()]
    for figure in _list_figures(alignment):
        having = _list_having(alignment, figure)
        near = [(source, other) for source, other in having if source in chosen] or having
        if not near or any(figure.is_borne_out(other) for _, other in near):
            continue
        source, other = near[0]
        if figure.bound or other.bound not in ("about", "nearly"):
            return f"The article says “{other.said}”, not “{figure.said}”{quote(source)}"
    return None


def find_displaced_number(alignment: Alignment) -> str | None:
    """Why, where the sources have a figure for something else."""
    for figure in _list_figures(alignment):
        source = _find_displaced(figure, alignment)
        if source is not None:
            return f"The article has “{figure.said}” for something else{quote(source)}"
    return None


def _find_displaced(figure: Figure, alignment: Alignment) -> Source | None:
    """The sentence with another figure for what the claim gives this one for."""
    place = find_place(alignment.claim, figure.quantity.said)
    if place is None or not _list_having(alignment, figure):
        return None

    def has(source: Source) -> bool:
        return any(figure.agrees(other) for other in source.read.figures)

    def has_other(source: Source) -> bool:
        return any(
            not figure.agrees(other) and set(figure.counted) & set(other.counted)
            for other in source.read.figures
        )

    return find_displacing(alignment, place, has, has_other)


def _list_figures(alignment: Alignment) -> Iterator[Figure]:
    """The claim's figures, but for years and lengths of time that the source's days bear out."""
    years = {year for source in alignment.sources for year in source.read.times.years}
    years |= {s.hit.article.published.year for s in alignment.sources if s.hit.article.published}
    for figure in alignment.claim.figures:
        is_year = figure.quantity.may_be_year and int(figure.quantity.value) in years
        if not is_year and not _only_counts_names(figure) and not _is_told(figure, alignment):
            yield figure


def _only_counts_names(figure: Figure) -> bool:
    """“both”, “the two”: who are named need not be counted."""
    # In digits nobody is named: “1 launch” is a number as any other.
    in_words = figure.quantity.said.isalpha() and not figure.quantity.unit
    small = figure.worded or (in_words and 1 <= figure.quantity.value <= 2)
    return small and not figure.bound


def _is_one(alignment: Alignment, figure: Figure) -> bool:
    """Whether the claim's “1 launch” is a source's “one launch”, “a launch”."""
    if figure.quantity.value != 1 or figure.quantity.unit or figure.below_zero:
        return False
    counted = set(figure.counted)
    return any(
        token.lower in _ONE
        and (not figure.counted or not counted.isdisjoint(near.stem for near in after))
        for source in alignment.sources
        for place, token in enumerate(source.read.tokens)
        for after in [source.read.tokens[place + 1 : place + 4]]
    )


def _is_told(figure: Figure, alignment: Alignment) -> bool:
    """Whether a length of time may be told otherwise: by two days, or as years and a half."""
    if not figure.is_time:
        return False
    half_years = figure.counted[:1] == ("month",) and is_multiple(figure.quantity.value, 6)
    return half_years or _is_between_days(figure, alignment)


def _list_having(alignment: Alignment, figure: Figure) -> list[tuple[Source, Figure]]:
    return [
        (source, other)
        for source in alignment.sources
        for other in source.read.figures
        if figure.agrees(other)
    ]


def _is_between_days(figure: Figure, alignment: Alignment) -> bool:
    """Whether two days that the sources give lie so far apart: “three days later”."""
    unit = figure.counted[0] if figure.counted else ""
    # What parts two days that a text may give is a matter of centuries at the most.
    if unit not in _UNITS or figure.quantity.value > 100_000:
        return False
    days = sorted(set(_list_dates(alignment)))
    wanted = timedelta(days=int(figure.quantity.value) * _UNITS[unit])
    slack = timedelta(days=_SLACK[unit])
    return any(abs((later - earlier) - wanted) <= slack for earlier, later in combinations(days, 2))


def _list_dates(alignment: Alignment) -> Iterator[date]:
    for day in list_known_days(alignment):
        try:
            yield date(day.year or 0, day.month, day.day)
        except ValueError:
            continue  # no year, or no such day
