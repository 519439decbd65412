"""What a sentence denies, what it gives as somebody's words, and what has not come about (yet).

Each word carries the marks that reach it. A mark reaches from the word that makes it to the end of
its clause; an attribution that follows reaches back. English news prose, by rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from rag.answer.checking import marking_table as table
from rag.answer.checking.sayings import Saying
from rag.answer.checking.word_table import FORMS
from rag.answer.checking.words import Token

#: denied: by a “not” or the like. refused: by a verb, as “rejects”. said: somebody's words.
#: called: somebody's word for it. doubtful: only likely or possible. planned: wanted or ahead.
Mark = Literal["denied", "refused", "said", "called", "doubtful", "planned"]

#: Attributions of these kinds tell of what somebody wants done.
_WANTING = ("urged", "promised", "asked")
#: How far a “without” reaches, in words.
_WITHOUT = 3
#: How far “what it calls” reaches, and how far before the verb its “what” may stand, in words.
_CALLED, _SUBJECT = 5, 4


@dataclass(frozen=True, slots=True)
class Scope:
    """A mark, and from which token to which it reaches."""

    mark: Mark
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Marked:
    """The marks that reach each token of a sentence, and the stretches that they reach over."""

    marks: tuple[frozenset[Mark], ...]
    scopes: tuple[Scope, ...]

    def has(self, marks: frozenset[Mark]) -> bool:
        """Whether any of the marks reaches any word."""
        return any(marks & one for one in self.marks)


def mark_words(tokens: Sequence[Token], sayings: Sequence[Saying] = ()) -> Marked:
    """The marks of a sentence's tokens."""
    scopes = [*_list_scopes(tokens), *(_to_scope(one) for one in sayings)]
    marks: list[set[Mark]] = [set() for _ in tokens]
    for scope in scopes:
        for place in range(scope.start, scope.end):
            marks[place].add(scope.mark)
    return Marked(tuple(map(frozenset, marks)), tuple(scopes))


def _to_scope(saying: Saying) -> Scope:
    if saying.kind in _WANTING:
        return Scope("planned", saying.start, saying.end)
    return Scope("called" if saying.kind == "called" else "said", saying.start, saying.end)


def _list_scopes(tokens: Sequence[Token]) -> Iterator[Scope]:
    words = [token.lower for token in tokens]
    for place, (word, following) in enumerate(pairwise([*words, ""])):
        end = _find_end(tokens, place)
        yield from _list_denials(place, end, word, following)
        if word in table.ADVERBS:
            yield Scope("said", _find_start(tokens, place), end)
        if _is_attributing(words, place):
            yield Scope("said", 0, len(tokens))
        if _is_calling(tokens, place):
            yield Scope("called", place + 1, min(end, place + 1 + _CALLED))
        # The month opens no clause that is only possible.
        if word in table.DOUBTFUL and (tokens[place].text != "May" or not place):
            yield Scope("doubtful", place + 1, end)
        if (word, following) in table.PLANNED_PAIRS:
            yield Scope("planned", place + 2, end)
        elif word in table.PLANNED:
            yield Scope("planned", place + 1, end)


def _is_calling(tokens: Sequence[Token], place: int) -> bool:
    """Whether it is the verb of “what it calls” or “who described it as”; not of “calls for”."""
    if tokens[place].stem not in table.CALLING:
        return False
    before = (token.lower for token in tokens[max(0, place - _SUBJECT) : place])
    behind = (token.lower for token in tokens[place + 1 : place + 2])
    return not table.RELATIVE.isdisjoint(before) and table.CALLED_OUT.isdisjoint(behind)


def _list_denials(place: int, end: int, word: str, following: str) -> Iterator[Scope]:
    """The stretch that the word at `place` denies, alone or with the one behind it."""
    if (word, following) in table.REFUSING_PAIRS:
        yield Scope("refused", place + 2, end)
    elif word in table.REFUSING:
        yield Scope("refused", place + 1, end)
    elif word == "without":
        yield Scope("denied", place + 1, min(end, place + 1 + _WITHOUT))
    elif word in table.DENYING and following not in table.NO_DENIAL:
        yield Scope("denied", place + 1, end)


def _is_attributing(words: Sequence[str], place: int) -> bool:
    """Whether a noun makes the sentence somebody's words: “by its account”, “the claim that”."""
    word = words[place]
    if word == "according":
        return True
    before = words[max(0, place - 4) : place]
    if word in table.SAYING_NOUNS and {"by", "in", "on", "from", "under"} & set(before):
        return True
    following = words[place + 1 : place + 9]
    return word in table.CLAIMS and (
        following[:1] in (["is"], ["was"], ["that"], [":"])
        or any(pair in (("is", "that"), ("was", "that")) for pair in pairwise(following))
    )


def _find_start(tokens: Sequence[Token], place: int) -> int:
    for before in range(place - 1, -1, -1):
        if tokens[before].text in table.STRONG or tokens[before].lower in table.BOUNDARY:
            return before + 1
    return 0


def _find_end(tokens: Sequence[Token], place: int) -> int:
    """Where the clause of the token at `place` ends."""
    for after in range(place + 1, len(tokens)):
        following = tokens[after + 1].lower if after + 1 < len(tokens) else ""
        inside = after > place + 1 and tokens[after].lower in table.BOUNDARY
        if inside or _ends_clause(tokens[after], following):
            return after
    return len(tokens)


def _ends_clause(token: Token, following: str) -> bool:
    if token.text in table.STRONG or token.text in ("!", "?"):
        return True
    if token.text == ",":
        return following in table.JOINING or following in table.SUBJECTS
    goes_on = following in table.SUBJECTS or following.endswith("ed") or following in FORMS
    return token.lower == "and" and goes_on
