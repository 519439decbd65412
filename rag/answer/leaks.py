"""What a model must not say: its instructions, and the key that it was called with.

An article may tell a model to print them. They bear nothing out, so a sentence that repeats them is
left out. They are told by runs of their letters, whatever the case, the white space and the marks
between them, over several sentences too. What is put in other words or encoded is not.
"""

from __future__ import annotations

import unicodedata
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

from rag.ingest.sentences import split_sentences

Leak = Literal["instructions", "key"]

#: So many words in a row that are also the instructions' are repeated from there.
WORDS = 8
#: A shorter sentence of the instructions counts whole, from so many words on.
SENTENCE_WORDS = 5
#: So many characters in a row of the key, or this share of it in pieces of so many.
KEY_RUN, KEY_SHARE, KEY_PIECE = 10, 0.6, 3
#: A key is told from a placeholder (“ollama”, “lm-studio”) by a figure in it, or by its length.
SHORTEST_KEY, LONG_KEY = 8, 20
#: A sentence that ends on so many characters of the secret may go on in the next one.
BEGUN, KEY_BEGUN = 12, 4
#: Sentences that are looked at together with the next one.
TOGETHER = 12


class Leaks:
    """Finds what of a growing answer repeats a secret; `add` takes its sentences one by one."""

    def __init__(self, instructions: str, given: str, key: str | None) -> None:
        """`given` is what a model may repeat: the passages and the question."""
        self.found: set[Leak] = set()
        #: The number of the sentence that was added last; the first one's is 0.
        self.last = -1
        letters = squeeze(instructions, str.isalpha)
        grams = _list_grams(instructions, squeeze(given, str.isalpha))
        self._instructions = _Runs(letters, grams, BEGUN, str.isalpha)
        known = squeeze(given, str.isalnum)
        key = _read_key(key)
        runs = (run for run in _cut(key, KEY_RUN) if run not in known)
        self._key = _Runs(key, runs, KEY_BEGUN, str.isalnum)
        self._pieces = _Pieces(key, given)

    @property
    def is_begun(self) -> bool:
        """Whether what was said last may be the beginning of what the next sentence completes."""
        return self._instructions.is_begun or self._key.is_begun

    def add(self, text: str) -> set[int]:
        """The numbers of the sentences that have to go now: this one, and maybe some before it."""
        self.last += 1
        repeated = self._instructions.add(self.last, text)
        told = self._key.add(self.last, text) | self._pieces.add(self.last, text)
        if repeated:
            self.found.add("instructions")
        if told:
            self.found.add("key")
        return repeated | told


class _Runs:
    """Looks for stretches of a secret in sentences that follow each other."""

    def __init__(
        self, secret: str, runs: Iterable[str], begun: int, keep: Callable[[str], bool]
    ) -> None:
        self._secret, self._runs = secret, tuple(dict.fromkeys(runs))
        self._begun, self._keep = begun, keep
        self._tail: deque[tuple[int, str]] = deque(maxlen=TOGETHER)

    @property
    def is_begun(self) -> bool:
        end = "".join(text for _, text in self._tail)[-self._begun :]
        return bool(self._runs) and len(end) == self._begun and end in self._secret

    def add(self, number: int, text: str) -> set[int]:
        """The sentences that a stretch lies in."""
        self._tail.append((number, squeeze(text, self._keep)))
        owners = [number for number, said in self._tail for _ in said]
        joined = "".join(said for _, said in self._tail)
        return {
            number
            for run in self._runs
            for start in _find_all(run, joined)
            for number in owners[start : start + len(run)]
        }


class _Pieces:
    """Looks for a key that is told bit by bit, whatever stands between the bits."""

    def __init__(self, key: str, given: str) -> None:
        self._key, self._given = key, _list_words(given)
        #: For each character of the key that was told, the sentence that told it.
        self._told: dict[int, int] = {}

    def add(self, number: int, text: str) -> set[int]:
        for piece in _list_words(text) - self._given if self._key else ():
            for start in _find_all(piece, self._key):
                self._told |= dict.fromkeys(range(start, start + len(piece)), number)
        enough = self._key and len(self._told) >= KEY_SHARE * len(self._key)
        return set(self._told.values()) if enough else set()


def squeeze(text: str, keep: Callable[[str], bool]) -> str:
    """The characters of `text` that are kept, in lower case, accents and all between taken out."""
    return "".join(filter(keep, unicodedata.normalize("NFKD", text).casefold()))


def _list_grams(instructions: str, given: str) -> Iterator[str]:
    """Every stretch by which the instructions are told, but for those that were given."""
    words = [squeeze(word, str.isalpha) for word in instructions.split()]
    words = [word for word in words if word]
    spans = split_sentences(instructions)
    sentences = [span.of(instructions).split() for span in spans]
    short = ["".join(words) for words in sentences if len(words) >= SENTENCE_WORDS]
    runs = ["".join(words[n : n + WORDS]) for n in range(len(words) - WORDS + 1)]
    for gram in (*runs, *(squeeze(text, str.isalpha) for text in short)):
        if gram not in given:
            yield gram


def _read_key(key: str | None) -> str:
    """The key's letters and figures; nothing where it is no secret."""
    letters = squeeze(key or "", str.isalnum)
    is_secret = any(c.isdigit() for c in letters) or len(letters) >= LONG_KEY
    return letters if is_secret and len(letters) >= SHORTEST_KEY else ""


def _cut(key: str, length: int) -> Iterator[str]:
    for start in range(max(1, len(key) - length + 1) if key else 0):
        yield key[start : start + length]


def _list_words(text: str) -> set[str]:
    """The words of a text that are long enough to be pieces of a key."""
    words = (squeeze(word, str.isalnum) for word in text.split())
    return {word for word in words if len(word) >= KEY_PIECE}


def _find_all(piece: str, text: str) -> Iterator[int]:
    start = text.find(piece)
    while start >= 0:
        yield start
        start = text.find(piece, start + 1)
