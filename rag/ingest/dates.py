"""Dates as articles write them. A date that can be read in two ways is no date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

_MONTHS = (
    (
        "jan",
        "january",
        "januar",
        "janvier",
        "janv",
        "enero",
        "ene",
        "gennaio",
        "janeiro",
        "januari",
    ),
    (
        "feb",
        "february",
        "februar",
        "février",
        "févr",
        "febrero",
        "febbraio",
        "fevereiro",
        "februari",
    ),
    ("mar", "march", "märz", "mars", "marzo", "março", "maart", "maret"),
    ("apr", "april", "avril", "avr", "abril", "abr", "aprile"),
    ("may", "mai", "mayo", "maggio", "maio", "mei"),
    ("jun", "june", "juni", "juin", "junio", "giugno", "junho"),
    ("jul", "july", "juli", "juillet", "juil", "julio", "luglio", "julho"),
    ("aug", "august", "août", "agosto", "ago", "augustus", "agustus"),
    ("sep", "sept", "september", "septembre", "septiembre", "settembre", "setembro"),
    ("oct", "okt", "october", "oktober", "octobre", "octubre", "ottobre", "outubro"),
    ("nov", "november", "novembre", "noviembre", "novembro"),
    (
        "dec",
        "dez",
        "december",
        "dezember",
        "décembre",
        "déc",
        "diciembre",
        "dicembre",
        "dezembro",
        "dic",
    ),
)
_NUMBERS = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_MONTH = rf"(?P<month>{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})\b\.?"
_YEAR = r"(?P<year>(?:1[6-9]|20)\d\d)"
_DAY = r"(?P<day>[0-3]?\d)"

_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?<![\d.,/-]){_YEAR}-(?P<month>[01]\d)-(?P<day>[0-3]\d)(?![\d-])",
        rf"(?<![\d./-]){_YEAR}/(?P<month>[01]?\d)/(?P<day>[0-3]?\d)(?![\d/])",
        rf"\b{_MONTH}\s+{_DAY}(?:st|nd|rd|th)?(?:\s*,\s*|\s+){_YEAR}(?!\d)",
        rf"(?<![\d./-]){_DAY}(?:st|nd|rd|th|er|º|\.)?[\s-]+(?:of\s+|de\s+)?{_MONTH}(?:[\s,-]+"
        rf"|\s+de\s+){_YEAR}(?!\d)",
        rf"{_YEAR}\s?年\s?(?P<month>[01]?\d)\s?月\s?(?P<day>[0-3]?\d)\s?日",
        rf"{_YEAR}\s?년\s?(?P<month>[01]?\d)\s?월\s?(?P<day>[0-3]?\d)\s?일",
        rf"(?<![\d./-])(?P<a>[0-3]?\d)[./](?P<b>[0-3]?\d)[./]{_YEAR}(?![\d/])",
        r"(?<![\d./-])(?P<x>\d\d)/(?P<y>\d\d)/(?P<z>\d\d)(?![\d/])",
    )
)

_TIME = re.compile(
    r"[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[A-Z]{1,5}|[+-]\d{1,2}(?::?\d{2})?)?$"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A date in a text and where it stands; `value` is None where it can be read in two ways."""

    value: date | None
    start: int
    end: int


def parse_date(value: object) -> date | None:
    """The calendar date that `value` states in ISO form, in its own time zone, if it states one."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    words = str(value).strip()
    head, tail = words[:10], words[10:]
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", head) or (tail and not _TIME.fullmatch(tail)):
        return None
    return _calendar(int(head[:4]), int(head[5:7]), int(head[8:]))


def find_dates(text: str) -> list[Found]:
    """The dates in `text` that give day, month and year, from left to right."""
    found: list[Found] = []
    for each in sorted(_matches(text), key=lambda date: (date.start, -date.end)):
        if not found or each.start >= found[-1].end:
            found.append(each)
    return found


def _matches(text: str) -> Iterator[Found]:
    for form in _FORMS:
        for match in form.finditer(text):
            parts = match.groupdict()
            if "a" in parts:
                value = _either_way(int(parts["a"]), int(parts["b"]), int(parts["year"]))
            elif "x" in parts:
                value = _any_way(int(parts["x"]), int(parts["y"]), int(parts["z"]))
            else:
                # Ignoring case, “auguſt” matches as well: casefold writes it as the table does.
                month = parts["month"].casefold()
                number = int(month) if month.isdecimal() else _NUMBERS.get(month, 0)
                value = _calendar(int(parts["year"]), number, int(parts["day"]))
            yield Found(value, match.start(), match.end())


def _either_way(a: int, b: int, year: int) -> date | None:
    """The date of "a/b/year" where only one of day first and month first is in the calendar."""
    readings = {_calendar(year, b, a), _calendar(year, a, b)} - {None}
    return readings.pop() if len(readings) == 1 else None


def _any_way(x: int, y: int, z: int) -> date | None:
    """The date of "x/y/z", its year in two digits, where only one order makes it a date."""
    orders = ((z, y, x), (z, x, y), (x, y, z))
    readings = {_calendar(2000 + year, month, day) for year, month, day in orders} - {None}
    return readings.pop() if len(readings) == 1 else None


def _calendar(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
