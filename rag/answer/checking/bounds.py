"""What stands beside a figure and bounds it: “at least”, “nearly”, “or more”."""

from __future__ import annotations

import re
from typing import Literal

#: Nothing; exactly; about; nearly; at least; more than; at most; less than.
Bound = Literal["", "exactly", "about", "nearly", "at least", "more than", "at most", "less than"]

#: How far on either side of a figure its bound is looked for, in characters.
LOOK = 80

_BEFORE: tuple[tuple[Bound, str], ...] = (
    (
        "at least",
        "at least|no fewer than|not fewer than|no less than|not less than|a minimum of"
        "|at a minimum|minimum of|upwards of",
    ),
    (
        "at most",
        "at most|no more than|not more than|up to|as many as|as much as|a maximum of|maximum of"
        "|at the most",
    ),
    (
        "more than",
        "more than|over|above|in excess of|exceed(?:s|ed|ing)?|upward of|north of|greater than"
        "|top(?:s|ped|ping)?|surpass(?:es|ed|ing)?|beyond",
    ),
    ("less than", "less than|fewer than|under|below|short of"),
    ("nearly", "nearly|almost|close to|just under|approaching|not quite"),
    ("about", "about|around|roughly|approximately|some|an estimated|or so|circa"),
    ("exactly", "exactly|precisely|a total of"),
)
_BEFORE_FIGURE = tuple(
    (
        bound,
        re.compile(
            rf"(?:^|\W)(?P<bound>{words})\s+"
            r"(?:the |an? |just |only |[\w-]+ (?:to|or|and) )?[$€£¥]?$",
            re.IGNORECASE,
        ),
    )
    for bound, words in _BEFORE
)
#: What a figure counts may stand between it and its bound: “six people or more”.
_COUNTED = r"^\W*(?:[\w-]+\s+){0,3}?"
_AFTER: tuple[tuple[Bound, str], ...] = (
    ("at least", r"^[^.;]{0,60}\b(?:is|are|was|were|as) (?:only )?(?:a|the) (?:minimum|floor)\b"),
    (
        "at least",
        rf"{_COUNTED}(?:or (?:more|older|above|higher|over)|and (?:older|over|above|up)"
        r"|at the least|at least|at a minimum)\b",
    ),
    ("more than", r"^\s*(?:\+|plus\b)"),
    (
        "at most",
        rf"{_COUNTED}(?:(?:or|and) (?:fewer|less|younger|under|below|lower)|at most|at the most"
        r"|and no more)\b",
    ),
    ("exactly", rf"{_COUNTED}(?:exactly|in all|in total|altogether)\b"),
)
_AFTER_FIGURE = tuple((bound, re.compile(words, re.IGNORECASE)) for bound, words in _AFTER)
#: Those that follow on the figure itself: “or more”, and not “is the minimum” nor “in all”.
_JOINED = tuple(pattern for _, pattern in _AFTER_FIGURE[1:-1])
#: Bounds of a claim that a source's bound bears out; the same one always does.
_BORNE_OUT: dict[Bound, frozenset[Bound]] = {
    "": frozenset(["exactly", "about"]),
    "exactly": frozenset([""]),
    "about": frozenset(["", "exactly", "nearly"]),
    "nearly": frozenset(),
    "at least": frozenset(["more than"]),
    "more than": frozenset(),
    "at most": frozenset(["less than"]),
    "less than": frozenset(["nearly"]),
}


def find_bound(before: str, after: str) -> Bound:
    """The bound of a figure between these two stretches of its sentence."""
    for bound, pattern in _AFTER_FIGURE:
        if pattern.match(after):
            return bound
    for bound, pattern in _BEFORE_FIGURE:
        if pattern.search(before):
            return bound
    return ""


def begin_bound(before: str) -> int:
    """Where the bound of a figure after `before` begins; its end where there is none.

    A currency's sign belongs to the figure.
    """
    found = [match.start("bound") for _, one in _BEFORE_FIGURE if (match := one.search(before))]
    return min(found, default=len(before.rstrip("$€£¥")))


def end_bound(after: str) -> int:
    """Where the bound of a figure before `after` ends; 0 where there is none."""
    return min((match.end() for one in _JOINED if (match := one.match(after))), default=0)


def bears_out(source: Bound, claim: Bound) -> bool:
    """Whether a source that has a figure with the one bound allows the other."""
    return source == claim or source in _BORNE_OUT[claim]
