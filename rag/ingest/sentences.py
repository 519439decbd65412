"""Where the sentences of a text lie, in characters.

`sentencex` proposes the cuts, one line at a time; the table below mends the errors measured on
news: cuts after a title or a month, a closing quotation mark parted from its sentence, and whole
speeches taken as one sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import sentencex

from rag.ingest.languages import language_of
from rag.types import Span

#: What ends a line, and with it a sentence.
_LINE = re.compile(r"[^\n\r\u2028\u2029]+")

#: sentencex panics on white space of several bytes, so each such character is shown to it as a
#: space.
_PLAIN_SPACES = {n: " " for n in range(0x3001) if chr(n).isspace()}

#: An unclosed quotation mark makes sentencex quadratic, so long lines are read in windows
#: (characters).
_WINDOW = 4000

#: Quoted speech stays in one piece up to this length (characters), and is cut at its full stops
#: beyond it.
_LONG = 300

#: How far to both sides of a cut its mending looks (characters).
_REACH = 24

#: (name, how the left side ends, how the right side begins): no sentence ends between them.
_JOINS = tuple(
    (name, re.compile(rf"(?:{left})$"), re.compile(right))
    for name, left, right in (
        (
            "a title and its name",
            r"\b(?:Mr|Mrs|Ms|Mx|Dr|Drs|Prof|Gen|Lt|Col|Sgt|Cpl|Capt|Cmdr|Cdr|Maj|Adm|Brig|Pvt"
            r"|Rev|Hon"
            r"|Sen|Rep|Gov|Pres|Amb|Supt|Insp|Det|Messrs|Mme|Mlle|Msgr|Ste|Sra|Srta|डॉ|श्री)\.",
            r"\w",
        ),
        (
            "a number and its mark",
            r"\b(?:Nos?|Nr|Art|Figs?|Vol|Sec|Ch|Op|pp?|ca|approx|est)\.",
            r"\d",
        ),
        ("a month and its day", r"\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.", r"\d"),
        (
            "an hour and its day or zone",
            r"\b[ap]\.m\.",
            r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|(?:[ECMP][SD]?T|GMT|UTC|BST|KST|JST)\b"
            r"|Eastern\b|Pacific\b|Greenwich\b",
        ),
        ("two sides", r"\b(?:vs?|cf|e\.g|i\.e|viz)\.", r"\S"),
        ("a place in a list and its item", r"^[(\s]*\d{1,3}\.", r"\w"),
        (
            "a German day and its month",
            r"\b[0-3]?\d\.",
            r"Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember",
        ),
        (
            "a name's initials",
            r"(?:^|[\s(“\"‘])(?!U\.|D\.\s?C|E\.\s?U|N\.\s?[YJ]|L\.\s?A)[A-Z]\.\s?[A-Z]\.",
            r"(?!(?:The|He|She|It|They|We|But|And|In|On|At|This|That|His|Her|If|As|When"
            r"|A)\b)[A-Z][a-z]",
        ),
        ("a Spanish plural", r"\bEE\.", r"UU\."),
        ("Monsieur and his name", r"(?:^|[\s(«“])M\.", r"[^\W\d_a-z]"),
        ("dots and what follows them", r"(?:\.\.\.|…)[”’\"')\]]*", r"[^\W\d_A-Z]*[a-zà-öø-ÿа-я]"),
        (
            "a mark and its sentence going on",
            r"[.!?…][”’»\"')\]]*",
            r"(?!al-|[a-z]+[A-Z])[a-zà-öø-ÿа-я]",
        ),
        ("Japanese speech and its particle", r"[」』]", r"(?:と|など|って|を|は|の|が|に|も)"),
        ("marks that are no sentence", r".", r"\W+$"),
    )
)

#: A full stop within a long piece that may end a sentence: what follows begins like one.
_STOP = re.compile(r"[.!?…][”’»\"')\]]*\s+(?=[“‘«\"'(\[¿¡]*[^\W\d_a-z])")
#: Ends that sentencex misses: of a sentence in brackets, and after the character of an ellipsis.
_MISSED = re.compile(
    r"(?:\b[^\W\d_A-Z]{2,}[.!?][)\]]|…[”’»\"]?)\s+(?=[“‘«\"'(\[]?(?!I\b)[^\W\d_a-z])"
)

_ABBREVIATION = re.compile(r"(?:\b[^\W\d_]|\b[A-Z][a-z]{1,3}|\b[a-z]\.[a-z])\.\s+$")
_CLOSING = re.compile(r"[”’»」』)\]]+\s*|[\"']+(?:\s+|$)")


def split_sentences(text: str) -> list[Span]:
    """The sentences of `text` in order: disjoint, without white space at either end, and together
    holding every character that is not white space. No sentence goes over the end of a line."""
    spans = []
    for line in _LINE.finditer(text):
        offset, words = line.start(), line.group()
        cuts = [0, *_mended(words, _proposed(words)), len(words)]
        for start, end in pairwise(cuts):
            if span := trimmed(text, offset + start, offset + end):
                spans.append(span)
    return spans


def trimmed(text: str, start: int, end: int) -> Span | None:
    """The span without the white space at its ends, or None where nothing else is in it."""
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    end -= len(piece) - len(piece.rstrip())
    return Span(start, end) if start < end else None


def _proposed(line: str) -> list[int]:
    """Offsets within `line` at which a new sentence may begin."""
    language, plain = language_of(line), line.translate(_PLAIN_SPACES)
    cuts = {found.end() for found in _MISSED.finditer(line)}
    start = 0
    while start < len(plain):
        pieces = sentencex.segment(language, plain[start : start + _WINDOW])
        cut_short = start + _WINDOW < len(plain)
        last = pieces.pop() if cut_short else ""  # it opens the next window
        for piece in pieces:
            start += len(piece)
            cuts.add(start)
        if not pieces:
            start += len(last) or len(plain)
    return sorted(cut for cut in cuts if 0 < cut < len(plain))


def _mended(line: str, cuts: list[int]) -> Iterator[int]:
    last = 0
    for cut in [*_with_closing(line, cuts), len(line)]:
        if cut <= last or (cut < len(line) and _goes_on(line, cut)):
            continue
        if cut - last > _LONG:
            yield from _stops_within(line, last, cut)
        if cut < len(line):
            yield cut
        last = cut


def _with_closing(line: str, cuts: list[int]) -> Iterator[int]:
    """The cuts, each moved behind the closing quotation marks that belong to its left side."""
    for cut in cuts:
        closing = _CLOSING.match(line, cut)
        yield closing.end() if closing and not line[cut - 1].isspace() else cut


def _goes_on(line: str, cut: int) -> bool:
    left, right = line[max(0, cut - _REACH) : cut].rstrip(), line[cut : cut + _REACH].lstrip()
    return any(before.search(left) and after.match(right) for _, before, after in _JOINS)


def _stops_within(line: str, start: int, end: int) -> Iterator[int]:
    for stop in _STOP.finditer(line, start, end):
        cut = stop.end()
        abbreviated = _ABBREVIATION.search(line, max(start, stop.start() - _REACH), cut)
        if cut < end and not abbreviated and not _goes_on(line, cut):
            yield cut
