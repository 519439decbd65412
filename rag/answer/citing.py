"""Citations: numbered as they appear, one for each distinct stretch of an article."""

from __future__ import annotations

from rag.answer.dates import write_date
from rag.ingest.corrections import widen
from rag.types import Article, Citation, Span


class Citations:
    """The citations of one answer, numbered from 1 in order of appearance."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, int, int], int] = {}
        self._list: list[Citation] = []

    def cite(self, article: Article, span: Span) -> int:
        """The number of the citation of `span`, which is new or known.

        A notice of correction is cited whole: it repeats what was wrong.
        """
        span = widen(article.text, span, article.title)
        key = (article.id, span.start, span.end)
        if key not in self._numbers:
            self._numbers[key] = len(self._list) + 1
            self._list.append(
                Citation(
                    n=self._numbers[key],
                    article=article.id,
                    title=article.title,
                    outlet=article.outlet,
                    author=article.author,
                    published=article.published,
                    url=article.url,
                    file=article.file,
                    quote=span.of(article.text),
                    start=span.start,
                    end=span.end,
                    updated=article.updated,
                    hash=article.hash,
                )
            )
        return self._numbers[key]

    def list(self) -> tuple[Citation, ...]:
        return tuple(self._list)


def lead_in(article: Article) -> str:
    """“Example Wire, 13 March 2022:”, with the headline where no outlet is known."""
    return f"{article.outlet or f'“{article.title}”'}, {write_date(article.published)}:"
