"""Whether two articles are copies of one story, and which of two versions is the later one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from urllib.parse import parse_qsl, urlencode, urlsplit

from rag.ingest.corrections import find_notices
from rag.ingest.sketches import cut_shingles, read_words
from rag.types import Draft

#: The share of the shorter text's shingles that the fuller one has, and of the fuller one's that
#: the shorter has: a copy may be cut by half, and a round-up does not become one story with each
#: of those that it holds.
CONTAINED, KEPT = 0.7, 0.45
#: The same for the first where the outlet is one: it does not reprint itself, and what it writes
#: by a template (its deals, its previews) has up to .84.
SAME_OUTLET = 0.95
#: Two articles at one address are versions of each other with so much in common.
SAME_ADDRESS = 0.3
#: Texts of fewer words are copies only where they are the same, word for word, and not a mere cry.
SHORT, LEAST = 24, 8
#: Characters by which an article is compared: a book's every four words would take a gigabyte.
COMPARED = 1_000_000
#: Reports by a template differ in their figures and days: so many of the shorter one's, and this
#: share of them, are not in the other.
FIGURES, DIFFER = 3, 1 / 3

_DAY = re.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)"
    r"|january|february|march|april|june|july|august|september|october|november|december"
)
#: What an address has for those who count their readers.
_COUNTING = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id|cmpid|ref|src")


@dataclass(frozen=True)
class Reading:
    """An article as it is held against others."""

    draft: Draft

    @cached_property
    def words(self) -> list[str]:
        return read_words(self.draft.text[:COMPARED])

    @cached_property
    def shingles(self) -> frozenset[str]:
        return cut_shingles(self.words)

    @cached_property
    def figures(self) -> frozenset[str]:
        """Its numbers, and the names of days and months by their first letters."""
        days = {word[:3] for word in self.words if _DAY.fullmatch(word)}
        return frozenset(days | {word for word in self.words if word[0].isdecimal()})

    @cached_property
    def headline(self) -> str:
        return fold_headline(self.draft.title)

    @cached_property
    def address(self) -> str | None:
        return find_address(self.draft.url)

    @cached_property
    def corrected(self) -> bool:
        """Whether it says itself that it was corrected."""
        return bool(find_notices(self.draft.text, self.draft.title))

    @property
    def day(self) -> date | None:
        """The last day that it says it is of."""
        return self.draft.updated or self.draft.published


def are_copies(one: Reading, other: Reading) -> bool:
    """Whether the two are one story as several outlets have it, shortened or edited lightly."""
    shorter, fuller = sorted((one, other), key=lambda each: len(each.shingles))
    if len(shorter.words) < SHORT:
        return len(shorter.words) >= LEAST and one.words == other.words
    common = len(shorter.shingles & fuller.shingles)
    strict = is_same_outlet(one, other) and not _is_headed_alike(one, other)
    if common < (SAME_OUTLET if strict else CONTAINED) * len(shorter.shingles):
        return False
    return common >= KEPT * len(fuller.shingles) and not _counts_otherwise(shorter, fuller)


def is_later(one: Reading, other: Reading) -> bool:
    """Whether `one` supersedes `other`: the same article, updated on a later day or corrected.

    Where neither says so, neither does.
    """
    if not _are_versions(one, other):
        return False
    if one.corrected != other.corrected:
        backwards = None not in (one.day, other.day) and one.day < other.day  # type: ignore[operator]
        return one.corrected and not backwards
    if one.draft.updated is None or other.day is None:
        return False
    return one.draft.updated > other.day


def is_same_outlet(one: Reading, other: Reading) -> bool:
    """Unknown outlets may be one."""
    return (one.draft.outlet or "").casefold() == (other.draft.outlet or "").casefold()


def find_address(url: str | None) -> str | None:
    """An address without what does not tell one page from another; None for a site's front page."""
    try:
        parts = urlsplit(url or "")
        pairs = parse_qsl(parts.query)
    except ValueError:
        return None
    query = urlencode([(key, value) for key, value in pairs if not _COUNTING.fullmatch(key)])
    host, path = (parts.hostname or "").removeprefix("www."), parts.path.rstrip("/")
    if not host or not (path or query):
        return None
    return f"{host}{path}?{query}" if query else f"{host}{path}"


def fold_headline(title: str) -> str:
    """A headline without case and punctuation."""
    return " ".join(read_words(title))


def _is_headed_alike(one: Reading, other: Reading) -> bool:
    if one.address and one.address == other.address:
        return True
    return bool(one.headline) and one.headline == other.headline


def _are_versions(one: Reading, other: Reading) -> bool:
    if one.address and one.address == other.address:
        common = len(one.shingles & other.shingles)
        return common >= SAME_ADDRESS * min(len(one.shingles), len(other.shingles)) > 0
    known = one.draft.outlet is not None and is_same_outlet(one, other)
    return known and one.headline == other.headline != "" and are_copies(one, other)


def _counts_otherwise(shorter: Reading, fuller: Reading) -> bool:
    missing = len(shorter.figures - fuller.figures)
    return missing >= FIGURES and missing > DIFFER * len(shorter.figures)
