"""What speaks against a claim, and the words in which a reader is told."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.answer.checking.aligning import Alignment
from rag.answer.checking.roles import Mention
from rag.answer.checking.sources import Source
from rag.answer.checking.words import restore_names
from rag.text import shorten

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
    return f": “{shorten(' '.join(source.read.text.split()), _SHOWN)}”"


def quote_best(alignment: Alignment) -> str:
    """The same of the sentence that the claim most likely comes from."""
    return quote(alignment.sources[alignment.chosen[0]] if alignment.chosen else None)


def name_as_written(mention: Mention, source: Source) -> str:
    """The name as it stands within a sentence of the article's; else “somebody else”."""
    name = restore_names(mention.said).removeprefix("The ")
    for text in (source.read.text, source.hit.article.text):
        if found := re.search(rf"(\b[Tt]he )?{re.escape(name)}", text):
            return f"the {name}" if found[1] else name
    return "somebody else"
