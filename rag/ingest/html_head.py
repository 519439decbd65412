"""What a page's markup states about its article: JSON-LD, meta tags, elements with a role. No guesses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from rag.ingest.dates import find_dates, parse_date
from rag.ingest.stated import Stated

_ARTICLE = re.compile(r"Article$|^(?:BlogPosting|Report|LiveBlogPosting|Blog[Pp]ost)$")

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
_TITLE = ("og:title", "twitter:title", "dc.title", "parsely-title")

#: What a publishing system writes where it has no date.
_UNSET = date(1970, 1, 1)


def read_page_head(tree: Any) -> Stated:
    """What the markup of a page, parsed by lxml, states about the article on it."""
    page = _Page(tree)
    url = page.url()
    outlet = page.outlet(url)
    published = page.published()
    updated = page.updated()
    return Stated(
        title=page.title(outlet),
        author=page.author(outlet),
        outlet=outlet,
        published=published,
        updated=updated if updated and (published is None or updated > published) else None,
        url=url,
    )


class _Page:
    def __init__(self, tree: Any) -> None:
        self.tree = tree
        self.meta = _read_meta(tree)
        self.nodes = list(_linked_data(tree))
        self.article = next((node for node in self.nodes if _is_article(node)), {})

    def title(self, outlet: str | None) -> str | None:
        headings = [_line(h.text_content()) for h in self.tree.xpath("//h1")]
        titles = [_line(t.text_content()) for t in self.tree.xpath("//head/title")][:1]
        stated = [_line(self.article.get("headline")), *map(self._meta_line, _TITLE)]
        candidates = [*stated, *(headings if len(headings) == 1 else []), *titles, *headings]
        title = next(filter(None, candidates), None)
        return _without_outlet(title, outlet) if title else None

    def author(self, outlet: str | None) -> str | None:
        stated = list(self._names(self.article.get("author")))
        if not stated:
            stated = [name for key in _AUTHOR for name in self.meta.get(key, [])][:1]
        if not stated:
            marked = self.tree.xpath('//*[@rel="author" or @itemprop="author"]')
            stated = [_line(element.text_content()) for element in marked[:1]]
        names = list(dict.fromkeys(filter(None, map(_name, stated))))
        return None if not names or names == [outlet] else ", ".join(names)

    def outlet(self, url: str | None) -> str | None:
        """The name that the site gives itself; where it fits the address worse than the publisher's, that."""
        host = _letters(urlsplit(url).hostname or "") if url else ""
        names = [self._meta_line("og:site_name"), *self._names(self.article.get("publisher"))]
        names = [re.split(r"\s[|–—]\s", name)[0] for name in names if name]
        fitting = [name for name in names if len(_letters(name)) > 2 and _letters(name) in host]
        named = [
            *fitting,
            *names,
            self._meta_line("application-name"),
            self._meta_line("dc.publisher"),
        ]
        plain_host = (urlsplit(url).hostname or "").removeprefix("www.") if url else ""
        return next(filter(None, named), None) or plain_host or None

    def published(self) -> date | None:
        marked = self.tree.xpath('//*[@itemprop="datePublished"] | //time[@pubdate]')
        values = [
            self.article.get("datePublished"),
            *self._meta_values(_PUBLISHED),
            *map(_moment, marked[:1]),
        ]
        return _first_date(values) or _first_date(map(_moment, self._entry_times()))

    def updated(self) -> date | None:
        marked = self.tree.xpath('//*[@itemprop="dateModified"]')
        values = [
            self.article.get("dateModified"),
            *self._meta_values(_UPDATED),
            *map(_moment, marked[:1]),
        ]
        return _first_date(values)

    def url(self) -> str | None:
        links = [link.get("href") for link in self.tree.xpath('//link[@rel="canonical"]')]
        values = [*links, *self.meta.get("og:url", []), self.article.get("url")]
        return next((v for v in values if isinstance(v, str) and _is_address(v)), None)

    def _entry_times(self) -> list[Any]:
        """The time of the entry as blogs mark it, if the page has the time of one entry only."""
        times = self.tree.xpath(
            '//time[contains(@class, "entry-date") or contains(@class, "published")]'
        )
        return times if len({time.get("datetime") for time in times}) == 1 else []

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


def _read_meta(tree: Any) -> dict[str, list[str]]:
    meta: dict[str, list[str]] = {}
    for element in tree.xpath("//meta[@content]"):
        for key in {element.get(name, "").lower() for name in ("property", "name", "itemprop")}:
            if key:
                meta.setdefault(key, []).append(element.get("content"))
    return meta


def _linked_data(tree: Any) -> Iterator[dict[str, Any]]:
    for script in tree.xpath('//script[contains(@type, "ld+json")]')[:20]:
        try:
            value = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        yield from _nodes(value)


def _nodes(value: object, depth: int = 0) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-LD document, the outer ones first; a graph's and a page's main one too."""
    if isinstance(value, list) and depth < 5:
        for item in value[:200]:
            yield from _nodes(item, depth + 1)
    elif isinstance(value, dict) and depth < 5:
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "hasPart"):
            yield from _nodes(value.get(key), depth + 1)


def _is_article(node: dict[str, Any]) -> bool:
    kinds = node.get("@type")
    return any(
        _ARTICLE.search(str(kind)) for kind in (kinds if isinstance(kinds, list) else [kinds])
    )


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


def _name(value: str) -> str | None:
    """A name as a byline gives it; None for an address or a sentence."""
    name = re.sub(r"^(?:[Bb]y|BY)\s+", "", _line(value)).strip(" ,;|-")
    return name if 1 < len(name) <= 120 and not re.search(r"https?:|www\.|@", name) else None


def _without_outlet(title: str, outlet: str | None) -> str:
    """The title without the site's name after a stroke or a dash."""
    tail = re.search(r"\s+[|–—-]\s+([^|]+)$", title)
    if tail and outlet and _letters(tail[1]) == _letters(outlet):
        return title[: tail.start()]
    return title


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _is_address(value: str) -> bool:
    return re.match(r"https?://[^\s<>\"']+$", value.strip(), re.IGNORECASE) is not None
