"""Exported footnotes, read again: the article that each names, and whether that bears it out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from rag.brief.differing import explain_difference, fold
from rag.brief.document import clean_citation
from rag.brief.style import list_parts, write_citation, write_source
from rag.errors import UsageError
from rag.index.frozen import Standing
from rag.types import Article, Citation

HASHED = re.compile(r"\s*\[sha256:\s*([0-9a-f]{8,64})\]", re.IGNORECASE)
#: What parts a description and its quotation, and how many places of it are tried.
_QUOTED, MAX_SPLITS = ": “", 50
_ACCESSED = r"(?:, accessed \d{1,2} \w+ \d{4})?"
#: Copies of the story, of which the library may hold none any more: how they are written is told.
ALSO = "; also in "
_ALSO = rf"(?:{ALSO}.*, (?:\d{{1,2}} [A-Z][a-z]+ \d{{4}}|undated)(?:; and [\d,]+ others?)?)?"
#: Faults of one file that are put in words, and what is said of the others.
EXPLAINED, OTHERWISE = 200, "{} is not what {} says."


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
        self._described: dict[str, re.Pattern[str]] = {}
        self._standings: dict[str, Standing] = {}
        self._explained = 0

    def look_up(self, note: str) -> Cited:
        """What a footnote says, and what of it the article does not bear out."""
        written = fold(note)
        hashes = list(HASHED.finditer(written))
        if not hashes:
            return Cited(*_list_splits(written)[0], "", "The footnote names no article’s hash.")
        # The last one is ours: a quotation may hold what looks like one.
        body, digits = written[: hashes[-1].start()], hashes[-1][1].lower()
        article, problem = self._find(digits)
        if article is None:
            return Cited(
                *_list_splits(body)[0], digits, problem or "No article of this hash is known here."
            )
        source, quote, fault = self._compare(body, article)
        return Cited(source, quote, digits, fault, article, self._stand(article))

    def explain(
        self, said: str, text: str, this: str = "The footnote", that: str = "the article"
    ) -> str:
        """Where two texts differ, in words for so many of a file's faults."""
        self._explained += 1
        if self._explained > EXPLAINED:
            return OTHERWISE.format(this, that)
        return explain_difference(said, text, this, that)

    def text(self, article: Article) -> str:
        """The article's text, folded."""
        if article.hash not in self._texts:
            self._texts[article.hash] = fold(article.text)
        return self._texts[article.hash]

    def _compare(self, body: str, article: Article) -> tuple[str, str, str | None]:
        """The description, the quotation, and what of them is not the article's."""
        text, own = self.text(article), self._describe(article)

        def rank(split: tuple[str, str]) -> tuple[bool, bool]:
            return bool(own.fullmatch(split[0])), split[1] in text

        # What parts the two may stand within either of them.
        source, quote = max(_list_splits(body), key=rank)
        if not quote or quote not in text:
            return source, quote, self.explain(quote, article.text)
        if own.fullmatch(source):
            return source, quote, None
        return source, quote, _tell_parts(source, _cite(article))

    def _describe(self, article: Article) -> re.Pattern[str]:
        if article.hash not in self._described:
            self._described[article.hash] = _describe(article)
        return self._described[article.hash]

    def _stand(self, article: Article) -> Standing:
        if article.hash not in self._standings:
            self._standings[article.hash] = self._library.stand(article)
        return self._standings[article.hash]

    def _find(self, digits: str) -> tuple[Article | None, str | None]:
        if digits not in self._known:
            try:
                self._known[digits] = self._library.find(digits), None
            except UsageError as error:
                self._known[digits] = None, error.problem
        return self._known[digits]


def _describe(article: Article) -> re.Pattern[str]:
    """How a footnote describes the article as it was."""
    citation = _cite(article)
    if article.url:
        return re.compile(re.escape(fold(write_citation(citation))) + _ACCESSED + _ALSO)
    # Without an address its file's name follows, which is no part of the article.
    return re.compile(re.escape(fold(write_source(citation))) + rf"(?:, .*)?{_ALSO}")


def _tell_parts(source: str, citation: Citation) -> str:
    """What of a description is not the article's, with the whole of what it should be."""
    parts = list_parts(citation)
    differ = [name for name, part in parts if fold(part) not in source]
    whole = f"the article is {fold(write_citation(citation))}."
    if not differ:
        return f"Something was added or moved: {whole}"
    verb = "differs" if len(differ) == 1 else "differ"
    return f"Its {' and '.join(differ)} {verb}: {whole}"


def _cite(article: Article) -> Citation:
    names = ("title", "outlet", "author", "published", "url")
    said = {name: getattr(article, name) for name in names}
    return clean_citation(Citation(n=0, article="", file="", quote="", start=0, end=0, **said))


def _list_splits(body: str) -> list[tuple[str, str]]:
    """The description and the quotation of a footnote, for each place where they may part."""
    places = [found.start() for found in re.finditer(re.escape(_QUOTED), body)][:MAX_SPLITS]
    return [(body[:place], _unquote(body[place:])) for place in places] or [(body, "")]


def _unquote(written: str) -> str:
    return written.removeprefix(_QUOTED).rstrip().removesuffix("”")
