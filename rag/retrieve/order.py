"""Questions for the latest or the first of what articles tell, and the passages that they need."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

Order = Literal["latest", "first"]

FIGURE = (
    r"(?:count|toll|figure|number|total|tally|estimate|report|poll|price|cost|rate|share|percentage"
    r"|value|level|score|amount)s?"
)
_THEN = r"(?:[\s-]+[\w'’-]+){0,3}?[\s-]+"
LATEST = re.compile(
    rf"\b(?:latest|most recent|newest|current|updated|up-to-date|present|last known){_THEN}"
    rf"{FIGURE}\b|\b(?:latest|most recent|newest)\b|\b(?:so far|to date|currently|at present"
    r"|at the moment|as of (?:now|today)|at last count|(?:right )?now|today|these days)\b"
    # “Who is the current director”, and not “what is the current in the river”.
    r"|(?:(?<=\bis\sthe\s)|(?<=\bare\sthe\s))(?:current|present|incumbent)\b"
    r"(?!\s+(?:in|of|at|on|through)\b)",
    re.IGNORECASE,
)
FIRST = re.compile(
    rf"\b(?:first|earliest|initial|original|preliminary){_THEN}{FIGURE}\b"
    r"|\b(?:initially|originally|at first|first (?:reported|counted|said|put|given|estimated"
    r"|announced|thought))\b|\b(?:earliest|initial|preliminary)\b",
    re.IGNORECASE,
)
#: The share of the passages found that goes to the newest, or the oldest, of those that come next
#: and are this near to the last one.
ROOM, NEAR = 0.3, 0.9


def read_order(question: str) -> Order | None:
    """Whether a question asks for the latest or for the first of something."""
    if FIRST.search(question):
        return "first"
    return "latest" if LATEST.search(question) else None


def make_room(
    chosen: Sequence[int],
    next_best: Sequence[int],
    scores: Mapping[int, float],
    articles: Mapping[int, str],
    days: Mapping[int, date | None],
    order: Order,
) -> list[int]:
    """`chosen` with its last few passages replaced by newer ones that are about as good, if any.

    Passages are given by their number; of an article one at most is let in.
    """
    room = int(len(chosen) * ROOM)
    if not room:
        return list(chosen)
    kept, last = list(chosen[:-room]), list(chosen[-room:])
    least = NEAR * scores[chosen[-1]]
    let_in: dict[str, int] = {}
    near = [i for i in (*last, *next_best) if scores[i] >= least and days[i] is not None]
    for i in sorted(near, key=lambda i: days[i] or date.min, reverse=order == "latest"):
        if len(let_in) < room:
            let_in.setdefault(articles[i], i)
    filled = [*let_in.values(), *(i for i in last if i not in let_in.values())]
    return kept + sorted(filled[:room], key=lambda i: -scores[i])
