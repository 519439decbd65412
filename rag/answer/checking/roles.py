"""Who does what to whom, as far as the order of the names in a clause tells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.answer.checking.word_table import FORMS, OPENING
from rag.answer.checking.words import Token

#: Words that may stand between two who have to do with each other.
FAR = 10
#: How far behind a name what it does may stand, in words.
REACH = 5
_MARKS = frozenset(";:.–—()")
_CLAUSES = frozenset("and or but who which that while when where because if whose as".split())
_PREPOSITIONS = frozenset(
    """with to of from for against on at in into between toward towards about over upon by among
    alongside behind under near via per than like""".split()
)
_TAKING = frozenset(
    """receive received receives receiving hear heard hears got get gets obtain obtained win won
    accept accepted had has have took suffer suffered face faced drew draw draws buy
    bought""".split()
)
#: Words that may stand between a preposition and the name at the end of its noun phrase.
_NOUNS = 5
#: What somebody does may be told by so many words behind the name.
_AFTER = 6
_BEING = frozenset("is are was were be been being gets got".split())
_ARTICLES = frozenset("the a an his her its their this that these those".split())
#: How words end that open a sentence and are mostly nobody's name.
_COMMON = re.compile(r"(?:s|tion|ment|ity|ing|ness|ly|ed|ship|ance|ence)$")
_STATES = frozenset(
    ["US", "Arkansas", "Kansas", "Texas", "Honduras", "Laos", "Cyprus", "Netherlands"]
)
_PARTICIPLE = re.compile(r"(?:ed|en)$")
_REPORTING = frozenset("say tell".split())


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody or something named; `stems` of the name, `start` and `end` among the tokens."""

    stems: frozenset[str]
    said: str
    start: int
    end: int

    def is_same(self, other: Mention) -> bool:
        """Whether one name is a part of the other: “Kim” of “Sung Kim”."""
        return self.stems <= other.stems or other.stems <= self.stems


@dataclass(frozen=True, slots=True)
class Deed:
    """`doer` comes first in what happens, `done_to` is who or what it happens to."""

    doer: Mention
    done_to: Mention
    verbs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does: the place of a word, and who it is; None where only a pronoun stands."""

    doer: Mention | None
    place: int


def find_mentions(tokens: Sequence[Token]) -> list[Mention]:
    """The runs of names of a sentence, the first word counted where a name goes on from it."""
    found: list[Mention] = []
    place = 0
    while place < len(tokens):
        if not _is_name(tokens, place):
            place += 1
            continue
        end = place + 1
        while end < len(tokens) and _is_name(tokens, end):
            end += 1
        some = tokens[place:end]
        stems = frozenset(token.stem for token in some if token.stem)
        if stems:
            found.append(Mention(stems, " ".join(token.text for token in some), place, end))
        place = end
    return found


def find_acts(tokens: Sequence[Token]) -> list[Act]:
    """What each of those named does, a word each; of “X and Y” both do it."""
    mentions = find_mentions(tokens)
    agents = list(_find_agents(tokens, mentions))
    passive = {place for _, place in agents}
    found = [Act(agent, place) for agent, place in agents]
    found += [Act(m, p) for m, p in _find_inverted(tokens, mentions)]
    for start, doers in _list_subjects(tokens, mentions):
        places = [place for place in _list_heads(tokens, start) if place not in passive]
        found += [Act(doer, place) for place in places for doer in doers]
    return found


def _list_subjects(
    tokens: Sequence[Token], mentions: Sequence[Mention]
) -> Iterator[tuple[int, list[Mention | None]]]:
    """Where each subject ends, and who it is; None for a pronoun."""
    for number, mention in enumerate(mentions):
        if _is_oblique(tokens, mention) or _is_apposed(tokens, mention):
            continue
        both: list[Mention | None] = [mention]
        before = mentions[number - 1] if number else None
        if before and [t.lower for t in tokens[before.end : mention.start]] in (["and"], ["or"]):
            both.append(before)
        yield mention.end, both
    for place, token in enumerate(tokens):
        if token.lower in ("he", "she", "it", "they"):
            yield place + 1, [None]


def _is_apposed(tokens: Sequence[Token], mention: Mention) -> bool:
    """Whether it only describes whom was named before: “Chung, the South Korean minister,”."""
    place = mention.start - 1
    while place >= 0 and tokens[place].lower in _ARTICLES:
        place -= 1
    return 0 < place < mention.start - 1 and tokens[place].text == ","


def find_deeds(tokens: Sequence[Token]) -> list[Deed]:
    """Who does something to whom, for each two that a clause's order sets against each other."""
    found = []
    for first, second in pairwise(find_mentions(tokens)):
        if first.stems & second.stems:
            continue
        between = tokens[first.end : second.start]
        if len(between) > FAR or any(_parts(token) for token in between):
            continue
        deed = _orient(tokens, first, second, between)
        if deed is not None:
            found.append(deed)
    return found


