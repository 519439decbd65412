"""What a sentence gives as somebody's words, laid on its tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.answer.attribution import find_attributions
from rag.answer.checking.words import Token, simplify


@dataclass(frozen=True, slots=True)
class Saying:
    """Somebody's words: the speaker as written, what is done, and the tokens attributed."""

    speaker: str
    kind: str
    start: int
    end: int


def find_sayings(text: str, tokens: Sequence[Token]) -> list[Saying]:
    """What a sentence attributes; `tokens` are those of the text as `simplify` gives it."""
    found = []
    for one in find_attributions(text):
        first = len(simplify(text[: one.content.start]))
        last = len(simplify(text[: one.content.end]))
        inside = [n for n, token in enumerate(tokens) if token.end > first and token.start < last]
        if inside:
            found.append(Saying(one.name(text), one.kind, inside[0], inside[-1] + 1))
    return found
