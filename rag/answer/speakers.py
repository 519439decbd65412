"""Who says what a sentence reports: by the sentence itself, or by the text around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rag.answer.attribution import Attribution, find_attribution, find_attributions
from rag.answer.describing import describe
from rag.answer.paragraphs import Line, Paragraphs
from rag.answer.quoting import Speech
from rag.answer.referents import DEEPEST, Place, Referents
from rag.types import Span

__all__ = [
    "Attribution",
    "Speaker",
    "find_attribution",
    "find_attributions",
    "find_speaker",
    "is_same",
]

#: Paragraphs that are read back for whose quotation goes on.
BACK = 4
_CREDIT = re.compile(r"^\W*[—–-]\s*[^\W\d_]")
_SO = re.compile(r"\bsaid so\b|^(?:Word|News|Confirmation) of\b")
#: Fewer words in quotation marks may be a title or a word that is only named, in words.
_PHRASE = 3


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whose words or claim a sentence reports, by the fullest name that its article gives.

    `where` is what tells it: the sentence itself (also with a pronoun), what comes after it, or
    what goes before.
    """

    name: str
    where: Literal["here", "after", "before"]


def find_speaker(text: str, span: Span) -> Speaker | None:
    """Who says what the sentence at `span` of an article's `text` reports, or None.

    None also where nobody is named for certain: a speaker is left out rather than guessed. The
    same arguments always give the same answer; paragraphs that were read are remembered.
    """
    if not 0 <= span.start < span.end <= len(text):
        return None
    paragraphs = Paragraphs(text)
    found = paragraphs.find(span.start)
    if found is None:
        return None
    search = _Search(paragraphs)
    return search.speaker(Place(*found), 0) or search.as_written(Place(*found))


def is_same(one: str | None, other: str | None) -> bool:
    """Whether two names are somebody's: the same words, or some of them: “the US Treasury”."""
    if one is None or other is None:
        return one is other
    first, second = (set(name.removeprefix("the ").split()) for name in (one, other))
    return first <= second or second <= first


