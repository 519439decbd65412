"""Numbers of a claim that are no plain figures: “十二”, “1,1”, “dozens of”."""

from __future__ import annotations

import re

from rag.answer.checking.aligning import Alignment
from rag.answer.checking.figures import Figure, find_counted
from rag.answer.checking.odd_numerals import list_numerals

_MANY = {
    "tens": 10,
    "dozens": 12,
    "scores": 20,
    "hundreds": 10**2,
    "thousands": 10**3,
    "millions": 10**6,
    "billions": 10**9,
    "trillions": 10**12,
}
#: How many times its word “hundreds” may stand for.
_UP_TO = 1_000
_VAGUE = re.compile(
    r"\b(?:(?P<one>a score) of (?!\d)|(?P<many>dozens|hundreds|thousands|(?:m|b|tr)illions"
    r"|(?:tens|scores)(?= of\b))(?:\s+of\s+(?P<of>thousands|(?:m|b|tr)illions))?)\b",
    re.IGNORECASE,
)


def find_absent_numeral(alignment: Alignment) -> str | None:
    """Why, where a number that is no plain figure stands nowhere in the sources."""
    for numeral in list_numerals(alignment.claim.text):
        # What can be read was looked up as any other figure.
        if numeral.quantity is None and not _has_word(alignment, numeral.said):
            return f"The number {numeral.said} does not stand in what it cites."
    for match in _VAGUE.finditer(alignment.claim.text):
        if not _has_word(alignment, match.group().strip()) and not _has_many(alignment, match):
            return f"“{match.group().strip()}” does not stand in what it cites."
    return None


def _has_word(alignment: Alignment, said: str) -> bool:
    pattern = re.compile(rf"(?<!\w){re.escape(said)}(?!\w)", re.IGNORECASE)
    return any(pattern.search(source.read.text) for source in alignment.sources)


def _has_many(alignment: Alignment, match: re.Match[str]) -> bool:
    """Whether a source has a figure that “dozens” may stand for, of what the claim counts."""
    if match["one"]:
        least = most = 20
    else:
        least = _MANY[match["many"].casefold()] * _MANY.get((match["of"] or "").casefold(), 1)
        most = least * _UP_TO
    counted = set(find_counted(alignment.claim.text[match.end() :]))
    chosen = [source for _, source in alignment.list_chosen()]

    def may_be(figure: Figure) -> bool:
        return least <= figure.quantity.value <= most and not figure.quantity.may_be_year

    return any(
        may_be(figure) and (source in chosen or bool(counted & set(figure.counted)))
        for source in alignment.sources
        for figure in source.read.figures
    )
