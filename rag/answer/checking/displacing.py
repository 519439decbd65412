"""Whether a figure or a day stands in the source where a claim has it, or elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rag.answer.checking.aligning import Alignment
from rag.answer.checking.sources import Read, Source

#: Words on each side that a figure or a day belongs to.
REACH = 8
#: How much better a sentence with another figure must fit, as a factor and in words.
FACTOR, MARGIN = 1.25, 0.5
#: What a sentence counts whose neighbour has the figure.
BESIDE = 0.75


def find_displacing(
    alignment: Alignment,
    place: int,
    has: Callable[[Source], bool],
    has_other: Callable[[Source], bool],
) -> Source | None:
    """The sentence that the words around `place` come from, where it has another of the kind.

    `has` tells whether a sentence has what stands at `place`, `has_other` whether it has a rival of
    it. None where a sentence that has it, or its neighbour, fits as well.
    """
    rows = _rows_around(alignment, place)
    if not rows or any(has(source) for _, source in alignment.list_chosen()):
        return None
    own, rival, best = 0.0, 0.0, None
    for column, source in enumerate(alignment.sources):
        fits = float(alignment.likeness[rows, column].sum())
        if has(source):
            own = max(own, fits)
            continue
        if _is_beside(alignment.sources, column, has):
            own = max(own, BESIDE * fits)
        if has_other(source) and fits > rival:
            rival, best = fits, source
    return best if rival > FACTOR * own + MARGIN else None


def find_place(claim: Read, said: str) -> int | None:
    """The place of the first token that begins as what is `said` does."""
    wanted = re.match(r"[\W_]*([^\W_]+)", said.casefold())
    if wanted is None:
        return None
    places = (n for n, token in enumerate(claim.tokens) if token.lower.startswith(wanted[1]))
    return next(places, None)


def _rows_around(alignment: Alignment, place: int) -> list[int]:
    return [
        row
        for row, other in enumerate(alignment.places)
        if other != place and abs(other - place) <= REACH
    ]


def _is_beside(sources: Sequence[Source], column: int, has: Callable[[Source], bool]) -> bool:
    """Whether the sentence before or after in the article has it."""
    own = sources[column].hit.article.id
    near = [place for place in (column - 1, column + 1) if 0 <= place < len(sources)]
    return any(sources[place].hit.article.id == own and has(sources[place]) for place in near)
