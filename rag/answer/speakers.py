"""Who says what a sentence reports: by the sentence itself, or by the text around it."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rag.answer.attribution import Attribution, find_attribution, find_attributions
from rag.answer.naming import (
    describe,
    expand,
    find_holder,
    is_person,
    is_plain_body,
    list_names,
    suits,
)
from rag.answer.quoting import HIDDEN, Speech, find_speech
from rag.answer.speech_subject import find_subject_of_clause
from rag.answer.speech_table import BODIES, COUNTRIES
from rag.ingest.sentences import split_sentences
from rag.types import Span

__all__ = ["Attribution", "Speaker", "find_attribution", "find_attributions", "find_speaker"]

#: Paragraphs and sentences that are read back for who “he” is, or whose quotation goes on.
PARAGRAPHS_BACK, SENTENCES_BACK = 4, 6
_LINE = re.compile(r"[^\n\r\u2028\u2029]*\S[^\n\r\u2028\u2029]*")


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whose words or claim a sentence reports, by the fullest name that its article gives.

    `where` is what tells it: the sentence itself (also with a pronoun), what comes after it, or
    what goes before.
    """

    name: str
    where: Literal["here", "after", "before"]


@dataclass(frozen=True, slots=True)
class _Line:
    """A sentence of a paragraph: where it stands in it, and itself with quoted speech hidden."""

    span: Span
    hidden: str
    found: tuple[Attribution, ...]

    @property
    def main(self) -> Attribution | None:
        return _pick(self.found)


@dataclass(frozen=True, slots=True)
class _Paragraph:
    start: int
    text: str
    speech: tuple[Speech, ...]
    lines: tuple[_Line, ...]


def find_speaker(text: str, span: Span) -> Speaker | None:
    """Who says what the sentence at `span` of an article's `text` reports, or None.

    None also where nobody is named for certain: a speaker is left out rather than guessed. The
    same arguments always give the same answer; paragraphs that were read are remembered.
    """
    starts = _list_paragraphs(text)
    number = bisect_right(starts, (span.start, len(text))) - 1
    if number < 0 or span.start >= span.end:
        return None
    place = span.start - starts[number][0]
    paragraph = _read(text, number)
    for index, line in enumerate(paragraph.lines):
        if place < line.span.end:
            return _Search(text).speaker(number, index)
    return None


@lru_cache(maxsize=64)
def _list_paragraphs(text: str) -> tuple[tuple[int, int], ...]:
    return tuple((found.start(), found.end()) for found in _LINE.finditer(text))


def _read(text: str, number: int) -> _Paragraph:
    start, end = _list_paragraphs(text)[number]
    return _read_paragraph(start, text[start:end])


@lru_cache(maxsize=4_000)
def _read_paragraph(start: int, text: str) -> _Paragraph:
    speech = find_speech(text)
    hidden = text
    for one in speech:
        hidden = (
            hidden[: one.span.start]
            + HIDDEN * (one.span.end - one.span.start)
            + hidden[one.span.end :]
        )
    lines = [
        _Line(span, span.of(hidden), find_attributions(span.of(hidden)))
        for span in split_sentences(text)
    ]
    return _Paragraph(start, text, speech, tuple(lines))


def _pick(found: tuple[Attribution, ...]) -> Attribution | None:
    """The attribution of the whole sentence, as `find_attribution` has it, but of no opinion."""
    said = [one for one in found if one.kind != "thought"]
    outer = [
        one
        for one in said
        if not any(
            other is not one
            and other.content.start <= one.speaker.start < other.content.end
            and not (one.content.start <= other.speaker.start < one.content.end)
            for other in said
        )
    ]
    return outer[0] if outer else None


