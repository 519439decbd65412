"""Where quoted speech stands in a paragraph, also where its marks are broken or go on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rag.types import Span

#: Stands for each character of quoted speech where only the rest is read.
HIDDEN = "\x1a"

_OPENS, _CLOSES = "“«„‟", "”»"
_SINGLE = re.compile(r"(?<!\w)[‘'](?=\w)(?:[^‘’'\n]|(?<=\w)[’'](?=\w))*[’'](?!\w)")
_BEFORE_OPENING = re.compile(r"(?:^|[\s(\[—–:,-])$")


@dataclass(frozen=True, slots=True)
class Speech:
    """Quoted speech with its marks; `begun` where it went on from before, `open` where it does."""

    span: Span
    begun: bool = False
    open: bool = False


@lru_cache(maxsize=4_000)
def find_speech(text: str) -> tuple[Speech, ...]:
    """The quoted speech of one paragraph or sentence, in order and disjoint.

    A mark that closes before any has opened ends speech that began before the text; one that is
    never closed opens speech to the end. Single marks count where they stand in pairs.
    """
    found: list[Speech] = []
    start: int | None = None
    for place, opens, closes in _list_marks(text):
        if opens and (start is None or not _begins_sentence(text, place)):
            # A mark that opens in mid-sentence within open speech: the first was never closed.
            start = place
        elif start is None and closes and not found and place > 0:
            found.append(Speech(Span(0, place + 1), begun=True))
        elif start is not None and closes:
            found.append(Speech(Span(start, place + 1)))
            start = None
    if start is not None:
        found.append(Speech(Span(start, len(text)), open=True))
    return tuple(found or _find_single(text))


def hide_speech(text: str) -> str:
    """The text with every character of quoted speech replaced, of the same length."""
    hidden = text
    for speech in find_speech(text):
        start, end = speech.span.start, speech.span.end
        hidden = hidden[:start] + HIDDEN * (end - start) + hidden[end:]
    return hidden


def _begins_sentence(text: str, place: int) -> bool:
    return bool(re.search(r"(?:^|[.!?…:]\s*)$", text[max(0, place - 4) : place]))


def _list_marks(text: str) -> Iterator[tuple[int, bool, bool]]:
    """Each double mark: its place, whether it may open, whether it may close."""
    straight_open = False
    for mark in re.finditer(r"[“”«»„‟\"]|''", text):
        character = mark.group()[0]
        place = mark.start()
        if character in _OPENS:
            yield place, True, False
        elif character in _CLOSES:
            yield place, False, True
        else:
            before = bool(_BEFORE_OPENING.search(text[max(0, place - 1) : place]))
            after = text[mark.end() : mark.end() + 1]
            opens = before and bool(after) and not after.isspace()
            if not before and not straight_open and text[place - 1].isdigit() and place > 1:
                continue  # inches
            straight_open = opens
            yield place, opens, not opens


def _find_single(text: str) -> list[Speech]:
    """Speech between single marks, which some outlets use: of two words at least."""
    return [
        Speech(Span(found.start(), found.end()))
        for found in _SINGLE.finditer(text)
        if re.search(r"\s|[,.!?][’']$", found.group())
    ]
