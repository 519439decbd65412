"""What speaks against a claim, and the words in which a reader is told."""

from __future__ import annotations

from dataclasses import dataclass

from rag.answer.checking.aligning import Alignment
from rag.answer.checking.roles import Mention
from rag.answer.checking.sources import Source
from rag.answer.checking.words import restore_names

#: A quotation in a reason, in characters.
_SHOWN = 90
#: Why a sentence is not borne out that may yet be close enough, by an embedder, to one that is.
TOO_FEW = "Too few of its words stand in what it cites."


@dataclass(frozen=True, slots=True)
class Sign:
    """What speaks against a claim: how strongly, 0..1, and why, as a reader is told."""

    name: str
    value: float
    why: str = ""


def quote(source: Source | None) -> str:
    """A sentence as a reason's proof: behind a colon, and shortened; a full stop for none."""
    if source is None:
        return "."
    text = " ".join(source.read.text.split())
    shown = text if len(text) <= _SHOWN else text[: _SHOWN - 1].rstrip() + "…"
    return f": “{shown}”"


def quote_best(alignment: Alignment) -> str:
    """The same of the sentence that the claim most likely comes from."""
    return quote(alignment.sources[alignment.chosen[0]] if alignment.chosen else None)


def name_as_written(mention: Mention, source: Source) -> str:
    """The name as the article writes it; “somebody else” where it calls them otherwise."""
    name = restore_names(mention.said)
    known = name in source.read.text or name in source.hit.article.text
    return name if known else "somebody else"
