"""The fullest name that an article gives whoever a word in it means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rag.answer.first_names import HE, SHE
from rag.answer.speech_table import (
    BODIES,
    COUNTRIES,
    DETERMINERS,
    PLURALS,
    PREPOSITIONS,
    PRONOUNS,
    ROLES,
    TITLES,
    WRITINGS,
)
from rag.index.lexical import STOP_WORDS
from rag.retrieve.question import MONTHS, NOT_NAMES

_CAPITAL = (
    r"(?:(?:Mr|Mrs|Ms|Dr|Sen|Gov|Rep|Gen|St|Prof|Lt|Col|Capt|Sgt|Rev)\.|[^\W\d_a-zß-öø-ÿ]\.(?!\w)"
    r"|[^\W\d_a-zß-öø-ÿ](?:[\w’'&-]|\.(?=\w))*)"
)
_RUN = re.compile(
    rf"\b{_CAPITAL}(?:[ \u00a0](?:(?:de|da|del|di|du|la|le|van|von|der|den|ten|bin|ibn|al|el)[ ])"
    rf"{{0,2}}{_CAPITAL}){{1,5}}"
)
#: Words of names that are no person's.
_BODY_WORDS = BODIES | frozenset(
    """times post news wire herald guardian journal inc corp ltd llc united states kingdom nations
    fc department committee centre center co association of the and for house street digital press
    security reserve fund north south east west korea sport sports games cup league world express
    daily today media tv channel act championship research rugby football chief principal
    capital holdings bros brothers sons partners technologies systems series award awards
    conference festival games stadium airport river island lake mountain avenue road park
    hall tower hotel church school""".split()
)
#: Capitalised where a sentence begins, or before a name, and no part of it.
_NO_NAMES = STOP_WORDS | NOT_NAMES | COUNTRIES.keys() | {"said", "says", "added", "adds", "while"}
_SUFFIXES = frozenset("jr jr. sr sr. ii iii iv".split())
_MONTHS = frozenset(month[:3] for month in MONTHS) | {"sept"}
#: Bodies of which an article means one, unnamed.
_PLAIN_BODIES = frozenset(
    """government police prosecution defence defense army military court jury regime club""".split()
)


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
        return next((w for w in reversed(self.words) if w.casefold() not in _SUFFIXES), "")


@lru_cache(maxsize=64)
def list_names(text: str) -> tuple[Named, ...]:
    """The names of two words and more, in order, without titles."""
    found = []
    for run in _RUN.finditer(text):
        # What stands behind a genitive is another name: “Jones’s Wallabies”.
        whole = re.sub(r"(?<=\w)[’']s?(?=\s).*", "", run.group())
        words = strip_titles(
            [_plain(word) for word in whole.split() if not _DESCRIBES.search(word)]
        )
        if text[max(0, run.start() - 3) : run.start()] == "of " and len(words) > 1:
            # “Secretary of State Antony Blinken”
            words = words[1:] if words[0] in ("State", "Defense", "Defence", "Staff") else words
        loud = all(word.isupper() and len(word) > 3 for word in words)
        if "n’t" in whole or "n't" in whole:
            continue
        if len(words) > 1 and not loud and not NOT_NAMES & {word.casefold() for word in words}:
            found.append(Named(run.start(), tuple(words)))
    return tuple(found)


#: “Virginia-based Keeley”
_DESCRIBES = re.compile(r"-(?:based|born|old|led|backed|trained)$")


@lru_cache(maxsize=1_000)
def is_somebody(name: str, text: str) -> bool:
    """Whether a text gives reason to take a name for somebody's, not for a thing's or a body's.

    That is a first name that is known for one, a title before it, or a surname that stands alone.
    """
    words = name.split()
    if not is_person(words):
        return False
    if words[0].casefold() in HE | SHE:
        return True
    last = next((w for w in reversed(words) if w.casefold() not in _SUFFIXES), words[-1])
    for found in re.finditer(rf"(?<![\w’'-]){re.escape(last)}(?![\w-])", text):
        before = re.search(r"(\S+)[ ]$", text[max(0, found.start() - 40) : found.start()])
        word = before[1] if before else ""
        if not word[:1].isupper() and word != "the":
            return True
        if word.casefold().rstrip(".") in TITLES:
            return True
    if _is_introduced(name, text):
        return True
    titled = re.search(rf"(\w+)\.? {re.escape(words[0])}\b", text)
    return bool(titled and titled[1].casefold() in TITLES | ROLES)


def _plain(word: str) -> str:
    return re.sub(r"[’']s?$", "", word).rstrip(".’'") if len(word) > 3 else word.rstrip("’'")


def strip_titles(words: list[str]) -> list[str]:
    """The words behind the last title, and behind what is no part of a name."""
    for place in range(len(words) - 1, -1, -1):
        if words[place].casefold().rstrip(".") in TITLES and place < len(words) - 1:
            words = words[place + 1 :]
            break
    while len(words) > 1 and words[0].casefold() in _NO_NAMES:
        words = words[1:]
    return words


def _is_introduced(name: str, text: str) -> bool:
    """Whether a text says what somebody is: “X, the American envoy”, “X, who …”."""
    for found in re.finditer(rf"{re.escape(name)}, (who\b|(?:[\w’'-]+ ){{0,5}}[\w’'-]+)", text):
        words = found[1].casefold().split()
        kinds = [word for word in words if word in ROLES | TITLES | BODIES]
        if words[0] == "who" or (kinds and kinds[-1] not in BODIES):
            return True
    return False


def is_person(words: tuple[str, ...] | list[str]) -> bool:
    """Whether a name of two words and more looks like somebody's, not a body's."""
    lower = [word.casefold() for word in words]
    return (
        1 < len(words) <= 4
        and not any(word in _BODY_WORDS for word in lower)
        and not all(word.isupper() and len(word) > 3 for word in words)
        and not (
            words[0].isupper()
            and len(words[0]) in (2, 3)
            and "." not in words[0]
            and len(words) == 2
            and words[0] in ("US", "UK", "UN", "EU")
        )
    )


def suits(name: str, pronoun: str) -> bool:
    """Whether a pronoun may mean somebody of that name."""
    first = name.split()[0].casefold()
    if pronoun in ("he", "his"):
        return first not in SHE
    if pronoun in ("she", "her"):
        return first not in HE
    return True


@dataclass(frozen=True, slots=True)
class Described:
    """A speaker as written, taken apart: the name in it, and what is said of them."""

    written: str
    name: str
    role: str

    @property
    def is_pronoun(self) -> bool:
        return self.written.casefold() in PRONOUNS | {"his", "her", "its", "their"}

    @property
    def is_definite(self) -> bool:
        return self.written.split()[0].casefold() in (
            "the",
            "this",
            "that",
            "his",
            "her",
            "its",
            "their",
        )

    @property
    def is_writing(self) -> bool:
        return not self.name and self.role in WRITINGS


def describe(written: str) -> Described:
    """The name in what is written of a speaker, and the word for what they are."""
    words = re.sub(r"\s*\([^)]*\)", "", written).split()
    while len(words) > 1 and not re.search(r"\w", words[-1]):
        words = words[:-1]
    stop = next(
        (
            n
            for n, word in enumerate(words)
            if n and word.casefold() in PREPOSITIONS and not _joins(words, n)
        ),
        len(words),
    )
    head = words[:stop]
    run: list[str] = []
    for word in reversed(head):
        if is_capital(word) and word.casefold() not in DETERMINERS:
            if run and re.search(r"[’']s$", word):
                break  # “X’s Joe Benarroch”
            run.insert(0, word)
        elif (
            run
            and word in ("of", "the", "de", "van", "von", "bin", "al", "der", "&", "and", "for")
            and len(head) > len(run) + 1
        ):
            run.insert(0, word)
        else:
            break
    while run and run[0] in ("of", "the", "and", "for"):
        run = run[1:]
    end = words[-1] if words else ""
    if end.islower() and end in ROLES | BODIES:  # “the Fresh Prince of Bel-Air star”
        return Described(written, "", end)
    last = head[-1].casefold() if head else ""
    only_role = len(run) == 1 and (last in TITLES | ROLES | PLURALS or last.rstrip(".") in _MONTHS)
    if run and not only_role:
        return Described(written, " ".join(strip_titles(run)), "")
    return Described(
        written, "", re.sub(r"(?<=[a-rt-z])s$", "", last) if last not in PLURALS else last
    )


def is_role(word: str) -> bool:
    """Whether a word says what somebody or some body is, in the plural too."""
    single = re.sub(r"s$", "", word)
    if (
        word in PLURALS
        or single in ROLES
        or single in BODIES
        or word in WRITINGS
        or single in TITLES
    ):
        return True
    if re.sub(r"ies$", "y", word) in BODIES:
        return True
    return bool(
        re.search(r"(?:ist|man|woman|men|women|person|people|ician|maker|keeper|holder)s?$", word)
    )


def is_capital(word: str) -> bool:
    """Whether a word is written as a name's: “Kirby”, “iPhone” not, “23andMe”."""
    if word[0].isalpha():
        return not word[0].islower()
    return word[0].isdigit() and any(character.isupper() for character in word)


