"""What is said of figures that differ: from day to day, over other periods, or on one day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rag.answer.dates import write_date
from rag.answer.reported import ReportedCount

#: Figures that a note lists.
LISTED = 4


def compare(told: Sequence[ReportedCount], cited: Sequence[ReportedCount]) -> tuple[str, ...]:
    """Notes on the figures of `told`, the later first; none where they do not differ.

    Those not in `cited` are given with their outlet, since the answer does not show where they
    stand.
    """
    ordered = sorted(told, key=lambda one: -(one.day or date.min).toordinal())
    distinct = _drop_repeated(ordered)
    clashing = [one for one in distinct if any(one.contradicts(other) for other in distinct)]
    apart = [one for one in distinct if any(one.covers_other_days(other) for other in distinct)]
    notes = []
    if apart:
        listed = _list(_cut(distinct), cited, with_period=True)
        notes.append(f"The articles give figures for different periods: {listed}.")
    elif any(one.day != other.day for one in distinct for other in distinct):
        listed = _list(_cut(distinct), cited)
        notes.append(f"The articles give different figures: {listed}.")
    if clashing:
        listed = _list(_cut(clashing), (), with_period=False)
        notes.append(f"Sources of the same day disagree: {listed}.")
    return tuple(notes)


def say_later(told: Sequence[ReportedCount]) -> tuple[str, ...]:
    """A note on counts that are all of days after the one that was asked about."""
    ordered = sorted(told, key=lambda one: (one.day or date.max).toordinal())
    dated = [one for one in ordered if one.day is not None]
    if not dated:
        return ("The articles found that count this are undated.",)
    listed = _list(_drop_repeated(dated)[:LISTED], ())
    return (f"The articles found give no figure of so early a day, only later ones: {listed}.",)


def _drop_repeated(told: Sequence[ReportedCount]) -> list[ReportedCount]:
    """Each figure once, that of the latest day, where another adds nothing to it."""
    kept: list[ReportedCount] = []
    for one in told:
        if all(one.differs(other) or one.covers_other_days(other) for other in kept):
            kept.append(one)
    return kept


def _cut(told: Sequence[ReportedCount]) -> Sequence[ReportedCount]:
    return told if len(told) <= LISTED else [*told[: LISTED - 1], told[-1]]


def _list(
    told: Sequence[ReportedCount], cited: Sequence[ReportedCount], *, with_period: bool = False
) -> str:
    return ", ".join(_write(one, one in cited, with_period) for one in told)


def _write(one: ReportedCount, is_cited: bool, with_period: bool) -> str:
    article = one.evidence.hit.article
    period = f" {one.period.said}" if with_period and one.period else ""
    outlet = "" if is_cited else f"{article.outlet or f'“{article.title}”'}, "
    return f"{one.count.said}{period} ({outlet}{write_date(article.published)})"
