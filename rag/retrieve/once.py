"""One story, one source: of the copies of a story one stays, and what was superseded goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from rag.index.library import Library
from rag.index.passages import Row
from rag.index.stories import Place
from rag.retrieve.plan import Plan
from rag.types import Article, Filters

#: The original stands for its copies where its best passage's score is this part of the best
#: copy's: what a headline or an outlet's name adds does not matter, a paragraph that it lacks does.
NEAR = 0.9

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Copy:
    """An article of a story with its best passage."""

    row: Row
    score: float
    place: Place

    @property
    def article(self) -> str:
        return self.row.passage.article


def find_kept(
    library: Library, rows: Sequence[Row], scores: Array, plan: Plan, filters: Filters
) -> list[Row]:
    """The rows, best first as they come, without those of superseded articles and of copies.

    Of the copies of a story the one stays whose outlet the question names; then one that says it
    was corrected; then the first published of those that score nearly as well as the best, and of
    these one whose outlet and day are known.
    """
    best: dict[str, tuple[Row, float]] = {}
    for row, score in zip(rows, scores, strict=True):
        best.setdefault(row.passage.article, (row, float(score)))
    gone = _find_superseded(library, list(best), filters)
    stories: dict[int, list[_Copy]] = defaultdict(list)
    for article, place in library.stories.places(list(best)).items():
        if article not in gone:
            stories[place.story].append(_Copy(*best[article], place))
    for copies in stories.values():
        shown = _choose(copies, plan).article
        gone |= {one.article for one in copies} - {shown}
    return [row for row in rows if row.passage.article not in gone]


def admits(filters: Filters, article: Article) -> bool:
    """Whether an article may be searched."""
    if filters.outlets:
        wanted = {outlet.casefold() for outlet in filters.outlets}
        if (article.outlet or "").casefold() not in wanted:
            return False
    if not filters.by_date:
        return True
    if article.published is None:
        return filters.undated
    early = filters.since is not None and article.published < filters.since
    late = filters.until is not None and article.published > filters.until
    return not (early or late)


def _choose(copies: Sequence[_Copy], plan: Plan) -> _Copy:
    named = [one for one in copies if one.row.outlet in plan.whole.outlets]
    left = named or list(copies)
    left = [one for one in left if one.place.corrected] or left
    most = max(one.score for one in left)
    near = [one for one in left if one.score >= NEAR * most]
    return min(near, key=_rank)


def _rank(one: _Copy) -> tuple[bool, int, float, int]:
    day = one.row.published
    # A forwarded mail may be as good, and no reader can look it up.
    lacking = day is None or one.row.outlet is None
    return lacking, day.toordinal() if day else date.max.toordinal(), -one.score, one.row.passage.id


def _find_superseded(library: Library, articles: Sequence[str], filters: Filters) -> set[str]:
    """The articles of which a later version may be searched: what they say was taken back."""
    links = [one for one in library.stories.later_than(articles) if not one.correction]
    later: Mapping[str, Article] = {
        article.id: article for article in library.articles_of([one.later for one in links])
    }
    return {
        one.earlier for one in links if one.later in later and admits(filters, later[one.later])
    }
