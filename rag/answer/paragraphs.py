"""An article read for who speaks in it: paragraphs, their sentences, their quoted speech."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rag.answer.attribution import Attribution, pick_outer, read_hidden
from rag.answer.quoting import HIDDEN, Speech, find_speech
from rag.answer.speech_content import has_verb
from rag.ingest.sentences import split_sentences
from rag.types import Span

_LINE = re.compile(r"[^\n\r\u2028\u2029]*\S[^\n\r\u2028\u2029]*")
_ENDED = re.compile(r"[.!?…:][”’\"'»)\]]*$")
#: What gives a claim to nobody: “It was reported that …, but he denied that”.
_NOBODY = re.compile(r"^(?:It (?:was|is|has been) (?:\w+ly )?(?:\w+ed|said)\b)")
#: What a second statement of a sentence begins with.
_JOINED = re.compile(r"(?:\b(?:and|but|so|yet|while|whereas)|[—–;](?: instead,| but)?)\s+$")
#: Between a speaker's first verb and the second.
_SECOND = re.compile(r"\s(?:and|but|then)\s")
#: So many words before it make a statement of its own, in words.
_STATEMENT = 5


@dataclass(frozen=True)
class Line:
    """A sentence of a paragraph: where it stands there, and itself with quoted speech hidden."""

    span: Span
    hidden: str

    @cached_property
    def found(self) -> tuple[Attribution, ...]:
        """Its attributions, but for those of what somebody thinks."""
        return tuple(one for one in read_hidden(self.hidden) if one.kind != "thought")

    @cached_property
    def main(self) -> Attribution | None:
        """The attribution of all that it says; None where there is none, or only of a part."""
        one = pick_outer(self.found)
        if one is None or _NOBODY.match(self.hidden):
            return None
        before = self.hidden[: one.speaker.start]
        behind = one.content.start >= one.speaker.end
        if behind and _JOINED.search(before) and len(before.split()) > _STATEMENT:
            return None
        return (
            None
            if behind and _does_first(self.hidden[one.speaker.end : one.content.start])
            else one
        )

    @property
    def only_names(self) -> bool:
        """Whether it is no more than “Smith said.”"""
        return any(one.content.end == 0 for one in self.found)


@dataclass(frozen=True)
class Paragraph:
    """A line of an article; `start` is its place there, all other places are within it."""

    start: int
    text: str
    speech: tuple[Speech, ...]
    lines: tuple[Line, ...]

    def speech_at(self, line: Line) -> Speech | None:
        """The quoted speech that a sentence begins in, where it is more than some words of it."""
        letter = re.search(r"\w", line.span.of(self.text))
        place = line.span.start + (letter.start() if letter else 0)
        for one in self.speech:
            if one.span.start <= place < one.span.end:
                rest = line.hidden[max(0, one.span.end - line.span.start) :]
                alone = line.main is not None or not re.search(r"\w", rest.replace(HIDDEN, " "))
                return one if alone or one.open else None
        return None

    def phrases_in(self, line: Line) -> list[str]:
        """What a sentence has within it in quotation marks."""
        return [
            one.span.of(self.text)
            for one in self.speech
            if line.span.start < one.span.start and one.span.end <= line.span.end
        ]

    @cached_property
    def is_prose(self) -> bool:
        """Whether it is no heading, advertisement or list of links."""
        if sum(map(str.isupper, self.text)) > sum(map(str.isalpha, self.text)) / 2:
            return False
        if _ENDED.search(self.text.strip()) or len(self.text.split()) > 12:
            return True
        return bool(self.speech) and any(line.found for line in self.lines)


def _does_first(between: str) -> bool:
    """Whether a speaker does something before they speak: “fired missiles and said that …”.

    What they did is told by the article, so the sentence is not theirs alone.
    """
    joint = _SECOND.search(between)
    return joint is not None and not has_verb(between[: joint.start()])


class Paragraphs:
    """The paragraphs of an article, each read once it is asked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans = _list_lines(text)

    def __getitem__(self, number: int) -> Paragraph:
        span = self.spans[number]
        return _read(span.start, span.of(self.text))

    def find(self, place: int) -> tuple[int, int] | None:
        """The numbers of the paragraph and of its sentence at a place of the article's text."""
        number = bisect_right(self.spans, place, key=lambda span: span.end)
        if number == len(self.spans):
            return None
        lines = self[number].lines
        at = max(0, place - self.spans[number].start)
        return next(
            ((number, index) for index, line in enumerate(lines) if at < line.span.end), None
        )


@lru_cache(maxsize=64)
def _list_lines(text: str) -> tuple[Span, ...]:
    return tuple(Span(found.start(), found.end()) for found in _LINE.finditer(text))


@lru_cache(maxsize=4_000)
def _read(start: int, text: str) -> Paragraph:
    speech = find_speech(text)
    hidden = text
    for one in speech:
        length = one.span.end - one.span.start
        hidden = hidden[: one.span.start] + HIDDEN * length + hidden[one.span.end :]
    lines = tuple(Line(span, span.of(hidden)) for span in split_sentences(text))
    return Paragraph(start, text, speech, lines)
