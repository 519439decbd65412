"""Names that no capital letter shows: in another script, behind “@”, or of places in lower case."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from rag.answer.checking.word_table import METONYMS
from rag.answer.facts import SAME
from rag.index.lexical import STOP_WORDS

_WORD = re.compile(r"[^\W\d_]+")
_TAG = re.compile(r"(?<!\w)[@#](?P<name>\w*[^\W\d]\w*)")
#: Places that are no English word in lower case.
_PLACES = (frozenset(METONYMS) | {name.casefold() for name, _ in SAME}) - frozenset(
    "us uk un eu turkey kremlin".split()
)


def list_hidden_names(text: str) -> Iterator[str]:
    """The names of a sentence that are not written as names are in English."""
    yield from (match["name"] for match in _TAG.finditer(text))
    words = _WORD.findall(text)
    yield from (word for word in words if word in _PLACES and word not in STOP_WORDS)
    # A text in another script is not all names.
    foreign = [word for word in words if not _is_latin(word)]
    if 2 * sum(map(len, foreign)) < sum(map(len, words)):
        yield from (word for word in foreign if not any(c.isnumeric() for c in word))


def _is_latin(word: str) -> bool:
    return all(unicodedata.name(c, "LATIN").startswith(("LATIN", "MODIFIER")) for c in word)
