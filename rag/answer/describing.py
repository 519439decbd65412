"""What is written of a speaker, taken apart: the name in it, and what they are called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answer.speech_table import (
    BODIES,
    BODY_WORDS,
    COUNTRIES,
    DETERMINERS,
    PARTICLES,
    PLURALS,
    PREPOSITIONS,
    PRONOUNS,
    ROLES,
    TITLES,
    WRITINGS,
)
from rag.index.lexical import STOP_WORDS
from rag.retrieve.question import MONTHS, NOT_NAMES

_MONTHS = frozenset(month[:3] for month in MONTHS) | {"sept"}
_OWNERS = frozenset("his her its their".split())
_DEFINITE = _OWNERS | {"the", "this", "that"}
#: Capitalised where a sentence begins, or before a name, and no part of it.
_NO_NAMES = STOP_WORDS | NOT_NAMES | COUNTRIES.keys() | {"said", "says", "added", "adds", "while"}
_WITHIN = PARTICLES | {"the"}
#: “Secretary of State Antony Blinken”
_OFFICE = re.compile(
    r"\b(?:Secretary|Minister|Attorney|Chief|Director|Chancellor|Head) of (?:the )?[A-Z]\w+ "
    r"(?=[A-Z][\w’'-]+ [A-Z])"
)
_ROLE_ENDING = re.compile(
    r"(?:er|or|ist|man|woman|men|women|person|people|ician|maker|keeper|holder)s?$"
)


@dataclass(frozen=True, slots=True)
class Described:
    """A speaker as written: the name in it, or “”, and where it has none the word for a role."""

    written: str
    name: str
    role: str

    @property
    def is_pronoun(self) -> bool:
        return self.written.casefold() in PRONOUNS | _OWNERS

    @property
    def is_definite(self) -> bool:
        return self.written.split()[0].casefold() in _DEFINITE

    @property
    def is_writing(self) -> bool:
        return not self.name and self.role in WRITINGS


def describe(written: str) -> Described:
    """The name in what is written of a speaker, and the word for what they are."""
    words = _OFFICE.sub("", re.sub(r"\s*\([^)]*\)", "", written)).split()
    while len(words) > 1 and not re.search(r"\w", words[-1]):
        words = words[:-1]
    if not words:
        return Described(written, "", "")
    if words[-1] in ROLES | BODIES:  # “the Fresh Prince of Bel-Air star”
        return Described(written, "", words[-1])
    ends = (n for n, word in enumerate(words) if n and _ends_name(words, n, word))
    head = words[: next(ends, len(words))]
    run = _last_run(head)
    last = head[-1].casefold()
    is_role = last in TITLES | ROLES | PLURALS or last.rstrip(".") in _MONTHS
    if run and not (len(run) == 1 and is_role):
        return Described(written, " ".join(strip_titles(run)), "")
    return Described(written, "", last if last in PLURALS else re.sub(r"(?<!s)s$", "", last))


def strip_titles(words: list[str]) -> list[str]:
    """The words behind the last title, and behind what is no part of a name."""
    for place in range(len(words) - 2, -1, -1):
        if words[place].casefold().rstrip(".") in TITLES:
            words = words[place + 1 :]
            break
    while len(words) > 1 and words[0].casefold() in _NO_NAMES:
        words = words[1:]
    return words


def is_role(word: str) -> bool:
    """Whether a word says what somebody or some body is, in the plural too."""
    single = re.sub(r"s$", "", word)
    return (
        word in PLURALS | WRITINGS
        or single in ROLES | BODIES | TITLES
        or re.sub(r"ies$", "y", word) in BODIES
        or bool(_ROLE_ENDING.search(word))
    )


def is_capital(word: str) -> bool:
    """Whether a word is written as a name's: “Kirby”, “23andMe”, and not “iPhone”."""
    if word[0].isalpha():
        return not word[0].islower()
    return word[0].isdigit() and any(character.isupper() for character in word)


def _ends_name(words: Sequence[str], place: int, word: str) -> bool:
    """Whether a preposition ends a name, and does not stand in it: “Department of Justice”."""
    if word.casefold() not in PREPOSITIONS:
        return False
    joins = word in ("of", "for") and place + 1 < len(words)
    if not joins or words[place - 1].casefold() not in BODY_WORDS:
        return True
    return not (
        words[place - 1][0].isupper()
        and (words[place + 1][0].isupper() or words[place + 1] == "the")
    )


def _last_run(head: Sequence[str]) -> list[str]:
    """The names in a row at the end: “X's Joe Benarroch” has two, “Bank of America” one."""
    run: list[str] = []
    for place in range(len(head) - 1, -1, -1):
        word = head[place]
        is_name = is_capital(word) and word.casefold() not in DETERMINERS
        if is_name and run and re.search(r"[’']s$", word):
            break
        if not is_name and not (run and word in _WITHIN and place > 0):
            break
        run.insert(0, word)
    while run and run[0] in _WITHIN:
        run = run[1:]
    return run
