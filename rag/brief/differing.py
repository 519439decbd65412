"""In what two texts differ that should be the same, in a few words."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from rag.brief.document import clean
from rag.brief.script import MARKS
from rag.text import shorten

#: Words of a text that are compared, and shown, in at most so many characters.
COMPARED, SHOWN, LONGEST = 400, 8, 80
#: The share of its words that a stretch must hold to be called the same, changed.
ALIKE = 0.5
#: Characters that are looked at, and pairs of equal words: the time grows with their number.
LOOKED_AT, MAX_PAIRS = 20_000, 40_000


def fold(text: str) -> str:
    """The text on one line, accents composed, marks of direction gone: as a reader sees it."""
    return unicodedata.normalize("NFC", MARKS.sub("", clean(text)))


def explain_difference(
    said: str, text: str, this: str = "The footnote", that: str = "the article"
) -> str:
    """Where `said` first differs from the stretch of `text` that is most like it."""
    words = fold(said[:LOOKED_AT]).split()[:COMPARED]
    if not words:
        return f"{this} holds no quotation."
    others = _find_window(words, _list_words(text))
    if others is None:
        return f"Nothing like it stands in {that}."
    held = Counter(others)
    if sum(held[word] for word in words) > MAX_PAIRS:
        return f"{this} differs from {that}; it is too long to be compared."
    steps = [
        step
        for step in SequenceMatcher(None, others, words, autojunk=False).get_opcodes()
        # What stands before and after the stretch is no part of it.
        if not (step[0] == "delete" and (step[1] == 0 or step[2] == len(others)))
    ]
    for kind, start, end, first, last in steps:
        if kind == "equal":
            continue
        has, lacks = _show(words[first:last]), _show(others[start:end])
        if kind == "replace":
            return f"{this} has {has} where {that} has {lacks}."
        return f"{this} adds {has}." if kind == "insert" else f"{this} leaves out {lacks}."
    return f"{this} differs from {that} in how it is written."


@lru_cache(maxsize=32)
def _list_words(text: str) -> tuple[str, ...]:
    return tuple(fold(text).split())


def _find_window(words: Sequence[str], text: Sequence[str]) -> Sequence[str] | None:
    """The stretch of `text`, with as much again on both sides, that shares most words."""
    wanted, length = Counter(words), len(words)
    held = Counter[str]()
    shared = best = place = 0
    for n, word in enumerate(text):
        held[word] += 1
        shared += held[word] <= wanted[word]
        if n >= length:
            gone = text[n - length]
            shared -= held[gone] <= wanted[gone]
            held[gone] -= 1
        if shared > best:
            best, place = shared, n + 1
    if best < ALIKE * length:
        return None
    return text[max(0, place - 2 * length) : place + length]


def _show(words: Sequence[str]) -> str:
    shown = " ".join(words[:SHOWN])
    return f"“{shorten(shown, LONGEST)}{' …' if len(words) > SHOWN else ''}”"
