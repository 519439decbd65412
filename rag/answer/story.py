"""Which sentences count one thing, in like words or as one story goes on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache

from rag.answer.evidence import Evidence
from rag.answer.likeness import drop_dateline, measure_likeness
from rag.answer.reported import ReportedCount, is_same_thing
from rag.answer.when import Wish
from rag.index.embedders import Embedder
from rag.index.lexical import split_words
from rag.retrieve.question import NOT_NAMES, find_names
from rag.types import Article

#: Cosines from which on two sentences are taken to count one thing: anything; a sum or a share, as
#: a story has many of those; what befell people, with their headlines; what is over just the days
#: that are asked about.
ALIKE, MEASURED, FATED, ASKED = 0.55, 0.7, 0.5, 0.5
#: And what befell people in articles of one story.
CHAINED = 0.35
#: Names that two articles of one story have in common, one of them beside the count; the days that
#: may lie between them; and the characters of an article that are looked at.
COMMON, APART, OPENING = 3, timedelta(days=60), 3_000
#: Articles whose names are remembered.
REMEMBERED = 4_000


def keep_alike(
    told: Sequence[ReportedCount], wish: Wish, embedder: Embedder | None
) -> list[ReportedCount]:
    """Those after the first that count the same thing as it does, in like words.

    What befell people is told in ever other words while a story goes on: one that is like any that
    is kept is enough there.
    """
    alike = [one for one in told[1:] if is_same_thing(one, told[0])]
    if embedder is None or not alike:
        return alike
    bare = measure_likeness([one.evidence.text for one in (told[0], *alike)], embedder)
    # “At least 12 were killed” says of nothing what it was: its headline does.
    headed = [
        f"{one.evidence.hit.article.title}. {drop_dateline(one.evidence.text)}"
        for one in (told[0], *alike)
    ]
    vectors = embedder.embed(headed)
    whole = vectors @ vectors.T
    kept = [0] + [
        n
        for n, (one, cosine) in enumerate(zip(alike, bare, strict=True), 1)
        if cosine >= (ALIKE if one.count.unit is None else MEASURED)
        or (one.count.fate is not None and whole[0, n] >= FATED)
        or (one.is_over(wish.period) and cosine >= ASKED)
    ]
    every = [told[0], *alike]
    while more := [
        n
        for n, one in enumerate(every)
        if n not in kept and any(whole[n, m] >= CHAINED and _goes_on(one, every[m]) for m in kept)
    ]:
        kept += more
    return [one for n, one in enumerate(every) if n in kept[1:]]


def _goes_on(one: ReportedCount, other: ReportedCount) -> bool:
    """Whether both count what befell people in one story."""
    fates = one.count.fate, other.count.fate
    return None not in fates and is_same_story(one.evidence, other.evidence)


def is_same_story(one: Evidence, other: Evidence) -> bool:
    """Whether their articles tell of the same people, places and things, near in time."""
    first, second = one.hit.article, other.hit.article
    if first.published is None or second.published is None:
        return False
    if abs(first.published - second.published) > APART:
        return False
    if not _find(f"{first.title}. {one.text}") & _find(f"{second.title}. {other.text}"):
        return False
    return len(_list_names(first) & _list_names(second)) >= COMMON


def _list_names(article: Article) -> frozenset[str]:
    outlet = {word.casefold() for word in split_words(article.outlet or "")}
    return _find(f"{article.title}. {article.text[:OPENING]}") - outlet


@lru_cache(maxsize=REMEMBERED)
def _find(text: str) -> frozenset[str]:
    names = (name.casefold() for name in find_names(text))
    return frozenset(name for name in names if name not in NOT_NAMES)
