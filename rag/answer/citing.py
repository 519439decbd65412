"""Citations: numbered as they appear, one for each distinct stretch of an article."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answer.dates import write_date
from rag.ingest.corrections import widen
from rag.types import Article, Citation, Copy, Span

#: Copies that are named; the others are counted.
NAMED = 3


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


def lead_in(article: Article, speaker: str | None = None) -> str:
    """“Example Wire, 13 March 2022:”, with the headline where no outlet is known.

    With a speaker: “Example Wire, 13 March 2022, reporting what John Kirby said:”.
    """
    reporting = f", reporting what {speaker} said" if speaker else ""
    return f"{article.outlet or f'“{article.title}”'}, {write_date(article.published)}{reporting}:"


def write_also(copies: Sequence[Copy]) -> str:
    """“Specimen Bay Herald, 18 January 2022; Northern Wire, 19 January 2022; and 3 others”."""
    named = [f"{one.outlet or f'“{one.title}”'}, {write_date(one.published)}" for one in copies]
    more = len(named) - NAMED
    others = [f"and {more:,} other{'s' if more > 1 else ''}"] if more > 0 else []
    return "; ".join([*named[:NAMED], *others])


def note_copies(citations: Sequence[Citation]) -> list[str]:
    """“[1] and [3] also stand in …”, a note for each set of copies."""
    numbers: dict[tuple[Copy, ...], list[str]] = {}
    for one in citations:
        if one.also_in:
            numbers.setdefault(one.also_in, []).append(f"[{one.n}]")
    return [
        f"{' and '.join(marks)} also {'stands' if len(marks) == 1 else 'stand'} in"
        f" {write_also(copies)}."
        for copies, marks in numbers.items()
    ]
