"""Notices of correction: where an article says that it was wrong before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from rag.ingest.dates import find_dates
from rag.types import Span

#: Paragraphs at the top and at the end of an article among which a notice is looked for.
TOP, END = 3, 10
#: A longer text under the headline “Correction” is an article that has a notice, or none.
LONGEST = 1_500
REMEMBERED = 500

_PIECE = r"(?:article|story|report|post|piece|column|review|headline|page|version|dispatch)"
#: The first word of a notice, with what may stand between it and the notice: a date, a name.
_LABEL = (
    r"(?:corrections?(?:\s+(?:and|&)\s+clarifications?)?|clarifications?|corrected"
    r"|editor(?:[’']s|s[’'])?\s+note|editors[’']?\s+note|amendment)"
)
_SAYS = (
    rf"(?:an\s+)?(?:earlier|previous|original)\s+versions?\s+of\s+th(?:is|e)\s+(?:\w+\s+)?{_PIECE}"
    rf"|th(?:is|e)\s+(?:\w+\s+){{0,3}}{_PIECE}\s+(?:(?:was|has\s+been|is)\s+)?"
    r"(?:(?:amended|corrected)(?=\s+(?:on|to|because|after|following|at|since)\b|\s*[.,:;])"
    r"|updated\s+to\s+correct|corrects)"
    rf"|\(?corrects\s+[^.]{{0,80}}\b(?:paragraph|headline|spelling|name|date|day|figure|to\s+say)"
)
_NOTICE = re.compile(
    rf"(?:^|(?<=[.!?…”\"’)])\s+)(?P<said>[•*–—\[(]*\s*"
    rf"(?:(?P<label>{_LABEL}\b(?:[^:\n]|(?<=\d):(?=\d)){{0,40}}?(?::(?!\d)|[—–]))|(?:{_SAYS})\b))",
    re.IGNORECASE | re.MULTILINE,
)
#: An editor's note may say anything: it corrects where it says so.
_EDITOR = re.compile(r"[•*–—\[(]*\s*editor", re.IGNORECASE)
_CORRECTS = re.compile(
    r"\b(?:correct(?:s|ed|ion|ions)?|amend(?:s|ed)?|mis(?:stated?|spelled|spelt|identified|quoted"
    r"|reported|attributed|named)|erroneous(?:ly)?|incorrect(?:ly)?|inaccurate(?:ly)?|wrong(?:ly)?"
    r"|(?:earlier|previous|original)\s+version)\b",
    re.IGNORECASE,
)
#: What stands before the day on which something was corrected, not the day that was wrong.
_CORRECTED_ON = re.compile(
    r"\b(?:amended|corrected|correction|clarified|clarification|updated|edited|appended|note)"
    r"(?:\s+on)?[\s,:(–—]*$",
    re.IGNORECASE,
)
_HEADLINE = re.compile(r"\s*(?:correction|corrected|clarification)s?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice of correction, its label counted in; `day` is when it says it was corrected.

    `body` is what it says without the label and the day.
    """

    span: Span
    body: Span
    day: date | None = None


@lru_cache(maxsize=REMEMBERED)
def find_notices(text: str, title: str = "") -> tuple[Notice, ...]:
    """The notices at the top and at the end of an article, in order.

    A short article under the headline “Correction” is all notice.
    """
    if _HEADLINE.match(title) and len(text) <= LONGEST and text.strip():
        whole = _trim(text, 0, len(text))
        return (Notice(whole, whole, _find_day(text)),)
    lines = _list_paragraphs(text)
    looked = lines if len(lines) <= TOP + END else [*lines[:TOP], *lines[-END:]]
    found: list[Notice] = []
    for notice in _find_each(text, looked, lines):
        if not found or notice.span.start >= found[-1].span.end:
            found.append(notice)
    return tuple(found)


def _find_each(text: str, looked: list[Span], lines: list[Span]) -> Iterator[Notice]:
    for line in looked:
        for match in _NOTICE.finditer(text, line.start, line.end):
            end = line.end
            if match["label"] and not _says_more(text, match.end(), end):
                # “Correction: March 15, 2022”, and what was corrected in the next paragraph.
                end = next((each.end for each in lines if each.start > line.start), end)
            span = _trim(text, match.start("said"), end)
            said = span.of(text)
            if _EDITOR.match(said) and not _CORRECTS.search(said):
                continue
            body = match.end() if match["label"] else span.start
            yield Notice(span, _trim(text, _skip_day(text, body, end), end), _find_day(said))
            break


def widen(text: str, span: Span, title: str = "") -> Span:
    """`span`, or the whole notice that it is part of: alone it may say what was wrong."""
    for notice in find_notices(text, title):
        if span.start < notice.span.end and notice.span.start < span.end:
            return Span(min(span.start, notice.span.start), max(span.end, notice.span.end))
    return span


def _list_paragraphs(text: str) -> list[Span]:
    return [Span(*match.span()) for match in re.finditer(r"[^\n]+", text)]


def _find_day(said: str) -> date | None:
    for found in find_dates(said):
        if _CORRECTED_ON.search(said[: found.start]):
            return found.value
    return None


def _says_more(text: str, start: int, end: int) -> bool:
    return bool(re.search(r"\w", text[_skip_day(text, start, end) : end]))


def _skip_day(text: str, start: int, end: int) -> int:
    """Where a notice goes on behind a day that stands between its label and its words."""
    for found in find_dates(text[start:end])[:1]:
        if not text[start : start + found.start].strip():
            return start + found.end
    return start


def _trim(text: str, start: int, end: int) -> Span:
    said = text[start:end]
    lead = len(said) - len(said.lstrip(" \t\n.,:;–—"))
    return Span(start + lead, start + max(lead, len(said.rstrip())))
