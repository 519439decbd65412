"""Whether a figure, a day or a name stands in the source where a claim has it, or elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag.answer.checking.aligning import Alignment
from rag.answer.checking.sources import Source

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
    rivals: Callable[[Source], bool],
) -> Source | None:
    """The sentence that the words around `place` come from, where that one has a rival instead.

    `has` tells whether a sentence has what stands at `place`, `rivals` whether it has another one
    of its kind. None where a sentence that has it, or its neighbour, fits as well.
    """
    rows = _rows_around(alignment, place)
    if not rows or any(has(alignment.sources[column]) for column in alignment.chosen):
        return None
    own, rival, best = 0.0, 0.0, None
    for column, source in enumerate(alignment.sources):
        fits = float(alignment.likeness[rows, column].sum())
        if has(source):
            own = max(own, fits)
        else:
            if _beside(alignment.sources, column, has):
                own = max(own, BESIDE * fits)
            if rivals(source) and fits > rival:
                rival, best = fits, source
    return best if rival > FACTOR * own + MARGIN else None


def _rows_around(alignment: Alignment, place: int) -> list[int]:
    return [
        row
        for row, other in enumerate(alignment.places)
        if other != place and abs(other - place) <= REACH
    ]


def _beside(sources: Sequence[Source], column: int, has: Callable[[Source], bool]) -> bool:
    own = sources[column].hit.article.id
    near = [place for place in (column - 1, column + 1) if 0 <= place < len(sources)]
    return any(sources[place].hit.article.id == own and has(sources[place]) for place in near)
