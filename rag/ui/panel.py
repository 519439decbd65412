"""The article that stands beside an answer, with what the answer quotes marked in it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from rag.answer.dates import write_date
from rag.contract import write_path
from rag.errors import DatelineError, UsageError
from rag.index.frozen import SINCE, FrozenArticle, Standing
from rag.types import Answer, Article, Span
from rag.ui.words import Json, write_outlet

if TYPE_CHECKING:
    from rag.assistant import Assistant

CHANGED = (
    "The article has changed since this was answered: the words that were cited stand elsewhere in"
    " it now."
)
GONE = (
    "The article has changed since this was answered: the words that were cited do not stand in it"
    " any more."
)
REMOVED = "The article is not in the library any more. This is what was cited of it:"


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of an article that a reader has asked for; `n` is its citation's number, if any.

    `said` is what stood there when the answer was made, and `hash` the article's at that time.
    """

    article: str
    start: int
    end: int
    said: str
    n: int | None = None
    hash: str = ""


def find_place(answer: Answer, article: str, start: int, end: int) -> Place | None:
    """What an answer cites or found there; None where it has no such place."""
    for one in answer.citations:
        if (one.article, one.start, one.end) == (article, start, end):
            return Place(article, start, end, one.quote, one.n, one.hash)
    for hit in answer.hits:
        passage = hit.passage
        if (passage.article, passage.start, passage.end) == (article, start, end):
            return Place(article, start, end, passage.text, hash=hit.article.hash)
    return None


def open_place(
    assistant: Assistant, answer: Answer, at: tuple[str, int, int], seq: int
) -> Json | None:
    """The article that an answer cites or found there, as it was then where that is known.

    Else as it is now, else what was cited of it. None where the answer has no such place.
    """
    place = find_place(answer, *at)
    if place is None:
        return None
    try:
        article, note = _find_article(assistant, place)
    except DatelineError as error:
        return draw_cited(place, seq, str(error))
    if article is None:
        return draw_cited(place, seq, REMOVED)
    return draw_article(article, place, answer, seq, note)


def describe_frozen(article: FrozenArticle, standing: Standing) -> str | None:
    """What to say of an article that is shown as it was; None where it still is so."""
    since = SINCE[standing]
    if since is None:
        return None
    if article.frozen is None:
        return f"This is the article as it was when this was answered. {since}"
    cited = write_date(article.frozen.astimezone().date())
    return f"This is the article as it was when it was cited, on {cited}. {since}"


def draw_article(
    article: Article, place: Place, answer: Answer, seq: int, note: str | None = None
) -> Json:
    """The article with the place that was asked for as its target, and its other citations.

    `seq` tells one opening from the next.
    """
    target, moved = _look_up(article.text, place)
    marks = {
        one.n: Span(one.start, one.end)
        for one in answer.citations
        if one.article == place.article and article.text[one.start : one.end] == one.quote
    }
    if place.n is not None:
        # Where it stands now, which need not be where it stood.
        marks.pop(place.n, None)
        marks |= {place.n: target} if target else {}
    elif target:
        marks[0] = target
    return {
        "seq": seq,
        "n": place.n or 0,
        "note": note or moved,
        "title": article.title,
        "outlet": write_outlet(article.outlet),
        "byline": f"by {article.author}" if article.author else None,
        "dates": _write_dates(article),
        "url": article.url,
        "file": write_path(article.file),
        "pieces": cut_pieces(article.text, marks),
    }


def draw_cited(place: Place, seq: int, note: str) -> Json:
    """What was cited of an article that cannot be shown, and why not."""
    return {
        "seq": seq,
        "n": place.n or 0,
        "note": note,
        "title": None,
        "outlet": None,
        "byline": None,
        "dates": [],
        "url": None,
        "file": None,
        "pieces": [{"text": place.said, "marks": [place.n or 0]}],
    }


def cut_pieces(text: str, marks: dict[int, Span]) -> list[Json]:
    """The text in pieces, in order and without gaps, each with the numbers of the spans over it.

    Cut here, where offsets count characters: a browser counts them in another way.
    """
    edges = {0, len(text)}
    for span in marks.values():
        edges |= {span.start, span.end}
    return [
        {
            "text": text[start:end],
            "marks": [n for n, span in marks.items() if span.start <= start and end <= span.end],
        }
        for start, end in pairwise(sorted(edges))
    ]


def _find_article(assistant: Assistant, place: Place) -> tuple[Article | None, str | None]:
    """The article as it was, else as it is, if it is; and what to say where it is not so now."""
    present = _find_present(assistant, place.article)
    if not place.hash or (present is not None and present.hash == place.hash):
        return present, None
    frozen = assistant.library.frozen
    found = frozen.find(place.hash)
    if found is None:
        return present, None
    return found, describe_frozen(found, frozen.stand(found))


def _find_present(assistant: Assistant, article: str) -> Article | None:
    try:
        return assistant.show(article)
    except UsageError:
        return None


def _look_up(text: str, place: Place) -> tuple[Span | None, str | None]:
    """Where the words stand now, and what to say where that is not where they stood."""
    if text[place.start : place.end] == place.said:
        return Span(place.start, place.end), None
    found = text.find(place.said)
    if found < 0:
        return None, GONE
    return Span(found, found + len(place.said)), CHANGED


def _write_dates(article: Article) -> list[str]:
    written = [f"Published {write_date(article.published)}" if article.published else "Undated"]
    if article.updated:
        written.append(f"Updated {write_date(article.updated)}")
    return written
