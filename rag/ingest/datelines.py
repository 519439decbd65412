"""Lines that state when an article was published or updated, or who wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from rag.ingest.dates import Found, find_dates

_UPDATED = r"(?:last )?(?:updated|modified|edited|aktualisiert|mis à jour|actualizado|atualizado)"
_PUBLISHED = (
    r"(?:(?:first |originally )?(?:published|posted|filed|issued|original|released)"
    r"|date(?: published)?"
    r"|publication date|published date|publish date|veröffentlicht|publié|publicado|dipublikasikan)"
)
_LABEL = re.compile(rf"\b(?:(?P<updated>{_UPDATED})|(?P<published>{_PUBLISHED}))\b", re.IGNORECASE)

_CLOCK = re.compile(
    r"\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?(?:\.\d+)?(?:\s*[ap]\.?\s?m\b\.?)?|\b\d{1,2}\s*[ap]\.?m\b\.?"
    r"|\b\d{4}(?= ?(?-i:[A-Z]{3,4})\b)",
    re.IGNORECASE,
)

#: What may stand beside a date on a line that says nothing else.
_ASIDE = re.compile(
    r"[+-]\d\d:?\d\d\b|\b(?:[ECMP][SD]?T|GMT|UTC|BST|CES?T|IST|[KJ]ST|AE[SD]T|AMT|SGT|HKT|PHT"
    r"|WIB|Z)\b"
    r"|\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?"
    r"|\b(?:on|at|am|um|le|el|local time|eastern|pacific)\b|[\s,.:;|/•·()–—-]+",
    re.IGNORECASE,
)

_WORD = r"[^\W\d_a-z][\w.'’-]*"
_NAME = rf"{_WORD}(?: (?:{_WORD}|de|da|di|du|van|von|der|den|bin|al|el|la|le)){{0,4}}"
_NAMES = rf"{_NAME}(?:(?:, | and | & |, and | AND | und | et | y | e ){_NAME}){{0,5}}"
_BYLINE = re.compile(
    rf"(?:(?i:(?:(?:written|posted|reported|story|text|words) )?by)|Von|Par|Por|(?i:author"
    rf"|byline|reporter)\s?:)"
    rf"\s*:?\s+(?P<names>{_NAMES})(?P<rest>$|\s*[|•·,;(<–—].*|\s+[-@].*|\s+(?:on|for|at|in)\b.*"
    rf"|\s+\S+@.*)"
)
_ONLY_BY = re.compile(r"(?:(?:written|posted|story) )?by\s*:?", re.IGNORECASE)
_JOB = re.compile(
    r",.*\b(?:press|reuters|afp|writer|editor|reporter|correspondent|news|staff|times|post|cnn"
    r"|bbc)\b.*",
    re.IGNORECASE,
)


#: Single words that sign articles; any other may be a heading ("By Sea").
_ONE_WORD = frozenset(
    ("reuters", "ap", "afp", "staff", "xinhua", "yonhap", "bloomberg", "tass", "dpa")
)


@dataclass(frozen=True, slots=True)
class DateLine:
    """What a line states of dates; `rest` is what else it says, `clock` whether it has an hour.

    `unread` are those that can be read in two ways or in none.
    """

    published: date | None
    updated: date | None
    labelled: bool
    clock: bool
    rest: str
    unread: tuple[str, ...] = ()


def read_date_line(text: str) -> DateLine | None:
    """The dates that a line states, each by the label before it; None if it has no full date.

    A date that can be read in two ways states nothing, but the line is still a line of dates.
    """
    dates = find_dates(text) if len(text) <= 200 else []
    if not dates:
        return None
    published = updated = None
    labelled = False
    for label, value in _labelled(text, dates):
        labelled = labelled or label is not None
        if label == "updated":
            updated = updated or value
        else:
            published = published or value
    clock = _CLOCK.search(_without(text, dates)) is not None
    unread = tuple(text[each.start : each.end] for each in dates if each.value is None)
    return DateLine(published, updated, labelled, clock, _rest(text, dates), unread)


def read_byline(text: str) -> str | None:
    """Who wrote it, if the line is a byline ("By Jane Doe and John Roe, Example Wire")."""
    match = _BYLINE.fullmatch(text) if len(text) <= 200 else None
    if match is None:
        return None
    names = without_employer(match["names"])
    return names if " " in names or names.casefold() in _ONE_WORD else None


def without_employer(names: str) -> str:
    """The names without the office or the agency after the comma ("Jane Doe, Staff Writer")."""
    return _JOB.sub("", names).rstrip(" ,-")


def is_only_by(text: str) -> bool:
    """Whether the line is the word before a name that stands on the next one."""
    return _ONLY_BY.fullmatch(text) is not None


def is_name(text: str) -> bool:
    """Whether the line is, by its shape, a name or several."""
    return len(text) <= 100 and re.fullmatch(_NAMES, text) is not None


def _labelled(text: str, dates: list[Found]) -> Iterator[tuple[str | None, date | None]]:
    start = 0
    for found in dates:
        labels = list(_LABEL.finditer(text, start, found.start))
        yield (labels[-1].lastgroup if labels else None), found.value
        start = found.end


def _without(text: str, dates: list[Found]) -> str:
    for found in reversed(dates):
        text = f"{text[: found.start]} {text[found.end :]}"
    return text


def _rest(text: str, dates: list[Found]) -> str:
    rest = _LABEL.sub(" ", _CLOCK.sub(" ", _without(text, dates)))
    words = _ASIDE.sub(" ", rest).split()
    return " ".join(words)