def _joins(words: list[str], n: int) -> bool:
    """Whether a preposition stands within a name: “Bank of America”, “Department of Justice”."""
    return (
        words[n] in ("of", "for")
        and n + 1 < len(words)
        and words[n - 1][:1].isupper()
        and words[n - 1].casefold()
        in _BODY_WORDS | {"bank", "ministry", "university", "bureau", "office"}
        and (words[n + 1][:1].isupper() or words[n + 1] == "the")
    )


def expand(name: str, text: str, end: int) -> str | None:
    """The fullest form of a name that stands in `text` before `end`; None where it is unclear."""
    words = name.split()
    if len(words) > 1:
        fuller = [
            one
            for one in list_names(text)
            if one.start < end and set(words) < set(one.words) and one.words[0] == words[0]
        ]
        return (
            max(fuller, key=lambda one: len(one.words)).name
            if fuller and is_person(words) and is_person(fuller[0].words)
            else name
        )
    known = [
        one
        for one in list_names(text)
        if one.start < end
        and is_person(one.words)
        and (name == one.last or (name == one.words[0] and is_somebody(one.name, text)))
    ]
    distinct = _merge(known)
    if not distinct or _stands_alone(name, text, known[0].start):
        return name
    if len(distinct) == 1:
        return distinct[0]
    return None


