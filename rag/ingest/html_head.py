"""What a page's markup states about its article: JSON-LD, meta tags, elements with a role."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from rag.ingest.datelines import read_date_line, without_employer
from rag.ingest.dates import find_dates, parse_date
from rag.ingest.fragments import make_plain
from rag.ingest.head import read_labels
from rag.ingest.html_data import is_article, read_linked_data, read_meta
from rag.ingest.html_headline import Headline
from rag.ingest.language_names import code_language
from rag.ingest.moments import explain_left_out, read_moment
from rag.ingest.stated import MARKUP, TEXT, Stated

_PUBLISHED = (
    *("article:published_time", "og:article:published_time", "article:published", "datepublished"),
    *(
        "pubdate",
        "publishdate",
        "publish-date",
        "publish_date",
        "publication_date",
        "parsely-pub-date",
    ),
    *(
        "dc.date.issued",
        "dcterms.issued",
        "dc.date",
        "dcterms.date",
        "dcterms.created",
        "sailthru.date",
    ),
    *("article.published", "article_date_original", "analyticsattributes.articledate", "date"),
)
_UPDATED = (
    *("article:modified_time", "og:article:modified_time", "article:modified", "datemodified"),
    *(
        "dcterms.modified",
        "dc.date.modified",
        "article.updated",
        "og:updated_time",
        "last-modified",
    ),
)
_AUTHOR = (
    "author",
    "article:author",
    "byl",
    "dc.creator",
    "dcterms.creator",
    "sailthru.author",
    "parsely-author",
)
_SECTION = ("article:section", "section", "parsely-section", "sailthru.section")
_LANGUAGE = ("og:locale", "content-language", "dc.language", "language", "inlanguage")
_TITLE = ("og:title", "twitter:title", "dc.title", "parsely-title")

#: What publishing systems call those who only enter texts.
_ACCOUNTS = frozenset(("admin", "administrator", "editor", "editors", "staff", "webmaster", "user"))

#: Fewer words under the heading of a page are the name of the site or of a section.
_HEADLINE_WORDS = 4

#: A moment in UTC, for which the calendar may show the day after that of its place.
_IN_UTC = r"\d[T ]\d\d:\d\d.*(?:Z|[+-]00:?00|UTC|GMT)\s*$"

_BELOW_HEADLINE = (
    '//h1/following::*[self::time or contains(@class, "date") or contains(@class, "time")'
    ' or contains(@class, "byline") or contains(@itemprop, "date")]'
)

#: Marked moments that are looked at: each comment may bring one.
_MOST_MARKED = 50

#: What a publishing system writes where it has no date.
_UNSET = date(1970, 1, 1)


def read_page_head(tree: Any) -> tuple[Stated, str]:
    """What the markup of a page, parsed by lxml, states about the article on it, and the article's
    text where the page's JSON-LD has it."""
    page = _Page(tree)
    url = page.url()
    outlet = page.outlet(url)
    published = page.published()
    stated = Stated(
        title=page.title(outlet),
        author=page.author(outlet),
        outlet=outlet,
        published=page.as_shown(published),
        updated=page.updated_after(published),
        url=url,
        section=page.section(outlet, url),
        language=page.language(),
    )
    below = read_labels(page.headline.lines)
    if stated.published is None and below.published is None:
        stated = replace(stated, warnings=page.left_out())
    return stated.said_by(MARKUP).filled_from(below.said_by(TEXT)), page.text()


