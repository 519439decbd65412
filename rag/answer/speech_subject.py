"""Who stands before or behind a verb of speech."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rag.answer.noun_phrase import (
    MOST_WORDS,
    Word,
    find_noun_phrase,
    joins_names,
    list_words,
    without_time,
)
from rag.answer.quoting import HIDDEN
from rag.answer.speech_table import (
    DETERMINERS,
    EMBEDDING,
    JOINING,
    PASTS,
    PREPOSITIONS,
    ROLES,
    TITLES,
    VERBLIKE,
)
from rag.retrieve.question import NOT_NAMES
from rag.types import Span

#: Pieces between commas that are read back for whom they describe, and on for a subject.
PIECES_BACK, PIECES_ON = 5, 4
#: The longest subject that a sentence is looked through for, in words.
LONGEST_SUBJECT = 10
_NO_END = "".join(
    rf"(?<!\b{short}\.)"
    for short in "Mr Mrs Ms Dr St Sen Gov Rep Gen Prof Lt Col Sgt Rev Jr".split()
)
_BREAK = re.compile(
    rf"[,;:()\[\]—–{HIDDEN}]|\s-\s|(?<=[a-z”\"’)\d][.!?…]){_NO_END}\s+(?=\W*[A-Z])|(?<=[?!…])\s"
)
_BEHIND = re.compile(rf"\s+([^,;:.!?{HIDDEN}()—–]+(?:\.(?=\s?[A-Z])[^,;:.!?{HIDDEN}()—–]+)*)")
#: How what stands between commas begins, behind the name that it describes.
_APPOSITION = re.compile(
    r"\s*(?:(?:who|whose|which|an?|the|his|her|its|their|one of|now|then|both|also|formerly|aged"
    r"|in|of|at|from|for|with|near|on|once|along|including|left|right|speaking|citing|referring"
    r"|former|vice|senior|chief|deputy|executive|head|\w+(?:er|or|ist|man|woman|ent))\b"
    r"|ex-|co-|[A-Z\d])"
)
_DESCRIBES = frozenset("a an the who whose his her its their which one".split())
_PLACED = frozenset("in of near from at".split())
_ENDS_SUBJECT = PREPOSITIONS | EMBEDDING | JOINING | {"an", "a", "told"}
_OPENING = JOINING | frozenset("however meanwhile then also later".split())

#: Pieces of a sentence between commas and the like: where each begins and ends.
Pieces = list[tuple[int, int]]


def find_subject_before(text: str) -> Span | None:
    """The speaker whose verb stands right behind `text`, its speech hidden, or None."""
    pieces = _cut(text)
    start, end = pieces[-1]
    if text[start:end].strip():
        subject = find_noun_phrase(text, start, end)
        return _before_title(text, pieces, subject) or subject
    # What stands between commas goes before: “Kirby, the press secretary, said”.
    aside = re.search(r"[,)—–]\s*$", text)
    return _before_appositions(text, pieces[:-1]) if aside else None


def find_subject_after(text: str, place: int) -> Span | None:
    """The speaker right behind an inverted verb that ends at `place`: “said Kirby, the …”."""
    found = _BEHIND.match(text, place)
    words = list_words(text, *found.span(1)) if found else []
    for number, word in enumerate(words):
        if number and word.lower in _ENDS_SUBJECT and not _goes_on(words, number):
            words = words[:number]
            break
        if word.lower in NOT_NAMES and number:
            words = words[:number]
            break
        if word.lower in VERBLIKE | NOT_NAMES:
            return None
    if not words or len(words) > MOST_WORDS:
        return None
    subject = find_noun_phrase(text, words[0].start, words[-1].end)
    return subject if subject and subject.start == words[0].start else None


@lru_cache(maxsize=4_000)
def find_subject_of_clause(text: str) -> Span | None:
    """The speaker-like subject that a sentence begins with, its speech hidden; None where none is.

    What stands before a first comma is passed over where it is no subject: “On Friday, Kirby …”.
    """
    pieces = _cut(text)
    for place, (start, end) in enumerate(pieces[:PIECES_ON]):
        words = without_time(list_words(text, start, end))
        while words and words[0].lower in _OPENING:
            words = words[1:]
        for number in range(min(LONGEST_SUBJECT, len(words)), 0, -1):
            subject = find_noun_phrase(text, words[0].start, words[number - 1].end)
            if subject is None or subject.start != words[0].start:
                continue
            if number == len(words) or _may_be_verb(words[number].text.rstrip(".!?")):
                return _named_behind(text, pieces, place) or subject
        if words and not _is_adjunct(words[0].lower):
            return None
    return None


def _cut(text: str) -> Pieces:
    breaks = [found.span() for found in _BREAK.finditer(text)]
    starts = [0, *(end for _, end in breaks)]
    ends = [*(start for start, _ in breaks), len(text)]
    return list(zip(starts, ends, strict=True))


def _before_title(text: str, pieces: Pieces, subject: Span | None) -> Span | None:
    """The name before a title that no comma follows: “Rick Smith, Managing Director of X tells”."""
    start = pieces[-1][0]
    if subject is None or len(pieces) < 2 or text[start - 1] != ",":
        return None
    words = subject.of(text).split()
    titled = any(word.casefold() in ROLES | TITLES for word in words[:3])
    joined = any(word in PREPOSITIONS for word in words)
    if not titled or not joined or text[start : subject.start].strip():
        return None
    before = list_words(text, *pieces[-2])
    if not before or _is_adjunct(before[0].lower):
        return None
    name = find_noun_phrase(text, *pieces[-2])
    is_full = name is not None and len(list_words(text, name.start, name.end)) > 1
    return name if is_full and words[0].casefold() not in DETERMINERS else None


def _before_appositions(text: str, pieces: Pieces) -> Span | None:
    """Whom the last pieces describe: “Stacy Leeds, the law school dean at …, told”."""
    bracketed = text.rstrip().endswith(")")
    for number in range(len(pieces) - 1, max(-1, len(pieces) - 1 - PIECES_BACK), -1):
        start, end = pieces[number]
        piece = text[start:end]
        if not piece.strip():
            continue
        if number < len(pieces) - 1 or bracketed or _is_named_last(text, pieces):
            subject = find_noun_phrase(text, start, end)
            if subject is not None and not _belongs_before(text, pieces, number):
                return subject
        if not _APPOSITION.match(piece):
            return None
    return None


def _is_named_last(text: str, pieces: Pieces) -> bool:
    """Whether a name stands behind what it is called: “the head of the office, Ines Aldana, …”."""
    if len(pieces) < 2:
        return False
    words = list_words(text, *pieces[-1])
    if not 2 <= len(words) <= 3 or not all(word.is_name for word in words):
        return False
    before = list_words(text, *pieces[-2])
    is_full = len(before) > 1 and before[-1].is_name and before[-2].is_name
    return any(word.text in ROLES for word in before) and not is_full


def _named_behind(text: str, pieces: Pieces, place: int) -> Span | None:
    """The name behind a description: “The mayor of Skell, Tom Brim, was named”."""
    if place + 1 >= len(pieces) or not _is_named_last(text, pieces[: place + 2]):
        return None
    return find_noun_phrase(text, *pieces[place + 1])


def _belongs_before(text: str, pieces: Pieces, number: int) -> bool:
    """Whether a piece belongs to the name in the piece before it: “Auburn, Washington, …”."""
    start, end = pieces[number]
    if number == 0 or text[start - 1] not in ",(":
        return False
    before = list_words(text, *pieces[number - 1])
    words = list_words(text, start, end)
    if not before or not words:
        return False
    first = words[0]
    if first.lower in _DESCRIBES or first.text.isdigit():
        return find_noun_phrase(text, *pieces[number - 1]) is not None
    if len(before) > 1 and before[-1].text[0].isupper() and before[-2].lower in _PLACED:
        return len(words) <= 2
    return first.lower in PREPOSITIONS or first.text in ROLES


def _goes_on(words: Sequence[Word], number: int) -> bool:
    """Whether a subject goes on over a small word: “said a spokesman for the …”."""
    if words[number].lower == "and":
        return joins_names(words, number)
    return words[number].lower in ("of", "for") and number + 1 < len(words)


def _may_be_verb(word: str) -> bool:
    """Whether a word may be the verb of the subject before it, or an adverb before that."""
    regular = word.isalpha() and word.islower() and word.endswith(("ed", "ly", "s"))
    return (regular and word != "family") or word in VERBLIKE | PASTS


def _is_adjunct(lower: str) -> bool:
    """Whether what begins with a word may stand before the subject: “Speaking to reporters, …”."""
    return lower in PREPOSITIONS | EMBEDDING or lower.endswith(("ing", "ed"))
