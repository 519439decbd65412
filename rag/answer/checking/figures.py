"""The figures of a sentence, each with its bound and with what it counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
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
        r"|minimum of|upwards of",
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
    (
        bound,
        re.compile(
            rf"(?:^|\W)(?:{words})\s+(?:the |an? |just |only |[\w-]+ (?:to|or|and) )?[$€£¥]?$",
            re.IGNORECASE,
        ),
    )
    for bound, words in _BEFORE
)
_AFTER_FIGURE: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    ("at least", re.compile(r"^[^.;]{0,60}\b(?:is|are|was|were|as) (?:only )?(?:a|the) (?:minimum|floor)\b", re.IGNORECASE)),
    ("at least", re.compile(r"^\W*(?:[\w-]+\s+){0,3}?(?:or (?:more|older|above|higher|over)|and (?:older|over|above|up)|at the least|at least|at a minimum)\b", re.IGNORECASE)),
    ("more than", re.compile(r"^\s*(?:\+|plus\b)", re.IGNORECASE)),
    (
        "at most",
        re.compile(r"^\W*(?:[\w-]+\s+){0,3}?(?:(?:or|and) (?:fewer|less|younger|under|below|lower)|at most|at the most|and no more)\b", re.IGNORECASE),
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
_VALUES = {
    **dict.fromkeys("both pair couple twice double twin twins doubled duo two-thirds".split(), 2),
    **dict.fromkeys("trio triple thrice tripled triplets".split(), 3),
    **dict.fromkeys("quartet quadruple".split(), 4),
    "decade": 10,
    "century": 100,
}
_WORDED = re.compile(rf"\b(?:{'|'.join(_VALUES)})\b", re.IGNORECASE)
#: “four and a half”.
_HALF = re.compile(r"\s+and a half\b", re.IGNORECASE)
_LOOK = 80
#: How near a figure must lie to one that is said to be “about” it, as a share of it.
_ROUND = Decimal("0.06")
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
    worded: bool = False

    @property
    def said(self) -> str:
        """The figure with its bound, as one would say it."""
        return f"{self.bound} {self.quantity.said}".strip()

    def agrees(self, other: Figure) -> bool:
        """Whether `other`, a source's, has the same value, whatever its bound.

        “Nearly 300” and “about 300” may be 296.7 there, “over 65” and “more than 290” 293.
        """
        if self.quantity.agrees(other.quantity):
            return True
        mine, theirs = self.quantity, other.quantity
        if not self.bound or self.bound == "exactly" or (mine.unit or "") != (theirs.unit or ""):
            return False
        if self.bound in ("nearly", "less than", "at most") and theirs.value > mine.value:
            return False
        if self.bound in ("more than", "at least") and theirs.value < mine.value:
            return False
        return abs(mine.value - theirs.value) <= _ROUND * abs(theirs.value)

    def is_borne_out(self, other: Figure) -> bool:
        """Whether the bound of a source's figure of the same value allows this one's."""
        rounded = not self.quantity.agrees(other.quantity)
        return rounded or self.bound == other.bound or other.bound in _BORNE_OUT[self.bound]


def find_figures(text: str) -> list[Figure]:
    """The figures of a sentence in order, dates and years among months left out."""
    blank = _blank(text, (DATE, ISO_DATE, *SHARED))
    found: list[Figure] = []
    for start, end, quantity in _list_places(blank):
        before, after = text[max(0, start - _LOOK) : start], text[end : end + _LOOK]
        is_time = bool(_SPAN.match(after))
        bound = _find_bound(before, after)
        if is_time and re.search(r"\bover\s+(?:the (?:past|last|next) )?$", before, re.IGNORECASE):
            bound = ""  # “over five years” says how long it took
        found.append(Figure(quantity, bound, _find_counted(after), is_time, start))
    return found + list(_list_worded(text))


def _list_worded(text: str) -> Iterator[Figure]:
    """“both”, “a trio of”, “a decade”: figures that are no numbers."""
    for match in _WORDED.finditer(text):
        value = Decimal(_VALUES[match.group().casefold()])
        after = text[match.end() : match.end() + _LOOK]
        quantity = Quantity(value, None, match.group())
        bound = _find_bound(text[: match.start()][-_LOOK:], after)
        counted = _find_counted(after)
        yield Figure(quantity, bound, counted, value >= 10, match.start(), worded=True)


def _list_places(text: str) -> Iterator[tuple[int, int, Quantity]]:
    shares = list(_list_shares(text))
    yield from shares
    text = _blank_spans(text, [(start, end) for start, end, _ in shares])
    for pattern in (FIGURES, WORDS):
        for match in pattern.finditer(text):
            half = _HALF.match(text, match.end())
            for quantity in find_quantities(match.group()):
                if half:
                    quantity = replace(quantity, value=quantity.value + Decimal("0.5"))
                yield match.start(), half.end() if half else match.end(), quantity
        text = _blank(text, (pattern,))


def _list_shares(text: str) -> Iterator[tuple[int, int, Quantity]]:
    for match in _OF.finditer(text):
        part, whole = _read(match["part"]), _read(match["whole"])
        if 0 < part < whole <= 100 and whole >= 2:
            yield match.start(), match.end(), _make_share(100 * part / whole, match.group())
    for match in _FRACTION.finditer(text):
        if re.search(r"\band\s+$", text[: match.start()]):
            continue  # “four and a half hours”
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
