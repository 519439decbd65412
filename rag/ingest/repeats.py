"""What repeats across a collection: lines of a site's own that stand in many of its articles.

Nothing here is stored. Whoever keeps the articles keeps for each `Mark` of each article the key and
the place, counts in how many different stories a key stands, and strips what that shows to be of
the sites. A paragraph that can never be learnt has no key: the sentences of reports may repeat for
years (“The two Koreas are technically still at war.”), and so may quotations and corrections.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from rag.ingest import ending_table
from rag.ingest.corrections import find_notices
from rag.ingest.datelines import read_byline, read_date_line
from rag.ingest.lines import Line

#: Stories that make a repeated line the sites'; and one that speaks to its readers, but not of the
#: site, between the article's own sentences.
STORIES, WITHIN = 5, 10

#: A heading may stand in as many stories between paragraphs; what is no article's stands at its
#: edge in this share of them.
AT_EDGE = 0.8

#: A longer paragraph is never learnt (characters); a line without a sentence has so many words at
#: the most.
_LONGEST, _SHORT = 700, 12

_PARTS = re.compile(r"\n{2,}")

#: Speaks of the site, its accounts and its letters: such a paragraph goes wherever it stands.
_SITE = re.compile(
    r"\b(?:advertisements?|sponsor(?:ed)? (?:message|content)"
    r"|newsletters?|subscri(?:be|bers?|ption|ptions|bing)|sign(?:ing)? up|log in|cookies?"
    r"|inbox|unsubscribe|privacy (?:policy|notice)|terms (?:of|and) (?:use|service|conditions)"
    r"|click here|this (?:web ?)?site|our (?:web ?site|site|app|apps|journalism|podcasts?|coverage"
    r"|partners|reporters|free|daily|weekly|readers)|affiliate|commissions?|paywall"
    r"|download (?:the|our)|follow (?:us|@|him|her|them)|listen to|(?:read|see|find) more"
    r"|(?:stay|keep) (?:up to date|informed|up with|in touch)|support (?:us|independent)"
    r"|reproduced|all rights reserved|contact (?:us|the author|our)|e-?mail (?:us|the author)"
    r"|join (?:us|our|the conversation)|whatsapp|telegram channel)\b|©|https?:|www\.|@\w",
    re.IGNORECASE,
)

#: Speaks to its readers.
_READER = re.compile(r"\b(?:you|your|yours|we|our|ours|us|readers?)\b", re.IGNORECASE)

#: What a report says of its own work, at the foot of many.
_WORK = re.compile(
    r"\b(?:contacted|reached out|approached|asked|(?:for|to|a) comment|respon(?:d|se)|declined"
    r"|contributed|correct(?:ion|ed|ions|s)?|clarif\w+|amended|updated|editor['’]s note)\b",
    re.IGNORECASE,
)

_QUOTED = re.compile(r"[“«„「『].{8,}[”»“」』]|\"[^\"]{8,}\"|^[‘'“\"«„]")

_WORD = re.compile(r"[^\W\d_]{2}")

#: Where the report is from, and asides to a table (“All times Eastern”).
_PLACE = re.compile(r"\(.*\)|[A-Z]{3}[A-Z .,'’-]*(?: \([^)]{2,40}\))? ?(?:—|–|--|-)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Mark:
    """A paragraph that may be learnt; `edge` where none of the article's own sentences stands above
    it, or none below it."""

    key: int
    edge: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """In how many different stories a key stands, copies of one story being one; in how many of
    them at the edge."""

    stories: int
    edges: int


#: Whether a paragraph is noise, at the edge of its article or within it.
IsNoise = Callable[[str, bool], bool]


def list_marks(text: str) -> list[Mark]:
    """The paragraphs of a text that may be learnt, each key once; at the edge if ever it is."""
    found: dict[int, bool] = {}
    for paragraph, edge in _placed(text):
        key = fold(paragraph)
        if key is not None:
            found[key] = found.get(key, False) or edge
    return [Mark(key, edge) for key, edge in found.items()]


@lru_cache(maxsize=4096)
def fold(paragraph: str) -> int | None:
    """A signed number of 64 bits, one for all paragraphs that differ in case, digits, spaces and
    what stands around the words; None for what can never be learnt."""
    if not _may_be_learnt(paragraph):
        return None
    said = unicodedata.normalize("NFKC", paragraph).casefold().replace("’", "'")
    said = re.sub(r"\d+(?:[.,:]\d+)*", "0", " ".join(said.split())).strip(" \t*•·|>»→-–—_.…!:#")
    return int.from_bytes(
        hashlib.blake2b(said.encode(), digest_size=8).digest(), "big", signed=True
    )


def is_noise(paragraph: str, edge: bool, seen: Seen) -> bool:
    """Whether a paragraph is the sites' own, as often as it was seen."""
    if seen.stories < STORIES or fold(paragraph) is None:
        return False
    if _SITE.search(paragraph):
        return True
    if seen.stories >= WITHIN and Line(paragraph).is_prose:
        return True
    return edge and seen.edges >= AT_EDGE * seen.stories


def strip_repeats(text: str, noise: IsNoise) -> str:
    """The text without the paragraphs that are noise; as it is where none of its own stays."""
    placed = list(_placed(text))
    kept = [paragraph for paragraph, edge in placed if not noise(paragraph, edge)]
    if len(kept) == len(placed) or not any(fold(paragraph) is None for paragraph in kept):
        return text
    return "\n\n".join(kept)


def _placed(text: str) -> Iterator[tuple[str, bool]]:
    """The paragraphs, each with whether it stands outside the article's own sentences."""
    paragraphs = [part for part in _PARTS.split(text) if part.strip()]
    own = [index for index, part in enumerate(paragraphs) if _is_own(part)]
    for index, paragraph in enumerate(paragraphs):
        yield paragraph, not own or index < own[0] or index > own[-1]


def _is_own(paragraph: str) -> bool:
    return Line(paragraph).is_prose and fold(paragraph) is None


def _may_be_learnt(paragraph: str) -> bool:
    if len(paragraph) > _LONGEST or not _WORD.search(paragraph):
        return False
    line = Line(paragraph)
    if _QUOTED.search(paragraph) or _states(paragraph) or find_notices(paragraph):
        return False
    if not line.is_prose:
        return line.words <= _SHORT
    if _WORK.search(paragraph):
        return False
    return bool(_SITE.search(paragraph) or _READER.search(paragraph) or _is_life(paragraph))


def _states(paragraph: str) -> bool:
    """Whether it may say where, when or by whom the article was written."""
    return bool(_PLACE.fullmatch(paragraph) or read_byline(paragraph) or read_date_line(paragraph))


def _is_life(paragraph: str) -> bool:
    """Whether it says who the author is."""
    life = ending_table.BIO.match(paragraph)
    return bool(life and ending_table.BIO_SIGNS.search(paragraph))
