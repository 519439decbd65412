"""The checkable facts of a sentence: its numbers, its dates and its names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.answer.question import MONTH, MONTHS, NUMBER_WORDS, WEEKDAY, find_names
from rag.index.lexical import stems

_DAY = r"(?P<{0}>[0-3]?\d)(?:st|nd|rd|th)?"
DATE = re.compile(
    rf"\b(?:{_DAY.format('d1')}\s+(?P<m1>{MONTH})|(?P<m2>{MONTH})\s+{_DAY.format('d2')})"
    r"(?!\d)(?:,?\s+(?P<year>(?:19|20)\d\d))?",
)
ISO_DATE = re.compile(r"\b(?P<year>(?:19|20)\d\d)-(?P<month>0[1-9]|1[0-2])-(?P<day>[0-3]\d)\b")
NUMBER = re.compile(r"\d+(?:[,.]\d+)*")
_NUMBER_WORD = re.compile(r"\b(?:" + "|".join(NUMBER_WORDS) + r")\b", re.IGNORECASE)
_WEEKDAY = re.compile(rf"\b{WEEKDAY}\b")
_MONTH = re.compile(rf"\b(?:{MONTH})\b")


@dataclass(frozen=True, slots=True, order=True)
class Day:
    """A day of a month, its year None where the text gives none."""

    month: int
    day: int
    year: int | None = None

    def agrees(self, other: Day) -> bool:
        same = (self.month, self.day) == (other.month, other.day)
        return same and (None in (self.year, other.year) or self.year == other.year)


@dataclass(frozen=True, slots=True)
class Facts:
    """What can be looked up word for word. `names` keeps the spelling, the rest is normalised."""

    numbers: frozenset[str]
    days: frozenset[Day]
    words: frozenset[str]
    names: tuple[str, ...]


def find_facts(text: str) -> Facts:
    """The facts of `text`; `words` are its weekdays and months, which count like names."""
    days = frozenset(_find_days(text))
    rest = ISO_DATE.sub(" ", DATE.sub(" ", text))
    words = frozenset(_WEEKDAY.findall(text)) | frozenset(_find_months(rest))
    return Facts(frozenset(find_numbers(rest)), days, words, tuple(find_names(text)))


def find_numbers(text: str) -> list[str]:
    """Numbers in figures, thousands' commas dropped; those in words as figures, “one” left out."""
    figures = [n.replace(",", "") for n in NUMBER.findall(text)]
    words = [NUMBER_WORDS[w.casefold()] for w in _NUMBER_WORD.findall(text)]
    return figures + [str(number) for number in words if number != 1]


def name_stands_in(name: str, known: set[str]) -> bool:
    """Whether every part of a name is among the stems of a text."""
    return all(stem in known for stem in stems(name))


def _find_days(text: str) -> list[Day]:
    days = []
    for found in DATE.finditer(text):
        month = number_of_month(found["m1"] or found["m2"])
        year = int(found["year"]) if found["year"] else None
        days.append(Day(month, int(found["d1"] or found["d2"]), year))
    iso = (found.groupdict() for found in ISO_DATE.finditer(text))
    return days + [Day(int(f["month"]), int(f["day"]), int(f["year"])) for f in iso]


def _find_months(text: str) -> list[str]:
    return [MONTHS[number_of_month(word) - 1].capitalize() for word in _MONTH.findall(text)]


def number_of_month(word: str) -> int:
    """1 to 12 for a month's English name or its usual abbreviation."""
    short = word.casefold()[:3]
    return next(n for n, month in enumerate(MONTHS, start=1) if month.startswith(short))
