"""How alike sentences are in what they tell."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.index.embedders import Embedder

#: “KORVA, Aug 14 (Example Wire) - ” says nothing of what the sentence tells.
_DATELINE = re.compile(
    r"^[A-Z]{3}[A-Z .'’-]*(?:, [\w .]{2,30}){0,2}(?: \([^)]{2,40}\))?\s?(?:—|–|--|-)\s+"
)


def measure_likeness(texts: Sequence[str], embedder: Embedder) -> list[float]:
    """The cosines of the first text to each of the others, what they open with left out."""
    vectors = embedder.embed([drop_dateline(text) for text in texts])
    return [float(cosine) for cosine in vectors[1:] @ vectors[0]]


def drop_dateline(sentence: str) -> str:
    """A report's first sentence without the place, the day and the agency before it."""
    return _DATELINE.sub("", sentence, count=1)
