"""Numbers in figures and in words, with the scale and the unit that belong to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from rag.retrieve.question import DOTLESS, NUMBER_WORDS

SCALES = {
    "hundred": 10**2,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
}
SHORT_SCALES = {"m": "million", "mn": "million", "bn": "billion", "tn": "trillion", "k": "thousand"}
#: What counts as the same unit; anything else that follows a number is a noun, not a unit.
UNITS = {
    **dict.fromkeys(("%", "percent", "per cent"), "%"),
    **dict.fromkeys(("point", "points", "percentage points"), "points"),
    **dict.fromkeys(("$", "dollar", "dollars"), "$"),
    **dict.fromkeys(("€", "euro", "euros"), "€"),
    **dict.fromkeys(("£", "pound", "pounds"), "£"),
    **dict.fromkeys(("¥", "yen", "yuan"), "¥"),
}

_WORD = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_SCALE = "|".join(SCALES)
_UNIT = "|".join(sorted((re.escape(u) for u in UNITS), key=len, reverse=True))
_AFTER = rf"(?:[\s\u00a0-]*(?P<unit>{_UNIT})(?!\w))?"
FIGURES = re.compile(
    rf"(?P<currency>[$€£¥])?(?P<figures>\d+(?:,\d{{3}})*(?:\.\d+)?)"
    rf"(?:[\s\u00a0-]?(?P<scale>(?:{_SCALE}|{'|'.join(SHORT_SCALES)})\b))?{_AFTER}",
    re.IGNORECASE,
)
WORDS = re.compile(
    rf"\b(?P<words>(?:{_WORD})(?:(?:[\s-]+|\s+and\s+)(?:{_WORD}))*)\b{_AFTER}", re.IGNORECASE
)


#: Digits of the longest figure that is read; and the digits from which on one is compared alone:
#: Decimal's arithmetic rounds it, and has no remainder of it.
LONGEST, EXACT = 1_200, 24


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit, None where it has none."""

    value: Decimal
    unit: str | None = None
    #: As it was written.
    said: str = field(default="", compare=False)

    def agrees(self, other: Quantity) -> bool:
        """Whether both say the same, as far as both say it."""
        return self.value == other.value and (
            None in (self.unit, other.unit) or self.unit == other.unit
        )

    @property
    def may_be_year(self) -> bool:
        return self.unit is None and self.value in range(1900, 2100)

    def __str__(self) -> str:
        short = self.value.adjusted() < EXACT
        number = f"{self.value.normalize() if short else self.value:f}"
        if self.unit in ("%", "points"):
            return f"{number}{'%' if self.unit == '%' else ' points'}"
        return f"{self.unit or ''}{number}"


def find_quantities(text: str) -> list[Quantity]:
    """The numbers of a text; “one” by itself is left out, since it is mostly a pronoun."""
    text = text.translate(DOTLESS)
    figures = [match for match in FIGURES.finditer(text) if len(match["figures"]) <= LONGEST]
    found = [_read_figures(match) for match in figures]
    # A scale that belongs to figures is no number of its own.
    for match in WORDS.finditer(FIGURES.sub(" ; ", text)):
        unit, said = _unit(match["unit"]), match.group().strip()
        found += [Quantity(Decimal(value), unit, said) for value in _read_words(match["words"])]
    return found


def _read_figures(match: re.Match[str]) -> Quantity:
    scale = (match["scale"] or "").casefold()
    factor = SCALES.get(SHORT_SCALES.get(scale, scale), 1)
    # Read in one go, since a product would be rounded.
    value = Decimal(f"{match['figures'].replace(',', '')}E{len(str(factor)) - 1}")
    return Quantity(value, match["currency"] or _unit(match["unit"]), match.group().strip())


def is_multiple(value: Decimal, of: int) -> bool:
    """Whether a value is a multiple; of figures too long for arithmetic it is said of none."""
    return value.adjusted() < EXACT and value % of == 0


def _unit(word: str | None) -> str | None:
    # The long s and the Kelvin sign match as well, and stand for no unit.
    return UNITS.get(word.casefold()) if word else None


def _read_words(words: str) -> Iterator[int]:
    """The numbers in a run of number words: “two hundred and five” is one, “five two” are two."""
    total = part = 0
    last = 10**15
    run = [word for word in re.split(r"[\s-]+", words.casefold()) if word != "and"]
    for word in run:
        value = NUMBER_WORDS[word]
        if value >= 100 or word == "dozen":
            part = max(part, 1) * value
            if value >= 1000:
                total, part = total + part, 0
        elif last < 20 or (20 <= last < 100 and value >= 10):
            yield total + part
            total, part = 0, value
        else:
            part += value
        last = value
    if run != ["one"]:
        yield total + part
