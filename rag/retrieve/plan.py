"""How a question is searched for: as a whole, part by part, and by what it names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from rag.index.lexical import distinct_stems
from rag.retrieve.question import Question
from rag.retrieve.windows import Window, find_windows

#: Content words that a part needs to be searched for on its own.
PART_STEMS = 4
#: Parts that are searched for, those with the most content words; each costs some 6 ms.
MAX_PARTS = 6

_SEAMS = re.compile(
    r"[,;:]\s+|\s+(?:and|while|but|whereas|before|after|or|yet|than)\s+", re.IGNORECASE
)
#: What parts an outlet's name from its section or its slogan: “CBS News - World”, “Cnbc | Markets”.
_SECTION = re.compile(r"\s+[-–—|]\s+|:\s")
_BY = re.compile(r"\b(?:by|from|in|of|per|to|did|does|do|has|the)\s+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a question, or the whole: `text` without the outlets that it names."""

    text: str
    outlets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Plan:
    """A question as it is searched for.

    `whole` is all of it; `parts` are its parts, or the whole once more where it has but one.
    """

    text: str
    whole: Part
    parts: tuple[Part, ...]
    windows: tuple[Window, ...]
    names: tuple[str, ...]


def plan_search(question: Question, outlets: Sequence[str], newest: date | None) -> Plan:
    """The plan for a library that holds articles of `outlets`, the last one of the day `newest`."""
    known = tuple(outlets)
    whole = _without_outlets(question.text, known)
    parts = [_without_outlets(text, known) for text in split_parts(question.text, known)]
    distinct = list(dict.fromkeys(parts))
    longest = sorted(distinct, key=lambda part: -len(distinct_stems(part.text)))[:MAX_PARTS]
    return Plan(
        text=question.text,
        whole=whole,
        parts=tuple(part for part in distinct if part in longest),
        windows=find_windows(question.text, newest),
        names=Question(whole.text).names,
    )


def split_parts(text: str, outlets: tuple[str, ...] = ()) -> list[str]:
    """The parts of `text` between commas and conjunctions.

    One with too few content words to be searched for stays with its neighbour; outlets do not
    count as words.
    """
    parts: list[str] = []
    start, small = 0, False
    # “The Coast - Life and Style” is one name, whatever stands in it.
    named = [span for spans in find_outlets(text, outlets).values() for span in spans]
    seams = [
        seam.start()
        for seam in _SEAMS.finditer(text)
        if not any(first < seam.end() and seam.start() < last for first, last in named)
    ]
    for end in [*seams, len(text)]:
        piece = text[start:end]
        too_small = len(distinct_stems(_without_outlets(piece, outlets).text)) < PART_STEMS
        if parts and (too_small or small):
            parts[-1] += piece
            # A short opening takes one neighbour; after that it is as large as any.
            small = small and len(parts) == 1 and too_small
        else:
            parts.append(piece)
            small = too_small
        start = end
    return [re.sub(r"^[,;:\s]+", "", part).strip() for part in parts]


def find_outlets(text: str, outlets: tuple[str, ...]) -> dict[str, list[tuple[int, int]]]:
    """The outlets of the library that `text` names, and where.

    A name counts with or without its section or slogan, and in any case, so long as it begins with
    a capital or stands in a text that has none.
    """
    pattern, meant = _compile(outlets)
    if pattern is None:
        return {}
    found: dict[str, list[tuple[int, int]]] = {}
    lower = text == text.casefold()
    start = 0
    while match := pattern.search(text, start):
        start = match.end()
        if lower and " " not in match.group() and not _BY.search(text[: match.start()]):
            continue  # “what fortune did she make” names no magazine
        if lower or match.group()[0].isupper() or match.group()[0].isdigit():
            # Nor does folding take all together that the pattern does: the dotless i and the i.
            for outlet in meant.get(match.group().casefold(), ()):
                found.setdefault(outlet, []).append(match.span())
        else:
            # “the Skell Courier” is The Skell Courier without its capital.
            start = match.start() + 1
    return found


@lru_cache(maxsize=8)
def _compile(outlets: tuple[str, ...]) -> tuple[re.Pattern[str] | None, dict[str, list[str]]]:
    meant: dict[str, list[str]] = {}
    whole = {outlet.casefold() for outlet in outlets}
    written: set[str] = set()
    for outlet in outlets:
        short = _SECTION.split(outlet)[0]
        names = [outlet, short]
        if re.match(r"the \S+ \S", short, re.IGNORECASE):
            names.append(short[4:])
        for name in dict.fromkeys(map(str.casefold, names)):
            if name == outlet.casefold() or name not in whole:
                meant.setdefault(name, []).append(outlet)
        # Folding changes more than the case that the pattern looks past: “ß” is no “ss” to it.
        written.update(names, map(str.casefold, names))
    longest = sorted(filter(None, written), key=len, reverse=True)
    if not longest:
        return None, {}
    either = "|".join(map(re.escape, longest))
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE), meant


def _without_outlets(text: str, outlets: tuple[str, ...]) -> Part:
    found = find_outlets(text, outlets)
    bare = text
    for start, end in sorted({span for spans in found.values() for span in spans}, reverse=True):
        bare = f"{bare[:start]} {bare[end:]}"
    bare = " ".join(bare.split())
    # A question of nothing but an outlet's name is about the outlet.
    return Part(bare if distinct_stems(bare) else text, frozenset(found))
