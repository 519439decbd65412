"""The checkable facts of a sentence: its numbers, its dates and its names."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from rag.answer.quantities import Quantity, find_quantities
from rag.retrieve.question import MONTH, MONTHS, WEEKDAY, find_names

_DAY = r"(?P<{0}>[0-3]?\d)(?:st|nd|rd|th)?"
DATE = re.compile(
    rf"\b(?:{_DAY.format('d1')}\s+(?:of\s+)?(?P<m1>{MONTH})|(?P<m2>{MONTH})\s+{_DAY.format('d2')})"
    r"(?!\d)(?:,?\s+(?P<year>(?:19|20)\d\d))?",
)
ISO_DATE = re.compile(
    r"\b(?P<year>(?:19|20)\d\d)-(?P<month>0[1-9]|1[0-2])-(?P<day>[0-3]\d)\b",
)
_WEEKDAY = re.compile(rf"\b{WEEKDAY}\b")
_MONTH = re.compile(rf"\b(?:{MONTH})(?!\w)")
#: A yearless date that lies further ahead of its article, in months, is one of the year before.
MONTHS_AHEAD = 4

#: Ways to write the same country; each row's first is what the others count as.
SAME = (
    ("US", r"U\.S\.(?:A\.)?|USA|United States(?: of America)?|Americans?|America"),
    ("UK", r"U\.K\.|United Kingdom|Britain|British|Britons?"),
    ("UN", r"U\.N\.|United Nations"),
    ("EU", r"E\.U\.|European Union"),
    ("China", r"Chinese"),
    ("Korea", r"Koreans?"),
    ("Japan", r"Japanese"),
    ("Russia", r"Russians?"),
    ("Ukraine", r"Ukrainians?"),
    ("France", r"French"),
    ("Germany", r"Germans?"),
    ("Spain", r"Spanish|Spaniards?"),
    ("Italy", r"Italians?"),
    ("India", r"Indians?"),
    ("Israel", r"Israelis?"),
    ("Palestine", r"Palestinians?"),
    ("Iran", r"Iranians?"),
    ("Iraq", r"Iraqis?"),
    ("Turkey", r"Turkish|Turks?"),
    ("Canada", r"Canadians?"),
    ("Australia", r"Australians?"),
    ("Mexico", r"Mexicans?"),
    ("Brazil", r"Brazilians?"),
    ("Europe", r"Europeans?"),
    ("Africa", r"Africans?"),
)
_SAME = tuple((name, re.compile(rf"(?<!\w)(?:{others})(?!\w)")) for name, others in SAME)


@dataclass(frozen=True, slots=True, order=True)
class Day:
    """A day of a month, its year None where the text gives none."""

    month: int
    day: int
    year: int | None = None

    def agrees(self, other: Day) -> bool:
        same = (self.month, self.day) == (other.month, other.day)
        return same and (None in (self.year, other.year) or self.year == other.year)

    def resolved(self, published: date | None) -> Day:
        """The day in the year that an article of `published` means, where it gives none itself."""
        if self.year is not None or published is None:
            return self
        # News looks back further than ahead: in January “30 December” is last year's.
        ahead = self.month - published.month > MONTHS_AHEAD
        return replace(self, year=published.year - ahead)

    def __str__(self) -> str:
        written = f"{self.day} {MONTHS[self.month - 1].capitalize()}"
        return f"{written} {self.year}" if self.year else written


@dataclass(frozen=True, slots=True)
class Facts:
    """What can be looked up; `months` are those named without a day."""

    quantities: tuple[Quantity, ...]
    days: frozenset[Day]
    months: frozenset[int]
    weekdays: frozenset[str]
    names: tuple[str, ...]


def find_facts(text: str) -> Facts:
    """The facts of `text`, countries written in one way."""
    text = unify(text)
    rest = ISO_DATE.sub(" ", DATE.sub(" ", text))
    return Facts(
        quantities=tuple(find_quantities(rest)),
        days=frozenset(_find_days(text)),
        months=frozenset(number_of_month(word) for word in _MONTH.findall(rest)),
        weekdays=frozenset(_WEEKDAY.findall(text)),
        names=tuple(find_names(text)),
    )


def unify(text: str) -> str:
    """The text with each country's names and adjectives written in one way."""
    for name, others in _SAME:
        text = others.sub(name, text)
    return text


def _find_days(text: str) -> list[Day]:
    days = []
    for found in DATE.finditer(text):
        month = number_of_month(found["m1"] or found["m2"])
        year = int(found["year"]) if found["year"] else None
        days.append(Day(month, int(found["d1"] or found["d2"]), year))
    iso = (found.groupdict() for found in ISO_DATE.finditer(text))
    return days + [Day(int(f["month"]), int(f["day"]), int(f["year"])) for f in iso]


def number_of_month(word: str) -> int:
    """1 to 12 for a month's English name or its usual abbreviation."""
    short = word.casefold()[:3]
    return next(n for n, month in enumerate(MONTHS, start=1) if month.startswith(short))