class _Search:
    """One look for a speaker in an article."""

    def __init__(self, text: str) -> None:
        self.text = text

    def speaker(self, number: int, index: int, depth: int = 0) -> Speaker | None:
        if depth > 12 or number < 0:
            return None
        paragraph = _read(self.text, number)
        line = paragraph.lines[index]
        here = self._here(number, index, depth)
        if here is not None or line.main is not None:
            return here
        speech = _speech_at(paragraph, line)
        if speech is None:
            return self._going_on(number, index, depth)
        return self._quoted(number, index, speech, depth)

    def _here(self, number: int, index: int, depth: int) -> Speaker | None:
        line = _read(self.text, number).lines[index]
        main = line.main
        if main is None:
            return None
        name = self.resolve(number, index, main, depth)
        if name is None or self._is_contested(number, index, main, name, depth):
            return None
        return Speaker(name, "here")

    def _is_contested(
        self, number: int, index: int, main: Attribution, name: str, depth: int
    ) -> bool:
        """Whether the sentence gives another speaker something of his own besides."""
        line = _read(self.text, number).lines[index]
        for one in line.found:
            if one is main or one.kind == "thought" or one.speaker == main.speaker:
                continue
            inside = main.content.start <= one.speaker.start < main.content.end
            if inside and main.content != Span(0, len(line.hidden)):
                continue
            other = self.resolve(number, index, one, depth + 1)
            if other != name:
                return True
        return False

    def _quoted(self, number: int, index: int, speech: Speech, depth: int) -> Speaker | None:
        """The speaker of a sentence within quoted speech that does not name them itself."""
        paragraph = _read(self.text, number)
        lines = paragraph.lines
        last = next(
            (n for n, one in enumerate(lines) if one.span.end >= speech.span.end), len(lines) - 1
        )
        first = next((n for n, one in enumerate(lines) if one.span.end > speech.span.start), 0)
        if last > index and (found := self._here(number, last, depth)):
            main = lines[last].main
            if main and lines[last].span.start + main.speaker.start >= speech.span.end:
                return Speaker(found.name, "after")
        if (
            last + 1 < len(lines)
            and _only_names(lines[last + 1])
            and (found := self._here(number, last + 1, depth))
        ):
            return Speaker(found.name, "after")
        if first < index and (found := self._here(number, first, depth)):
            return Speaker(found.name, "before")
        if first > 0:
            before = self.speaker(number, first - 1, depth + 1)
            return Speaker(before.name, "before") if before else None
        return self._from_paragraph_before(number, depth)

    def _from_paragraph_before(self, number: int, depth: int) -> Speaker | None:
        """Who speaks where a paragraph of nothing but quoted speech follows what they said."""
        for back in range(number - 1, max(-1, number - PARAGRAPHS_BACK), -1):
            paragraph = _read(self.text, back)
            if not _is_prose(paragraph):
                continue
            found = self.speaker(back, len(paragraph.lines) - 1, depth + 1)
            return Speaker(found.name, "before") if found else None
        return None

    def _going_on(self, number: int, index: int, depth: int) -> Speaker | None:
        """Reported speech that goes on, some of its words in quotation marks."""
        paragraph = _read(self.text, number)
        line = paragraph.lines[index]
        words = [
            one
            for one in paragraph.speech
            if line.span.start < one.span.start and one.span.end <= line.span.end
        ]
        if index == 0 or not any(_is_phrase(one.span.of(paragraph.text)) for one in words):
            return None
        before = paragraph.lines[index - 1]
        if before.main is None:
            return None
        found = self.speaker(number, index - 1, depth + 1)
        return Speaker(found.name, "before") if found else None

    def resolve(self, number: int, index: int, one: Attribution, depth: int) -> str | None:
        """The fullest name of an attribution's speaker."""
        line = _read(self.text, number).lines[index]
        return self._name(number, index, one.speaker.of(line.hidden), one.speaker, depth)

    def _name(self, number: int, index: int, written: str, at: Span, depth: int) -> str | None:
        paragraph = _read(self.text, number)
        who = describe(written)
        end = paragraph.start + paragraph.lines[index].span.start + at.end
        if who.is_pronoun:
            return self._referent(number, index, written.casefold(), at, depth)
        if who.is_writing or depth > 12:
            return None
        lower = re.sub(r"^the ", "", written.casefold())
        if lower in COUNTRIES:
            return COUNTRIES[lower]
        if who.name:
            return expand(who.name, self.text, end) or who.name
        if not who.is_definite:
            return written[0].lower() + written[1:]
        return self._definite(number, index, written, who.role, depth)

    def _definite(self, number: int, index: int, written: str, role: str, depth: int) -> str | None:
        """Whom “the envoy” or “the department” means."""
        holder = find_holder(role, self.text)
        if holder:
            return holder
        if role in BODIES:
            for back in range(index - 1, max(-1, index - 3), -1):
                subject = self._subject(number, back, depth)
                if subject and not is_person(subject.split()) and subject[:1].isupper():
                    return subject
        plain = len(written.split()) > 2 or is_plain_body(role)
        return written[0].lower() + written[1:] if plain else None

    def _referent(self, number: int, index: int, pronoun: str, at: Span, depth: int) -> str | None:
        """Whom a pronoun means: the subject before it that it suits, the nearest first."""
        if pronoun in ("i", "we") or depth > 12:
            return None
        pronoun = {"his": "he", "her": "she", "its": "it", "their": "they"}.get(pronoun, pronoun)
        line = _read(self.text, number).lines[index]
        own = find_subject_of_clause(line.hidden[: at.start])
        if own is not None and own.end < at.start:
            name = self._name(number, index, own.of(line.hidden), own, depth + 1)
            if name and self._suits(name, pronoun):
                return name
        steps = 0
        for back in range(number, max(-1, number - PARAGRAPHS_BACK), -1):
            paragraph = _read(self.text, back)
            if back != number and not _is_prose(paragraph):
                continue
            latest = (index if back == number else len(paragraph.lines)) - 1
            for place in range(latest, -1, -1):
                steps += 1
                if steps > SENTENCES_BACK:
                    return None
                name = self._subject(back, place, depth + 1)
                if name is not None and self._suits(name, pronoun):
                    return name
                if name is None and pronoun in ("he", "she"):
                    alone = self._alone(back, place, pronoun)
                    if alone:
                        return alone
            if pronoun in ("it", "they"):
                return None
        return None

    def _suits(self, name: str, pronoun: str) -> bool:
        words = name.split()
        person = is_person(words)
        if pronoun in ("he", "she"):
            if len(words) == 1 or not person:
                return False
            return suits(name, pronoun)
        return not person and (pronoun == "they" or words[0] not in ("some", "many", "officials"))

    def _subject(self, number: int, index: int, depth: int) -> str | None:
        """The fullest name of what a sentence is about: its speaker, or its subject."""
        if depth > 12:
            return None
        line = _read(self.text, number).lines[index]
        if line.main is not None:
            return self.resolve(number, index, line.main, depth + 1)
        if HIDDEN in line.hidden[:2]:
            found = self.speaker(number, index, depth + 1)
            return found.name if found else None
        subject = find_subject_of_clause(line.hidden)
        if subject is None:
            return None
        return self._name(number, index, subject.of(line.hidden), subject, depth + 1)

    def _alone(self, number: int, index: int, pronoun: str) -> str | None:
        """The only person that a sentence names in full, where the pronoun suits."""
        paragraph = _read(self.text, number)
        span = paragraph.lines[index].span
        start, end = paragraph.start + span.start, paragraph.start + span.end
        names = {
            one.name
            for one in list_names(self.text)
            if start <= one.start < end and is_person(one.words)
        }
        if len(names) == 1:
            name = names.pop()
            return name if suits(name, pronoun) else None
        return None


def _speech_at(paragraph: _Paragraph, line: _Line) -> Speech | None:
    """The quoted speech that a sentence begins in, or nearly."""
    letter = re.search(r"\w", line.span.of(paragraph.text))
    place = line.span.start + (letter.start() if letter else 0)
    for one in paragraph.speech:
        if one.span.start <= place < one.span.end:
            return one
    return None


def _only_names(line: _Line) -> bool:
    """Whether a sentence is no more than “Smith said.”"""
    return bool(line.main and len(line.hidden.split()) <= 8 and HIDDEN not in line.hidden)


def _is_phrase(quoted: str) -> bool:
    """Whether quoted words are some of a sentence's, and no title or single word."""
    inside = quoted.strip("“”\"'‘’«»")
    return inside[:1].islower() and len(inside.split()) >= 3


def _is_prose(paragraph: _Paragraph) -> bool:
    """Whether a paragraph is no heading, advertisement or list of links."""
    text = paragraph.text.strip()
    letters = [c for c in text if c.isalpha()]
    capitals = sum(c.isupper() for c in letters)
    if letters and capitals > len(letters) / 2:
        return False
    return bool(re.search(r"[.!?…:][”’\"'»)\]]*$", text)) or len(text.split()) > 12
