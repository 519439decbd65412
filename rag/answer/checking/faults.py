"""What a claim says that its source does not, each as a reason that a reader understands.

Every function returns a reason, or None where it finds no fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from rag.answer.checking.aligning import Alignment
from rag.answer.checking.contests import find_displacing
from rag.answer.checking.days import name_weekday
from rag.answer.checking.figures import Figure
from rag.answer.checking.roles import Deed, Mention
from rag.answer.checking.sources import Source
from rag.answer.facts import Day
from rag.retrieve.question import MONTHS

#: A word stands for another one from this likeness on.
SURE = 0.55
_UNITS = {"day": 1, "week": 7, "month": 30, "year": 365}
#: How far two days may lie from a length of time that is said to part them, in days.
_SLACK = {"day": 0, "week": 3, "month": 16, "year": 183}
#: A quotation in a reason, in characters.
_SHOWN = 90


def find_absent_number(alignment: Alignment) -> str | None:
    """A figure that the source has not at all."""
    for figure in _list_figures(alignment):
        if not _list_having(alignment, figure):
            return f"The number {figure.quantity.said} does not stand in what it cites."
    return None


def find_bound_fault(alignment: Alignment) -> str | None:
    """A figure that the source has with another bound alone: “at least six” for “six”."""
    chosen = [alignment.sources[column] for column in alignment.chosen]
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
    """A figure that the source has for something else."""
    for figure in _list_figures(alignment):
        if _list_having(alignment, figure) and (why := _find_displaced(figure, alignment)):
            return why
    return None


def _list_figures(alignment: Alignment) -> Iterator[Figure]:
    """The claim's figures, but for years and lengths of time that the source's days bear out."""
    years = {year for source in alignment.sources for year in source.read.times.years}
    years |= {s.hit.article.published.year for s in alignment.sources if s.hit.article.published}
    for figure in alignment.claim.figures:
        if figure.worded or (figure.quantity.value <= 2 and not figure.quantity.unit):
            if not figure.bound:
                continue  # “both”, “the two”: who are named need not be counted
        if figure.quantity.may_be_year and int(figure.quantity.value) in years:
            continue
        # Months may be told as years and a half, and the other way round.
        years_told = figure.counted[:1] == ("month",) and figure.quantity.value % 6 == 0
        if not (figure.is_time and (years_told or _is_between_days(figure, alignment))):
            yield figure


def _list_having(alignment: Alignment, figure: Figure) -> list[tuple[Source, Figure]]:
    return [
        (source, other)
        for source in alignment.sources
        for other in source.read.figures
        if figure.agrees(other)
    ]


def _find_displaced(figure: Figure, alignment: Alignment) -> str | None:
    place = _find_place(alignment, figure.quantity.said)
    if place is None:
        return None

    def has(source: Source) -> bool:
        return any(figure.agrees(other) for other in source.read.figures)

    def rivals(source: Source) -> bool:
        return any(
            not figure.agrees(other) and set(figure.counted) & set(other.counted)
            for other in source.read.figures
        )

    source = find_displacing(alignment, place, has, rivals)
    if source is None:
        return None
    return f"The article has “{figure.said}” for something else{quote(source)}"


def find_absent_time(alignment: Alignment) -> str | None:
    """A day, month or weekday that the source has not."""
    claim = alignment.claim.times
    known = list(_list_known_days(alignment))
    for day in sorted(claim.days, key=str):
        if not any(day.agrees(other) for other in known) and not _is_loose(day, alignment):
            return f"The date {day} does not stand in what it cites."
    months = {day.month for day in known} | {
        month for source in alignment.sources for month in source.read.times.months
    }
    for month in sorted(claim.months - months):
        return f"The month {MONTHS[month - 1].capitalize()} does not stand in what it cites."
    weekdays = {name for day in known if (name := name_weekday(day))} | {
        name for source in alignment.sources for name in source.read.times.weekdays
    }
    for weekday in sorted(claim.weekdays - weekdays):
        return f"“{weekday}” does not stand in what it cites."
    return None


def find_displaced_time(alignment: Alignment) -> str | None:
    """A day or weekday that the source has for something else."""
    for day in sorted(alignment.claim.times.days, key=str):
        source = _find_other_day(alignment, day)
        if source is not None:
            return f"The article does not give {day} for this{quote(source)}"
    for weekday in sorted(alignment.claim.times.weekdays):
        source = _find_other_weekday(alignment, weekday)
        if source is not None:
            return f"The article does not give {weekday} for this{quote(source)}"
    for year in sorted(alignment.claim.times.years):
        source = _find_other_year(alignment, year)
        if source is not None:
            return f"The article does not give {year} for this{quote(source)}"
    for month in sorted(alignment.claim.times.months):
        source = _find_other_month(alignment, month)
        if source is not None:
            return f"The article does not give {MONTHS[month - 1].capitalize()} for this{quote(source)}"
    return None


def _find_other_year(alignment: Alignment, year: int) -> Source | None:
    place = _find_place(alignment, str(year))
    if place is None:
        return None
    return find_displacing(
        alignment,
        place,
        lambda source: year in source.read.times.years,
        lambda source: bool(source.read.times.years - {year}),
    )


def _find_other_month(alignment: Alignment, month: int) -> Source | None:
    place = _find_place(alignment, MONTHS[month - 1][:3])
    if place is None:
        return None
    return find_displacing(
        alignment,
        place,
        lambda source: month in _list_months(source),
        lambda source: bool(_list_months(source) - {month}),
    )


def _list_known_days(alignment: Alignment) -> Iterator[Day]:
    for source in alignment.sources:
        yield from source.read.times.days
        for day in (source.hit.article.published, source.hit.article.updated):
            if day is not None:
                yield Day(day.month, day.day, day.year)


def _is_loose(day: Day, alignment: Alignment) -> bool:
    """Whether “the twelfth of that month” may mean the day, its month being named near by."""
    for place, source in enumerate(alignment.sources):
        if day.day in source.read.times.loose:
            near = alignment.sources[max(0, place - 2) : place + 1]
            if any(day.month in _list_months(other) for other in near):
                return True
    return False


def _list_months(source: Source) -> set[int]:
    return {day.month for day in source.read.times.days} | set(source.read.times.months)


def _find_other_day(alignment: Alignment, day: Day) -> Source | None:
    place = _find_place(alignment, str(day.day))
    if place is None:
        return None

    def has(source: Source) -> bool:
        return any(day.agrees(other) for other in source.read.times.days)

    def rivals(source: Source) -> bool:
        return any(not day.agrees(other) for other in source.read.times.days)

    return find_displacing(alignment, place, has, rivals)


def _find_other_weekday(alignment: Alignment, weekday: str) -> Source | None:
    place = _find_place(alignment, weekday)
    if place is None:
        return None

    def names(source: Source) -> set[str]:
        times = source.read.times
        return {name for day in times.days if (name := name_weekday(day))} | set(times.weekdays)

    return find_displacing(
        alignment,
        place,
        lambda source: weekday in names(source),
        lambda source: bool(names(source) - {weekday}),
    )


def _is_between_days(figure: Figure, alignment: Alignment) -> bool:
    """Whether two days that the source gives lie so far apart: “three days later”."""
    unit = next((unit for unit in _UNITS if figure.counted and figure.counted[0] == unit), None)
    if unit is None:
        return False
    days = sorted(
        {
            date(day.year, day.month, day.day)
            for day in _list_known_days(alignment)
            if day.year and _exists(day)
        }
    )
    wanted, slack = int(figure.quantity.value) * _UNITS[unit], timedelta(days=_SLACK[unit])
    return any(
        abs((later - earlier) - timedelta(days=wanted)) <= slack
        for place, earlier in enumerate(days)
        for later in days[place + 1 :]
    )


def _exists(day: Day) -> bool:
    try:
        date(day.year or 2000, day.month, day.day)
    except ValueError:
        return False
    return True


def find_turned(alignment: Alignment) -> Source | None:
    """The sentence where two have changed places; None where none does."""
    theirs = [(source, deed) for source in alignment.sources for deed in source.read.deeds]
    for deed in alignment.claim.deeds:
        if any(deed.doer.is_same(o.doer) and deed.done_to.is_same(o.done_to) for _, o in theirs):
            continue
        for source, other in theirs:
            turned = deed.doer.is_same(other.done_to) and deed.done_to.is_same(other.doer)
            if turned and _is_about(deed, other, source, alignment):
                return source
    return None


def _is_about(deed: Deed, other: Deed, source: Source, alignment: Alignment) -> bool:
    """Whether two deeds are told by the same words, or by words that may stand for each other."""
    if deed.verbs & other.verbs:
        return True
    column = next(n for n, one in enumerate(alignment.sources) if one is source)
    for row, place in enumerate(alignment.places):
        partner = int(alignment.partners[row, column])
        if partner >= 0 and alignment.claim.tokens[place].stem in deed.verbs:
            if source.read.tokens[partner].stem in other.verbs:
                return True
    return False


def find_other_doer(alignment: Alignment) -> tuple[Source, Mention] | None:
    """Where what the claim has somebody do is done by others alone; None where that is unclear."""
    rows = {place: row for row, place in enumerate(alignment.places)}
    for act in alignment.claim.acts:
        row = rows.get(act.place)
        if row is None or act.doer is None:
            continue
        mine = [one.doer for one in alignment.claim.acts if one.place == act.place and one.doer]
        found = _list_doers(alignment, row)
        if found is None or any(one.is_same(other) for one in mine for _, other in found):
            continue
        chosen = [(column, doer) for column, doer in found if column in alignment.chosen]
        if chosen:
            return alignment.sources[chosen[0][0]], chosen[0][1]
    return None


def _list_doers(alignment: Alignment, row: int) -> list[tuple[int, Mention]] | None:
    """Who does in the sources what stands in `row`; None where a sentence leaves it open."""
    found: list[tuple[int, Mention]] = []
    mine = [a.doer for a in alignment.claim.acts if a.place == alignment.places[row] and a.doer]
    for column, source in enumerate(alignment.sources):
        partner = int(alignment.partners[row, column])
        if partner < 0 or alignment.likeness[row, column] < SURE:
            continue
        theirs = [one for one in source.read.acts if one.place == partner]
        doers = [one.doer or _find_meant(alignment, column, one.place) for one in theirs]
        if column in alignment.chosen and (not doers or None in doers):
            return None
        if any(m.end <= partner and m.is_same(one) for m in source.read.mentions for one in mine):
            return None
        found += [(column, doer) for doer in doers if doer is not None]
    return found


def _find_meant(alignment: Alignment, column: int, place: int) -> Mention | None:
    """Whom a pronoun before `place` most likely means: who did something before it."""
    own = alignment.sources[column]
    earlier = [act for act in own.read.acts if act.place < place and act.doer is not None]
    if earlier:
        return max(earlier, key=lambda act: act.place).doer
    return _find_subject_before(alignment, column)


def _find_subject_before(alignment: Alignment, column: int) -> Mention | None:
    """Whom a pronoun most likely means: who does something first in the sentence before."""
    if column == 0:
        return None
    before, own = alignment.sources[column - 1], alignment.sources[column]
    if before.hit.article.id != own.hit.article.id:
        return None
    acts = sorted(before.read.acts, key=lambda act: act.place)
    return acts[0].doer if acts else None


def _find_place(alignment: Alignment, said: str) -> int | None:
    wanted = re.findall(r"[^\W_]+", said.casefold())[:1]
    for place, token in enumerate(alignment.claim.tokens):
        if wanted and token.lower.startswith(wanted[0]):
            return place
    return None


def quote(source: Source) -> str:
    """A sentence as a reason's proof: behind a colon, and shortened."""
    text = " ".join(source.read.text.split())
    shown = text if len(text) <= _SHOWN else text[: _SHOWN - 1].rstrip() + "…"
    return f": “{shown}”"