def _stands_alone(name: str, text: str, end: int) -> bool:
    """Whether a name stands alone before `end`: who has it is introduced elsewhere, in a title."""
    for found in re.finditer(rf"(?<![\w’'-]){re.escape(name)}(?![\w-])", text[:end]):
        before = re.search(r"(\S+)[ ]$", text[max(0, found.start() - 40) : found.start()])
        after = re.match(r"(?:[’']s)? [A-Z]", text[found.end() : found.end() + 5])
        if not after and not (before and before[1][:1].isupper()):
            return True
    return False


def _merge(known: list[Named]) -> list[str]:
    """The different people among names, each in the fullest form."""
    fullest: list[Named] = []
    for one in sorted(known, key=lambda one: -len(one.words)):
        if not any(set(one.words) <= set(other.words) for other in fullest):
            fullest.append(one)
    return [one.name for one in fullest]


def is_plain_body(role: str) -> bool:
    return role in _PLAIN_BODIES


@lru_cache(maxsize=256)
def find_holder(role: str, text: str) -> str | None:
    """Who alone is called by `role` in a text: “Pastor X”, “X, the envoy”, “the coach X”."""
    word = re.escape(role)
    before = re.compile(rf"\b(?i:{word})\s+(?P<name>{_CAPITAL}(?: {_CAPITAL})+)")
    behind = re.compile(
        rf"(?P<name>{_CAPITAL}(?: {_CAPITAL})+), (?:who (?:is|serves as) )?(?:(?:an?|the|{_CAPITAL}[’']s?) )?"
        rf"(?:(?!(?:of|for|in|at|on|from|to|with|by|who|whose) )[\w’'-]+ ){{0,4}}(?i:{word})\b"
    )
    names = {
        " ".join(strip_titles([_plain(w) for w in found["name"].split()]))
        for pattern in (before, behind)
        for found in pattern.finditer(text)
    }
    people = {name for name in names if is_somebody(name, text)}
    return people.pop() if len(people) == 1 else None
