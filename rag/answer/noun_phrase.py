"""The speaker at the end of a piece of a sentence: a name, a pronoun, what somebody is called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from rag.answer.describing import is_capital, is_role
from rag.answer.people import _ROLE
from rag.answer.speech_table import (
    ARTICLES,
    BODIES,
    DETERMINERS,
    EMBEDDING,
    JOINING,
    NOBODY,
    PARTICLES,
    PLURALS,
    PREPOSITIONS,
    PRONOUNS,
    ROLES,
    TIMES,
    TITLES,
    VERBLIKE,
)
from rag.answer.speech_verbs import FORMS
from rag.retrieve.question import NOT_NAMES
from rag.types import Span

#: The longest that a speaker is written, in words.
MOST_WORDS = 14
#: How far before its last word the preposition of a description is looked for, in words.
_NEAR = 4
_WORD = re.compile(r"[^\s,;:()\[\]—–]+")
_GENITIVE = re.compile(r"[’']s?$")
_BEFORE_TIME = PREPOSITIONS | frozenset("last this next that earlier later late".split())
#: Words that may stand between what goes before and a bare name: “so far RA have said”.
_ADVERBS = frozenset("now again time however far".split())


class Word(NamedTuple):
    """A word and where it stands."""

    start: int
    end: int
    text: str

    @property
    def lower(self) -> str:
        return self.text.casefold()

    @property
    def is_name(self) -> bool:
        """Whether it is written as a name, and is no day, month or small word."""
        small = self.lower in PREPOSITIONS | JOINING | EMBEDDING and not self.text.isupper()
        return self.lower not in NOT_NAMES and not small and is_capital(self.text)

    @property
    def is_genitive(self) -> bool:
        return bool(_GENITIVE.search(self.text))


def list_words(text: str, start: int, end: int) -> list[Word]:
    """The words of a stretch of text."""
    return [Word(*found.span(), found.group()) for found in _WORD.finditer(text, start, end)]


def find_noun_phrase(text: str, start: int, end: int) -> Span | None:
    """The speaker at the end of a piece of a sentence, or None where its end is none."""
    words = list_words(text, start, end)
    first = _after_joint(words)
    words = [] if first is None else without_time(words[first:])
    if not words:
        return None
    last = words[-1]
    if last.lower in PRONOUNS:
        is_object = len(words) > 1 and words[-2].lower in PREPOSITIONS
        return None if is_object else Span(last.start, last.end)
    begin = _begin_of_name(words) if last.is_name else _begin_of_role(words)
    if begin is None or len(words) - begin > MOST_WORDS or last.lower in DETERMINERS:
        return None
    opening = words[begin].lower
    if opening in NOBODY and (begin == len(words) - 1 or opening not in DETERMINERS):
        return None
    return Span(words[begin].start, last.end)


def without_time(words: list[Word]) -> list[Word]:
    """The words without a day or hour at their beginning: “On Friday Kirby”, “Last week the …”."""
    for number in range(min(6, len(words)) - 1, -1, -1):
        bare = words[number].lower.rstrip(".")
        is_time = bare in TIMES | NOT_NAMES or (bare.isdigit() and number > 0)
        if is_time and (number == 0 or words[0].lower in _BEFORE_TIME):
            return words[number + 1 :]
    return words


def _after_joint(words: Sequence[Word]) -> int | None:
    """Where the clause begins whose end the words are; None within a clause of another kind."""
    for number in range(len(words) - 1, -1, -1):
        lower = words[number].lower
        if lower == "that" and number and words[number - 1].text in FORMS:
            return number + 1  # “said that Brim had claimed”
        opens = number == 0 and lower in ("after", "before", "since", "once")
        if lower in EMBEDDING and not opens:
            return None
        if lower in JOINING and not (lower == "and" and joins_names(words, number)):
            return number + 1
    return 0


def joins_names(words: Sequence[Word], number: int) -> bool:
    """Whether “and” stands between two names there."""
    if not 0 < number < len(words) - 1:
        return False
    before, after = words[number - 1].text, words[number + 1].text
    return before[0].isupper() and after[0].isupper() and after.casefold() not in PRONOUNS


def _begin_of_name(words: Sequence[Word]) -> int | None:
    """Where the speaker begins whose last word is a name."""
    begin = _begin_of_run(words)
    if begin == 0:
        return None if words[0].lower in NOBODY else 0
    if begin > 1 and words[begin - 1].text.islower() and words[begin - 2].lower in ARTICLES:
        begin -= 1  # “the indicted Menendez”
    before = words[begin - 1].lower
    if before in DETERMINERS:
        inside = begin > 1 and words[begin - 2].lower in PREPOSITIONS
        return _begin_of_whole(words, begin - 2) if inside else begin - 1
    if before in PREPOSITIONS:
        return _begin_of_whole(words, begin - 1)
    if before in ROLES | TITLES | BODIES or _ROLE.search(before):
        described = _extend(words, begin - 1)
        inside = described > 0 and words[described - 1].lower in PREPOSITIONS
        return _begin_of_whole(words, described - 1) if inside else described
    if before.endswith("ly") or before in _ADVERBS:
        return begin
    # “The Swans forward Bella Smith”
    described = _extend(words, begin - 1)
    whole = described == 0 or words[described].lower in DETERMINERS
    return described if whole and len(words) - begin > 1 else None


def _begin_of_run(words: Sequence[Word]) -> int:
    """Where the run of names begins that the words end with: “Bank of America”."""
    begin = len(words) - 1
    while begin > 0:
        word = words[begin - 1]
        joins = begin > 1 and word.text in PARTICLES and words[begin - 2].is_name
        if joins or (word.is_name and word.lower not in DETERMINERS | PRONOUNS):
            begin -= 1
        elif begin > 2 and word.text == "the" and words[begin - 2].text == "of":
            if not words[begin - 3].is_name:
                return begin
            begin -= 2
        else:
            return begin
    return begin


def _extend(words: Sequence[Word], begin: int) -> int:
    """Further left over what describes a role: “the American special envoy”, “committee chair”."""
    while begin > 0:
        word = words[begin - 1]
        if word.lower in DETERMINERS:
            return begin - 1
        if word.lower in PREPOSITIONS | VERBLIKE | JOINING | EMBEDDING or word.text.endswith("ing"):
            return begin
        begin -= 1
        if word.is_genitive:
            return begin
    return begin


def _begin_of_role(words: Sequence[Word]) -> int | None:
    """Where the speaker begins whose last word is a role or a body: “a spokesman”, “officials”."""
    place = len(words) - 1
    inside = _preposition_before(words, place)
    whole = None if inside is None else _begin_of_whole(words, inside)
    last = words[-1].lower.strip("’'")
    if whole is not None or not is_role(last):
        return whole
    begin = _extend(words, place)
    if begin == place and last not in PLURALS:
        return None
    if begin < place and not _is_determined(words, begin, place):
        return None
    if begin > 0 and words[begin - 1].lower in PREPOSITIONS:
        return _begin_of_whole(words, begin - 1)
    return begin


def _is_determined(words: Sequence[Word], begin: int, head: int) -> bool:
    """Whether a description is one that a sentence may begin with: “the …”, “X's …”, a plural."""
    plural = words[head].text.endswith("s") or words[head].lower in PLURALS
    owned = any(word.is_genitive for word in words[begin:head])
    return words[begin].lower in DETERMINERS or owned or plural


def _preposition_before(words: Sequence[Word], place: int) -> int | None:
    for number in range(place - 1, max(-1, place - _NEAR - 1), -1):
        if words[number].lower in PREPOSITIONS:
            return number
    return None


def _begin_of_whole(words: Sequence[Word], preposition: int) -> int | None:
    """Where the speaker begins who is described with a preposition: “a spokesman for the …”."""
    if any(word.lower in VERBLIKE for word in words[:-1]):
        return None
    further: int | None = preposition
    while further:
        head = further - 1
        if words[head].is_name:
            begin = _begin_of_name(words[: head + 1])
            if begin is not None:
                inside = begin > 0 and words[begin - 1].lower in PREPOSITIONS
                return None if inside else begin
        if is_role(_GENITIVE.sub("", words[head].lower)):
            begin = _extend(words, head)
            if begin == 0 or words[begin - 1].lower not in PREPOSITIONS:
                return begin if _is_determined(words, begin, head) else None
        further = _preposition_before(words, head)
    return None
