"""What a question says of the time that its count is to be of: the latest, the first, by a day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rag.answer.counts import find_fate
from rag.answer.periods import DATE, Period
from rag.retrieve.order import FIGURE, FIRST, LATEST, Order, read_order
from rag.retrieve.windows import Window, find_windows
from rag.types import Hit

_THIS = re.compile(r"\b(?P<unit>this (?:year|month|week))\b", re.IGNORECASE)
_SO_FAR = re.compile(r"\bso far this (?:year|month|week)\b", re.IGNORECASE)
#: “In early March”, “at the end of 2021”, “on 3 March”, “last year”: a time, and no bound.
_AROUND = re.compile(
    rf"\b(?P<at>(?i:in|on|at|around|during|throughout))\s+(?i:the\s+(?=[0-3]?\d))?(?P<time>{DATE})"
    r"|\b(?P<last>(?i:last|the previous) (?i:week|month|year))\b"
)
#: Part of a month or a year, which no count is said to cover.
_PART = re.compile(r"early|mid|late|beginning|start|end", re.IGNORECASE)
_COMING = re.compile(
    r"\b(?:will|would|plan(?:s|ned)?|expect(?:s|ed)?|due|going to)\b", re.IGNORECASE
)
#: “By 14 May 2024”, in a question for a count.
_UNTIL = re.compile(
    rf"\b(?i:as of|as at|by|until|till|up to|before)\s+(?i:the\s+(?=[0-3]?\d))?(?:{DATE})(?!\w)"
)
_COUNTS = re.compile(
    rf"\bhow many\b|\b(?:what|which)\b.*\b{FIGURE}\b|^\W*(?:did|had|have|has|were|was|are)\b"
    r"[^?]*\d",
    re.IGNORECASE,
)
#: Articles of so many days after “early March” still tell of it.
AFTER = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Wish:
    """The time that a question's count is to be of.

    `order`: the latest or the first one; `until`: none of a later day; `around`: one of these days
    rather than another; `since`: counted from that day on, `to` that one where it is given.
    """

    order: Order | None = None
    until: date | None = None
    around: Window | None = None
    since: date | None = None
    to: date | None = None

    @property
    def period(self) -> Period | None:
        """The days that it is to be counted over."""
        if self.since is None:
            return None
        return Period("", self.since, self.to or date.max, open=self.to is None)

    @property
    def is_past(self) -> bool:
        """Whether it is for a count that others may have followed."""
        return self.order == "first" or self.until is not None or self.around is not None


def read_wish(text: str, newest: date | None) -> Wish:
    """What a question wishes; nothing where it asks for what is still to come.

    `newest` is the day of the newest article, from which “so far this year” is counted.
    """
    if _COMING.search(text):
        return Wish()
    windows = find_windows(text, newest)
    until = [w.last for w in windows if w.first == date.min]
    closed = [w for w in windows if date.min < w.first < w.last < date.max]
    since = [w.first for w in windows if w.last == date.max]
    this = _THIS.search(text)
    if this and newest is not None:
        since = [w.first for w in find_windows(this["unit"], newest)]
    between = (
        closed[0] if closed and re.search(r"\b(?:between|from)\b", text, re.IGNORECASE) else None
    )
    between = between or _read_within(text, newest)
    return Wish(
        order=read_order(text),
        until=min(until, default=None),
        around=_read_around(text, newest),
        since=between.first if between else next(iter(since), None),
        to=between.last if between else None,
    )


def soon_after(day: date) -> date:
    """The last day on which what held on `day` may first be told."""
    return min(day, date.max - AFTER) + AFTER


def find_newest(hits: Sequence[Hit]) -> date | None:
    """The day of the newest article among the hits, which “so far this year” is counted from."""
    return max((hit.article.published for hit in hits if hit.article.published), default=None)


def _read_around(text: str, newest: date | None) -> Window | None:
    """The days of “in early March”, unless what happened then is asked about, or they go on."""
    found = _AROUND.search(text)
    if found is None or (find_fate(text) and not re.search(r"\bhad\b", text)):
        return None
    window = _place(found, newest)
    goes_on = window is None or (newest is not None and window.last >= newest)
    return window if _is_part(found) or not goes_on else None


def _read_within(text: str, newest: date | None) -> Window | None:
    """The days of “in March 2022” or “last year”, over which a count may be said to be."""
    found = _AROUND.search(text)
    if found is None or _is_part(found) or (found["at"] or "in").lower() in ("on", "at", "around"):
        return None
    return _place(found, newest)


def _is_part(found: re.Match[str]) -> bool:
    return bool(found["time"] and _PART.match(re.sub(r"^the\s+", "", found["time"])))


def _place(found: re.Match[str], newest: date | None) -> Window | None:
    windows = find_windows(found["last"] or f"in {found['time']}", newest)
    return windows[0] if windows else None


def drop_wish(text: str) -> str:
    """The question without the words that tell which count is wanted: no article has them."""
    if _COUNTS.search(text) and not _COMING.search(text):
        text = _UNTIL.sub(" ", text)
    return FIRST.sub(_keep, LATEST.sub(_keep, _SO_FAR.sub(" ", text)))


def _keep(found: re.Match[str]) -> str:
    """What such words stand with, but for themselves: of “latest death toll”, “death toll”."""
    said = re.sub(r"^most recent|^last known|^\S+", "", found.group(), count=1)
    return said if re.search(rf"\b{FIGURE}$", said, re.IGNORECASE) else " "