class _Page:
    def __init__(self, tree: Any) -> None:
        self.tree = tree
        self.meta = read_meta(tree)
        self.nodes = list(read_linked_data(tree))
        self.article = next((node for node in self.nodes if is_article(node)), {})
        self.headline = Headline(tree, self.title(self.outlet(self.url())))

    def text(self) -> str:
        text = self.article.get("articleBody")
        return make_plain(unescape(text)) if isinstance(text, str) else ""

    def title(self, outlet: str | None) -> str | None:
        """The headline on the page, if there is one alone; else what the markup calls so."""
        shown = [_line(h.text_content()) for h in self.tree.xpath("//h1")]
        headlines = [
            line
            for line in shown
            if len(line.split()) >= _HEADLINE_WORDS and not _same(line, outlet)
        ]
        stated = [_line(self.article.get("headline")), *map(self._meta_line, _TITLE)]
        titles = [_line(t.text_content()) for t in self.tree.xpath("//head/title")][:1]
        candidates = [*(headlines if len(headlines) == 1 else []), *stated, *shown, *titles]
        title = next(filter(None, candidates), None)
        return without_outlet(title, outlet) if title else None

    def author(self, outlet: str | None) -> str | None:
        stated = list(self._names(self.article.get("author")))
        if not stated:
            stated = [name for key in _AUTHOR for name in self.meta.get(key, [])][:1]
        if not stated:
            marked = self.tree.xpath('//*[@rel="author" or @itemprop="author"]')
            stated = [_line(element.text_content()) for element in marked[:1]]
        names = dict.fromkeys(filter(None, map(read_name, stated)))
        return ", ".join(name for name in names if not _same(name, outlet)) or None

    def outlet(self, url: str | None) -> str | None:
        """The name of the site or of its publisher, whichever fits the address; else its host."""
        host = _host(url)
        stated = [self._meta_line("og:site_name"), *self._names(self.article.get("publisher"))]
        short = [re.split(r"\s[|–—]\s", name)[0] for name in stated if name]
        names = [name for name in short if len(_letters(name)) > 2]
        fitting = [name for name in names if _letters(name) in _letters(host)]
        other = [self._meta_line("application-name"), self._meta_line("dc.publisher"), host]
        return next(filter(None, [*fitting, *names, *other]), None)

    def published(self) -> date | None:
        return _first_date(self._published_values())

    def _published_values(self) -> list[object]:
        return [
            self.article.get("datePublished"),
            *self._meta_values(_PUBLISHED),
            *self._marked('//*[@itemprop="datePublished"] | //time[@pubdate]'),
            *self._shown_moments(),
        ]

    def left_out(self) -> tuple[str, ...]:
        """What the page gives as its day where that reads two ways, as a warning."""
        values = (value for value in self._published_values() if isinstance(value, str))
        doubtful = (each.ambiguous for each in map(read_moment, values) if each.ambiguous)
        return tuple(explain_left_out(words) for words in islice(doubtful, 1))

    def updated_after(self, published: date | None) -> date | None:
        values = [
            self.article.get("dateModified"),
            *self._meta_values(_UPDATED),
            *self._marked('//*[@itemprop="dateModified"]'),
            *self.headline.updated(),
        ]
        day = _first_date(values)
        return day if day and (published is None or day > published) else None

    def as_shown(self, day: date | None) -> date | None:
        """The day, or the one before if the markup gives its hour in UTC and the page shows that
        one: where the article was published it was still evening."""
        values = map(str, self._published_values())
        if day is None or not any(re.search(_IN_UTC, value) for value in values):
            return day
        shown = self._shown_day()
        return shown if shown == day - timedelta(days=1) else day

    def _shown_day(self) -> date | None:
        """The first date that the page shows below its headline in a line of its own."""
        for element in self.tree.xpath(_BELOW_HEADLINE)[:60]:
            line = _line(element.text_content())
            stated = read_date_line(line) if len(line) < 100 else None
            if stated is not None:
                return stated.published
        return None

    def section(self, outlet: str | None, url: str | None) -> str | None:
        stated = [*self._names(self.article.get("articleSection"))][:1]
        values = filter(None, [*stated, *map(self._meta_line, _SECTION)])
        return next((v for v in values if not _same(v, outlet) and v != _host(url)), None)

    def language(self) -> str | None:
        stated = self.article.get("inLanguage")
        stated = stated.get("alternateName") if isinstance(stated, dict) else stated
        tags = self.tree.xpath("//html/@lang | //html/@*[local-name()='lang']")
        values = [stated, *map(self._meta_line, _LANGUAGE[:1]), *tags]
        values += map(self._meta_line, _LANGUAGE[1:])
        return next(filter(None, map(code_language, values)), None)

    def url(self) -> str | None:
        links = [link.get("href") for link in self.tree.xpath('//link[@rel="canonical"]')]
        values = [*links, *self.meta.get("og:url", []), self.article.get("url")]
        return next((v for v in values if isinstance(v, str) and is_address(v)), None)

    def _marked(self, path: str) -> list[str]:
        """The first moment marked so that belongs to the article."""
        owned = filter(self.headline.owns, self.tree.xpath(path)[:_MOST_MARKED])
        return [_moment(element) for element in islice(owned, 1)]

    def _shown_moments(self) -> list[str]:
        """The moments below the headline that are no updates, if they are of one day."""
        moments = self.headline.published()
        return moments if len({_first_date([moment]) for moment in moments}) == 1 else []

    def _meta_line(self, key: str) -> str | None:
        return next((_line(value) for value in self.meta.get(key, []) if value.strip()), None)

    def _meta_values(self, keys: Sequence[str]) -> list[str]:
        return [value for key in keys for value in self.meta.get(key, [])]

    def _names(self, value: object, depth: int = 0) -> Iterator[str]:
        if isinstance(value, str):
            yield _line(value)
        elif isinstance(value, list) and depth < 3:
            for item in value[:20]:
                yield from self._names(item, depth + 1)
        elif isinstance(value, dict) and depth < 3:
            name = value.get("name") or self._named(value.get("@id"))
            yield from self._names(name, depth + 1)

    def _named(self, identifier: object) -> object:
        found = (
            node.get("name") for node in self.nodes if identifier and node.get("@id") == identifier
        )
        return next(filter(None, found), None)


def _first_date(values: Any) -> date | None:
    """The first value that states one date; a second date in the same value makes it state none."""
    for value in values:
        day = parse_date(value) if value else None
        if day is None and isinstance(value, str) and len(value) < 80:
            found = [each.value for each in find_dates(value)]
            day = found[0] if len(found) == 1 else None
        if day and day.year >= 1600 and day != _UNSET:
            return day
    return None


def _moment(element: Any) -> str:
    return str(element.get("datetime") or element.get("content") or element.text_content())


def _line(value: object) -> str:
    return " ".join(unescape(value).split()) if isinstance(value, str) else ""


def read_name(value: str) -> str | None:
    """A name as a byline gives it; None for an address, a sentence or the name of an account."""
    name = without_employer(re.sub(r"^(?:[Bb]y|BY)\s+", "", _line(value)).strip(" ,;|-"))
    if not 1 < len(name) <= 120 or re.search(r"https?:|www\.|@", name):
        return None
    return None if name.islower() or name.lower() in _ACCOUNTS else name


def without_outlet(title: str, outlet: str | None) -> str:
    """The title without the outlet's name after a stroke or a dash."""
    if not outlet or not _letters(outlet):
        return title
    marks = list(re.finditer(r"(?<=\S)\s[|–—-]\s", title))[-3:]  # a name may hold some itself
    ends = (mark.start() for mark in marks if _same(title[mark.end() :], outlet))
    return title[: next(ends, len(title))]


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _same(one: str, other: str | None) -> bool:
    return other is not None and _letters(one) == _letters(other)


def _host(url: str | None) -> str:
    try:
        return (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def is_address(value: str) -> bool:
    """Whether the value is the address of a page and nothing else."""
    return re.match(r"https?://[^\s<>\"']+$", value.strip(), re.IGNORECASE) is not None