def _list_heads(tokens: Sequence[Token], start: int) -> Iterator[int]:
    """The places of what is done by whoever ends at `start`: the first words that say something."""
    place = _skip_apposition(tokens, start)
    if place < len(tokens) and _is_present(tokens[place]):
        yield place
    for other in range(place, min(place + REACH, len(tokens))):
        token = tokens[other]
        if token.is_name or token.is_mark or (token.lower in _CLAUSES and other > place):
            return
        if token.stem and _is_verb(token):
            yield other


def _is_verb(token: Token) -> bool:
    return bool(_PARTICIPLE.search(token.lower)) or token.lower in FORMS


def _is_present(token: Token) -> bool:
    """Whether a word right behind a subject may be a verb of the present: “rejects”."""
    return bool(token.stem) and token.lower.endswith("s") and not token.is_name


def _skip_apposition(tokens: Sequence[Token], start: int) -> int:
    """Behind “, the press secretary,” and “, who speaks for the Pentagon,”."""
    if start < len(tokens) and tokens[start].text == ",":
        for place in range(start + 1, min(start + 14, len(tokens))):
            if tokens[place].text == ",":
                return place + 1
    return start


def _find_agents(
    tokens: Sequence[Token], mentions: Sequence[Mention]
) -> Iterator[tuple[Mention, int]]:
    """“was told by X”: who does it, and the place of the word that says what."""
    for mention in mentions:
        place = mention.start - 1
        while place >= 0 and tokens[place].lower in _ARTICLES:
            place -= 1
        if place < 1 or tokens[place].lower != "by":
            continue
        for before in range(place - 1, max(-1, place - REACH - 1), -1):
            token = tokens[before]
            if token.is_mark or token.is_name:
                break
            if token.stem and _is_verb(token):
                yield mention, before
                break


def _find_inverted(
    tokens: Sequence[Token], mentions: Sequence[Mention]
) -> Iterator[tuple[Mention, int]]:
    """“…, said Kirby”."""
    for mention in mentions:
        place = mention.start - 1
        if place > 0 and tokens[place].stem in _REPORTING and (
            tokens[place - 1].is_mark or tokens[place - 1].lower == "as"
        ):  # fmt: skip
            yield mention, place


def _parts(token: Token) -> bool:
    """Whether a token begins something else to do than what was begun before it."""
    return token.is_name or token.text in _MARKS or token.lower in _CLAUSES


def _orient(
    tokens: Sequence[Token], first: Mention, second: Mention, between: Sequence[Token]
) -> Deed | None:
    verbs = frozenset(token.stem for token in between if token.stem and not token.is_name)
    if _is_oblique(tokens, first):
        return _orient_oblique(tokens, first, second, verbs)
    if not verbs:
        return None
    lower = [token.lower for token in between if token.lower not in _ARTICLES]
    if lower[-1:] == ["by"] and _is_passive(lower[:-1]):
        return Deed(second, first, verbs)
    if lower[-1:] == ["from"] and _TAKING & set(lower):
        return Deed(second, first, verbs)
    return Deed(first, second, verbs)


def _orient_oblique(
    tokens: Sequence[Token], first: Mention, second: Mention, verbs: frozenset[str]
) -> Deed | None:
    """“In a call with Liu, Kim asked him …”: who is named first is only spoken of."""
    comma = any(token.text == "," for token in tokens[first.end : second.start])
    after = frozenset(t.stem for t in tokens[second.end : second.end + _AFTER] if t.stem)
    if not comma or not after or _is_oblique(tokens, second):
        return None
    return Deed(second, first, verbs | after)


def _is_passive(lower: Sequence[str]) -> bool:
    participles = [n for n, word in enumerate(lower) if _PARTICIPLE.search(word) or word in FORMS]
    if any(_BEING & set(lower[:place]) for place in participles if lower[place] not in _BEING):
        return True
    return bool(participles) and participles[-1] == len(lower) - 1


def _is_oblique(tokens: Sequence[Token], mention: Mention) -> bool:
    for place in range(mention.start - 1, max(-1, mention.start - 1 - _NOUNS), -1):
        token = tokens[place]
        if token.lower in _PREPOSITIONS:
            return True
        plain = token.text.isalpha() and not token.text[:1].isupper()
        if not plain or _is_verb(token) or token.lower in _CLAUSES:
            return False
    return False


def _is_name(tokens: Sequence[Token], place: int) -> bool:
    token = tokens[place]
    if token.is_name and not token.lower.isdigit():
        return True
    opens = place == 0 and token.text[:1].isupper() and bool(token.stem)
    if not opens or place + 1 == len(tokens):
        return False
    if token.lower in OPENING or (_COMMON.search(token.lower) and token.text not in _STATES):
        return False
    following = tokens[place + 1]
    return following.is_name or _is_present(following) or (
        _is_verb(following) and not _is_verb(token)
    )  # fmt: skip
