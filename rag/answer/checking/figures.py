"""The figures of a sentence, each with its bound and with what it counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from rag.answer.checking.bounds import LOOK, Bound, bears_out, find_bound
from rag.answer.checking.days import SHARED
from rag.answer.checking.odd_numerals import list_numerals
from rag.answer.facts import DATE, ISO_DATE
from rag.answer.quantities import FIGURES, WORDS, Quantity, find_quantities
from rag.index.lexical import STOP_WORDS, stems
from rag.retrieve.question import DOTLESS, NUMBER_WORDS

_NUMBER = "|".join(NUMBER_WORDS)
#: “nine in ten”, “three out of four”; and fractions in words, all as parts of a hundred.
_OF = re.compile(
    rf"\b(?P<part>\d{{1,3}}|{_NUMBER})\s+(?:in|out of)(?:\s+every)?\s+"
    rf"(?P<whole>\d{{1,3}}|{_NUMBER})\b",
    re.IGNORECASE,
)
_FRACTIONS = {
    "half": 50,
    "third": 100 / 3,
    "quarter": 25,
    "fifth": 20,
    "tenth": 10,
}
_FRACTION = re.compile(
    rf"\b(?P<times>a|an|one|{_NUMBER})[\s-]+(?P<part>{'|'.join(_FRACTIONS)})s?\b"
    r"(?!\s+(?:time|day|week|month|year|term))",
    re.IGNORECASE,
)
#: Words that say a number without being one.
_VALUES = {
    **dict.fromkeys("both pair couple twice double twin twins doubled duo".split(), 2),
    **dict.fromkeys("trio triple thrice tripled triplets".split(), 3),
    **dict.fromkeys("quartet quadruple".split(), 4),
    "decade": 10,
    "century": 100,
}
_WORDED = re.compile(rf"\b(?:{'|'.join(_VALUES)})\b", re.IGNORECASE)
#: “four and a half”.
_HALF = re.compile(r"\s+and a half\b", re.IGNORECASE)
_TIMES = re.compile(
    rf"\b(?P<times>twice|double|thrice|triple)\s+(?:(?:the|that of|as many as)\s+)?"
    rf"(?P<number>\d+(?:,\d{{3}})*(?:\.\d+)?|(?:{_NUMBER})\b)",
    re.IGNORECASE,
)
#: The number of a source, behind what is said.
_MARKER = re.compile(r"\[\d{1,3}\](?=\W*$)")
_ZERO = re.compile(r"\b(?:below|above)\s+zero\b", re.IGNORECASE)
_MINUS = re.compile(r"(?:\bminus\s+|(?:^|[\s(])[-−])[$€£¥]?$", re.IGNORECASE)
_BELOW = re.compile(r"\s*(?:degrees?\s+)?(?:celsius\s+|fahrenheit\s+)?below\b", re.IGNORECASE)
#: Stems of what is a share of something, where a figure stands before it without its unit.
_SHARES = frozenset(stems("percentage percent per points point basis share"))
#: How near a figure must lie to one that is said to be “about” it, as a share of it.
_ROUND = Decimal("0.06")
_SPAN = re.compile(
    r"^[\s-]*(?:days?|weeks?|months?|years?|hours?|minutes?|decades?)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A quantity, its bound, the stems of what it counts, and whether it is a length of time."""

    quantity: Quantity
    bound: Bound
    counted: tuple[str, ...]
    is_time: bool
    #: “both”, “a decade”.
    worded: bool = False
    #: “minus 30”, “30 below”.
    below_zero: bool = False

    @property
    def said(self) -> str:
        """The figure with its bound, as one would say it."""
        return f"{self.bound} {self.quantity.said}".strip()

    def agrees(self, other: Figure) -> bool:
        """Whether `other`, a source's, has the same value, whatever its bound.

        “Nearly 300” and “about 300” may be 296.7 there, “over 65” and “more than 290” 293.
        """
        if self._measures_else(other):
            return False
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

    def _measures_else(self, other: Figure) -> bool:
        """Whether one is of another unit, or below zero: “30 percent” and “30 degrees”."""
        if self.below_zero != other.below_zero and (self.below_zero or "degre" in self.counted):
            return True
        for one, two in ((self, other), (other, self)):
            noun = two.counted[0] if two.counted and not two.quantity.unit else ""
            if one.quantity.unit in ("%", "points") and noun.isalpha():
                return noun not in _SHARES
        return False

    def is_borne_out(self, other: Figure) -> bool:
        """Whether the bound of a source's figure of the same value allows this one's."""
        rounded = not self.quantity.agrees(other.quantity)
        return rounded or bears_out(other.bound, self.bound)


def find_figures(text: str) -> list[Figure]:
    """The figures of a sentence; what belongs to a date is none."""
    text = text.translate(DOTLESS)
    blank = _blank(text, (DATE, ISO_DATE, *SHARED, _MARKER, _ZERO))
    found: list[Figure] = []
    for one in list_numerals(blank):
        if one.quantity is not None:
            counted = find_counted(blank[one.end : one.end + LOOK])
            found.append(Figure(one.quantity, "", counted, is_time=False))
            blank = _blank_spans(blank, [(one.end - len(one.said), one.end)])
    for start, end, quantity in _list_places(blank):
        before, after = text[max(0, start - LOOK) : start], text[end : end + LOOK]
        is_time = bool(_SPAN.match(after))
        bound = find_bound(before, after)
        if is_time and re.search(r"\bover\s+(?:the (?:past|last|next) )?$", before, re.IGNORECASE):
            bound = ""  # “over five years” says how long it took
        below = bool(_MINUS.search(before) or _BELOW.match(after))
        counted = find_counted(after)
        found.append(Figure(quantity, bound, counted, is_time, below_zero=below))
    return [*found, *_list_times(text), *_list_worded(text)]


def _list_times(text: str) -> Iterator[Figure]:
    """“twice 11”: 22."""
    for match in _TIMES.finditer(text):
        factor = _VALUES[match["times"].casefold()]
        after = text[match.end() : match.end() + LOOK]
        for quantity in find_quantities(match["number"]):
            product = replace(quantity, value=factor * quantity.value, said=match.group())
            yield Figure(product, "", find_counted(after), is_time=False)


def _list_worded(text: str) -> Iterator[Figure]:
    """“both”, “a trio of”, “a decade”: figures that are no numbers."""
    for match in _WORDED.finditer(text):
        value = Decimal(_VALUES[match.group().casefold()])
        after = text[match.end() : match.end() + LOOK]
        quantity = Quantity(value, None, match.group())
        bound = find_bound(text[: match.start()][-LOOK:], after)
        counted = find_counted(after)
        yield Figure(quantity, bound, counted, value >= 10, worded=True)


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


def find_counted(after: str) -> tuple[str, ...]:
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
