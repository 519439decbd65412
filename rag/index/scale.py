"""What an embedder's cosines mean, in terms of all-MiniLM-L6-v2's.

What the program has learnt and its limits stand on MiniLM's cosines, and other models' lie
elsewhere: two texts that have nothing in common get .0 from one model and .7 from another. Each is
therefore gauged once, by questions with their passages, and its cosines are laid on MiniLM's by the
line through two points: what a question has with the passage that answers it, and what it has with
a stranger's. Unlike ranks, or a standardisation for each question, that keeps a question to which
nothing is near apart from one that is answered, and changes no order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from rag.index.embedders import Vectors

#: The mean cosines that MiniLM gives the questions of `gauge_table` with their own passages, and
#: with the others'.
NEAR, STRANGE = 0.586656, 0.06544
#: An embedder that keeps those apart by less than this tells nothing apart.
LEAST = 0.01

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Scale:
    """The line that lays an embedder's cosines on MiniLM's."""

    factor: float = 1.0
    offset: float = 0.0

    def lay(self, cosines: Array) -> Array:
        return np.asarray(self.factor * cosines + self.offset, np.float32)

    def __str__(self) -> str:
        return f"{self.factor!r} {self.offset!r}"

    @classmethod
    def read(cls, text: str) -> Scale:
        """What `str` wrote. Raises ValueError where it is nothing of the kind."""
        factor, offset = map(float, text.split())
        return cls(factor, offset)


#: MiniLM's own.
SAME = Scale()


def measure(questions: Vectors, passages: Vectors) -> tuple[float, float]:
    """The mean cosine of each question with its own passage, and with the others'."""
    cosines = (questions @ passages.T).astype(float)
    count = len(cosines)
    own = float(np.trace(cosines))
    return own / count, (float(cosines.sum()) - own) / (count * (count - 1))


def find_scale(questions: Vectors, passages: Vectors) -> Scale | None:
    """The scale by which cosines are as MiniLM's; None where the vectors tell nothing apart."""
    near, strange = measure(questions, passages)
    if near - strange < LEAST:
        return None
    factor = (NEAR - STRANGE) / (near - strange)
    return Scale(factor, NEAR - factor * near)
