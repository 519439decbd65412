"""Questions that a passage looks as if it answered, and does not."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from random import Random

from rag.ingest.sentences import split_sentences
from training.data import Example

_WORD = re.compile(r"\w+")
#: Words in capitals that follow one another, and numbers: what a question turns on.
_NAME = re.compile(r"[A-Z][\w’'.-]*\w(?: (?:of |the |and |de |van )?[A-Z][\w’'.-]*\w)*")
_NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")
_ASKING = frozenset(
    "What Who Whom Whose Which When Where Why How In On At For To From By Of The A An Is Was Are "
    "Were Did Does Do Has Had According Name During".split()
)
#: Words of which one for the other turns a question round.
_OPPOSITES = (
    "first last|before after|more fewer|more less|most least|largest smallest"
    "|highest lowest|north south|northern southern|east west|eastern western"
    "|increase decrease|increased decreased|rise fall|started ended|start end|began ended"
    "|win lose|won lost|older younger|oldest youngest|best worst|include exclude"
    "|allow forbid|allowed prevented|above below|with without|old new|early late|bought sold"
    "|joined left|gain lose|gained lost|accept reject|accepted rejected|strong weak"
    "|support oppose|supported opposed|open close|opened closed|maximum minimum"
    "|biggest smallest|always never|positive negative|male female|men women|import export"
    "|public private|major minor"
)
OPPOSITES = {
    one: other
    for pair in _OPPOSITES.split("|")
    for one, other in (pair.split(), pair.split()[::-1])
}
#: Of an article's passages, how many of those most like the question one is drawn from.
NEAREST = 3


class Other:
    """Passages of the same article that do not hold the answer, and are like the question."""

    def __init__(self, examples: Iterable[Example]) -> None:
        self._texts: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._words: dict[str, frozenset[str]] = {}
        seen: Counter[str] = Counter()
        for one in examples:
            if one.text not in self._words:
                self._words[one.text] = _words(one.text)
                self._texts[one.source, one.group].append(one.text)
                seen.update(self._words[one.text])
        count = len(self._words)
        self._rarity = {word: math.log(1 + count / n) for word, n in seen.items()}

    def draw(self, one: Example, random: Random) -> Example | None:
        """The question over another passage; None where the article has no other one for it."""
        asked = _words(one.question)
        said = {answer.of(one.text).casefold() for answer in one.answers}
        held = [
            (math.fsum(self._rarity.get(word, 0.0) for word in asked & self._words[text]), text)
            for text in self._texts[one.source, one.group]
            if text != one.text and not any(answer in text.casefold() for answer in said)
        ]
        best = sorted(held, reverse=True)[:NEAREST]
        if not best:
            return None
        return replace(one, text=random.choice(best)[1], answers=())


def look_beside(one: Example, random: Random) -> Example | None:
    """The question over what stands before or after the sentence that answers it.

    That is what is read oftenest where the right sentence was not found. None where nothing is
    left, or the answer is said there, too.
    """
    sentences = split_sentences(one.text)
    first, last = min(a.start for a in one.answers), max(a.end for a in one.answers)
    before = [place for place in sentences if place.end <= first]
    after = [place for place in sentences if place.start >= last]
    said = {answer.of(one.text).casefold() for answer in one.answers}
    parts = []
    for side in (before, after):
        text = one.text[side[0].start : side[-1].end] if side else ""
        if text and not any(answer in text.casefold() for answer in said):
            parts.append(text)
    return replace(one, text=random.choice(parts), answers=()) if parts else None


def swap(one: Example, random: Random) -> Example | None:
    """The question with one name, number or word swapped, so that the passage no longer answers.

    A name gives way to another one of the passage, a number to another number, where the passage
    has what gives way; a word to its opposite, where the passage does not have that. None where the
    question has none of them.
    """
    answers, said = [answer.of(one.text) for answer in one.answers], one.text.casefold()
    ways = []
    for pattern in (_NAME, _NUMBER):
        others = {found for found in pattern.findall(one.text) if found not in one.question}
        others = {
            found
            for found in others
            if found not in _ASKING and not any(found in a or a in found for a in answers)
        }
        for match in pattern.finditer(one.question):
            if match.start() == 0 or match[0] in _ASKING or match[0] not in one.text:
                continue
            ways += [(match.span(), other) for other in sorted(others)]
        if pattern is _NUMBER:
            ways += [
                (match.span(), str(int(match[0]) + random.choice((-3, -2, -1, 1, 2, 5, 10))))
                for match in pattern.finditer(one.question)
                if match[0].isdigit() and match[0] in one.text
            ]
    opposite = [
        (match.span(), OPPOSITES[match[0]])
        for match in _WORD.finditer(one.question)
        # Of a passage that has both words either question may be answered.
        if match[0] in OPPOSITES and OPPOSITES[match[0]] not in said
    ]
    kinds = [way for way in (ways, opposite) if way]
    if not kinds:
        return None
    (start, end), other = random.choice(random.choice(kinds))
    return replace(one, question=one.question[:start] + other + one.question[end:], answers=())


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))


def mix(
    examples: Sequence[Example], other: Other, random: Random, shares: Mapping[str, float]
) -> list[Example]:
    """`examples` with negatives made of the answered ones, of a share of them in each way.

    The ways are `other` (see `Other`), `beside` (`look_beside`) and `swapped` (`swap`).
    """
    ways = {"other": other.draw, "beside": look_beside, "swapped": swap}
    names, parts = [*ways, None], [shares[name] for name in ways]
    parts.append(1 - sum(parts))
    made: list[Example] = []
    for one in examples:
        if not one.answers:
            continue
        [name] = random.choices(names, parts)
        found = ways[name](one, random) if name else None
        if found:
            made.append(found)
    return [*examples, *made]
