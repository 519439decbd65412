"""One window as the reader takes it in, and what it makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rag.index.encoder import MAX_TOKENS
from rag.types import Span

CLS, SEP, PAD = 101, 102, 0
#: The most tokens of a question and of a title that are read.
QUESTION_TOKENS, TITLE_TOKENS = 48, 24
#: The longest answer, in tokens.
LONGEST = 24

Array = NDArray[np.float32]
#: A token of a text, and the characters that it stands for.
Token = tuple[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of a window, and the log odds of its being the answer against there being none."""

    span: Span
    odds: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader makes of one window: logits, all relative to there being no answer.

    `start` and `end` are of shape (tokens,), for the tokens whose characters `offsets` gives;
    `answers` is the log odds of the window's answering at all, by a head of its own.
    """

    offsets: Sequence[tuple[int, int]]
    start: Array = field(repr=False)
    end: Array = field(repr=False)
    answers: float

    def find(self, within: Span | None = None) -> Found | None:
        """The likeliest answer within a stretch of the window's text; None where no token is."""
        low, high = 0, len(self.offsets)
        if within is not None:
            inside = [
                n
                for n, (start, end) in enumerate(self.offsets)
                if within.start <= start and end <= within.end
            ]
            if not inside:
                return None
            low, high = inside[0], inside[-1] + 1
        if low == high:
            return None
        sums = self.start[low:high, None] + self.end[None, low:high]
        size = high - low
        allowed = np.triu(np.ones((size, size), bool)) & ~np.triu(
            np.ones((size, size), bool), LONGEST
        )
        place = int(np.where(allowed, sums, -np.inf).argmax())
        first, last = divmod(place, size)
        span = Span(self.offsets[low + first][0], self.offsets[low + last][1])
        return Found(span, float(sums[first, last]))


@dataclass(frozen=True, slots=True)
class Row:
    """What one window is read as; `question` and `passage` are tokens before its parts begin."""

    ids: list[int]
    question: int
    passage: int
    offsets: list[tuple[int, int]]

    def lay(self, span: Array, answers: float) -> Reading:
        """The reading of this row's logits, `span` of shape (tokens, 2), padding at its end."""
        inside = slice(self.passage, self.passage + len(self.offsets))
        start, end = span[inside, 0] - span[0, 0], span[inside, 1] - span[0, 1]
        return Reading(self.offsets, start, end, answers)


def make_row(question: Sequence[int], title: Sequence[int], body: Sequence[Token]) -> Row:
    """The row of a question, a title that may be empty, and a window, cut off at MAX_TOKENS."""
    ids = [CLS, *question[:QUESTION_TOKENS], SEP]
    asked = len(ids)
    if title:
        ids += [*title[:TITLE_TOKENS], SEP]
    passage = len(ids)
    body = body[: MAX_TOKENS - passage - 1]
    places = [place for _, place in body]
    return Row([*ids, *(token for token, _ in body), SEP], asked, passage, places)
