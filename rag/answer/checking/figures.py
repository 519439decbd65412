"""The figures of a sentence, each with its bound and with what it counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from rag.answer.checking.days import SHARED
from rag.answer.facts import DATE, ISO_DATE
from rag.answer.quantities import FIGURES, WORDS, Quantity, find_quantities
from rag.index.lexical import STOP_WORDS, stems
from rag.retrieve.question import NUMBER_WORDS

#: What stands beside a figure: nothing; exactly; about; nearly; at least; more than; at most; less.
Bound = Literal["", "exactly", "about", "nearly", "at least", "more than", "at most", "less than"]

_BEFORE: tuple[tuple[Bound, str], ...] = (
    (
        "at least",
        r"at least|no fewer than|not fewer than|no less than|not less than|a minimum of|at a minimum"
        r"|minimum of|from|upwards of",
    ),
    ("at most", r"at most|no more than|not more than|up to|as many as|as much as|a maximum of|maximum of|at the most"),
    (
        "more than",
        r"more than|over|above|in excess of|exceed(?:s|ed|ing)?|upward of|north of|greater than"
        r"|top(?:s|ped|ping)?|surpass(?:es|ed|ing)?|beyond",
    ),
    ("less than", r"less than|fewer than|under|below|short of"),
    ("nearly", r"nearly|almost|close to|just under|approaching|not quite"),
    ("about", r"about|around|roughly|approximately|some|an estimated|or so|circa"),
    ("exactly", r"exactly|precisely|a total of"),
)  # fmt: skip
_BEFORE_FIGURE = tuple(
    (bound, re.compile(rf"(?:^|\W)(?:{words})\s+(?:the |an? |just |only )?$", re.IGNORECASE))
    for bound, words in _BEFORE
)
_AFTER_FIGURE: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    ("at least", re.compile(r"^[^.;]{0,60}\b(?:is|are|was|were|as) (?:only )?(?:a|the) (?:minimum|floor)\b", re.IGNORECASE)),
    ("at least", re.compile(r"^\W*(?:[\w-]+\s+){0,3}?(?:or more|at the least|at least|at a minimum)\b", re.IGNORECASE)),
    ("more than", re.compile(r"^\s*(?:\+|plus\b)", re.IGNORECASE)),
    (
        "at most",
        re.compile(r"^\W*(?:[\w-]+\s+){0,3}?(?:or fewer|or less|at most|at the most|and no more)\b", re.IGNORECASE),
    ),
    ("exactly", re.compile(r"^\W*(?:[\w-]+\s+){0,3}?(?:exactly|in all|in total|altogether)\b", re.IGNORECASE)),
)  # fmt: skip
#: “nine in ten”, “three out of four”; and fractions in words, all as parts of a hundred.
_OF = re.compile(
    rf"\b(?P<part>\d+|{'|'.join(NUMBER_WORDS)})\s+(?:in|out of)(?:\s+every)?\s+(?P<whole>\d+|{'|'.join(NUMBER_WORDS)})\b",
    re.IGNORECASE,
)  # fmt: skip
_FRACTIONS = {
    "half": 50,
    "third": 100 / 3,
    "quarter": 25,
    "fifth": 20,
    "tenth": 10,
}
_FRACTION = re.compile(
    rf"\b(?P<times>a|an|one|{'|'.join(NUMBER_WORDS)})[\s-]+(?P<part>half|third|quarter|fifth|tenth)s?\b(?!\s+(?:time|day|week|month|year|term))",
    re.IGNORECASE,
)  # fmt: skip
_LOOK = 80
_SPAN = re.compile(
    r"^[\s-]*(?:days?|weeks?|months?|years?|hours?|minutes?|decades?)\b", re.IGNORECASE
)
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


@dataclass(frozen=True, slots=True)
class Figure:
    """A quantity, its bound, the stems of what it counts, and whether it is a length of time."""

    quantity: Quantity
    bound: Bound
    counted: tuple[str, ...]
    is_time: bool
    place: int

    @property
    def said(self) -> str:
        """The figure with its bound, as one would say it."""
        return f"{self.bound} {self.quantity.said}".strip()

    def agrees(self, other: Figure) -> bool:
        """Whether `other`, a source's, has the same value, whatever its bound."""
        return self.quantity.agrees(other.quantity)

    def is_borne_out(self, other: Figure) -> bool:
        """Whether the bound of a source's figure of the same value allows this one's."""
        return self.bound == other.bound or other.bound in _BORNE_OUT[self.bound]


def find_figures(text: str) -> list[Figure]:
    """The figures of a sentence in order, dates and years among months left out."""
    blank = _blank(text, (DATE, ISO_DATE, *SHARED))
    found: list[Figure] = []
    for start, end, quantity in _list_places(blank):
        before, after = text[max(0, start - _LOOK) : start], text[end : end + _LOOK]
        found.append(
            Figure(
                quantity,
                _find_bound(before, after),
                _find_counted(after),
                bool(_SPAN.match(after)),
                start,
            )
        )
    return found


def _list_places(text: str) -> Iterator[tuple[int, int, Quantity]]:
    shares = list(_list_shares(text))
    yield from shares
    text = _blank_spans(text, [(start, end) for start, end, _ in shares])
    for pattern in (FIGURES, WORDS):
        for match in pattern.finditer(text):
            for quantity in find_quantities(match.group()):
                yield match.start(), match.end(), quantity
        text = _blank(text, (pattern,))


def _list_shares(text: str) -> Iterator[tuple[int, int, Quantity]]:
    for match in _OF.finditer(text):
        part, whole = _read(match["part"]), _read(match["whole"])
        if 0 < part < whole <= 100 and whole >= 2:
            yield match.start(), match.end(), _make_share(100 * part / whole, match.group())
    for match in _FRACTION.finditer(text):
        times = 1 if match["times"].casefold() in ("a", "an") else _read(match["times"])
        share = times * _FRACTIONS[match["part"].casefold()]
        if 0 < share < 100:
            yield match.start(), match.end(), _make_share(share, match.group())


def _make_share(value: float, said: str) -> Quantity:
    return Quantity(Decimal(str(round(value, 1))), "%", said)


def _read(word: str) -> int:
    return int(word) if word.isdecimal() else NUMBER_WORDS[word.casefold()]


def _blank(text: str, patterns: tuple[re.Pattern[str], ...]) -> str:
    spans = [match.span() for pattern in patterns for match in pattern.finditer(text)]
    return _blank_spans(text, spans)


def _blank_spans(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + ";" * (end - start) + text[end:]
    return text


def _find_bound(before: str, after: str) -> Bound:
    for bound, pattern in _AFTER_FIGURE:
        if pattern.match(after):
            return bound
    for bound, pattern in _BEFORE_FIGURE:
        if pattern.search(before):
            return bound
    return ""


def _find_counted(after: str) -> tuple[str, ...]:
    """The stems of the words right after a figure, up to the first that ends what is counted."""
    words = re.findall(r"[^\W_]+|[^\w\s]", after)
    counted: list[str] = []
    for word in words:
        if not word[0].isalnum() or (counted and word.casefold() in STOP_WORDS):
            break
        if word.casefold() not in STOP_WORDS:
            counted += stems(word)
        if len(counted) == 3:
            break
    return tuple(counted)
