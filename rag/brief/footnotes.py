"""Exported footnotes, read again: the article that each names, and whether that bears it out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, Protocol

from rag.brief.differing import explain_difference, fold
from rag.brief.style import write_citation, write_source
from rag.errors import UsageError
from rag.types import Article, Citation

#: How an article stands in the library now: as it was cited, with another content, not any more.
Standing = Literal["unchanged", "changed", "removed", "gone"]

HASHED = re.compile(r"\s*\[sha256:\s*([0-9a-f]{8,64})\]", re.IGNORECASE)
_QUOTED = ": “"
_ACCESSED = r"(?:, accessed \d{1,2} \w+ \d{4})?"


class Lookup(Protocol):
    """The cited articles of a library, as they were when they were cited."""

    def find(self, hash: str, /) -> Article | None:  # noqa: A002 (its name everywhere)
        """The article whose hash begins so. Raises UsageError where several do."""
        ...

    def stand(self, article: Article, /) -> Standing: ...


@dataclass(frozen=True, slots=True)
class Cited:
    """A footnote, the article that its hash names, and what is wrong with it.

    `article` and `standing` are None where no article of this hash is known.
    """

    source: str
    quote: str
    hash: str
    fault: str | None
    article: Article | None = None
    standing: Standing | None = None

    @property
    def is_sound(self) -> bool:
        return self.article is not None and self.fault is None


class Footnotes:
    """Looks footnotes up in a library, each article once."""

    def __init__(self, library: Lookup) -> None:
        self._library = library
        self._known: dict[str, tuple[Article | None, str | None]] = {}
        self._texts: dict[str, str] = {}

    def look_up(self, note: str) -> Cited:
        """What a footnote says, and what of it the article does not bear out."""
        written = fold(note)
        hashes = list(HASHED.finditer(written))
        if not hashes:
            return Cited(*_split(written), "", "The footnote names no article’s hash.")
        # The last one is ours: a quotation may hold what looks like one.
        body, digits = written[: hashes[-1].start()], hashes[-1][1].lower()
        article, problem = self._find(digits)
        if article is None:
            return Cited(*_split(body), digits, problem or "No article of this hash is known here.")
        described = _match_description(body, article)
        if described:
            source, quote = described, _unquote(body[len(described) :])
        else:
            source, quote = _split(body, self.text(article))
        fault = None if described else f"The article is {fold(write_source(_cite(article)))}."
        if not quote or quote not in self.text(article):
            fault = explain_difference(quote, article.text)
        return Cited(source, quote, digits, fault, article, self._library.stand(article))

    def text(self, article: Article) -> str:
        """The article's text, folded."""
        if article.hash not in self._texts:
            self._texts[article.hash] = fold(article.text)
        return self._texts[article.hash]

    def _find(self, digits: str) -> tuple[Article | None, str | None]:
        if digits not in self._known:
            try:
                self._known[digits] = self._library.find(digits), None
            except UsageError as error:
                self._known[digits] = None, error.problem
        return self._known[digits]


def _match_description(body: str, article: Article) -> str:
    """What of a footnote describes the article as it was; "" where it does otherwise."""
    citation = _cite(article)
    if article.url:
        described = re.escape(fold(write_citation(citation))) + _ACCESSED
    else:
        # The name of its file, which is no part of the article.
        described = re.escape(fold(write_source(citation))) + r"(?:, .*?)??"
    found = re.match(rf"({described}){_QUOTED}", body)
    return found[1] if found else ""


def _cite(article: Article) -> Citation:
    return Citation(
        n=0,
        article="",
        title=article.title,
        outlet=article.outlet,
        author=article.author,
        published=article.published,
        url=article.url,
        file="",
        quote="",
        start=0,
        end=0,
    )


def _split(body: str, text: str | None = None) -> tuple[str, str]:
    """The description and the quotation, which stands in `text` where one of the splits does."""
    places = [found.start() for found in re.finditer(re.escape(_QUOTED), body)]
    splits = [(body[:place], _unquote(body[place:])) for place in places[:20]]
    standing = [split for split in splits if text is not None and split[1] and split[1] in text]
    return next(iter([*standing, *splits]), (body, ""))


def _unquote(written: str) -> str:
    return written.removeprefix(_QUOTED).rstrip().removesuffix("”")
