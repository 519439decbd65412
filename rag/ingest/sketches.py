"""Sketches of texts by MinHash: near-duplicates meet in a band, and unlike texts seldom do."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection

from rensa import RMinHash

#: Words that stand together in a shingle. By three, unlike texts of one matter look more alike; by
#: five, a copy that was cut and edited shares a band less often; see docs/bench.md.
SHINGLE = 4
#: Two texts meet where all the rows of a band agree: with a resemblance (Jaccard) of .4 in 94% of
#: cases, of .05 in 0.5%.
BANDS, ROWS = 42, 3
SEED = 1
#: What bands can be compared by: changed by another version of the method, here or in the library.
METHOD = f"rensa-{RMinHash.ALGORITHM_VERSION}/{SHINGLE}-{BANDS}x{ROWS}-{SEED}"

#: Scripts without spaces between words: each sign counts as a word of its own.
_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}])[^\W_])+")


def read_words(text: str) -> list[str]:
    """The words of a text without case and punctuation, in order."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def cut_shingles(words: list[str]) -> frozenset[str]:
    """Every run of `SHINGLE` words, once; the whole where there are fewer, nothing of nothing."""
    last = max(1, len(words) - SHINGLE + 1) if words else 0
    return frozenset(" ".join(words[start : start + SHINGLE]) for start in range(last))


def list_bands(shingles: Collection[str]) -> list[int]:
    """The `BANDS` bands of a text, each a signed number of 64 bits; none for an empty text."""
    if not shingles:
        return []
    sketch = RMinHash(num_perm=BANDS * ROWS, seed=SEED)
    sketch.update(list(shingles))
    digest = sketch.digest()
    return [_hash_band(band, digest[band * ROWS : (band + 1) * ROWS]) for band in range(BANDS)]


def _hash_band(band: int, rows: list[int]) -> int:
    said = f"{band} {rows}".encode()
    return int.from_bytes(hashlib.blake2b(said, digest_size=8).digest(), "big", signed=True)
