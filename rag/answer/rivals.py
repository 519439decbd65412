"""Which of the figures that articles give for one thing an answer shows, and which first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from rag.answer.evidence import Evidence
from rag.answer.reported import ReportedCount
from rag.answer.when import Wish, soon_after
from rag.retrieve.windows import Window


@dataclass(frozen=True, slots=True)
class Settled:
    """What to quote: `leading` goes first, in its order.

    `told` are the counts that are quoted; `later` those of days after the one that the question
    gives as the last, where there is none before, and nothing is to be quoted.
    """

    chosen: list[Evidence]
    leading: tuple[Evidence, ...] = ()
    told: tuple[ReportedCount, ...] = ()
    later: tuple[ReportedCount, ...] = ()


def settle(
    chosen: Sequence[Evidence], reported: Sequence[ReportedCount], wish: Wish, limit: int
) -> Settled:
    """Which sentences to quote and which of them first, where any counts what is asked for.

    Counts of different days are both shown, the later first, and so are those of one day that
    contradict each other; the question may wish for the first one, or for none after a day.
    """
    held = [one for one in reported if holds(one, wish.until)]
    if not held:
        return Settled([] if reported else list(chosen), later=tuple(reported))
    if wish.around is not None and not _reaches(held, wish.around, wish):
        wish = replace(wish, around=None)
    lead, others = _pick(held, wish)
    shown = [lead, *others]
    also = [one for one in held if one not in shown and one.evidence in chosen]
    if wish.around is not None and not lead.is_over(wish.period):
        last = soon_after(wish.around.last)
        also = [one for one in also if not one.differs(lead) or (one.day or last) <= last]
    if wish.order == "first":
        also = [one for one in also if not one.differs(lead)]
    dropped = [one.evidence for one in reported if one not in shown and one not in also]
    rest = [
        one
        for one in chosen
        if one not in dropped and not _is_later(one, wish.until, [each.evidence for each in held])
    ]
    bound = wish.is_past or wish.order is not None or lead.is_over(wish.period)
    if not bound and not any(one.differs(lead) for one in (*others, *also)):
        return Settled(rest)  # nothing contests it: the best one stays the first
    told = [*_order(shown, lead, wish), *_order(also, lead, wish)][:limit]
    leading = tuple(one.evidence for one in told)
    rest = [one for one in rest if one not in leading]
    return Settled([*leading, *rest][:limit], leading, tuple(told))


def _pick(held: Sequence[ReportedCount], wish: Wish) -> tuple[ReportedCount, list[ReportedCount]]:
    """The count that is wished for, and those to be shown beside it: of its day, and of another."""
    wanted = _narrow(held, wish)
    lead = _pick_lead(wanted, wish)
    beside = [one for one in wanted if one.contradicts(lead)]
    others = [one for one in wanted if one.differs(lead) and one not in beside]
    return lead, [*beside[:1], *([] if wish.is_past else others[:1])]


def _reaches(held: Sequence[ReportedCount], around: Window, wish: Wish) -> bool:
    """Whether any is of those days or before, or over them."""
    return any(
        one.is_over(wish.period) or (one.day is not None and one.day <= soon_after(around.last))
        for one in held
    )


def _is_later(one: Evidence, until: date | None, held: Sequence[Evidence]) -> bool:
    """Whether it is of a day after `until`, and tells nothing of those before."""
    published = one.hit.article.published
    return until is not None and published is not None and published > until and one not in held


def holds(one: ReportedCount, until: date | None) -> bool:
    """Whether a count is of no later day than `until`, where that is given."""
    return until is None or (one.day is not None and one.day <= until)


def _narrow(held: Sequence[ReportedCount], wish: Wish) -> Sequence[ReportedCount]:
    """Those that cover the period and lie near the days that the question gives, if any do."""
    over = [one for one in held if one.is_over(wish.period)]
    if over or wish.around is None:
        return over or held
    first, last = wish.around.first, wish.around.last
    for days in ((first, last), (first, soon_after(last)), (date.min, last)):
        if near := [one for one in held if one.day and days[0] <= one.day <= days[1]]:
            return near
    return held


def _pick_lead(held: Sequence[ReportedCount], wish: Wish) -> ReportedCount:
    dated = [one for one in held if one.day is not None]
    if not dated:
        return held[0]
    ordered = min if wish.order == "first" else max
    return ordered(dated, key=lambda one: (one.day or date.min).toordinal())


def _order(some: Sequence[ReportedCount], lead: ReportedCount, wish: Wish) -> list[ReportedCount]:
    """The later first, after the one that is wished for."""
    wished = wish.is_past or lead.is_over(wish.period)
    return sorted(
        some,
        key=lambda one: (wished and one is not lead, -(one.day or date.min).toordinal()),
    )
