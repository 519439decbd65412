"""The words of a sentence, each with what it is compared by."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from rag.answer.checking.word_table import LEMMAS, METONYMS
from rag.answer.facts import unify
from rag.index.lexical import STOP_WORDS, stems
from rag.retrieve.question import MONTH, NOT_NAMES

#: A word with its apostrophes, a figure with its separators, or a mark that parts clauses.
_TOKEN = re.compile(
    r"\d+(?:[.,]\d+)*"
    r"|[^\W\d_a-z][^\W_]*(?:['.\-‐‑](?=\w)[^\W_]+)+"
    r"|[^\W_]+(?:['.](?=\w)[^\W_]+)*"
    r"|[,;:()\u2013\u2014.!?]|[“”„«»\"]",
)
_MONTH = re.compile(MONTH)
_NOT_WORD = re.compile(r"\W")
#: An address says nothing of what it stands beside.
_ADDRESS = re.compile(r"\bhttps?://[^\s()<>]*", re.IGNORECASE)
_KOREA = re.compile(r"\b(North|South)Korea\b")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark, and where it stands in the text as `simplify` gives it.

    `stem` is "" for a mark and for a word that says nothing by itself.
    """

    text: str
    lower: str
    stem: str
    is_name: bool
    start: int
    end: int

    @property
    def is_mark(self) -> bool:
        return bool(_NOT_WORD.match(self.text))


def simplify(sentence: str) -> str:
    """The sentence with countries written in one way, and possessives without their “'s”."""
    text = _ADDRESS.sub("", unicodedata.normalize("NFC", sentence))
    text = " ".join(text.split())
    text = unify(text).replace("’", "'")
    text = re.sub(r"'s\b|(?<=s)'(?=\s)", "", text)
    text = re.sub(r"n't\b", " not", text)
    # Two states whose names share a word, and one of them is called by the other word alone.
    text = re.sub(r"\b(North|South) Korea\b", r"\1Korea", text)
    return re.sub(r"\b([Tt]he) (North|South)(?! [A-Z])\b", r"\1 \2Korea", text)


def restore_names(plain: str) -> str:
    """A stretch of what `simplify` gave with its names as one writes them."""
    return _KOREA.sub(r"\1 Korea", plain)


def split_tokens(plain: str) -> list[Token]:
    """The words and marks of a text that was `simplify`ed."""
    found: list[Token] = []
    for match in _TOKEN.finditer(plain):
        found.append(_make(match.group(), match.start(), first=not found))
    return found


def _make(word: str, start: int, *, first: bool) -> Token:
    lower = word.casefold()
    name = word[:1].isupper() and (not first or (word.isupper() and len(word) > 1))
    dates = lower in NOT_NAMES or bool(_MONTH.fullmatch(word))
    stem = "" if dates else find_stem(lower)
    is_name = name and not dates and lower not in STOP_WORDS
    return Token(word, lower, stem, is_name, start, start + len(word))


@lru_cache(maxsize=20_000)
def find_stem(lower: str) -> str:
    """What a word is compared by: its stem, its verb's, or the state that it stands for."""
    if lower in STOP_WORDS or not any(c.isalnum() for c in lower):
        return ""
    if lower in METONYMS:
        return find_stem(METONYMS[lower])
    found = stems(LEMMAS.get(lower, lower))
    return found[0] if found else ""


def list_aliases(name: str) -> tuple[str, ...]:
    """The stems that may stand for a name: a capital's state, and the name itself."""
    lower = name.casefold()
    state = METONYMS.get(lower)
    own = tuple(stems(name))
    return (*own, "korea" if state.endswith("korea") else find_stem(state)) if state else own
