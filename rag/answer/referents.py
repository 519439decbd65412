"""Whom a speaker means who is written as “he”, “Kirby” or “the department”."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from rag.answer.describing import Described, describe, is_role
from rag.answer.first_names import HE, SHE
from rag.answer.naming import expand, find_holder, is_somebody, suits
from rag.answer.paragraphs import Line, Paragraphs
from rag.answer.quoting import HIDDEN
from rag.answer.speech_subject import find_subject_of_clause
from rag.answer.speech_table import (
    BODIES,
    COUNTRIES,
    DETERMINERS,
    PLAIN_BODIES,
    PLURALS,
    ROLES,
    SAME_ROLES,
    TITLES,
)
from rag.types import Span

#: Paragraphs and sentences that are read back for who “he” is.
PARAGRAPHS_BACK, SENTENCES_BACK = 4, 8
#: One question leads to another: “he” to the “he” before. At most so many do.
DEEPEST = 12
_OWNERS = {"his": "he", "her": "she", "its": "it", "their": "they"}

#: Who speaks in a sentence, by its paragraph's number and its own; the last number is how deep.
Speaks = Callable[[int, int, int], str | None]


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence of an article: the numbers of its paragraph and of itself there."""

    paragraph: int
    line: int


class Referents:
    """Finds the fullest names in one article; `speaks` tells who speaks in a sentence."""

    def __init__(self, paragraphs: Paragraphs, speaks: Speaks) -> None:
        self.paragraphs = paragraphs
        self.speaks = speaks
        self._known: dict[tuple[Place, Span], str | None] = {}

    def name(self, place: Place, at: Span, depth: int) -> str | None:
        """The fullest name for the words at `at` of a sentence; None where it is not clear."""
        if (place, at) not in self._known:
            self._known[place, at] = None
            self._known[place, at] = self._find_name(place, at, depth)
        return self._known[place, at]

    def _find_name(self, place: Place, at: Span, depth: int) -> str | None:
        if depth > DEEPEST:
            return None
        who = describe(at.of(self._line(place).hidden))
        if who.is_pronoun:
            pronoun = who.written.casefold()
            return self._referent(place, _OWNERS.get(pronoun, pronoun), at, depth)
        if who.is_writing:
            return None
        bare = re.sub(r"^the ", "", who.written.casefold())
        if bare in COUNTRIES:
            return COUNTRIES[bare]
        if who.name:
            return self._expand(who, place, at)
        if who.is_definite:
            return self._holder(who, place, depth)
        return _in_sentence(who.written) if is_role(who.role) else None

    def subject(self, place: Place, depth: int) -> str | None:
        """The fullest name of whom a sentence is about: its speaker, or its subject."""
        line = self._line(place)
        if depth > DEEPEST:
            return None
        if line.found:
            one = line.main or line.found[-1]
            return self.name(place, one.speaker, depth + 1)
        if HIDDEN in line.hidden[:2]:
            return self.speaks(place.paragraph, place.line, depth + 1)
        at = find_subject_of_clause(line.hidden)
        return None if at is None else self.name(place, at, depth + 1)

    def _line(self, place: Place) -> Line:
        return self.paragraphs[place.paragraph].lines[place.line]

    def _expand(self, who: Described, place: Place, at: Span) -> str | None:
        paragraph = self.paragraphs[place.paragraph]
        end = paragraph.start + paragraph.lines[place.line].span.start + at.end
        if re.match(rf"[Tt]he {re.escape(who.name)}", who.written):
            return f"the {who.name}"
        return expand(who.name, self.paragraphs.text, end)

    def _holder(self, who: Described, place: Place, depth: int) -> str | None:
        """Whom “the envoy” or “the department” means."""
        written = _in_sentence(who.written)
        if who.role not in BODIES:
            holder = self._find_holder(who.role)
            return holder or (written if len(written.split()) > 2 else None)
        for back in range(place.line - 1, max(-1, place.line - 3), -1):
            subject = self.subject(Place(place.paragraph, back), depth + 1)
            if subject and _without_article(subject)[:1].isupper() and not self._is_person(subject):
                return subject
        return written if len(written.split()) > 2 or who.role in PLAIN_BODIES else None

    def _find_holder(self, role: str) -> str | None:
        """Who alone is called so in the article, or by a word that means the same."""
        words = next((group for group in SAME_ROLES if role in group), (role,))
        found = {find_holder(word, self.paragraphs.text) for word in words} - {None}
        return found.pop() if len(found) == 1 else None

    def _referent(self, place: Place, pronoun: str, at: Span, depth: int) -> str | None:
        """Whom a pronoun means: the subject before it that it suits, the nearest first."""
        if pronoun in ("i", "we"):
            return None
        line = self._line(place)
        own = find_subject_of_clause(line.hidden[: at.start])
        if own is not None and own.end < at.start:
            name = self.name(place, own, depth + 1)
            if name and self._suits(name, pronoun):
                return name
        for before in self._list_before(place, pronoun):
            name = self.subject(before, depth + 1)
            if name is not None and self._suits(name, pronoun):
                return name
            if pronoun not in ("he", "she"):
                continue
            if name is None and self._is_about_somebody(before):
                return None
        return self._only_speaker(place, pronoun) if pronoun in ("he", "she") else None

    def _is_about_somebody(self, place: Place) -> bool:
        """Whether a sentence is about somebody whom it does not name: “The former chief …”."""
        line = self._line(place)
        at = None if line.found else find_subject_of_clause(line.hidden)
        who = describe(at.of(line.hidden)) if at else None
        return who is not None and not who.name and who.role in ROLES | TITLES

    def _list_before(self, place: Place, pronoun: str) -> list[Place]:
        """The sentences before one in which a pronoun's meaning is looked for, nearest first."""
        found: list[Place] = []
        for number in range(place.paragraph, max(-1, place.paragraph - PARAGRAPHS_BACK), -1):
            paragraph = self.paragraphs[number]
            own = number == place.paragraph
            if not own and (pronoun in ("it", "they") or not paragraph.is_prose):
                continue
            lines = range((place.line if own else len(paragraph.lines)) - 1, -1, -1)
            found += [Place(number, index) for index in lines]
        return found[: 2 if pronoun in ("it", "they") else SENTENCES_BACK]

    def _only_speaker(self, place: Place, pronoun: str) -> str | None:
        """The one person who is named as a speaker before a sentence, where there is but one."""
        text = self.paragraphs.text
        people = {
            name
            for number, name in _list_speakers(text)
            if number < place.paragraph and self._is_person(name)
        }
        name = people.pop() if len(people) == 1 else None
        return name if name and suits(name, pronoun) else None

    def _is_person(self, name: str) -> bool:
        return is_somebody(name, self.paragraphs.text) or name.casefold() in HE | SHE

    def _suits(self, name: str, pronoun: str) -> bool:
        if pronoun in ("he", "she"):
            return self._is_person(name) and suits(name, pronoun)
        return _without_article(name)[:1].isupper() and not self._is_person(name)


@lru_cache(maxsize=64)
def _list_speakers(text: str) -> tuple[tuple[int, str], ...]:
    """Who is named as a speaker in a text, each with the number of the paragraph."""
    paragraphs = Paragraphs(text)
    found = []
    for number, span in enumerate(paragraphs.spans):
        for line in paragraphs[number].lines:
            for one in line.found:
                name = describe(one.speaker.of(line.hidden)).name
                end = span.start + line.span.start + one.speaker.end
                if name:
                    found.append((number, expand(name, text, end) or name))
    return tuple(dict.fromkeys(found))


def _without_article(name: str) -> str:
    return name.removeprefix("the ")


def _in_sentence(written: str) -> str:
    """What is written of a speaker as it stands within a sentence: “the government”."""
    first = written.split()[0].casefold()
    small = first in DETERMINERS | PLURALS | ROLES | BODIES
    return written[0].lower() + written[1:] if small else written
