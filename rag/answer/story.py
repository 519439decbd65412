"""Whether two articles follow one story: they tell of the same people, places and things."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

from rag.answer.evidence import Evidence
from rag.index.lexical import split_words
from rag.retrieve.question import NOT_NAMES, find_names
from rag.types import Article

#: Names that two articles of one story have in common, one of them beside the count; the days that
#: may lie between them; and the characters of an article that are looked at.
COMMON, APART, OPENING = 3, timedelta(days=60), 3_000
#: Articles whose names are remembered.
REMEMBERED = 4_000


def is_same_story(one: Evidence, other: Evidence) -> bool:
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