class _Search:
    """One look for speakers in an article."""

    def __init__(self, paragraphs: Paragraphs) -> None:
        self._paragraphs = paragraphs
        self._referents = Referents(paragraphs, self._speaks)
        self._known: dict[Place, Speaker | None] = {}

    def speaker(self, place: Place, depth: int) -> Speaker | None:
        """Who says what a sentence reports; None where the question comes back to itself."""
        if place not in self._known:
            self._known[place] = None
            self._known[place] = self._look(place, depth)
        return self._known[place]

    def _look(self, place: Place, depth: int) -> Speaker | None:
        paragraph = self._paragraphs[place.paragraph]
        if depth > DEEPEST or not paragraph.is_prose:
            return None
        line = paragraph.lines[place.line]
        if line.main is not None:
            return self._here(place, depth)
        speech = paragraph.speech_at(line)
        if speech is not None:
            return self._quoted(place, speech, depth)
        return self._credited(place, depth) or self._going_on(place, depth)

    def as_written(self, place: Place) -> Speaker | None:
        """The surname that a sentence gives its speaker, where two of the article's have it."""
        line = self._line(place)
        if (
            line.main is None
            or len(line.found) > 1
            or not self._paragraphs[place.paragraph].is_prose
        ):
            return None
        who = describe(line.main.name(line.hidden))
        return Speaker(who.name, "here") if who.name and not who.is_pronoun else None

    def _speaks(self, paragraph: int, line: int, depth: int) -> str | None:
        found = self.speaker(Place(paragraph, line), depth)
        return found.name if found else None

    def _line(self, place: Place) -> Line:
        return self._paragraphs[place.paragraph].lines[place.line]

    def _here(self, place: Place, depth: int) -> Speaker | None:
        main = self._line(place).main
        name = self._referents.name(place, main.speaker, depth) if main else None
        if main is None or name is None or self._is_contested(place, main, name, depth):
            return None
        return Speaker(name, "here")

    def _is_contested(self, place: Place, main: Attribution, name: str, depth: int) -> bool:
        """Whether the sentence gives another speaker something of their own besides."""
        for one in self._line(place).found:
            accounts = one.kind == main.kind == "according to"
            if one.speaker == main.speaker or (main.holds(one) and not accounts):
                continue
            other = self._referents.name(place, one.speaker, depth + 1)
            if other is not None and not is_same(other, name):
                return True
        return False

    def _quoted(self, place: Place, speech: Speech, depth: int) -> Speaker | None:
        """The speaker of a sentence within quoted speech that does not name them itself."""
        lines = self._paragraphs[place.paragraph].lines
        last = next(
            (n for n, one in enumerate(lines) if one.span.end >= speech.span.end), len(lines) - 1
        )
        first = next((n for n, one in enumerate(lines) if one.span.end > speech.span.start), 0)
        for after in (last, last + 1):
            if after > place.line and self._follows(place, after, speech):
                found = self._here(Place(place.paragraph, after), depth)
                if found:
                    return Speaker(found.name, "after")
        if first < place.line:
            found = self._here(Place(place.paragraph, first), depth)
            if found:
                return Speaker(found.name, "before")
        if first > 0:
            return self._before(Place(place.paragraph, first - 1), depth)
        return self._from_paragraph_before(place.paragraph, depth)

    def _follows(self, place: Place, after: int, speech: Speech) -> bool:
        """Whether a sentence says behind quoted speech who spoke: “…,” he said; “Smith said.”"""
        lines = self._paragraphs[place.paragraph].lines
        if after >= len(lines) or lines[after].main is None:
            return False
        main, line = lines[after].main, lines[after]
        if line.span.start >= speech.span.end:
            return line.only_names or bool(_CREDIT.match(line.hidden))
        return main is not None and line.span.start + main.speaker.start >= speech.span.end

    def _before(self, place: Place, depth: int) -> Speaker | None:
        found = self.speaker(place, depth + 1)
        return Speaker(found.name, "before") if found else None

    def _from_paragraph_before(self, number: int, depth: int) -> Speaker | None:
        """Who speaks where a paragraph of nothing but quoted speech follows what they said."""
        for back in range(number - 1, max(-1, number - BACK), -1):
            paragraph = self._paragraphs[back]
            if paragraph.is_prose:
                return self._before(Place(back, len(paragraph.lines) - 1), depth)
        return None

    def _credited(self, place: Place, depth: int) -> Speaker | None:
        """Who is named right behind: “… . The State Department said so”, “— X (@x)”."""
        lines = self._paragraphs[place.paragraph].lines
        if place.line + 1 < len(lines) and _SO.search(lines[place.line + 1].hidden):
            found = self._here(Place(place.paragraph, place.line + 1), depth)
            return Speaker(found.name, "after") if found else None
        main = lines[-1].main
        if (
            main is not None
            and place.line < len(lines) - 1
            and main.verb == "—"
            and "(@" in lines[-1].hidden
        ):
            found = self._here(Place(place.paragraph, len(lines) - 1), depth)
            return Speaker(found.name, "after") if found else None
        return None

    def _going_on(self, place: Place, depth: int) -> Speaker | None:
        """Reported speech that goes on, some of its words in quotation marks."""
        paragraph = self._paragraphs[place.paragraph]
        phrases = paragraph.phrases_in(paragraph.lines[place.line])
        if place.line == 0 or not any(_is_phrase(one) for one in phrases):
            return None
        if paragraph.lines[place.line - 1].main is None:
            return None
        return self._before(Place(place.paragraph, place.line - 1), depth)


def _is_phrase(quoted: str) -> bool:
    inside = quoted.strip("“”\"'‘’«»")
    return inside[:1].islower() and len(inside.split()) >= _PHRASE
