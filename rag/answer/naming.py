"""The fullest name that an article gives whoever a word in it means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.answer.describing import strip_titles
from rag.answer.first_names import HE, SHE
from rag.answer.speech_table import BODIES, BODY_WORDS, ROLES, TITLES
from rag.retrieve.question import NOT_NAMES

_CAPITAL = (
    r"(?:(?:Mr|Mrs|Ms|Dr|Sen|Gov|Rep|Gen|St|Prof|Lt|Col|Capt|Sgt|Rev)\.|[^\W\d_a-zß-öø-ÿ]\.(?!\w)"
    r"|[^\W\d_a-zß-öø-ÿ](?:[\w’'&-]|\.(?=\w))*)"
)
_RUN = re.compile(
    rf"\b{_CAPITAL}(?:[ \u00a0](?:(?:de|da|del|di|du|la|le|van|von|der|den|ten|bin|ibn|al|el)[ ])"
    rf"{{0,2}}{_CAPITAL}){{1,5}}"
)
#: “Virginia-based Keeley”
_DESCRIBES = re.compile(r"-(?:based|born|old|led|backed|trained)$")
_SUFFIXES = frozenset("jr jr. sr sr. ii iii iv".split())
#: Behind “of”, and no part of the name behind them: “Secretary of State Antony Blinken”.
_OFFICES = frozenset("State Defense Defence Staff".split())
_STATES = frozenset("US UK UN EU".split())
_CONTRACTED = re.compile(r"n[’']t\b")


@dataclass(frozen=True, slots=True)
class Named:
    """A full name and where an article has it."""

    start: int
    words: tuple[str, ...]

    @property
    def name(self) -> str:
        return " ".join(self.words)

    @property
    def last(self) -> str:
        return _surname(self.words)


@lru_cache(maxsize=64)
def list_names(text: str) -> tuple[Named, ...]:
    """The names of two words and more, in order, without titles."""
    found = []
    for run in _RUN.finditer(text):
        # What stands behind a genitive is another name: “Jones’s Wallabies”.
        whole = re.sub(r"(?<=\w)[’']s?(?=\s).*", "", run.group())
        words = [_plain(word) for word in whole.split() if not _DESCRIBES.search(word)]
        words = strip_titles(words) if words else words
        if text[max(0, run.start() - 3) : run.start()] == "of " and set(words[:1]) & _OFFICES:
            words = words[1:]
        is_heading = all(word.isupper() and len(word) > 3 for word in words)
        is_date = NOT_NAMES & {word.casefold() for word in words}
        if len(words) > 1 and not is_heading and not is_date and not _CONTRACTED.search(whole):
            found.append(Named(run.start(), tuple(words)))
    return tuple(found)


@lru_cache(maxsize=1_000)
def is_somebody(name: str, text: str) -> bool:
    """Whether a text gives reason to take a name for somebody's, not for a thing's or a body's.

    That is a first name that is known for one, a title before it, a surname that stands alone, or
    that the text says what they are.
    """
    words = name.split()
    if not may_be_person(words):
        return False
    if words[0].casefold() in HE | SHE:
        return True
    for before in _words_before(_surname(words), text):
        if before.casefold().rstrip(".") in TITLES or not (before[:1].isupper() or before == "the"):
            return True
    titled = any(
        before.casefold().rstrip(".,") in TITLES | ROLES for before in _words_before(words[0], text)
    )
    return titled or _is_introduced(name, text)


def suits(name: str, pronoun: str) -> bool:
    """Whether “he” or “she” may mean somebody of that name, by the first name."""
    first = name.split()[0].casefold()
    return first not in (SHE if pronoun == "he" else HE)


@lru_cache(maxsize=1_000)
def expand(name: str, text: str, end: int) -> str | None:
    """The fullest form of a name that stands in `text` before `end`; None where it is unclear."""
    words = name.split()
    before = [one for one in list_names(text) if one.start < end and may_be_person(one.words)]
    if len(words) > 1:
        first = {one for one in before if words[0] == one.words[0] and set(words) < set(one.words)}
        fuller = max(first, key=lambda one: (len(one.words), -one.start), default=None)
        return fuller.name if fuller and may_be_person(words) else name
    known = [
        one
        for one in before
        if name == one.last or (name == one.words[0] and is_somebody(one.name, text))
    ]
    people = _merge(known)
    if not people or _stands_alone(name, text[: known[0].start]):
        return name
    return people[0] if len(people) == 1 else None


@lru_cache(maxsize=256)
def find_holder(role: str, text: str) -> str | None:
    """Who alone is called by `role` in a text: “Pastor X”, “X, the envoy”, “the coach X”."""
    word = re.escape(role)
    names = rf"(?P<name>{_CAPITAL}(?: {_CAPITAL})+)"
    no_joint = r"(?!(?:of|for|in|at|on|from|to|with|by|who|whose) )"
    patterns = (
        rf"\b(?i:{word}),? {names}",
        rf"{names}, (?:who (?:is|serves as) )?(?:(?:an?|the|{_CAPITAL}[’']s?) )?"
        rf"(?:{no_joint}[\w’'-]+ ){{0,4}}(?i:{word})\b",
    )
    found = {
        " ".join(strip_titles([_plain(part) for part in one["name"].split()]))
        for pattern in patterns
        for one in re.finditer(pattern, text)
    }
    people = {name for name in found if is_somebody(name, text)}
    return people.pop() if len(people) == 1 else None


def _plain(word: str) -> str:
    return re.sub(r"[’']s?$", "", word).rstrip(".’'") if len(word) > 3 else word.rstrip("’'")


def _surname(words: Sequence[str]) -> str:
    return next((word for word in reversed(words) if word.casefold() not in _SUFFIXES), words[-1])


def may_be_person(words: Sequence[str]) -> bool:
    """Whether a name of two words and more has none that only bodies have in theirs."""
    if not 1 < len(words) <= 4 or words[0] in _STATES or words[0].endswith("ing"):
        return False
    return not any(word.casefold() in BODY_WORDS for word in words)


def _words_before(word: str, text: str) -> list[str]:
    """The words that stand before each place of a word in a text, “” where none does."""
    found = re.finditer(rf"(?:(\S+)[ ])?(?<![\w’'-]){re.escape(word)}(?![\w-])", text)
    return [one[1] or "" for one in found]


def _is_introduced(name: str, text: str) -> bool:
    """Whether a text says what somebody is: “X, the American envoy”, “X, who …”."""
    for found in re.finditer(rf"{re.escape(name)}, (who\b|(?:[\w’'-]+ ){{0,5}}[\w’'-]+)", text):
        words = found[1].casefold().split()
        kinds = [word for word in words if word in ROLES | TITLES | BODIES]
        if words[0] == "who" or (kinds and kinds[-1] not in BODIES):
            return True
    return False


def _stands_alone(name: str, text: str) -> bool:
    """Whether a name stands alone in a text: who has it is introduced elsewhere, in a title."""
    for found in re.finditer(rf"(?<![\w’'-]){re.escape(name)}(?![\w-])", text):
        before = re.search(r"(\S+)[ ]$", text[max(0, found.start() - 40) : found.start()])
        after = re.match(r"(?:[’']s)? [A-Z]", text[found.end() : found.end() + 5])
        if not after and not (before and before[1][:1].isupper()):
            return True
    return False


def _merge(known: Sequence[Named]) -> list[str]:
    """The different people among names, each in the fullest form."""
    fullest: list[Named] = []
    for one in sorted(known, key=lambda one: -len(one.words)):
        if not any(set(one.words) <= set(other.words) for other in fullest):
            fullest.append(one)
    return [one.name for one in fullest]
